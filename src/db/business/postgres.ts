import pg from 'pg';
import { asRow, CONNECT_MS, explained, GRACE_MS, inWords, type Business, type BusinessOptions } from '../business.ts';
import { postgres as dialect } from '../dialects/postgres.ts';
import { postgresDriver } from '../drivers.ts';
import { Logins } from '../login.ts';
import { marked, valuesFor, type NamedSql } from '../named-sql.ts';
import { IDLE_MS, type ServerConnection } from '../options.ts';

/** A cursor in a read-only transaction: as many rows as are wanted, in the query's own order. */
export function postgresBusiness(options: BusinessOptions): Business {
  const { statementTimeoutMs, mostRows } = options;
  const { config } = postgresDriver(options.connection as ServerConnection, statementTimeoutMs);
  const pool = new pg.Pool({
    ...(config.connection as pg.PoolConfig),
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: statementTimeoutMs + GRACE_MS,
    max: options.poolSize,
    idleTimeoutMillis: IDLE_MS,
  });
  const logins = new Logins(options);
  pool.on('error', () => undefined); // an idle one that the server has closed: the next question opens another
  const begin = `BEGIN READ ONLY; SET LOCAL statement_timeout = ${statementTimeoutMs}; SET LOCAL standard_conforming_strings = on`;

  async function fetched(query: NamedSql, values: readonly (string | null)[], rows: number): Promise<pg.QueryResult> {
    const client = await logins.try(() =>
      pool.connect().catch((error: unknown) => {
        throw explained(error, dialect);
      }),
    );
    try {
      await client.query(begin);
      await client.query(`DECLARE c NO SCROLL CURSOR FOR ${marked(query, (i) => `$${i + 1}`)}`, [...values]);
      const result = await client.query<Record<string, unknown>>(`FETCH FORWARD ${rows} FROM c`);
      await client.query('ROLLBACK'); // nothing was written
      client.release();
      return result;
    } catch (error) {
      const lost = !(error instanceof pg.DatabaseError);
      if (!lost) await client.query('ROLLBACK').catch(() => undefined);
      client.release(lost);
      throw error;
    }
  }

  return {
    async read(query, values) {
      const bound = valuesFor(query, values);
      try {
        const { rows } = await fetched(query, bound, mostRows);
        return (rows as Record<string, unknown>[]).map(asRow);
      } catch (error) {
        throw explained(error, dialect);
      }
    },
    async columns(query) {
      try {
        const { fields } = await fetched(
          query,
          query.names.map(() => null),
          0,
        );
        return fields.map(({ name }) => name.toLowerCase());
      } catch (error) {
        throw inWords(error, dialect);
      }
    },
    close: () => pool.end(),
  };
}
