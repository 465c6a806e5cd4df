import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from '../lib/errors.ts';

/** Where a configuration is looked for when none is named: the current folder, then the system's place. */
export function configPlaces(
  cwd: string = process.cwd(),
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  const system =
    platform === 'win32'
      ? `${env['ProgramData'] ?? 'C:\\ProgramData'}\\yxt-mw\\config.yaml`
      : '/etc/yxt-mw/config.yaml';
  return [join(cwd, 'config.yaml'), system];
}

/** The absolute path of the configuration: `named` when given, else the first of `places` that exists. Throws ConfigError. */
export function findConfig(named: string | null, places: readonly string[] = configPlaces()): string {
  if (named !== null) return resolve(named);
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new ConfigError('config', {
    zh: `找不到配置文件（找过 ${places.join('、')}）：用 --config 指定，或先执行 yxt-mw init`,
    en: `no configuration found (looked for ${places.join(', ')}): name it with --config, or run yxt-mw init first`,
  });
}
