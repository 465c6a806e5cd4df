import { readFileSync } from 'node:fs';
import { checkedName, TABLE_NAMES, tableName, type TableKey, type TableNames } from './names.ts';
import type { DatabaseOptions } from './options.ts';

/** What the schema file says of one table, under the configured names. */
export interface TableDdl {
  readonly key: TableKey;
  readonly name: string;
  readonly create: string;
  readonly columns: readonly { readonly name: string; readonly definition: string }[];
  /** Indexes, those inside CREATE TABLE (MySQL) included; `add` makes one that is missing. */
  readonly indexes: readonly { readonly name: string; readonly add: string }[];
  /** COMMENT ON. */
  readonly remarks: readonly string[];
}

/** The file of an engine as it is shipped, with the configured names in it. */
export function schemaText({ client, schema, tables }: Pick<DatabaseOptions, 'client' | 'schema' | 'tables'>): string {
  const text = readFileSync(new URL(`../../schema/${client}.sql`, import.meta.url), 'utf8');
  const prefix = schema === null ? '' : `${checkedName(schema)}.`;
  return text.replaceAll(/\bsms_\w+/g, (word) => renamed(word, prefix, tables));
}

/** Indexes and constraints are named after their table (`sms_outbox_ix_claim`) and never qualified. */
function renamed(word: string, prefix: string, names: TableNames): string {
  for (const key of Object.keys(TABLE_NAMES) as TableKey[]) {
    if (word === TABLE_NAMES[key]) return prefix + tableName(names, key);
    if (/^_(ix|ck)_/.test(word.slice(TABLE_NAMES[key].length)) && word.startsWith(TABLE_NAMES[key])) {
      return tableName(names, key) + word.slice(TABLE_NAMES[key].length);
    }
  }
  return word;
}

/** The tables of the file. It is ours: one column or key a line, comments in `--` only, statements end at a line's end. */
export function tableDdl(options: Pick<DatabaseOptions, 'client' | 'schema' | 'tables'>): TableDdl[] {
  const statements = schemaText(options)
    .replaceAll(/--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim());
  return (Object.keys(TABLE_NAMES) as TableKey[]).map((key) => {
    const bare = tableName(options.tables, key);
    const name = options.schema === null ? bare : `${options.schema}.${bare}`;
    const about = statements.filter(
      (s) => wordAfter(s, /^CREATE TABLE IF NOT EXISTS|^CREATE (?:UNIQUE )?INDEX.* ON|^COMMENT ON TABLE/) === name,
    );
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
        .filter((line) => /^[a-z]/.test(line))
        .map((line) => ({ name: line.split(' ')[0] ?? '', definition: line })),
      indexes: [
        ...inside.map((line) => ({
          name: wordAfter(line, /^(?:UNIQUE )?KEY/),
          add: `ALTER TABLE ${name} ADD ${line}`,
        })),
        ...about.filter((s) => INDEX.test(s)).map((s) => ({ name: wordAfter(s, INDEX), add: s })),
      ],
      remarks: about.filter((s) => s.startsWith('COMMENT ON')),
    };
  });
}

const INDEX = /^CREATE (?:UNIQUE )?INDEX IF NOT EXISTS/;

function wordAfter(statement: string, start: RegExp): string {
  const [, ...rest] = statement.split(start);
  return rest.join('').trim().split(/[\s(]/)[0] ?? '';
}
