import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';

/** Variables of the service on Linux: lines `NAME=value`. systemd reads it as root, so nobody else has to be able to. */
export const environmentFile = (config: string): string => join(dirname(config), 'yxt-mw.env');

/** What `${env:NAME}` means to the service; on Windows it has the variables of the system, as everybody. */
export function serviceEnvironment(config: string): NodeJS.ProcessEnv {
  if (process.platform === 'win32') return process.env;
  const file = environmentFile(config);
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}
