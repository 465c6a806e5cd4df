import type { DbErrorKind } from '../../lib/errors.ts';
import type { ColumnKind, Dialect } from '../dialect.ts';
import { join, raw, sql, Sql, unindexed } from '../sql.ts';

const TYPES: Record<ColumnKind, string> = {
  id: 'bigint',
  int: 'bigint',
  serial: 'text',
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
  idText: (column) => column, // the driver hands over bigint as text
  greatest: (...values) => sql`GREATEST(${join(values)})`,
  least: (...values) => sql`LEAST(${join(values)})`,
  dueAlways: raw("TIMESTAMPTZ '2000-01-01 00:00:00+00'"),
  limit: (rows, offset = 0) => raw(` LIMIT ${rows} OFFSET ${offset}`),
  inList: (column, kind, list) => sql`${column} = ANY(CAST(${list} AS ${raw(TYPES[kind])}[]))`,
  same: (column, value) => sql`${column} = ${value}`,
  values: (columns, rows) => {
    const array = (kind: ColumnKind, i: number): unknown[] =>
      rows.map((row) => (kind === 'beijing' && typeof row[i] === 'string' ? `${row[i]}+08` : (row[i] ?? null)));
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
    return sql`INSERT INTO ${i.table} (${raw(names)}) SELECT ${join(picked)} FROM ${postgres.values(i.columns, i.rows)}`;
  },
  insertOne: (i) => {
    const statement = postgres.insert(i);
    return new Sql(`${statement.text} RETURNING id`, statement.values);
  },
  byIndex: (table, alias) => raw(`${table.text} ${alias}`),
  byKey: (table) => table,
  oneRow: raw('(SELECT 1 AS one) x'),
  errorKind,
};

const KINDS = new Map<string, DbErrorKind | 'duplicate'>([
  ['23505', 'duplicate'],
  ['40001', 'again'],
  ['40P01', 'again'],
  ['55P03', 'again'], // lock not available
  ['57014', 'again'], // statement time-out
  ['25P03', 'lost'], // idle in transaction too long: the session is gone
  ['25006', 'lost'], // read only: a fail-over under way
  ['53300', 'lost'], // too many connections
  ['42P01', 'schema'],
  ['42703', 'schema'],
  ['3D000', 'schema'],
  ['3F000', 'schema'],
  ['42501', 'denied'],
  ['23502', 'data'],
  ['23514', 'data'],
]);

function errorKind(error: unknown): DbErrorKind | 'duplicate' {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)) {
    const kind = KINDS.get(code);
    if (kind !== undefined) return kind;
    if (code.startsWith('08') || code.startsWith('57P')) return 'lost';
    if (code.startsWith('28')) return 'denied';
    return code.startsWith('22') ? 'data' : 'other';
  }
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return 'lost';
  return typeof message === 'string' && /connection|terminat|timeout|timed out/i.test(message) ? 'lost' : 'other';
}
