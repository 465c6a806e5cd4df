import { setTimeout as timer } from 'node:timers';
import { Pool, TimeoutError } from 'tarn';
import type { Connection as TediousConnection } from 'tedious';
import { DbError } from '../lib/errors.ts';
import type { Engine, Row, Session } from './dialect.ts';
import { LIST_COLUMNS, ListValue, mssql as dialect, NarrowText } from './dialects/mssql.ts';
import { DuplicateKey, failure } from './failure.ts';
import { IdleConnections } from './idle-connections.ts';
import { Logins } from './login.ts';
import { mssqlConfig } from './mssql-config.ts';
import { driverMissing } from './optional-driver.ts';
import { IDLE_MS, type PoolOptions, type ServerConnection } from './options.ts';
import { pooledEngine, type Link, type Links } from './pooled.ts';
import { str } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';

/** The driver, as far as this file touches it. */
export type Tedious = Pick<typeof import('tedious'), 'Connection' | 'Request' | 'TYPES' | 'ISOLATION_LEVEL'>;

/** The client waits this much longer than the driver does for the server to confirm a cancelled statement, then hangs up. */
const GRACE_MS = 5_000;

/** A waiting lock is somebody's transaction: longer than this it is better to come back later. */
const LOCK_MS = 5_000;

/**
 * SQL Server by tedious itself. knex's dialect keeps one queue of requests for all connections and runs two statements that are
 * sent at once on whichever is free; here a connection has one request at a time.
 */
export function mssqlEngine(...args: Parameters<typeof mssqlLinks>): Engine {
  return pooledEngine(dialect, mssqlLinks(...args), version);
}

/** `schema`: where the table type for lists is. */
export function mssqlLinks(
  connection: ServerConnection,
  schema: string | null,
  { poolSize, idleTimeoutMs = IDLE_MS, ...login }: PoolOptions,
  timeoutMs: number,
  load: () => Promise<Tedious> = loadTedious,
): Links<MssqlLink> {
  const logins = new Logins(login);
  const idle = new IdleConnections<MssqlLink>();
  const pool = new Pool<MssqlLink>({
    // min 0: idle connections go, and with them the timer that looks for them
    min: 0,
    max: poolSize,
    idleTimeoutMillis: idleTimeoutMs,
    propagateCreateError: true,
    acquireTimeoutMillis: 10_000,
    create: () => logins.try(async () => open(await load())),
    validate: (link) => !link.broken && idle.mayLend(link),
    destroy: (link) => link.close(),
  });

  async function open(driver: Tedious): Promise<MssqlLink> {
    const db = new driver.Connection(mssqlConfig(connection, timeoutMs));
    const link = new MssqlLink(driver, db, schema, timeoutMs);
    try {
      await link.connect();
    } catch (error) {
      await link.close();
      throw error;
    }
    return link;
  }

  return {
    async acquire() {
      try {
        return await pool.acquire().promise;
      } catch (error) {
        throw error instanceof TimeoutError ? failure('lost', error) : explained(error);
      }
    },
    async release(link) {
      // the pool looks when it lends it next: until then it would hold whatever its transaction has locked
      if (link.broken) await link.close();
      idle.returned(link, link.broken);
      pool.release(link);
    },
    async close() {
      await pool.destroy();
    },
  };
}

async function version(session: Session): Promise<string> {
  const [row] = await session.all(
    raw("SELECT CAST(SERVERPROPERTY('ProductVersion') AS NVARCHAR(40)) AS version, @@VERSION AS banner"),
  );
  // "Microsoft SQL Server 2019 (RTM-CU18) …"; relatives say other things
  const name = /SQL Server \d{4}(?: R2)?|[^\n(]{3,40}/.exec(str(row?.['banner']))?.[0].trim() ?? 'SQL Server';
  return `${name} ${str(row?.['version'])}`;
}

async function loadTedious(): Promise<Tedious> {
  try {
    return (await import('tedious')).default;
  } catch (error) {
    throw driverMissing('tedious', error);
  }
}

/** A column as the driver describes it. */
export interface Column {
  readonly colName: string;
  readonly type: { readonly name: string };
  readonly scale?: number | undefined;
}

/** Columns, and rows of values in their order. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly unknown[])[];
}

type Done = (error?: Error | null) => void;
type Answer = { readonly rows: Row[] };
type Cells = readonly { readonly metadata: Column; readonly value: unknown }[];
type OwnRequest = InstanceType<Tedious['Request']>;

/** One connection, one request at a time. */
export class MssqlLink implements Link {
  broken = false;
  #closed = false;
  readonly alone: Session;
  readonly inside: Session;
  readonly #driver: Tedious;
  readonly #db: TediousConnection;
  readonly #schema: string | null;
  readonly #timeoutMs: number;
  /** The tail of the line: whoever comes waits for those before. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(driver: Tedious, db: TediousConnection, schema: string | null, timeoutMs: number) {
    this.#driver = driver;
    this.#db = db;
    this.#schema = schema;
    this.#timeoutMs = timeoutMs;
    const last = async (statement: Sql): Promise<Row | undefined> => (await this.#ask(statement)).rows.at(-1);
    this.alone = {
      all: async (statement) => (await this.#ask(statement)).rows,
      // of the statement itself: the counts that the driver adds up are also those of triggers. A trigger's own rows come before
      run: async (statement) => Number((await last(sql`${statement}; SELECT @@ROWCOUNT AS matched`))?.['matched'] ?? 0),
      insert: async (statement) => str((await last(statement))?.['id']),
    };
    this.inside = this.alone;
  }

  async connect(): Promise<void> {
    this.#db.on('error', () => (this.broken = true));
    this.#db.on('end', () => (this.broken = true));
    await this.#login();
    // a batch and not a request: what a request sets ends with it
    await this.#batch(`SET NOCOUNT ON; SET LOCK_TIMEOUT ${LOCK_MS}`);
  }

  /**
   * The driver's error of a refused login has no number, and the words of the last message: after 4060 (no such database) the server
   * says 18456 as well. The first one tells what happened.
   */
  async #login(): Promise<void> {
    let first: { readonly number: number; readonly message: string } | undefined;
    const listen = (message: { readonly number: number; readonly message: string }): void => void (first ??= message);
    this.#db.on('errorMessage', listen);
    try {
      await this.#within((done) =>
        this.#db.connect((error) => {
          const refused = (error as { readonly code?: unknown } | undefined)?.code === 'ELOGIN' && first !== undefined;
          done(refused ? Object.assign(new Error(first?.message), { code: 'ELOGIN', number: first?.number }) : error);
        }),
      );
    } finally {
      this.#db.off('errorMessage', listen);
    }
  }

  begin = (): Promise<void> => this.#next(() => this.#within((done) => this.#db.beginTransaction(done)));
  commit = (): Promise<void> => this.#next(() => this.#within((done) => this.#db.commitTransaction(done)));

  /** After some errors the server has rolled back already, and another ROLLBACK would be an error. */
  rollback(): Promise<void> {
    return this.#next(() => this.#batch('IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION'));
  }

  close(): Promise<void> {
    this.broken = true;
    if (!this.#closed) this.#db.close();
    this.#closed = true;
    return Promise.resolve();
  }

  #ask(statement: Sql): Promise<Answer> {
    return this.#next(() => this.#request(statement));
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  /**
   * A statement with its values at `@p1`, `@p2` …, and no more rows than `most`: where there are more, the server is told to stop.
   * `words`: what an error of the driver is.
   */
  table(text: string, values: readonly unknown[], most: number, words: (error: unknown) => DbError): Promise<Table> {
    let columns: readonly Column[] = [];
    const rows: unknown[][] = [];
    let enough = false;
    const work = (done: Done): void => {
      const request = new this.#driver.Request(text, (error) =>
        done(enough && (error as { code?: unknown } | null)?.code === 'ECANCEL' ? null : error),
      );
      request.on('columnMetadata', (told) => (columns = told as Column[]));
      request.on('row', (cells: Cells) => {
        if (rows.length < most) return void rows.push(cells.map(({ value }) => value));
        if (!enough) this.#db.cancel();
        enough = true;
      });
      this.#send(request, values);
    };
    return this.#next(async () => {
      await this.#within(work, words);
      return { columns, rows };
    });
  }

  async #request(statement: Sql): Promise<Answer> {
    const rows: Row[] = [];
    let n = 0;
    const text = statement.text.replaceAll('?', () => `@p${++n}`);
    await this.#within((done) => {
      const request = new this.#driver.Request(text, done);
      request.on('row', (cells: Cells) => {
        rows.push(Object.fromEntries(cells.map(({ metadata, value }) => [metadata.colName, value])));
      });
      this.#send(request, statement.values);
    });
    return { rows };
  }

  #send(request: OwnRequest, values: readonly unknown[]): void {
    values.forEach((value, i) => this.#bind(request, `p${i + 1}`, value));
    this.#db.execSql(request);
  }

  async #batch(text: string): Promise<void> {
    await this.#within((done) => this.#db.execSqlBatch(new this.#driver.Request(text, done)));
  }

  #bind(request: OwnRequest, name: string, value: unknown): void {
    const { TYPES } = this.#driver;
    if (value instanceof NarrowText) return request.addParameter(name, TYPES.VarChar, value.text, { length: 8000 });
    if (value instanceof ListValue) return request.addParameter(name, TYPES.TVP, this.#table(value));
    if (typeof value === 'bigint') return request.addParameter(name, TYPES.BigInt, value);
    if (typeof value !== 'number') {
      // one length for all short texts: a plan for each length would be kept otherwise
      const length = typeof value === 'string' && value.length > 4000 ? Infinity : 4000;
      return request.addParameter(name, TYPES.NVarChar, value, { length });
    }
    return Number.isSafeInteger(value)
      ? request.addParameter(name, TYPES.BigInt, BigInt(value))
      : request.addParameter(name, TYPES.Float, value);
  }

  #table({ places, rows }: ListValue): object {
    const { TYPES } = this.#driver;
    const names = (Object.keys(LIST_COLUMNS) as (keyof typeof LIST_COLUMNS)[]).flatMap((sort) =>
      Array.from({ length: LIST_COLUMNS[sort] }, (_, i) => `${sort}${i + 1}`),
    );
    const columns = names.map((name) =>
      name.startsWith('n')
        ? { name, type: TYPES.BigInt }
        : { name, type: TYPES.NVarChar, length: name.startsWith('m') ? Infinity : 4000 },
    );
    const at = names.map((name) => places.indexOf(name));
    return {
      name: 'sms_mw_list',
      ...(this.#schema === null ? {} : { schema: this.#schema }),
      columns,
      rows: rows.map((row) => at.map((i) => (i < 0 ? null : (row[i] ?? null)))),
    };
  }

  /** The driver's own time-out comes first; where not even its cancelling is answered, the connection is closed. */
  async #within(start: (done: Done) => void, words: (error: unknown) => DbError = explained): Promise<void> {
    let watchdog: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        watchdog = timer(() => {
          void this.close();
          reject(failure('lost', { code: 'ETIMEOUT', message: 'the server has stopped answering' }));
        }, this.#timeoutMs + GRACE_MS);
        start((error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      const plain = words(error);
      if (plain.kind === 'lost') this.broken = true;
      throw plain;
    } finally {
      clearTimeout(watchdog);
    }
  }
}

/** Of several messages of the server in one: the first says what happened, the last that the batch was ended. */
export const firstOf = (error: unknown): unknown =>
  error instanceof AggregateError ? (error.errors[0] as unknown) : error;

function explained(error: unknown): DbError {
  if (error instanceof DbError) return error;
  const first = firstOf(error);
  const kind = dialect.errorKind(first);
  const { code, number } = (first ?? {}) as { code?: unknown; number?: unknown };
  const plain = { code, number, message: first instanceof Error ? wordsOf(first) : undefined };
  return kind === 'duplicate' ? new DuplicateKey(plain) : failure(kind, plain);
}

/** Of a connection that did not come about: with what each address said. */
function wordsOf({ message, cause }: Error): string {
  const tried = cause instanceof AggregateError ? cause.errors.map((each) => (each as Error).message) : [];
  return [message, ...tried].join(': ').replaceAll(' - ', ': ');
}
