import type { Session } from '../../../src/db/dialect.ts';
import { str, text } from '../../../src/db/rows.ts';
import { Sql, raw } from '../../../src/db/sql.ts';
import type { Client } from '../../support/databases.ts';
import { GROWING } from './load.ts';

/** How one statement was run. */
export interface Reading {
  /** Indexes used, `SCAN table` for none. Lists of values and other tables of a few rows are left out. */
  readonly path: readonly string[];
  /** Rows of tables read on the way; null: the engine does not tell. */
  readonly examined: number | null;
  /** What no statement may do; '': nothing. */
  readonly waste: string;
}

/** Runs a statement with an eye on it: its plan, with its bindings, on this very connection. */
export type Reader = <T>(
  session: Session,
  statement: Sql,
  run: () => Promise<T>,
) => Promise<{ result: T; reading: Reading }>;

export async function readerFor(client: Client, session: Session): Promise<Reader> {
  switch (client) {
    case 'sqlite':
      return sqliteReader;
    case 'mysql':
      return mysqlReader(session);
    case 'postgres':
      return postgresReader;
  }
}

/** The table that a plan calls by its name or by its alias in the statement. */
function tableOf(name: string, statement: Sql): string {
  if (!/^[a-z]\w*$/.test(name)) return name; // `<derived2>`
  return new RegExp(`\\b(sms_\\w+)(?: AS)? ${name}\\b`).exec(statement.text)?.[1] ?? name;
}

const grows = (table: string): boolean => (GROWING as readonly string[]).includes(table);
const growing = (statement: Sql): boolean => GROWING.some((table) => statement.text.includes(table));
const isInsert = (statement: Sql): boolean => statement.text.startsWith('INSERT');

/** sms_outbox, sms_outbox_ix_claim → outbox.claim */
function shown(table: string, index: string): string {
  const short = table.replace(/^sms_(mw_)?/, '');
  return `${short}.${index
    .replace(`${table}_`, '')
    .replace(/^ix_/, '')
    .replace(/^PRIMARY$|^pkey$/, 'pk')}`;
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

const reading = (path: readonly string[], examined: number | null, wastes: readonly string[]): Reading => ({
  path: unique(path),
  examined,
  waste: unique(wastes).join(', '),
});

/** Partial indexes that hold work, never history. */
const SHORT = /_ix_(claim|lease|held)$/;

const sqliteReader: Reader = async (session, statement, run) => {
  const plan = isInsert(statement)
    ? []
    : await session.all(new Sql(`EXPLAIN QUERY PLAN ${statement.text}`, statement.values));
  const path: string[] = [];
  const wastes: string[] = [];
  for (const { detail } of plan) {
    const step = /^(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?(?:INDEX (\w+)|(INTEGER PRIMARY KEY)))?/.exec(
      str(detail),
    );
    const table = tableOf(step?.[2] ?? '', statement);
    if (step && grows(table)) {
      const index = step[3] ?? (step[4] ? 'pk' : null);
      path.push(index === null ? `SCAN ${table}` : shown(table, index.replace(/^sqlite_autoindex_.*/, 'pk')));
      const along = index !== null && (SHORT.test(index) || statement.text.includes(' LIMIT '));
      if (step[1] === 'SCAN' && !along) wastes.push(`scan of ${table}`);
    }
    if (/TEMP B-TREE/.test(str(detail)) && growing(statement)) wastes.push('sort');
  }
  return { result: await run(), reading: reading(path, null, wastes) };
};

async function mysqlReader(first: Session): Promise<Reader> {
  const handlers = async (session: Session): Promise<number> => {
    const rows = await session.all(raw("SHOW SESSION STATUS LIKE 'Handler_read%'"));
    // rnd_next is a whole table read: one of ours shows in the plan, all others are lists and temporary ones
    return rows.reduce(
      (sum, row) => sum + (/rnd_next$/.test(String(row['Variable_name'])) ? 0 : Number(row['Value'])),
      0,
    );
  };
  const once = await handlers(first);
  const overhead = (await handlers(first)) - once;
  return async (session, statement, run) => {
    const plan = isInsert(statement) ? [] : await session.all(new Sql(`EXPLAIN ${statement.text}`, statement.values));
    const before = await handlers(session);
    const result = await run();
    const examined = (await handlers(session)) - before - overhead;
    const path: string[] = [];
    const wastes: string[] = [];
    for (const row of plan) {
      const table = tableOf(str(row['table']), statement);
      if (/optimized away/.test(str(row['Extra']))) path.push('end of index');
      if (!grows(table)) continue;
      const key = text(row['key']);
      path.push(key === null ? `SCAN ${table}` : shown(table, key));
      if (row['type'] === 'ALL') wastes.push(`scan of ${table}`);
      if (/filesort/.test(str(row['Extra']))) wastes.push('sort');
    }
    return { result, reading: reading(path, examined, wastes) };
  };
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Node[];
}

const postgresReader: Reader = async (session, statement, run) => {
  if (isInsert(statement)) return { result: await run(), reading: reading([], null, []) };
  // run for real, and undone
  await session.run(raw('SAVEPOINT looked'));
  const [row] = await session.all(new Sql(`EXPLAIN (ANALYZE, FORMAT JSON) ${statement.text}`, statement.values));
  await session.run(raw('ROLLBACK TO SAVEPOINT looked'));
  const [{ Plan: top }] = JSON.parse(String(row?.['QUERY PLAN'])) as [{ Plan: Node }];
  const path: string[] = [];
  const wastes: string[] = [];
  let examined = 0;
  const walk = (node: Node): void => {
    const table = node['Relation Name'] ?? '';
    const type = node['Node Type'];
    const scan = /Scan$/.test(type);
    if (scan && table !== '') {
      const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
      examined += (node['Actual Rows'] + removed) * node['Actual Loops'];
      if (grows(table)) {
        const index = node['Index Name'] ?? node.Plans?.[0]?.['Index Name'];
        path.push(index === undefined ? `SCAN ${table}` : shown(table, index));
        if (type === 'Seq Scan') wastes.push(`scan of ${table}`);
      }
    }
    if (/Sort$/.test(type) && growing(statement)) wastes.push('sort');
    node.Plans?.forEach(walk);
  };
  walk(top);
  return { result: await run(), reading: reading(path, Math.round(examined), wastes) };
};
