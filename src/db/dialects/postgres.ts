import type { DbErrorKind } from '../../lib/errors.ts';
import type { ColumnKind, Dialect } from '../dialect.ts';
import { join, raw, sql, Sql, unindexed } from '../sql.ts';
import { waitingByColumns } from '../waiting.ts';

const TYPES: Record<ColumnKind, string> = {
  id: 'bigint',
  int: 'bigint',
  serial: 'text',
  word: 'text',
  text: 'text',
  beijing: 'timestamptz',
};

/** PostgreSQL 12+ and its relatives. */
export const postgres: Dialect = {
  name: 'postgres',
  // not clock_timestamp(): that one is volatile and would keep the planner from the index
  now: raw('statement_timestamp()'),
  after: (ms) => sql`(statement_timestamp() + CAST(${ms} AS double precision) * interval '1 millisecond')`,
  plus: (time, ms) => sql`(${time} + CAST(${ms} AS double precision) * interval '1 millisecond')`,
  msBetween: (from, to) => sql`CAST(trunc(extract(epoch FROM (${to} - ${from})) * 1000) AS bigint)`,
  epochMs: (time) => sql`CAST(trunc(extract(epoch FROM ${time}) * 1000) AS bigint)`,
  timeText: (column) => sql`to_char(${column}, 'YYYY-MM-DD HH24:MI:SS.MS')`,
  day: (column) => sql`to_char(${column}, 'YYYY-MM-DD')`,
  masked: (column) => sql`left(${column}, 3) || '****' || right(${column}, 4)`,
  start: (column, characters) => sql`left(${column}, ${raw(String(characters))})`,
  idText: (column) => column, // the driver hands over bigint as text
  greatest: (...values) => sql`GREATEST(${join(values)})`,
  checksum: (...columns) => sql`CAST(hashtext(concat_ws('|', ${join(columns)})) AS bigint)`,
  // MIN goes by the index only where the statistics expect many rows
  earliest: (column, table, where) =>
    sql`(SELECT ${column} FROM ${table} WHERE ${where} AND ${column} IS NOT NULL ORDER BY ${column} LIMIT 1)`,
  earliestDue: (outbox, p) => postgres.earliest(raw('due_at'), outbox, raw(`status = 'NEW' AND eff_priority = ${p}`)),
  waiting: (outbox, index, priority, when) => waitingByColumns(postgres, outbox, index, priority, when),
  dueAlways: raw("TIMESTAMPTZ '2000-01-01 00:00:00+00'"),
  limited: (select, rows, order, offset = 0) =>
    sql`${select}${order ? sql` ORDER BY ${order}` : raw('')} LIMIT ${raw(String(rows))} OFFSET ${raw(String(offset))}`,
  firstOf: (selects, rows) => postgres.limited(join(selects, ' UNION ALL '), rows),
  inList: (column, kind, list) => sql`${column} = ANY(CAST(${listOf(list)} AS ${raw(TYPES[kind])}[]))`,
  same: (column, value) => sql`${column} = ${value}`,
  none: '',
  text: (value) => sql`${value}`,
  quoted: (column) => column,
  values: (columns, rows) => {
    const array = (kind: ColumnKind, i: number): string =>
      listOf(rows.map((row) => (kind === 'beijing' && typeof row[i] === 'string' ? `${row[i]}+08` : (row[i] ?? null))));
    const arrays = columns.map(({ kind }, i) => sql`CAST(${array(kind, i)} AS ${raw(TYPES[kind])}[])`);
    return sql`unnest(${join(arrays)}) AS v(${raw(columns.map((column) => column.name).join(', '))})`;
  },
  valuesJoin: (values, table, on) => sql`${values} JOIN ${table} ON ${on}`,
  leaseIndex: 'lease',
  updateJoin: (u) => {
    const set = u.set.map(([column, value]) => sql`${raw(column)} = ${value}`);
    return sql`UPDATE ${u.table} AS ${raw(u.alias)} SET ${join(set)} FROM ${postgres.values(u.columns, u.rows)} WHERE ${u.on} AND ${unindexed(u.where)}`;
  },
  insert: (i) => {
    const names = [...i.columns.map((column) => column.name), ...i.constant.map(([column]) => column)].join(', ');
    const picked = [...i.columns.map((column) => raw(`v.${column.name}`)), ...i.constant.map(([, value]) => value)];
    const unless = raw(i.unlessThere ? ' ON CONFLICT DO NOTHING' : '');
    return sql`INSERT INTO ${i.table} (${raw(names)}) SELECT ${join(picked)} FROM ${postgres.values(i.columns, i.rows)}${unless}`;
  },
  insertOne: (i) => {
    const statement = postgres.insert(i);
    return new Sql(`${statement.text} RETURNING id`, statement.values);
  },
  byIndex: (table, alias) => raw(`${table.text} ${alias}`),
  passing: (table, alias) => raw(`${table.text} ${alias}`),
  byKey: (table) => table,
  updateByKey: (table, set, where) => sql`UPDATE ${postgres.byKey(table)} SET ${set} WHERE ${where}`,
  deleteByKey: (table) => sql`DELETE FROM ${table}`,
  locking: {
    peek: (table) => table,
    free: (table) => table,
    clause: raw(' FOR UPDATE SKIP LOCKED'),
    waiting: raw(' FOR UPDATE'),
  },
  care: [],
  oneRow: raw('(SELECT 1 AS one) x'),
  errorKind,
};

/** An array as the server reads it. Left to do it, the driver and knex go over every item three times. */
function listOf(items: readonly (string | number | null)[]): string {
  let text = '';
  for (const item of items) {
    const written = typeof item === 'string' ? quoted(item) : String(item ?? 'NULL');
    text += text === '' ? written : `,${written}`;
  }
  return `{${text}}`;
}

const quoted = (item: string): string => (/["\\]/.test(item) ? `"${item.replaceAll(/["\\]/g, '\\$&')}"` : `"${item}"`);

const KINDS = new Map<string, DbErrorKind | 'duplicate'>([
  ['23505', 'duplicate'],
  ['40001', 'again'],
  ['40P01', 'again'],
  ['55P03', 'timeout'], // lock_timeout
  ['57014', 'timeout'], // statement_timeout, or interrupted by the DBA
  ['25P03', 'lost'], // idle in transaction too long: the session is gone
  ['25006', 'lost'], // read only: a fail-over under way
  ['53300', 'lost'], // too many connections
  ['42P01', 'schema'],
  ['42703', 'schema'],
  ['3D000', 'schema'],
  ['3F000', 'schema'],
  ['42501', 'denied'],
]);

/** Classes of SQLSTATE by what they say: a value, a constraint, a function's or trigger's own words. */
const CLASSES: readonly (readonly [RegExp, DbErrorKind])[] = [
  [/^(08|57P)/, 'lost'],
  [/^28/, 'denied'],
  [/^(09|22|23|38|39|44|P0)/, 'data'],
  // no class of the server's: a code that somebody's RAISE has made up
  [/^(?!0|2|3|4|5|72|F0|HV|XX)/, 'data'],
];

function errorKind(error: unknown): DbErrorKind | 'duplicate' {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)) {
    return KINDS.get(code) ?? CLASSES.find(([pattern]) => pattern.test(code))?.[1] ?? 'other';
  }
  if (typeof code === 'string' && /^E[A-Z]+$|CERT|SIGNATURE|TLS|SSL/.test(code)) return 'lost';
  return typeof message === 'string' && /connection|terminat|timeout|timed out/i.test(message) ? 'lost' : 'other';
}
