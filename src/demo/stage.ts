import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../config/check.ts';
import { initialConfig } from '../config/init.ts';
import { askDaemon } from '../daemon/control.ts';
import { applySchema } from '../db/schema.ts';
import { sleep } from '../lib/sleep.ts';
import type { Locale } from '../lib/text.ts';
import { certificatesIn } from '../simulator/certificate-files.ts';
import { type ControlServer, startControl } from '../simulator/control.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { BALANCE_RULE, makeBusinessDatabase, NOT_DELIVERED } from './bureau.ts';

const BIN = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));
const STOP_WITHIN_MS = 10_000;

/** Everything that the demonstration stands on, in one temporary directory. */
export interface Stage {
  readonly dir: string;
  readonly configFile: string;
  readonly databaseFile: string;
  readonly simulator: Simulator;
  /** URL of the simulator's page. */
  readonly page: string;
  /** The daemon, a process of its own as in production. */
  readonly daemon: ChildProcess;
  /** Stops the daemon in order, then everything is closed and the directory removed. Resolves with the daemon's exit code. */
  close(): Promise<number | null>;
}

/** Simulator, configuration, tables, daemon, in this order; what was started is taken down again when a later one fails. */
export async function setStage(locale: Locale): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'yxt-mw-demo-'));
  let simulator: Simulator | null = null;
  let control: ControlServer | null = null;
  const clear = async (): Promise<void> => {
    await control?.close();
    await simulator?.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const { caFile, ...certificates } = await certificatesIn(join(dir, 'simulator'));
    const settings = { receiptStatus: { [NOT_DELIVERED]: 'MK:0001' } };
    simulator = await startSimulator({ certificates, settings });
    control = await startControl(simulator);
    makeBusinessDatabase(join(dir, 'business.db'));
    const configFile = writeConfig(dir, simulator, caFile, locale);
    const { database, stateDir } = loadConfig(configFile, { env: process.env, warn: () => undefined });
    await applySchema(database);
    const daemon = startDaemon(dir, configFile);
    const close = async (): Promise<number | null> => {
      try {
        return await stopDaemon(daemon, stateDir);
      } finally {
        await clear();
      }
    };
    const databaseFile = join(dir, 'yxt-mw.db');
    return { dir, configFile, databaseFile, simulator, page: control.url, daemon, close };
  } catch (error) {
    await clear();
    throw error;
  }
}

function writeConfig(dir: string, simulator: Simulator, ca: string, locale: Locale): string {
  const { spCode, loginName, password, accessNo } = simulator.settings();
  writeFileSync(join(dir, 'password'), password, { mode: 0o600 });
  const values = {
    instance: 'demo',
    locale,
    'database.connection': './yxt-mw.db',
    'platform.url': simulator.url,
    'platform.spCode': spCode,
    'platform.loginName': loginName,
    'platform.password': '${file:./password}',
    'platform.accessNo': accessNo,
    'platform.tls.ca': ca,
    'outbox.pollEvery': '300ms',
    'outbox.ratePerSecond': 200,
    'inbox.pollEvery': '500ms',
    'receipts.pollEvery': '1s',
    'log.dir': './logs',
    queries: [BALANCE_RULE],
    queryDatabases: { bureau: { client: 'sqlite', connection: './business.db' } },
  };
  const file = join(dir, 'config.yaml');
  writeFileSync(file, initialConfig({ client: 'sqlite', values }), { mode: 0o600 });
  return file;
}

function startDaemon(dir: string, configFile: string): ChildProcess {
  const output = openSync(join(dir, 'daemon.out'), 'a', 0o600);
  try {
    // a group of its own: Ctrl+C is for the demonstration, which then stops the daemon in good order
    return spawn(process.execPath, [BIN, 'start', '--config', configFile], {
      cwd: dir,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output, output],
    });
  } finally {
    closeSync(output);
  }
}

async function stopDaemon(daemon: ChildProcess, stateDir: string): Promise<number | null> {
  if (hasEnded(daemon)) return daemon.exitCode;
  const exited = once(daemon, 'exit');
  // on Windows every signal kills, so it is asked first
  await askDaemon(stateDir, { verb: 'stop' }, STOP_WITHIN_MS).catch(() => daemon.kill('SIGTERM'));
  const late = new AbortController();
  await Promise.race([exited, sleep(STOP_WITHIN_MS, late.signal)]);
  late.abort();
  if (!hasEnded(daemon)) {
    daemon.kill('SIGKILL');
    await exited;
  }
  return daemon.exitCode;
}

/** By itself or by a signal. */
export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
