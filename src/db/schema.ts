import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DbError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { listTypeDdl, schemaFile, schemaText, tableDdl, type DdlOptions, type TableDdl } from './ddl.ts';
import { dictionaryOf, type Dictionary, type FoundColumn, type Privilege } from './dictionary.ts';
import type { Engine } from './dialect.ts';
import type { TableKey } from './names.ts';
import { openEngine } from './open.ts';
import type { DatabaseOptions } from './options.ts';
import { raw } from './sql.ts';

export interface SchemaFinding {
  /** error: the daemon cannot work · warning: it can, with a drawback that the text names. */
  readonly severity: 'error' | 'warning';
  readonly text: Text;
}

/** What the verbs do with each table; the grants scripts give exactly this to the middleware. */
const NEEDED: Record<TableKey, readonly Privilege[]> = {
  outbox: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  history: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  inbox: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  submit: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  seen: ['SELECT', 'INSERT', 'DELETE'],
  query: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  receipt: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  channel: ['SELECT', 'INSERT', 'UPDATE'],
  status: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  command: ['SELECT', 'UPDATE', 'DELETE'],
  template: ['SELECT', 'INSERT', 'UPDATE'],
  word: ['SELECT'],
  blacklist: ['SELECT', 'INSERT', 'UPDATE'],
  usage: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  hour: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  override: ['SELECT', 'INSERT', 'UPDATE'],
  stats: ['SELECT', 'INSERT', 'UPDATE'],
  balance: ['SELECT', 'INSERT', 'UPDATE'],
};

/** Of every table, where nothing is written. */
const READING = ['SELECT'] as const satisfies readonly Privilege[];

/** The DDL of an engine, with the configured names in it. */
export function printSchema(options: DdlOptions): string {
  return schemaText(options);
}

/**
 * Creates what is missing and says of each table and index whether it was. May be run again at any time; never changes what is
 * there. Needs a user with DDL. @throws DbError
 */
export async function applySchema(options: DatabaseOptions): Promise<{ done: Text[] }> {
  if (typeof options.connection === 'string') makeFile(options.connection);
  return withEngine(options, async (engine, dictionary) => {
    const done: Text[] = [];
    const step = async (statement: string, text: Text): Promise<void> => {
      await engine.run(raw(statement));
      done.push(text);
    };
    const type = listTypeDdl(options);
    if (type !== null && (await dictionary.listType?.(type.name))?.there === false) {
      await step(type.create, { zh: `已建类型 ${type.name}`, en: `created type ${type.name}` });
    }
    for (const table of tableDdl(options)) {
      const columns = await dictionary.columns(table);
      if (columns.size === 0) {
        await step(table.create, { zh: `已建表 ${table.name}`, en: `created table ${table.name}` });
        for (const remark of table.remarks) await engine.run(raw(remark));
      } else {
        done.push({ zh: `表 ${table.name} 已存在`, en: `table ${table.name} is already there` });
        for (const column of table.columns.filter(({ name }) => !columns.has(name))) {
          const added = { zh: `已加列 ${table.name}.${column.name}`, en: `added column ${table.name}.${column.name}` };
          await step(`ALTER TABLE ${table.name} ${addColumn(options.client)}${column.definition}`, added);
        }
      }
      const indexes = await dictionary.indexes(table);
      const idle = (await dictionary.idle?.(table)) ?? new Set();
      for (const index of table.indexes) {
        if (idle.has(index.name.toLowerCase())) {
          done.push(idleIndex(table, index.name, options.client).text);
        } else if (!indexes.has(index.name.toLowerCase())) {
          await step(index.add, { zh: `已建索引 ${index.name}`, en: `created index ${index.name}` });
        } else if (columns.size > 0) {
          done.push({ zh: `索引 ${index.name} 已存在`, en: `index ${index.name} is already there` });
        }
      }
    }
    return { done };
  });
}

/** For nobody else, since texts and numbers will be in it; SQLite gives its further files the same mode. What is there stays as it is. */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600 });
}

/** Compares the database with what is needed, by dictionary reads that the middleware's own user may make. @throws DbError `lost`, `denied` */
export async function checkSchema(options: DatabaseOptions): Promise<SchemaFinding[]> {
  return withEngine(options, async (_engine, dictionary) => {
    const tables = tableDdl(options);
    const findings: SchemaFinding[] = [];
    let there = 0;
    for (const table of tables) {
      const columns = await dictionary.columns(table);
      there += columns.size > 0 ? 1 : 0;
      findings.push(...(await checkTable(options, table, columns, dictionary)));
    }
    findings.push(...(await checkListType(options, dictionary)));
    return there > 0 ? findings : [noTables(options)];
  });
}

/** @throws DbError `schema`, naming the first thing that is missing, so that the daemon does not start and fail later. */
export async function requireSchema(options: DatabaseOptions): Promise<void> {
  const errors = (await checkSchema(options)).filter((finding) => finding.severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length - 1;
  throw new DbError('schema', {
    zh: more > 0 ? `${first.text.zh}（另有 ${more} 处，见 yxt-mw schema check）` : first.text.zh,
    en: more > 0 ? `${first.text.en} (and ${more} more: yxt-mw schema check)` : first.text.en,
  });
}

/** ADD COLUMN, as the engine says it. */
const addColumn = (client: DatabaseOptions['client']): string =>
  client === 'mssql' || client === 'oracle' ? 'ADD ' : 'ADD COLUMN ';

async function checkTable(
  { client, readOnly = false }: DatabaseOptions,
  table: TableDdl,
  found: Map<string, FoundColumn>,
  dictionary: Dictionary,
): Promise<SchemaFinding[]> {
  if (found.size === 0) return [missingTable(table)];
  const findings: SchemaFinding[] = [];
  // what stands before `status` in the outbox is written by the bureau and only read by us
  const status = table.columns.findIndex(({ name }) => name === 'status');
  for (const [i, column] of table.columns.entries()) {
    const bureaus = table.key === 'outbox' && i < status;
    const finding = checkColumn(table, column, found.get(column.name), bureaus);
    if (finding) findings.push(finding);
  }
  findings.push(...strangers(table, found));
  const indexes = await dictionary.indexes(table);
  const missing = table.indexes.filter(({ name }) => !indexes.has(name.toLowerCase()));
  const idle = missing.length === 0 ? undefined : await dictionary.idle?.(table);
  for (const { name } of missing)
    findings.push(idle?.has(name.toLowerCase()) ? idleIndex(table, name, client) : missingIndex(table, name, client));
  for (const privilege of readOnly ? READING : NEEDED[table.key]) {
    if (!(await dictionary.may(table, privilege))) findings.push(missingPrivilege(table, privilege));
  }
  return findings;
}

function checkColumn(
  table: TableDdl,
  { name, definition }: TableDdl['columns'][number],
  found: FoundColumn | undefined,
  bureaus: boolean,
): SchemaFinding | null {
  const at = `${table.name}.${name}`;
  if (found === undefined) {
    return error(
      `缺少列 ${at}，请以有建表权限的用户运行 yxt-mw schema apply`,
      `column ${at} is missing; run yxt-mw schema apply as a user with DDL`,
    );
  }
  if (/ DEFAULT | GENERATED | AUTO_INCREMENT|AUTOINCREMENT| IDENTITY| AS \(/.test(definition) && !found.hasDefault) {
    return error(
      `列 ${at} 丢了默认值，请恢复：${definition}`,
      `column ${at} has lost its default; restore it: ${definition}`,
    );
  }
  const wanted = Number(/CHAR2?\((\d+)/.exec(definition)?.[1] ?? 0);
  if (found.length !== null && found.length < wanted) {
    return {
      severity: bureaus ? 'warning' : 'error',
      text: {
        zh: `列 ${at} 只有 ${found.length} 个字符，应为 ${wanted}`,
        en: `column ${at} holds ${found.length} characters only; it should be ${wanted}`,
      },
    };
  }
  return null;
}

const error = (zh: string, en: string): SchemaFinding => ({ severity: 'error', text: { zh, en } });

/** One sentence, not one for each table. */
function noTables({ client, connection }: DatabaseOptions): SchemaFinding {
  const file = schemaFile(client, connection);
  if (client === 'sqlite') {
    return error(
      '一张表也没有：请运行 yxt-mw schema apply，或手工执行 schema/sqlite.sql',
      'none of the tables is there: run yxt-mw schema apply, or schema/sqlite.sql by hand',
    );
  }
  return error(
    `一张表也没有（或本用户没有任何权限）：请以有建表权限的用户运行 yxt-mw schema apply，或由 DBA 手工执行 schema/${file}，再执行授权脚本`,
    `none of the tables is there, or this user has no privilege on any: run yxt-mw schema apply as a user with DDL, or schema/${file} by hand, then the grants script`,
  );
}

function missingTable({ name }: TableDdl): SchemaFinding {
  return error(
    `没有表 ${name}，或本用户没有它的权限：请运行 yxt-mw schema apply，再执行授权脚本`,
    `there is no table ${name}, or this user has no privilege on it: run yxt-mw schema apply, then the grants script`,
  );
}

/** Columns of the bureau's own in our tables that refuse a row which says nothing of them. */
function strangers({ key, name, columns }: TableDdl, found: Map<string, FoundColumn>): SchemaFinding[] {
  const ours = new Set(columns.map((column) => column.name));
  const strange = [...found].filter(
    ([column, { nullable, hasDefault }]) => !ours.has(column) && !nullable && !hasDefault,
  );
  return strange.map(([column]) => ({
    severity: key === 'outbox' ? 'warning' : 'error',
    text: {
      zh: `表 ${name} 另有列 ${column}，非空又无默认值：本程序插入的行会被拒绝，请给它默认值`,
      en: `table ${name} has a column ${column} of its own that is NOT NULL without a default: rows that this program inserts are refused; give it one`,
    },
  }));
}

/** Who lacks EXECUTE on the type does not see it either: catalog views show what one owns or has a permission on. */
async function checkListType(options: DatabaseOptions, dictionary: Dictionary): Promise<SchemaFinding[]> {
  const type = listTypeDdl(options);
  const found = type === null ? undefined : await dictionary.listType?.(type.name);
  if (type === null || found === undefined || (found.there && found.usable)) return [];
  return found.there
    ? [
        error(
          `本用户对类型 ${type.name} 没有 EXECUTE 权限，请执行授权脚本`,
          `this user lacks EXECUTE on type ${type.name}; run the grants script`,
        ),
      ]
    : [
        error(
          `没有类型 ${type.name}，或本用户没有它的 EXECUTE 权限：请运行 yxt-mw schema apply，再执行授权脚本`,
          `there is no type ${type.name}, or this user lacks EXECUTE on it: run yxt-mw schema apply, then the grants script`,
        ),
      ];
}

/** A statement that names its index does not run without it; PostgreSQL and Oracle are not told which. */
const NAMED = /_ix_(claim|reply|lease|serial|next|tried|phone|taken|age)$/;

function mustHave(index: string, client: DatabaseOptions['client']): boolean {
  return index.endsWith('_ix_claim') || (client !== 'postgres' && client !== 'oracle' && NAMED.test(index));
}

function missingIndex({ name }: TableDdl, index: string, client: DatabaseOptions['client']): SchemaFinding {
  return {
    severity: mustHave(index, client) ? 'error' : 'warning',
    text: {
      zh: `表 ${name} 缺少索引 ${index}，会拖慢数据库，请运行 yxt-mw schema apply`,
      en: `table ${name} lacks the index ${index}, the database will be slow; run yxt-mw schema apply`,
    },
  };
}

/** There, and no help to any query; a unique one refuses every INSERT (ORA-01502). Making it anew would fail: its name is taken. */
function idleIndex({ name }: TableDdl, index: string, client: DatabaseOptions['client']): SchemaFinding {
  const rebuild = client === 'mssql' ? `ALTER INDEX ${index} ON ${name} REBUILD` : `ALTER INDEX ${index} REBUILD`;
  return {
    severity: mustHave(index, client) || index.endsWith('_ix_once') ? 'error' : 'warning',
    text: {
      zh: `表 ${name} 的索引 ${index} 已失效，请 DBA 执行 ${rebuild}`,
      en: `the index ${index} of ${name} is unusable; have the DBA run ${rebuild}`,
    },
  };
}

function missingPrivilege({ name }: TableDdl, privilege: Privilege): SchemaFinding {
  return error(
    `本用户对表 ${name} 没有 ${privilege} 权限，请执行授权脚本`,
    `this user lacks ${privilege} on ${name}; run the grants script`,
  );
}

async function withEngine<T>(
  options: DatabaseOptions,
  work: (engine: Engine, dictionary: Dictionary) => Promise<T>,
): Promise<T> {
  // an index on a table that is in use already may take minutes
  const engine = openEngine({ ...options, poolSize: 1, statementTimeoutMs: 600_000 });
  try {
    return await work(engine, dictionaryOf(engine, typeof options.connection === 'string' ? options.connection : null));
  } finally {
    await engine.close();
  }
}
