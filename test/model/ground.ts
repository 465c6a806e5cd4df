import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/settings.ts';
import type { Engine } from '../../src/db/dialect.ts';
import { applySchema } from '../../src/db/schema.ts';
import { sqliteEngine } from '../../src/db/sqlite.ts';
import { openState } from '../../src/state/open.ts';
import { BureauDatabase } from './database.ts';
import { configIn } from '../support/config-file.ts';

/**
 * Where files live while a thread explores: in memory where the system offers it. What is explored is the death of processes,
 * which loses no page of the system's cache; that commits survive a power cut is the work of SQLite's synchronous=FULL.
 */
const MEMORY = '/dev/shm';

/**
 * What lasts from run to run. A killed process's connection to the database goes on to its successor: none dies within a
 * transaction, so closing it would change nothing, and compiling every statement again would take most of the time.
 */
export class Ground {
  readonly dir: string;
  readonly config: Config;
  readonly database: BureauDatabase;
  readonly #engines = new Map<string, Engine>();

  private constructor(dir: string) {
    this.dir = dir;
    this.config = configuration(dir);
    this.database = new BureauDatabase(join(dir, 'run.db'));
  }

  static async make(): Promise<Ground> {
    const dir = mkdtempSync(join(process.platform === 'linux' ? MEMORY : tmpdir(), 'yxt-model-'));
    await applySchema({ client: 'sqlite', connection: join(dir, 'run.db'), schema: null, tables: {} });
    for (const name of PLACES) openState(join(dir, `new-${name}`)).close();
    return new Ground(dir);
  }

  /** With what the scenario wants otherwise. */
  configFor(outbox: Partial<Config['outbox']> = {}): Config {
    return { ...this.config, outbox: { ...this.config.outbox, ...outbox } };
  }

  engine(name: string): Engine {
    const engine = this.#engines.get(name) ?? sqliteEngine(join(this.dir, 'run.db'));
    this.#engines.set(name, engine);
    return engine;
  }

  /** A state directory as it is at first, with an identity of its own. */
  newState(name: string): void {
    const to = join(this.dir, name);
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { mode: 0o700 });
    copyFileSync(join(this.dir, `new-${name}`, 'state.db'), join(to, 'state.db'));
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Names of state directories. */
export const PLACES = ['a', 'b', 'c', 'd'] as const;

function configuration(dir: string): Config {
  const values = {
    'database.connection': join(dir, 'run.db'),
    'platform.url': 'https://127.0.0.1/sms/Api',
    'platform.spCode': '000000',
    'platform.loginName': 'demo',
    'platform.password': 'demo-password',
    'platform.accessNo': '106900000000001',
    'platform.timeout': '1s',
    'platform.connectTimeout': '1s',
    'outbox.lease': '6s',
    'outbox.pollEvery': '3s',
    'outbox.ratePerSecond': null,
    'receipts.pollEvery': '10s',
    'inbox.pollEvery': '10s',
    'log.dir': null,
    locale: 'en',
  };
  return configIn(dir, values);
}
