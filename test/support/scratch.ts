import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreOptions } from '../../src/db/options.ts';
import { applySchema } from '../../src/db/schema.ts';
import type { CertificateSet } from '../../src/lib/certificate.ts';
import { until, within } from './daemon.ts';
import type { FreshDatabase } from './databases.ts';
import { type TinyDisk, tinyDisk } from './tiny-disk.ts';
import { freePort } from './free-port.ts';

/** A database of the test's own, to be treated as no shared one may be. Small, on loopback, in a temporary directory. */
export interface ScratchDatabase {
  /** With the tables; every query comes over a connection of its own, so that none breaks. `drop` is `close`. */
  readonly database: FreshDatabase;
  /** Its disk, where one could be mounted. */
  readonly disk: TinyDisk | null;
  /** Says nothing more, though it accepts connections (a server under SIGSTOP; SQLite: somebody has the file's lock). */
  freeze(): void;
  thaw(): void;
  /** In order. */
  stop(): Promise<void>;
  /** Resolves when it answers; at once when it does already. */
  start(): Promise<void>;
  /** Keeps a copy of the data as they are now, for `restore`. Both want a stopped server and no daemon. */
  save(): void;
  restore(): void;
  close(): Promise<void>;
}

export interface ScratchServer extends ScratchDatabase {
  /** SIGKILL, as by the kernel when memory runs out; resolves when it is gone. */
  kill(): Promise<void>;
  readOnly(on: boolean): Promise<void>;
  /** Ends all sessions of the daemon's user, who is no administrator. */
  killSessions(): Promise<void>;
  /** Takes every connection that the server allows, those of the daemon included; returns how to let them go. */
  occupy(): Promise<() => Promise<void>>;
  /** Restarts it with this certificate, the daemon's user refused where he comes without TLS; null: it knows no TLS. */
  restartWith(certificates: CertificateSet | null): Promise<void>;
}

/** Files that the server can read. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What differs between the engines. */
export interface ScratchEngine {
  readonly client: 'mysql' | 'postgres';
  /** The account to run as, where it must not be ours. */
  readonly account: { readonly uid: number; readonly gid: number } | null;
  /** Fills an empty directory. */
  readonly initialise: (dir: string) => { command: string; args: string[] };
  readonly serve: (dir: string, port: number, tls: TlsFiles | null) => { command: string; args: string[] };
  /** Orderly end. */
  readonly stopSignal: NodeJS.Signals;
  /** Runs statements as administrator and returns the rows of the last; `database` null: the server's own. */
  readonly asAdmin: (port: number, database: string | null, statements: readonly Statement[]) => Promise<Row[]>;
  /** Makes the database and the daemon's user. */
  readonly prepare: readonly (readonly [database: string | null, statement: string])[];
  readonly readOnly: (on: boolean) => readonly string[];
  readonly killSessions: (port: number) => Promise<void>;
  /** From now on the daemon's user gets in with TLS only, or (again) without. */
  readonly demandTls: (on: boolean, port: number, dir: string) => Promise<void>;
  /** A connection of somebody else's; rejects when the server has none left. */
  readonly connect: (port: number) => Promise<{ end(): Promise<void> }>;
}

export type Row = Record<string, unknown>;
export interface Statement {
  readonly text: string;
  readonly params?: readonly (string | number | bigint | null)[];
}

/** Enough for either engine's files; the rest is there to be filled. */
const DISK_MB = 256;
export const DATABASE = 'sms';
export const DAEMON_USER = 'yxt';

export async function scratchServer(engine: ScratchEngine): Promise<ScratchServer> {
  const disk = tinyDisk(DISK_MB);
  const root = disk?.dir ?? mkdtempSync(join(tmpdir(), 'yxt-scratch-'));
  chmodSync(root, 0o711);
  const data = join(root, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (engine.account) chownSync(data, engine.account.uid, engine.account.gid);
  const as = engine.account ?? {};
  const port = await freePort();
  let server: ChildProcess | null = null;
  let tls: TlsFiles | null = null;

  const run = (plan: { command: string; args: string[] }): { child: ChildProcess; said: () => string } => {
    // MariaDB, when it starts, deletes what others of its kind have in the temporary directory, in use or not
    const env = { ...process.env, TMPDIR: root };
    const child = spawn(plan.command, plan.args, { ...as, cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => lines.push(String(chunk)));
    return { child, said: () => lines.join('') };
  };
  const ended = (child: ChildProcess): Promise<number | null> =>
    hasEnded(child) ? Promise.resolve(child.exitCode) : new Promise((done) => child.once('exit', (code) => done(code)));
  const admin = (statements: readonly Statement[], database: string | null = DATABASE): Promise<Row[]> =>
    engine.asAdmin(port, database, statements);

  const start = async (): Promise<void> => {
    if (server && hasEnded(server)) server = null;
    if (server) return;
    let { child, said } = run(engine.serve(data, port, tls));
    server = child;
    await until(
      `${engine.client} on port ${port}`,
      async () => {
        if (hasEnded(child)) {
          // the processes of a killed PostgreSQL let go of its memory a moment after it
          if (!said().includes('still in use')) throw new Error(`the server ended:\n${said()}`);
          ({ child, said } = run(engine.serve(data, port, tls)));
          server = child;
        }
        return admin([{ text: 'select 1' }], null).then(
          () => true,
          () => false,
        );
      },
      30_000,
    );
  };
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (!server) return;
    const gone = ended(server);
    server.kill(name);
    await within(`${engine.client} ends by ${name}`, gone);
    server = null;
  };
  const write = (name: string, text: string): string => {
    const path = join(root, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (engine.account) chownSync(path, engine.account.uid, engine.account.gid);
    return path;
  };
  const close = async (): Promise<void> => {
    server?.kill('SIGCONT');
    await signal('SIGKILL');
    if (disk) disk.remove();
    else rmSync(root, { recursive: true, force: true });
  };

  const options: StoreOptions = {
    client: engine.client,
    connection: { host: '127.0.0.1', port, user: DAEMON_USER, password: '', database: DATABASE },
    schema: null,
    tables: {},
    poolSize: 4,
    statementTimeoutMs: 15_000,
  };
  const rawQuery: FreshDatabase['rawQuery'] = (text, params = []) => admin([{ text, params }]);
  try {
    const { child, said } = run(engine.initialise(data));
    if ((await ended(child)) !== 0) throw new Error(`${engine.client} could not be initialised:\n${said()}`);
    await start();
    for (const [database, text] of engine.prepare) await admin([{ text }], database);
    await applySchema(options);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    database: { options, rawQuery, connect: () => Promise.resolve({ query: rawQuery }), drop: close },
    disk,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    kill: () => signal('SIGKILL'),
    stop: () => signal(engine.stopSignal),
    start,
    readOnly: async (on) => {
      await admin(engine.readOnly(on).map((text) => ({ text })));
    },
    killSessions: () => engine.killSessions(port),
    occupy: () => occupy(engine, port),
    restartWith: async (certificates) => {
      await signal(engine.stopSignal);
      tls = certificates && { cert: write('cert.pem', certificates.cert), key: write('key.pem', certificates.key) };
      await start();
      await engine.demandTls(tls !== null, port, data);
    },
    save: () => copy(data, `${data}.old`),
    restore: () => copy(`${data}.old`, data),
    close,
  };
}

/** With owners and modes, which Node's own copying does not keep. */
export function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}

/** Rounds of ending the daemon's sessions and taking their places; the daemon comes back in between. */
const ROUNDS = 5;

async function occupy(engine: ScratchEngine, port: number): Promise<() => Promise<void>> {
  const taken: { end(): Promise<void> }[] = [];
  const takeAll = async (): Promise<void> => {
    for (;;) {
      try {
        taken.push(await engine.connect(port));
      } catch {
        return; // none left
      }
    }
  };
  for (let round = 0; round < ROUNDS; round++) {
    await takeAll();
    await engine.killSessions(port);
  }
  await takeAll();
  return async () => {
    for (const connection of taken) await connection.end();
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** For a suite's `before`: skips it with advice where the programs are not installed; under CI=true that is a failure. */
export async function needPrograms(
  programs: readonly (string | null)[],
  what: string,
  context: Mocha.Context,
): Promise<void> {
  await Promise.resolve();
  if (programs.every((program) => program !== null)) return;
  if (process.env['CI'] === 'true') throw new Error(`the programs of ${what} are not installed`);
  console.warn(`    the programs of ${what} are not installed: a server that fails is not tested`);
  context.skip();
}
