import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { initialConfig } from '../../src/config/init.ts';
import type { FreshDatabase } from './databases.ts';
import type { SimulatorHandle } from './simulator.ts';

const BIN = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));

/** A daemon's place: its configuration and state directory; processes come and go in it. */
export interface DaemonPlace {
  /** Starts the real program; resolves at once. */
  start(): RunningDaemon;
  /** Kills what is still running and removes the directory. */
  remove(): Promise<void>;
}

export interface RunningDaemon {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  /** Log lines so far. */
  log(): string;
}

/** Waits for `fits`, looking every 50 ms, for at most `ms`. */
export async function until(what: string, fits: () => Promise<boolean> | boolean, ms = 60_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await fits())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Quick settings: a killed daemon's calls are over after 3 s. */
const QUICK = {
  'platform.spCode': '000000',
  'platform.loginName': 'demo',
  'platform.accessNo': '106900000000001',
  'platform.timeout': '1s',
  'platform.connectTimeout': '1s',
  'outbox.lease': '6s',
  'outbox.pollEvery': '100ms',
  'outbox.ratePerSecond': null,
  'receipts.pollEvery': '500ms',
  'inbox.pollEvery': '500ms',
  'log.dir': null,
};

export function daemonPlace(
  database: FreshDatabase,
  simulator: SimulatorHandle,
  values: Record<string, unknown> = {},
  password = 'demo-password',
): DaemonPlace {
  const dir = mkdtempSync(path.join(tmpdir(), 'yxt-daemon-'));
  const { client, connection } = database.options;
  const where =
    typeof connection === 'string'
      ? { 'database.connection': connection }
      : {
          'database.connection.host': connection.host,
          'database.connection.port': connection.port,
          'database.connection.user': connection.user,
          'database.connection.database': connection.database,
        };
  const all = { ...QUICK, ...where, 'platform.url': simulator.url, 'platform.tls.ca': simulator.caFile, ...values };
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, initialConfig({ client, values: all }), { mode: 0o600 });
  const dbPassword = typeof connection === 'string' ? '' : (connection.password ?? '');
  const running = new Set<RunningDaemon>();
  return {
    start() {
      const env = { ...process.env, LANG: 'en_US.UTF-8', YXT_PASSWORD: password, YXT_DB_PASSWORD: dbPassword };
      const child = spawn(process.execPath, [BIN, '--config', file, 'start'], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said: string[] = [];
      child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
      const daemon: RunningDaemon = {
        process: child,
        exited: new Promise((done) => child.once('exit', (code) => done(code))),
        log: () => said.join(''),
      };
      running.add(daemon);
      void daemon.exited.then(() => running.delete(daemon));
      return daemon;
    },
    async remove() {
      const left = [...running];
      for (const daemon of left) daemon.process.kill('SIGKILL');
      await Promise.all(left.map((daemon) => daemon.exited));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
