import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { Config } from '../config/settings.ts';
import { controlPath } from '../daemon/control.ts';
import { stopDeadlineMs } from '../daemon/parts.ts';
import { ConfigError } from '../lib/errors.ts';
import type { Program } from './program.ts';

/** The name of the service and, on Linux, of the user and group that it runs as. */
export const SERVICE = 'yxt-mw';

/** Beyond the daemon's own deadline, after which it hurries: closing the database, writing the log. */
const SLACK_MS = 20_000;

/** What a service manager has to know. All paths are absolute. */
export interface ServicePlan {
  readonly command: Program['command'];
  readonly config: string;
  /** Files that the configuration reads beside it. */
  readonly reads: readonly string[];
  readonly stateDir: string;
  /** null: the log goes to standard error, hence to the service manager. */
  readonly logDir: string | null;
  /** The SQLite file; null: the database is a server. */
  readonly databaseFile: string | null;
  /** How long an orderly stop may take before the process is killed. */
  readonly stopMs: number;
}

/** @throws ConfigError: the state directory’s path is too long */
export function planOf(
  config: Config,
  file: string,
  { command }: Pick<Program, 'command'>,
  reads: readonly string[] = [],
): ServicePlan {
  const { stateDir, log, database } = config;
  // a service has a temporary directory of its own: a socket in it would be out of reach for "yxt-mw stop"
  if (process.platform !== 'win32' && dirname(controlPath(stateDir)) === tmpdir()) throw tooLong(stateDir);
  return {
    command,
    config: file,
    reads,
    stateDir,
    logDir: log.dir,
    databaseFile: typeof database.connection === 'string' ? database.connection : null,
    stopMs: stopDeadlineMs(config) + SLACK_MS,
  };
}

/** The folders that the daemon writes to. */
export function writableOf({ stateDir, logDir, databaseFile }: ServicePlan): string[] {
  const databaseDir = databaseFile === null ? null : dirname(databaseFile);
  return [...new Set([stateDir, logDir, databaseDir].filter((dir) => dir !== null))];
}

const tooLong = (stateDir: string): ConfigError =>
  new ConfigError('config', {
    zh: `stateDir 的路径 ${stateDir} 太长，服务的套接字放不下：请改用较短的路径，如 /var/lib/yxt-mw`,
    en: `the path of stateDir, ${stateDir}, is too long for the socket of a service: use a shorter one, such as /var/lib/yxt-mw`,
  });
