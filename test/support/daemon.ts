import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { initialConfig } from '../../src/config/init.ts';
import type { FreshDatabase } from './databases.ts';
import type { Orders } from './preload.ts';
import type { SimulatorHandle } from './simulator.ts';

const BIN = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));
const PRELOAD = new URL('preload.ts', import.meta.url).href;

/** A daemon's place: its configuration and state directory; processes come and go in it. */
export interface DaemonPlace {
  /** Its state directory: where the control socket is. */
  readonly stateDir: string;
  /** For commands. */
  readonly configFile: string;
  /** What further starts find in the configuration, beside or instead of what was there at first. */
  configure(values: Record<string, unknown>): void;
  /**
   * Starts the real program (`bin`: another installation's); returns at once. `nodeArgs` go before it; `ipc` opens a channel to what
   * they load.
   */
  start(given?: { nodeArgs?: readonly string[]; ipc?: boolean; bin?: string }): RunningDaemon;
  /** Starts it with `preload.ts` in its process, which has obeyed these orders before the program begins. */
  startUnder(orders: Orders, bin?: string): RunningDaemon;
  /** Kills what is still running and removes the directory. */
  remove(): Promise<void>;
}

export interface RunningDaemon {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  /** Log lines so far. */
  log(): string;
  /** Resolves when the log holds this text; rejects when the process ends without having said it, or is silent for a minute and a half. */
  said(text: string | RegExp): Promise<void>;
  /** Further orders to one that was started under some; resolves when they are obeyed. */
  order(orders: Orders): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGSTOP: not one instruction more until `thaw`. */
  freeze(): void;
  thaw(): void;
}

/** Milliseconds between two looks of `until`: soon at first, seldom where it takes long; looking costs the ones that are looked at. */
const LOOK = { first: 20, most: 100, growth: 1.25 };

/** Waits for `fits`, looking again and again, for at most `ms`. */
export async function until(what: string, fits: () => Promise<boolean> | boolean, ms = 60_000): Promise<void> {
  const end = performance.now() + ms;
  for (let wait = LOOK.first; !(await fits()); wait = Math.min(LOOK.most, wait * LOOK.growth)) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, wait));
  }
}

/** The promise's value; rejects when it has none after `ms`. */
export async function within<T>(what: string, promise: Promise<T>, ms = 30_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
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
          ...(connection.options ? { 'database.connection.options': connection.options } : {}),
        };
  const all = { ...QUICK, ...where, 'platform.url': simulator.url, 'platform.tls.ca': simulator.caFile, ...values };
  const file = path.join(dir, 'config.yaml');
  const write = (more: Record<string, unknown>): void =>
    writeFileSync(file, initialConfig({ client, values: { ...all, ...more } }), { mode: 0o600 });
  write({});
  const dbPassword = typeof connection === 'string' ? '' : (connection.password ?? '');
  const running = new Set<RunningDaemon>();
  const start: DaemonPlace['start'] = ({ nodeArgs = [], ipc = false, bin = BIN } = {}) => {
    const env = { ...process.env, LANG: 'en_US.UTF-8', YXT_PASSWORD: password, YXT_DB_PASSWORD: dbPassword };
    const child = spawn(process.execPath, [...nodeArgs, bin, '--config', file, 'start'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    });
    const daemon = runningDaemon(child);
    running.add(daemon);
    void daemon.exited.then(() => running.delete(daemon));
    return daemon;
  };
  return {
    stateDir: typeof values['stateDir'] === 'string' ? values['stateDir'] : path.join(dir, 'state'),
    configFile: file,
    configure: write,
    start,
    startUnder(orders, bin) {
      const daemon = start({ nodeArgs: ['--import', PRELOAD], ipc: true, ...(bin !== undefined && { bin }) });
      void daemon.order(orders).catch(() => undefined); // one that dies before says so by its exit
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

/** Longer than anything that a daemon waits for in tests, also on a slow machine. */
const SAID_MS = 90_000;

function runningDaemon(child: ChildProcess): RunningDaemon {
  const said: string[] = [];
  const streams = [child.stdout, child.stderr];
  for (const stream of streams) stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const log = (): string => said.join('');
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  return {
    process: child,
    exited,
    log,
    said: (text) =>
      new Promise((done, fail) => {
        const silent = setTimeout(() => fail(new Error(`has not said ${String(text)}:\n${log()}`)), SAID_MS);
        const look = (): void => {
          if (!(typeof text === 'string' ? log().includes(text) : text.test(log()))) return;
          clearTimeout(silent);
          done();
        };
        for (const stream of streams) stream?.on('data', look);
        child.once('close', () => clearTimeout(silent));
        child.once('close', () => fail(new Error(`ended without having said ${String(text)}:\n${log()}`)));
        look();
      }),
    order: (orders) =>
      new Promise((done, fail) => {
        child.once('message', () => done());
        child.send(orders, (error) => {
          if (error) fail(error);
        });
      }),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}
