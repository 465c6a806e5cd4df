import { createPool, type PoolConnection, type PoolOptions } from 'mysql2';
import { DbError } from '../../lib/errors.ts';
import { asRow, CONNECT_MS, explained, GRACE_MS, inWords, type Business, type BusinessOptions } from '../business.ts';
import { mysql as dialect } from '../dialects/mysql.ts';
import { mysqlDriver } from '../drivers.ts';
import { Logins } from '../login.ts';
import { marked, valuesFor } from '../named-sql.ts';
import { IDLE_MS, type ServerConnection } from '../options.ts';

/** Prepared on the server: values travel beside the statement, not escaped inside it. */
export function mysqlBusiness(options: BusinessOptions): Business {
  const { statementTimeoutMs, mostRows } = options;
  const driver = mysqlDriver(options.connection as ServerConnection, statementTimeoutMs);
  const pool = createPool({
    ...(driver.config.connection as PoolOptions),
    connectTimeout: CONNECT_MS,
    connectionLimit: options.poolSize,
    maxIdle: options.poolSize,
    idleTimeout: IDLE_MS,
  });
  const logins = new Logins(options);
  // in front of anything that is asked of a new connection
  pool.on('connection', (connection) => {
    for (const { statement, optional } of [...driver.settings, ...READ_ONLY(mostRows)]) {
      connection.query(statement, (error) => {
        if (error !== null && !optional) connection.destroy();
      });
    }
  });

  async function borrow<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const connection = await logins.try(
      () =>
        new Promise<PoolConnection>((done, fail) =>
          pool.getConnection((error, got) => (error === null ? done(got) : fail(explained(error, dialect)))),
        ),
    );
    try {
      const result = await work(connection);
      connection.release();
      return result;
    } catch (error) {
      // one that does not answer is still busy with what it was asked
      if (error instanceof DbError && error.kind === 'lost') connection.destroy();
      else connection.release();
      throw error;
    }
  }

  return {
    read: (query, values) =>
      borrow(
        (connection) =>
          new Promise((done, fail) =>
            connection.execute<never[]>(
              {
                sql: marked(query, () => '?'),
                values: valuesFor(query, values),
                timeout: statementTimeoutMs + GRACE_MS,
              },
              (error, rows) => (error === null ? done(rows.map(asRow)) : fail(explained(error, dialect))),
            ),
          ),
      ),
    columns: (query) =>
      borrow(
        (connection) =>
          new Promise((done, fail) =>
            connection.prepare(
              marked(query, () => '?'),
              (error, statement) => {
                if (error !== null) return fail(inWords(error, dialect));
                const { columns = [] } = statement as unknown as { columns?: readonly { name: string }[] };
                statement.close();
                done(columns.map(({ name }) => name.toLowerCase()));
              },
            ),
          ),
      ),
    close: () => new Promise((done) => pool.end(() => done())),
  };
}

const READ_ONLY = (mostRows: number): { statement: string; optional: boolean }[] => [
  { statement: 'SET SESSION TRANSACTION READ ONLY', optional: false },
  { statement: `SET SESSION sql_select_limit = ${mostRows}`, optional: false },
];
