import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/check.ts';
import { initialConfig } from '../../src/config/init.ts';
import type { Config } from '../../src/config/settings.ts';

type Values = Parameters<typeof initialConfig>[0]['values'];

/** Writes `config.yaml` into a folder as `init` would with these answers, its owner's alone; its path. */
export function writeConfig(
  dir: string,
  values: Values,
  client: Parameters<typeof initialConfig>[0]['client'] = 'sqlite',
): string {
  const file = join(dir, 'config.yaml');
  writeFileSync(file, initialConfig({ client, ...(values && { values }) }), { mode: 0o600 });
  return file;
}

/** The same, loaded; throws what is wrong with it. */
export const configIn = (dir: string, values: Values): Config =>
  loadConfig(writeConfig(dir, values), { env: { YXT_PASSWORD: 'demo-password' } });
