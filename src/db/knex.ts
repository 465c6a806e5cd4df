import knexFactory, { type Knex } from 'knex';
import { DbError, type DbErrorKind } from '../lib/errors.ts';
import type { Dialect, Engine, Row, Session } from './dialect.ts';
import { doubtful, DuplicateKey, failure } from './failure.ts';
import { patiently, SERVER_PATIENCE } from './retry.ts';
import { raw, type Sql } from './sql.ts';

/** What a server engine needs beside its dialect. */
export interface Driver {
  readonly dialect: Dialect;
  readonly config: Knex.Config;
  /** Session settings, in order; those marked optional are not known everywhere. */
  readonly settings: readonly { readonly statement: string; readonly optional: boolean }[];
  /** Rows, rows matched and new id out of the driver's answer. */
  read(answer: unknown): { rows: Row[]; matched: number; id: string };
  readonly begin: string;
  version(session: Session): Promise<string>;
}

/** The driver's connection, as far as knex and this file touch it. */
interface Connection {
  query(statement: string, done: (error: Error | null) => void): unknown;
  /** knex's mark: the pool throws the connection away instead of lending it again. */
  __knex__disposed?: unknown;
}

/** The client waits this much longer than the server, so that a server that is alive speaks first. */
const GRACE_MS = 5_000;

export function knexEngine(driver: Driver, poolSize: number, statementTimeoutMs: number): Engine {
  const { dialect } = driver;
  const knex = knexFactory({
    ...driver.config,
    compileSqlOnError: false,
    acquireConnectionTimeout: 10_000,
    // min 0: idle connections go, and with them the reap timer and the dead ones among them
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 30_000, afterCreate: prepare },
    // the driver's sentences quote values; what matters comes back as an error
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
  });

  function prepare(connection: Connection, done: (error: Error | null, connection: Connection) => void): void {
    const next = (i: number): void => {
      const setting = driver.settings[i];
      if (setting === undefined) return done(null, connection);
      connection.query(setting.statement, (error) => {
        if (error !== null && !setting.optional) done(error, connection);
        else next(i + 1);
      });
    };
    next(0);
  }

  // typed `any` by knex
  const pool = knex.client as {
    acquireConnection(): Promise<Connection>;
    releaseConnection(connection: Connection): Promise<void>;
  };

  function explained(error: unknown): DbError {
    if (error instanceof DbError) return error;
    if (error instanceof knexFactory.KnexTimeoutError) return failure('lost', error);
    const kind: DbErrorKind | 'duplicate' = dialect.errorKind(error);
    return kind === 'duplicate' ? new DuplicateKey(error) : failure(kind, error);
  }

  function session(connection: Connection): Session {
    const execute = async (statement: Sql): Promise<ReturnType<Driver['read']>> => {
      try {
        return driver.read(
          await knex
            .raw(statement.text, statement.values as Knex.RawBinding[])
            .timeout(statementTimeoutMs + GRACE_MS)
            .connection(connection),
        );
      } catch (error) {
        throw explained(error);
      }
    };
    return {
      all: async (statement) => (await execute(statement)).rows,
      run: async (statement) => (await execute(statement)).matched,
      insert: async (statement) => (await execute(statement)).id,
    };
  }

  async function borrow<T>(work: (session: Session, connection: Connection) => Promise<T>): Promise<T> {
    let connection: Connection;
    try {
      connection = await pool.acquireConnection();
    } catch (error) {
      throw explained(error);
    }
    try {
      return await work(session(connection), connection);
    } finally {
      await pool.releaseConnection(connection);
    }
  }

  const once = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    borrow(async (inside, connection) => {
      await inside.run(raw(driver.begin));
      try {
        const result = await work(inside);
        await written(inside.run(raw('COMMIT')));
        return result;
      } catch (error) {
        // the first error is the one that says what happened; a connection that cannot even roll back is not lent again
        const dispose = (why: unknown): void => void (connection.__knex__disposed = why);
        if (error instanceof DbError && (error.kind === 'lost' || error.kind === 'doubtful')) dispose(error);
        else await inside.run(raw('ROLLBACK')).catch(dispose);
        throw error;
      }
    });

  return {
    dialect,
    all: (statement) => patiently(SERVER_PATIENCE, () => borrow((pooled) => pooled.all(statement))),
    run: (statement) => patiently(SERVER_PATIENCE, () => borrow((pooled) => written(pooled.run(statement)))),
    insert: (statement) => patiently(SERVER_PATIENCE, () => borrow((pooled) => written(pooled.insert(statement)))),
    tx: (work) => patiently(SERVER_PATIENCE, () => once(work)),
    version: () => borrow((pooled) => driver.version(pooled)),
    close: () => knex.destroy(),
  };
}

/** Of a write that commits itself, or a COMMIT: a connection that goes while it is on its way leaves open whether it arrived. */
async function written<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw error instanceof DbError && error.kind === 'lost' ? doubtful(error) : error;
  }
}

function ignore(): void {
  // see `log` above
}
