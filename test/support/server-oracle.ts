import { createRequire } from 'node:module';
import type { ServerConnection } from '../../src/db/options.ts';
import type { OracleConnection } from '../../src/db/oracle-driver.ts';
import type { FreshDatabase } from './databases.ts';

type Query = FreshDatabase['rawQuery'];
type Fresh = Omit<FreshDatabase, 'options'> & { readonly connection: ServerConnection };

interface Driver {
  readonly OUT_FORMAT_OBJECT: unknown;
  getConnection(to: { user: string; password: string; connectString: string }): Promise<OracleConnection>;
}

/** A user of its own on the server at `oracle://user:password@host:port/service`, by an account that may create one. */
export async function freshOracle(at: string, name: string): Promise<Fresh> {
  const url = new URL(at);
  const password = `Yxt_${name.slice(-8)}`;
  const connection: ServerConnection = {
    host: url.hostname,
    port: Number(url.port || 1521),
    user: name,
    password,
    database: url.pathname.slice(1),
  };
  const admin = await connect(connection, decodeURIComponent(url.username), decodeURIComponent(url.password));
  await admin.query(`CREATE USER ${name} IDENTIFIED BY "${password}" QUOTA UNLIMITED ON users`);
  await admin.query(`GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE, CREATE TRIGGER, CREATE SYNONYM TO ${name}`);
  const open = [admin];
  const own = async (): Promise<{ query: Query }> => {
    const db = await connect(connection, name, password);
    open.push(db);
    return db;
  };
  let first: Promise<{ query: Query }> | undefined;
  return {
    connection,
    connect: own,
    rawQuery: async (statement, params) => (await (first ??= own())).query(statement, params),
    async drop() {
      for (const db of open.slice(1)) await db.close();
      await admin.query(`DROP USER ${name} CASCADE`);
      await admin.close();
    },
  };
}

async function connect(
  to: ServerConnection,
  user: string,
  password: string,
): Promise<{ query: Query; close(): Promise<void> }> {
  const driver = createRequire(import.meta.url)('oracledb') as Driver;
  const db = await driver.getConnection({
    user,
    password,
    connectString: `${to.host}:${to.port ?? 1521}/${to.database}`,
  });
  await db.execute("ALTER SESSION SET NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF'", [], {});
  let alone = true;
  const query: Query = async (statement, params = []) => {
    if (statement === 'BEGIN') alone = false;
    else if (statement === 'COMMIT' || statement === 'ROLLBACK') {
      alone = true;
      await (statement === 'COMMIT' ? db.commit() : db.rollback());
    } else return rowsOf(statement, params);
    return [];
  };
  const rowsOf = async (statement: string, params: readonly unknown[]): Promise<Record<string, unknown>[]> => {
    // several rows of values in one INSERT come with 23ai only
    const [, head, lists] = /^(insert into \S+ \([^)]*\)) values (\(.*\))$/is.exec(statement) ?? [];
    if (head !== undefined && lists !== undefined && /\),\s*\(/.test(lists)) {
      let taken = 0;
      for (const list of lists.slice(1, -1).split(/\),\s*\(/)) {
        const places = list.split('?').length - 1;
        await rowsOf(`${head} VALUES (${list})`, params.slice(taken, (taken += places)));
      }
      return [];
    }
    let n = 0;
    const text = statement.replaceAll('?', () => `:${++n}`);
    const binds = params.map((value) => (typeof value === 'bigint' ? value.toString() : value));
    const answer = await db.execute(text, binds, { autoCommit: alone, outFormat: driver.OUT_FORMAT_OBJECT });
    return (answer.rows ?? []).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value])),
    );
  };
  return { query, close: () => db.close() };
}
