import assert from 'node:assert/strict';
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { askDaemon } from '../../src/daemon/control.ts';
import { applySchema } from '../../src/db/schema.ts';
import { until } from './daemon.ts';
import { type SimulatorHandle, startSimulatorProcess } from './simulator.ts';
import { writeConfig } from './config-file.ts';

export const BIN = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url));

/** All that a command finds in its environment. */
export const ENV = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  LANG: 'en_US.UTF-8',
  YXT_PASSWORD: 'demo-password',
  YXT_DB_PASSWORD: '',
};

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far on both streams. */
  said(): string;
}

export function launch(
  cwd: string,
  argv: readonly string[],
  env: Record<string, string | undefined> = {},
  stdin = '',
): Running {
  return watch(spawn(process.execPath, [BIN, ...argv], { cwd, env: { ...ENV, ...env } }), stdin);
}

export function watch(child: ChildProcessWithoutNullStreams, stdin = ''): Running {
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  child.stdin.end(stdin);
  const ended = new Promise<Ended>((done) =>
    child.once('close', (code) => done({ code, out: out.join(''), err: err.join('') })),
  );
  return { child, ended, said: () => [...out, ...err].join('') };
}

/** What a failed test has left of a group of its own; mostly nothing. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A folder with a configuration, a platform to talk to, and commands that are run in that folder. */
export class CommandLine {
  /** Of the test that is running. */
  dir = '';
  #simulator: SimulatorHandle | null = null;
  readonly #daemons = new Set<Running>();
  readonly #groups: number[] = [];

  /** For a suite: a platform for all its tests and a fresh folder for each. */
  static suite(): CommandLine {
    const at = new CommandLine();
    before(async () => {
      assert.ok(existsSync(DIST), 'dist/ is missing: run "npm run build" first');
      at.#simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 100 } });
    });
    after(() => at.simulator.stop());
    beforeEach(async () => {
      await at.simulator.reset();
      at.dir = mkdtempSync(path.join(tmpdir(), 'yxt-cli-'));
      at.configure();
    });
    afterEach(async () => {
      for (const daemon of at.#daemons) daemon.child.kill('SIGKILL');
      for (const group of at.#groups.splice(0)) killGroup(group);
      await Promise.all([...at.#daemons].map((daemon) => daemon.ended));
      at.#daemons.clear();
      rmSync(at.dir, { recursive: true, force: true });
    });
    return at;
  }

  get simulator(): SimulatorHandle {
    assert.ok(this.#simulator, 'only inside a test');
    return this.#simulator;
  }

  configure(values: Record<string, unknown> = {}, client: 'sqlite' | 'mysql' = 'sqlite'): void {
    const all = {
      ...(client === 'sqlite' ? { 'database.connection': './yxt.db' } : {}),
      'platform.url': this.simulator.url,
      'platform.spCode': '000000',
      'platform.loginName': 'demo',
      'platform.accessNo': '106900000000001',
      'platform.tls.ca': this.simulator.caFile,
      'outbox.pollEvery': '100ms',
      'receipts.pollEvery': '200ms',
      'inbox.pollEvery': '500ms',
      instance: 'node-e2e',
      ...values,
    };
    writeConfig(this.dir, all, client);
  }

  /** What `schema apply` does, for tests of something else. */
  async tables(): Promise<void> {
    const connection = path.join(this.dir, 'yxt.db');
    await applySchema({
      ...({ client: 'sqlite', connection, schema: null, tables: {} } as const),
      ...{ poolSize: 1, statementTimeoutMs: 15_000 },
    });
  }

  run(argv: readonly string[], env: Record<string, string> = {}, stdin = ''): Promise<Ended> {
    return launch(this.dir, argv, env, stdin).ended;
  }

  /** What a command says that must not fail. */
  async ok(...argv: string[]): Promise<string> {
    const { code, out, err } = await this.run(argv);
    assert.equal(code, 0, `${argv.join(' ')}: ${err}${out}`);
    return out;
  }

  async json<T>(...argv: string[]): Promise<T> {
    return JSON.parse((await this.run([...argv, '--json'])).out) as T;
  }

  /** A daemon that answers; with `argv`, started by another command line of Node's, in a process group of its own. */
  async started(argv?: readonly string[]): Promise<Running> {
    const daemon = argv
      ? watch(spawn(process.execPath, argv, { cwd: this.dir, env: ENV, detached: true }))
      : launch(this.dir, ['start']);
    this.#daemons.add(daemon);
    if (argv) this.#groups.push(daemon.child.pid ?? 0);
    await until('the daemon answers', async () => {
      assert.equal(daemon.child.exitCode, null, daemon.said());
      return askDaemon(path.join(this.dir, 'state'), { verb: 'status' }).then(
        () => true,
        () => false,
      );
    });
    return daemon;
  }

  /** The log so far. */
  logged(): string {
    return readdirSync(path.join(this.dir, 'logs'))
      .map((name) => readFileSync(path.join(this.dir, 'logs', name), 'utf8'))
      .join('');
  }
}
