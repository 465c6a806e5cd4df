import { isAscii } from '../lib/ascii.ts';
import { DbError } from '../lib/errors.ts';
import type { ColumnKind, Dialect, Engine, Row, Session } from './dialect.ts';
import { ArrayDml, dameng, LocalText, NationalText, oracle, ReturningId } from './dialects/oracle.ts';
import { DuplicateKey, failure } from './failure.ts';
import { Logins } from './login.ts';
import { driverMissing } from './optional-driver.ts';
import { oraclePoolConfig } from './oracle-config.ts';
import type { OracleConnection, OracleDriver, OraclePool, OracleResult } from './oracle-driver.ts';
import type { PoolOptions, ServerConnection } from './options.ts';
import { pooledEngine, type Link, type Links } from './pooled.ts';
import { str } from './rows.ts';
import { raw, type Sql } from './sql.ts';

/** The client waits this much longer than the driver does for the server to break off a call. */
const GRACE_MS = 5_000;

/**
 * In every new session. Estimates made while the tables were empty must not keep a statement from its index; what is implied by
 * the formats of the client must not matter.
 */
const SETTINGS = [
  // every commit is on disk before we hear of it, whatever the instance's own setting
  'ALTER SESSION SET COMMIT_LOGGING = IMMEDIATE COMMIT_WAIT = WAIT',
  'ALTER SESSION SET OPTIMIZER_INDEX_COST_ADJ = 1',
  'ALTER SESSION SET OPTIMIZER_MODE = FIRST_ROWS_100',
  "ALTER SESSION SET NLS_SORT = BINARY NLS_COMP = BINARY NLS_NUMERIC_CHARACTERS = '.,'",
];

/** Oracle by node-oracledb itself: knex's dialect commits once more after every statement, and after a failed ROLLBACK too. */
export function oracleEngine(
  connection: ServerConnection,
  limits: PoolOptions,
  timeoutMs: number,
  load?: () => Promise<OracleDriver>,
): Engine {
  const links = oracleLinks(connection, limits, timeoutMs, SETTINGS, load);
  return pooledEngine(dialectOf(connection), links, version(connection));
}

const dialectOf = ({ variant }: ServerConnection): Dialect => (variant === 'dameng' ? dameng : oracle);

/** `settings`: statements for every new session. */
export function oracleLinks(
  connection: ServerConnection,
  limits: PoolOptions,
  timeoutMs: number,
  settings: readonly string[],
  load: () => Promise<OracleDriver> = () => loadDriver(connection),
): Links<OracleLink> {
  const dialect = dialectOf(connection);
  let opened: Promise<{ driver: OracleDriver; pool: OraclePool }> | null = null;

  async function open(): Promise<{ driver: OracleDriver; pool: OraclePool }> {
    const driver = await load();
    const pool = await driver.createPool({
      ...oraclePoolConfig(connection, limits),
      // of new sessions only; the objects that the pool lends are new each time
      ...(connection.variant === 'dameng' ? {} : { sessionCallback: prepared(timeoutMs, settings) }),
    });
    return { driver, pool };
  }

  const logins = new Logins(limits);
  let idle = (): boolean => false;
  async function lent(): Promise<OracleLink> {
    try {
      opened ??= open();
      const { driver, pool } = await opened.catch((error: unknown) => {
        opened = null; // a pool that did not come about is made anew next time
        throw error;
      });
      idle = () => (pool.connectionsOpen ?? 0) > (pool.connectionsInUse ?? 0);
      return new OracleLink(driver, dialect, await pool.getConnection(), timeoutMs);
    } catch (error) {
      throw explained(dialect, error);
    }
  }

  return {
    // the driver's pool logs in by itself where it has no session that is free
    acquire: () => (idle() ? lent() : logins.try(lent)),
    release: (link) => link.close(),
    async close() {
      const pool = await opened?.catch(() => null);
      await pool?.pool.close(0);
    },
  };
}

const version =
  ({ variant }: ServerConnection) =>
  async (session: Session): Promise<string> => {
    if (variant === 'dameng') {
      const [row] = await session.all(raw('SELECT BANNER AS version FROM V$VERSION'));
      return str(row?.['version']);
    }
    const [row] = await session.all(
      raw("SELECT product || ' ' || version AS version FROM product_component_version WHERE product LIKE 'Oracle%'"),
    );
    return str(row?.['version']).replace(/ Database \S+.*Edition /, ' ');
  };

/** One process speaks thin or thick, never both: the first pool decides. */
let thick = false;

async function loadDriver({ variant, oracleClientDir }: ServerConnection): Promise<OracleDriver> {
  const name = variant === 'dameng' ? 'dmdb' : 'oracledb';
  let driver: OracleDriver;
  try {
    driver = ((await import(name)) as { default: OracleDriver }).default;
  } catch (error) {
    throw driverMissing(name, error);
  }
  if (oracleClientDir && !thick) {
    driver.initOracleClient?.({ libDir: oracleClientDir });
    thick = true;
  }
  return driver;
}

type Done = (error?: unknown) => void;

const prepared =
  (timeoutMs: number, settings: readonly string[]) =>
  (db: OracleConnection, _tag: string, done: Done): void => {
    db.callTimeout = timeoutMs;
    const all = async (): Promise<void> => {
      for (const setting of settings) await db.execute(setting, [], {});
    };
    all().then(() => done(), done);
  };

export class OracleLink implements Link {
  broken = false;
  readonly alone: Session;
  readonly inside: Session;
  readonly driver: OracleDriver;
  readonly #dialect: Dialect;
  readonly #db: OracleConnection;
  readonly #timeoutMs: number;

  constructor(driver: OracleDriver, dialect: Dialect, db: OracleConnection, timeoutMs: number) {
    this.driver = driver;
    this.#dialect = dialect;
    this.#db = db;
    this.#timeoutMs = timeoutMs;
    // there is no limit for waiting on a lock but this one
    db.callTimeout = timeoutMs;
    this.alone = this.#session(true);
    this.inside = this.#session(false);
  }

  // the first statement begins it
  begin = (): Promise<void> => Promise.resolve();
  commit = (): Promise<void> => this.#within(this.#db.commit());
  rollback = (): Promise<void> => this.#within(this.#db.rollback());

  async close(): Promise<void> {
    // a session that is gone says so once more; nobody needs to hear it
    await this.#db.close(this.broken ? { drop: true } : undefined).catch(() => undefined);
  }

  /** What the driver itself has for it, within the time and as a `DbError`; `words`: what an error of the driver is. */
  ask<T>(work: (db: OracleConnection) => Promise<T>, words?: (error: unknown) => DbError): Promise<T> {
    return this.#within(work(this.#db), words);
  }

  #session(autoCommit: boolean): Session {
    const ask = (statement: Sql): Promise<OracleResult> => this.#ask(statement, autoCommit);
    return {
      all: async (statement) => ((await ask(statement)).rows ?? []).map(lowerCase),
      run: async (statement) => (await ask(statement)).rowsAffected ?? 0,
      insert: async (statement) => str(flat((await ask(statement)).outBinds)),
    };
  }

  async #ask(statement: Sql, autoCommit: boolean): Promise<OracleResult> {
    try {
      return await this.#within(this.#execute(statement, autoCommit));
    } catch (error) {
      // an array of statements stops at the one that fails, with those before it done
      if (autoCommit && !this.broken) await this.rollback().catch(() => (this.broken = true));
      throw error;
    }
  }

  #execute(statement: Sql, autoCommit: boolean): Promise<OracleResult> {
    let n = 0;
    const text = statement.text.replaceAll('?', () => `:${++n}`);
    if (statement instanceof ArrayDml) {
      const rows = statement.rows.map((row) => row.map(plain));
      const bindDefs = statement.kinds.map((kind, i) => this.#column(kind, statement.rows, i));
      return this.#db.executeMany(text, rows, { autoCommit, bindDefs });
    }
    const binds = statement.values.map((value) => this.#bind(value));
    if (statement instanceof ReturningId) {
      binds.push({ dir: this.driver.BIND_OUT, type: this.driver.STRING, maxSize: 40 });
    }
    const clobs = [this.driver.DB_TYPE_CLOB, this.driver.DB_TYPE_NCLOB];
    return this.#db.execute(text, binds, {
      autoCommit,
      outFormat: this.driver.OUT_FORMAT_OBJECT,
      // text, not a stream: every CLOB here fits into memory many times
      fetchTypeHandler: ({ dbType }: { dbType?: unknown }) =>
        dbType !== undefined && clobs.includes(dbType) ? { type: this.driver.STRING } : undefined,
      // all rows with the first answer, up to here
      fetchArraySize: 1000,
      prefetchRows: 1001,
      maxRows: 0,
    });
  }

  #bind(value: unknown): unknown {
    const national = this.driver.DB_TYPE_NVARCHAR;
    if (value instanceof NationalText) {
      return national === undefined ? value.text : { val: value.text, type: national };
    }
    if (value instanceof LocalText) return { val: value.text, type: this.driver.STRING };
    if (typeof value === 'bigint') return value.toString();
    // what is not ASCII would lose characters in a database of another character set
    if (typeof value === 'string' && !isAscii(value) && national !== undefined) return { val: value, type: national };
    return value === null || value === undefined ? { val: null, type: this.driver.STRING } : value;
  }

  #column(kind: ColumnKind | null, rows: readonly (readonly unknown[])[], i: number): object {
    const values = rows.map((row) => plain(row[i]));
    if (values.some((value) => typeof value === 'number')) return { type: this.driver.NUMBER };
    const texts = values.filter((value) => typeof value === 'string');
    const national =
      this.driver.DB_TYPE_NVARCHAR !== undefined &&
      (kind === 'text' ||
        rows.some((row) => row[i] instanceof NationalText) ||
        (kind === null && !texts.every(isAscii)));
    const longest = Math.max(1, ...texts.map((value) => (national ? value.length : Buffer.byteLength(value))));
    const maxSize = SIZES.find((size) => size >= longest) ?? longest;
    return { type: national ? this.driver.DB_TYPE_NVARCHAR : this.driver.STRING, maxSize };
  }

  /** callTimeout comes first; where not even its break is answered, the connection is given up. */
  async #within<T>(work: Promise<T>, words = (error: unknown): DbError => explained(this.#dialect, error)): Promise<T> {
    let watchdog: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      watchdog = setTimeout(() => {
        reject(failure('lost', { code: 'NJS-500', message: 'NJS-500: the server has stopped answering' }));
      }, this.#timeoutMs + GRACE_MS);
    });
    try {
      return await Promise.race([work, silence]);
    } catch (error) {
      const plainly = words(error);
      if (plainly.kind === 'lost') this.broken = true;
      throw plainly;
    } finally {
      clearTimeout(watchdog);
    }
  }
}

/** Of bindings: few sizes, so that few cursors are kept. */
const SIZES = [32, 128, 500, 1000, 2000, 4000, 32_767];

const plain = (value: unknown): unknown =>
  value instanceof NationalText ? value.text : typeof value === 'bigint' ? value.toString() : (value ?? null);

const lowerCase = (row: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));

/** The one value out of `[['17']]` or `['17']`. */
const flat = (value: unknown): unknown => (Array.isArray(value) ? flat(value[0]) : value);

function explained(dialect: Dialect, error: unknown): DbError {
  if (error instanceof DbError) return error;
  const kind = dialect.errorKind(error);
  return kind === 'duplicate' ? new DuplicateKey(error) : failure(kind, error);
}
