import { Connection, Request, TYPES } from 'tedious';
import type { ServerConnection } from '../../src/db/options.ts';
import type { FreshDatabase } from './databases.ts';

type Query = FreshDatabase['rawQuery'];
type Fresh = Omit<FreshDatabase, 'options'> & { readonly connection: ServerConnection };

/** A database of its own on the server at `mssql://user:password@host:port?encrypt=true`, by an account that may create one. */
export async function freshMssql(at: string, name: string): Promise<Fresh> {
  const url = new URL(at);
  const encrypt = url.searchParams.get('encrypt') === 'true';
  // the certificate of a server for tests is nobody's
  const connection: ServerConnection = {
    host: url.hostname,
    port: Number(url.port || 1433),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: name,
    options: { encrypt, trustServerCertificate: true },
  };
  const admin = await connect({ ...connection, database: '' });
  // what Chinese installations have
  await admin.query(`CREATE DATABASE ${name} COLLATE Chinese_PRC_CI_AS`);
  const open = [admin];
  const own = async (): Promise<{ query: Query }> => {
    const db = await connect(connection);
    open.push(db);
    return db;
  };
  let first: Promise<{ query: Query }> | undefined;
  return {
    connection,
    connect: own,
    rawQuery: async (statement, params) => (await (first ??= own())).query(statement, params),
    async drop() {
      for (const db of open.slice(1)) db.close();
      await admin.query(`ALTER DATABASE ${name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ${name}`);
      admin.close();
    },
  };
}

async function connect(to: ServerConnection): Promise<{ query: Query; close(): void }> {
  const db = new Connection({
    server: to.host,
    authentication: { type: 'default', options: { userName: to.user, password: to.password ?? '' } },
    options: { ...to.options, port: to.port ?? 1433, ...(to.database === '' ? {} : { database: to.database }) },
  });
  db.on('error', () => undefined); // a session that a test kills: its next query says so
  await new Promise<void>((done, fail) => db.connect((error) => (error ? fail(error) : done())));
  const query: Query = async (statement, params = []) => {
    if (statement === 'BEGIN') return query('BEGIN TRANSACTION');
    // an id of one's own
    const given = /^INSERT INTO (\S+) \((?:[\w, ]*,)? ?id\b/i.exec(statement)?.[1];
    const text =
      given === undefined
        ? statement
        : `SET IDENTITY_INSERT ${given} ON; ${statement}; SET IDENTITY_INSERT ${given} OFF`;
    return new Promise((done, fail) => {
      const rows: Record<string, unknown>[] = [];
      let n = 0;
      const request = new Request(
        text.replaceAll('?', () => `@p${++n}`),
        (error: Error | null | undefined) => (error ? fail(error) : done(rows)),
      );
      request.on('row', (columns: { metadata: { colName: string }; value: unknown }[]) =>
        rows.push(Object.fromEntries(columns.map(({ metadata, value }) => [metadata.colName, value]))),
      );
      params.forEach((value, i) =>
        typeof value === 'string' || value === null
          ? request.addParameter(`p${i + 1}`, TYPES.NVarChar, value)
          : request.addParameter(`p${i + 1}`, TYPES.BigInt, BigInt(value)),
      );
      if (params.length > 0) db.execSql(request);
      else db.execSqlBatch(request);
    });
  };
  return { query, close: () => db.close() };
}
