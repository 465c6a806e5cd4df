import { readFileSync } from 'node:fs';
import { checkedName, TABLE_NAMES, tableName, type TableKey, type TableNames } from './names.ts';
import type { DatabaseOptions, ServerConnection } from './options.ts';

/** What the schema file says of one table, under the configured names. */
export interface TableDdl {
  readonly key: TableKey;
  readonly name: string;
  readonly create: string;
  readonly columns: readonly { readonly name: string; readonly definition: string }[];
  /** Indexes, those inside CREATE TABLE (MySQL) included; `add` makes one that is missing. */
  readonly indexes: readonly { readonly name: string; readonly add: string }[];
  /** What goes with it once it is made: COMMENT ON, ALTER TABLE, sequence and trigger. */
  readonly remarks: readonly string[];
}

export type DdlOptions = Pick<DatabaseOptions, 'client' | 'schema' | 'tables'> &
  Partial<Pick<DatabaseOptions, 'connection'>>;

/** An Oracle that has no identity columns, and what is like it, have a file of their own. */
export function schemaFile(client: DatabaseOptions['client'], connection?: string | ServerConnection): string {
  return typeof connection === 'object' && connection.variant ? 'oracle-11g.sql' : `${client}.sql`;
}

/** The file of an engine as it is shipped, with the configured names in it. */
export function schemaText({ client, connection, schema, tables }: DdlOptions): string {
  const file = schemaFile(client, connection);
  const text = readFileSync(new URL(`../../schema/${file}`, import.meta.url), 'utf8');
  const prefix = schema === null ? '' : `${checkedName(schema)}.`;
  return text.replaceAll(/\bsms_\w+/g, (word) => renamed(word, prefix, tables));
}

/** Indexes and constraints are named after their table (`sms_outbox_ix_claim`) and never qualified; sequences and triggers are. */
function renamed(word: string, prefix: string, names: TableNames): string {
  for (const key of Object.keys(TABLE_NAMES) as TableKey[]) {
    if (word === TABLE_NAMES[key]) return prefix + tableName(names, key);
    const suffix = word.startsWith(TABLE_NAMES[key]) ? word.slice(TABLE_NAMES[key].length) : '';
    if (/^_(ix|ck)_/.test(suffix)) return tableName(names, key) + suffix;
    if (/^_(sq|tr)$/.test(suffix)) return prefix + tableName(names, key) + suffix;
  }
  return word === LIST_TYPE ? prefix + word : word;
}

/** SQL Server's table type; it keeps its name. */
export const LIST_TYPE = 'sms_mw_list';

/** The tables of the file. It is ours: one column or key a line, comments in `--` only, statements end at a line's end. */
export function tableDdl(options: DdlOptions): TableDdl[] {
  const statements = statementsOf(options);
  return (Object.keys(TABLE_NAMES) as TableKey[]).map((key) => {
    const bare = tableName(options.tables, key);
    const name = options.schema === null ? bare : `${options.schema}.${bare}`;
    const about = statements.filter((s) => wordAfter(s, ABOUT).replace(/_sq$/, '') === name);
    const create = about.find((s) => s.startsWith('CREATE TABLE')) ?? '';
    const lines = create
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim().replace(/,$/, ''))
      .filter((line) => line !== '');
    const inside = lines.filter((line) => /^(UNIQUE )?KEY /.test(line));
    return {
      key,
      name,
      create,
      columns: lines
        .filter((line) => /^[a-z[]/.test(line))
        .map((line) => ({ name: (line.split(' ')[0] ?? '').replaceAll(/[[\]]/g, ''), definition: line })),
      indexes: [
        ...inside.map((line) => ({
          name: wordAfter(line, /^(?:UNIQUE )?KEY/),
          add: `ALTER TABLE ${name} ADD ${line}`,
        })),
        ...about.filter((s) => INDEX.test(s)).map((s) => ({ name: wordAfter(s, INDEX), add: s })),
      ],
      remarks: about.filter((s) => !s.startsWith('CREATE TABLE') && !INDEX.test(s)),
    };
  });
}

/** The table type of SQL Server; null: the engine needs none. */
export function listTypeDdl(options: DdlOptions): { readonly name: string; readonly create: string } | null {
  const create = statementsOf(options).find((s) => s.startsWith('CREATE TYPE'));
  return create === undefined ? null : { name: wordAfter(create, /^CREATE TYPE/), create };
}

/** Without comments, without what makes them repeatable by hand (`IF … IS NULL` before them), without SQL*Plus's own. */
function statementsOf(options: DdlOptions): string[] {
  return schemaText(options)
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/^\/$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim().replace(/^IF .*\n/, ''))
    .map((statement) => (/\bBEGIN\b/.test(statement) ? `${statement};` : statement)); // a trigger's body keeps its end
}

const INDEX = /^CREATE (?:UNIQUE )?INDEX(?: IF NOT EXISTS)?/;

/** What stands before the table's name. */
const ABOUT =
  /^CREATE TABLE(?: IF NOT EXISTS)?|^CREATE (?:UNIQUE )?INDEX.* ON|^COMMENT ON TABLE|^ALTER TABLE|^CREATE SEQUENCE|^CREATE OR REPLACE TRIGGER.* ON/;

function wordAfter(statement: string, start: RegExp): string {
  const [, ...rest] = statement.split(start);
  return rest.join('').trim().split(/[\s(]/)[0] ?? '';
}
