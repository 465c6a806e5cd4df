import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { ServerConnection, StoreOptions } from '../../src/db/options.ts';
import { applySchema } from '../../src/db/schema.ts';
import { inTurn } from './in-turn.ts';
import { freshMssql } from './server-mssql.ts';
import { freshOracle } from './server-oracle.ts';

/** Those that the tests start or find by themselves; the others are named in the environment. */
export type Client = Exclude<StoreOptions['client'], 'mssql' | 'oracle'>;
export const DIALECTS: readonly Client[] = ['sqlite', 'mysql', 'postgres'];
export type EveryClient = StoreOptions['client'];

/** Where a server is named in the environment, the same cases run against it. */
const NAMED = { mssql: 'YXT_TEST_MSSQL_URL', oracle: 'YXT_TEST_ORACLE_URL' } as const;
export const EVERY_DIALECT: readonly EveryClient[] = [
  ...DIALECTS,
  ...(['mssql', 'oracle'] as const).filter((client) => process.env[NAMED[client]] !== undefined),
];

type Row = Record<string, unknown>;

export interface FreshDatabase {
  readonly options: StoreOptions;
  /** What a DBA would run, over a connection of its own; `?` marks parameters on every engine. */
  readonly rawQuery: (statement: string, params?: readonly (string | number | bigint | null)[]) => Promise<Row[]>;
  /** A further connection, for transactions; closed by `drop`. */
  connect(): Promise<{ query: FreshDatabase['rawQuery'] }>;
  drop(): Promise<void>;
}

const SERVERS = {
  mysql: {
    env: 'YXT_TEST_MYSQL_URL',
    url: 'mysql://root@127.0.0.1:3306',
    image: 'docker run -d -p 127.0.0.1:3306:3306 -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 mariadb:10.11',
  },
  postgres: {
    env: 'YXT_TEST_POSTGRES_URL',
    url: 'postgres://postgres@127.0.0.1:5432',
    image: 'docker run -d -p 127.0.0.1:5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:15',
  },
} as const;

let count = 0;

/** An empty database of its own with the tables in it, or none (`schema` false). */
export async function freshDatabase(client: EveryClient, given: { schema?: boolean } = {}): Promise<FreshDatabase> {
  const fresh = await FRESH[client]();
  if (given.schema !== false) await applySchema(fresh.options);
  return fresh;
}

/**
 * For a suite's `before`: skips it with advice where the server is not running; under CI=true a missing server is a failure.
 */
export async function needDatabase(client: EveryClient, context: Mocha.Context): Promise<void> {
  if (client === 'sqlite') return;
  if (client === 'mssql' || client === 'oracle') {
    if (process.env[NAMED[client]] !== undefined) return;
    console.warn(`    no ${client} named in ${NAMED[client]} (${client}://user:password@host:port): not run`);
    context.skip();
  }
  const { env, image } = SERVERS[client];
  try {
    await (client === 'mysql' ? (await mysql.createConnection(serverUrl(client))).end() : pgPing());
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    console.warn(
      `    ${client} is not reachable at ${env} (default ${SERVERS[client].url}); to test with it: ${image}`,
    );
    context.skip();
  }
}

function serverUrl(client: keyof typeof SERVERS): string {
  return process.env[SERVERS[client].env] ?? SERVERS[client].url;
}

function connectionOf(client: keyof typeof SERVERS, database: string): ServerConnection {
  const url = new URL(serverUrl(client));
  return {
    host: url.hostname,
    port: url.port === '' ? null : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
  };
}

const common = { schema: null, tables: {}, poolSize: 4, statementTimeoutMs: 15_000 };
const uniqueName = (): string => `yxt_test_${process.pid}_${++count}_${Date.now().toString(36)}`;

const FRESH: Record<EveryClient, () => Promise<FreshDatabase>> = {
  sqlite: freshSqlite,
  mysql: freshMysql,
  postgres: freshPostgres,
  mssql: () => named('mssql', freshMssql),
  oracle: () => named('oracle', freshOracle),
};

async function named(client: keyof typeof NAMED, make: typeof freshMssql): Promise<FreshDatabase> {
  const { connection, ...fresh } = await make(process.env[NAMED[client]] ?? '', uniqueName());
  return { ...fresh, options: { ...common, client, connection } };
}

function freshSqlite(): Promise<FreshDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'yxt-test-'));
  const file = join(folder, 'test.db');
  const open: DatabaseSync[] = [];
  const connect = (): Promise<{ query: FreshDatabase['rawQuery'] }> => {
    const db = new DatabaseSync(file, { timeout: 2000 });
    open.push(db);
    const query: FreshDatabase['rawQuery'] = async (statement, params = []) => {
      await Promise.resolve();
      return db.prepare(statement).all(...(params as SQLInputValue[]));
    };
    return Promise.resolve({ query });
  };
  let first: Promise<{ query: FreshDatabase['rawQuery'] }> | undefined;
  return Promise.resolve({
    options: { ...common, client: 'sqlite', connection: file },
    connect,
    rawQuery: async (statement, params) => (await (first ??= connect())).query(statement, params),
    drop: async () => {
      for (const db of open) db.close();
      await Promise.resolve();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

async function freshMysql(): Promise<FreshDatabase> {
  const name = uniqueName();
  const own = { charset: 'utf8mb4', supportBigNumbers: true, bigNumberStrings: true, dateStrings: true };
  const admin = await mysql.createConnection({ uri: serverUrl('mysql'), ...own });
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await admin.query(`USE ${name}`);
  const open = [admin];
  const queryOn =
    (db: typeof admin): FreshDatabase['rawQuery'] =>
    async (statement, params = []) => {
      const [rows] = await db.query(statement, [...params]);
      return (Array.isArray(rows) ? rows : [rows]) as Row[];
    };
  return {
    options: { ...common, client: 'mysql', connection: connectionOf('mysql', name) },
    rawQuery: queryOn(admin),
    async connect() {
      const db = await mysql.createConnection({ uri: serverUrl('mysql'), ...own, database: name });
      open.push(db);
      return { query: queryOn(db) };
    },
    async drop() {
      await admin.query(`DROP DATABASE ${name}`);
      for (const db of open) await db.end();
    },
  };
}

async function pgPing(): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl('postgres') });
  await client.connect();
  await client.end();
}

async function freshPostgres(): Promise<FreshDatabase> {
  const name = uniqueName();
  const admin = new pg.Client({ connectionString: serverUrl('postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
  const open: pg.Client[] = [];
  const connect = async (): Promise<{ query: FreshDatabase['rawQuery'] }> => {
    const { host, port, user, password } = connectionOf('postgres', name);
    const db = new pg.Client({ host, user, password: password ?? '', port: port ?? 5432, database: name });
    db.on('error', () => undefined); // a session that a test kills: its next query says so
    await db.connect();
    open.push(db);
    // who shares the connection may ask before the one before has been answered: pg 9 keeps no queue for them
    const turn = inTurn();
    const query: FreshDatabase['rawQuery'] = async (statement, params = []) => {
      let n = 0;
      const numbered = params.length === 0 ? statement : statement.replaceAll('?', () => `$${++n}`);
      return (await turn(() => db.query(numbered, [...params]))).rows as Row[];
    };
    return { query };
  };
  let first: ReturnType<typeof connect> | undefined;
  return {
    options: { ...common, client: 'postgres', connection: connectionOf('postgres', name) },
    connect,
    rawQuery: async (statement, params) => (await (first ??= connect())).query(statement, params),
    async drop() {
      for (const db of open) await db.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
