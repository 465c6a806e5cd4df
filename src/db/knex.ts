import knexFactory, { type Knex } from 'knex';
import { DbError, type DbErrorKind } from '../lib/errors.ts';
import type { Dialect, Engine, Row, Session } from './dialect.ts';
import { DuplicateKey, failure } from './failure.ts';
import { IdleConnections } from './idle-connections.ts';
import { Logins } from './login.ts';
import { IDLE_MS, type PoolOptions } from './options.ts';
import { pooledEngine, type Link, type Links } from './pooled.ts';
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

export function knexEngine(
  driver: Driver,
  { poolSize, idleTimeoutMs = IDLE_MS, ...login }: PoolOptions,
  statementTimeoutMs: number,
): Engine {
  const { dialect } = driver;
  const knex = knexFactory({
    ...driver.config,
    compileSqlOnError: false,
    acquireConnectionTimeout: 10_000,
    // min 0: idle connections go, and with them the reap timer and the dead ones among them
    pool: { min: 0, max: poolSize, idleTimeoutMillis: idleTimeoutMs, afterCreate: prepare },
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
    acquireRawConnection(): Promise<Connection>;
    validateConnection(connection: Connection): boolean | Promise<boolean>;
  };
  const idle = new IdleConnections<Connection>();
  const isAlive = pool.validateConnection.bind(pool);
  pool.validateConnection = (connection) => idle.mayLend(connection) && isAlive(connection);
  // where its pool opens a connection; those that are open already are lent without
  const logins = new Logins(login);
  const connect = pool.acquireRawConnection.bind(pool);
  pool.acquireRawConnection = () =>
    logins.try(() =>
      connect().catch((error: unknown) => {
        throw explained(error);
      }),
    );

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

  const links: Links<KnexLink> = {
    async acquire() {
      try {
        const connection = await pool.acquireConnection();
        const own = session(connection);
        const say = async (statement: string): Promise<void> => {
          await own.run(raw(statement));
        };
        return {
          connection,
          alone: own,
          inside: own,
          begin: () => say(driver.begin),
          commit: () => say('COMMIT'),
          rollback: () => say('ROLLBACK'),
          broken: false,
        };
      } catch (error) {
        throw explained(error);
      }
    },
    release({ connection, broken }) {
      if (broken) connection.__knex__disposed = true;
      // knex sets the mark, too: where a statement has passed its time, or the driver has told that the connection went
      idle.returned(connection, Boolean(connection.__knex__disposed));
      return pool.releaseConnection(connection);
    },
    close: () => knex.destroy(),
  };
  return pooledEngine(dialect, links, (pooled) => driver.version(pooled));
}

interface KnexLink extends Link {
  readonly connection: Connection;
}

function ignore(): void {
  // see `log` above
}
