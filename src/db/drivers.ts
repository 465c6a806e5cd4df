import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, isIP, type Socket } from 'node:net';
import type mysql2 from 'mysql2';
import type { Row, Session } from './dialect.ts';
import { mysql } from './dialects/mysql.ts';
import { postgres } from './dialects/postgres.ts';
import type { Driver } from './knex.ts';
import type { ServerConnection } from './options.ts';
import { str } from './rows.ts';
import { raw } from './sql.ts';

/** A waiting lock is somebody's transaction: longer than this it is better to come back later. */
const LOCK_SECONDS = 5;

const KEEP_ALIVE_MS = 10_000;

// loaded where it is wanted
const require = createRequire(import.meta.url);

/** Statements, and shapes of rows, that mysql2 keeps: we have some dozens. Its own limits of 16,000 and 15,000 cost megabytes of empty tables. */
const MYSQL_KEEPS = 200;

/** mysql2. */
export function mysqlDriver(connection: ServerConnection, statementTimeoutMs: number): Driver {
  (require('mysql2') as typeof mysql2).setMaxParserCache(MYSQL_KEEPS);
  const must = (statement: string): Driver['settings'][number] => ({ statement, optional: false });
  const may = (statement: string): Driver['settings'][number] => ({ statement, optional: true });
  return {
    dialect: mysql,
    config: {
      client: 'mysql2',
      connection: {
        connectTimeout: 5_000,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
        flags: '-LOCAL_FILES',
        maxPreparedStatements: MYSQL_KEEPS,
        ...connection.options,
        ...whereabouts(connection, { verifyIdentity: true }),
        ...(connection.ssl && isIP(connection.host) !== 0 ? { stream: () => named(connection) } : {}),
        charset: 'utf8mb4',
        multipleStatements: false,
        // ids above 2^53 stay whole, and no time passes through a JavaScript Date
        supportBigNumbers: true,
        bigNumberStrings: true,
        dateStrings: true,
      },
    },
    settings: [
      // REPEATABLE READ locks gaps, and a bureau's INSERT would wait for us
      must('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'),
      // values are escaped with backslashes and text must not be cut silently, whatever the server's own mode
      must("SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'"),
      must(`SET SESSION innodb_lock_wait_timeout = ${LOCK_SECONDS}`),
      may(`SET SESSION max_statement_time = ${statementTimeoutMs / 1000}`), // MariaDB
      may(`SET SESSION max_execution_time = ${statementTimeoutMs}`), // MySQL, SELECT only
    ],
    begin: 'START TRANSACTION',
    read: (answer) => {
      const [first] = answer as [unknown];
      if (Array.isArray(first)) return { rows: first as Row[], matched: first.length, id: '' };
      const { affectedRows, insertId } = first as { affectedRows: number; insertId: number | string };
      return { rows: [], matched: affectedRows, id: String(insertId) };
    },
    version: async (session) => {
      const text = await firstText(session, 'SELECT VERSION() AS version');
      const number = text.split('-')[0] ?? text;
      return `${/mariadb/i.test(text) ? 'MariaDB' : 'MySQL'} ${number}`;
    },
  };
}

/** pg. */
export function postgresDriver(connection: ServerConnection, statementTimeoutMs: number): Driver {
  const must = (statement: string): Driver['settings'][number] => ({ statement, optional: false });
  return {
    dialect: postgres,
    config: {
      client: 'pg',
      version: '12', // knex would ask for it and fail on the banners of PostgreSQL's relatives
      connection: {
        connectionTimeoutMillis: 5_000,
        ssl: false, // else the driver would look for it in the environment
        keepAlive: true,
        keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
        ...connection.options,
        ...whereabouts(connection, {}),
        // everything arrives as text: ids above 2^53 stay whole, and no time passes through a JavaScript Date
        types: { getTypeParser: () => (text: string) => text },
      },
    },
    settings: [
      must("SET default_transaction_isolation = 'read committed'"),
      must('SET standard_conforming_strings = on'),
      must(`SET lock_timeout = '${LOCK_SECONDS}s'`),
      must(`SET statement_timeout = ${statementTimeoutMs}`),
      // every statement of ours has an index to go by; estimates made while the table was empty or small must not say otherwise
      must('SET enable_seqscan = off'),
      // … and that index has them in the order in which they are asked for
      must('SET enable_bitmapscan = off'),
      // … and must not look so dear for it that the plan is compiled, which takes a hundred times as long as running it
      { statement: 'SET jit = off', optional: true },
      must('SET enable_hashjoin = off'),
      must('SET enable_mergejoin = off'),
      { statement: "SET idle_in_transaction_session_timeout = '30s'", optional: true },
    ],
    begin: 'BEGIN',
    read: (answer) => {
      const { rows, rowCount } = answer as { rows: Row[]; rowCount: number | null };
      return { rows, matched: rowCount ?? 0, id: str(rows[0]?.['id']) };
    },
    version: async (session) => {
      const text = await firstText(session, 'SELECT version() AS version');
      return text.split(' ').slice(0, 2).join(' ');
    },
  };
}

/**
 * Where the host is an address, mysql2 leaves it to Node which name the certificate is checked against, and Node knows none but
 * 'localhost': the right certificate is refused and a wrong one may pass. So the socket says where it leads.
 */
function named({ host, port }: ServerConnection): Socket {
  const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  return Object.assign(connect({ host, port: port ?? 3306, noDelay: true, ...keepAlive }), { _host: host });
}

/** Host, user and TLS as both drivers name them. What they default to is left out. */
function whereabouts(
  { host, port, user, password, database, ssl }: ServerConnection,
  strict: object,
): Record<string, unknown> {
  const file = (path: string | null | undefined): Buffer | undefined => (path ? readFileSync(path) : undefined);
  return {
    ...{ host, user, password: password ?? '', database },
    ...(port ? { port } : {}),
    ...(ssl
      ? {
          ssl: {
            ca: file(ssl.ca),
            cert: file(ssl.cert),
            key: file(ssl.key),
            minVersion: 'TLSv1.2',
            rejectUnauthorized: true,
            ...strict,
          },
        }
      : {}),
  };
}

async function firstText(session: Session, query: string): Promise<string> {
  const [row] = await session.all(raw(query));
  return str(row?.['version']);
}
