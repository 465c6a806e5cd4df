import type { DbErrorKind } from '../../lib/errors.ts';
import type { Dialect } from '../dialect.ts';
import { join, raw, sql, Sql, unindexed } from '../sql.ts';
import { waitingByColumns } from '../waiting.ts';

const FORMAT = raw("'%Y-%m-%d %H:%M:%f'");

/** A function that the engine lends the connection: SQLite has no checksum of its own. */
export const CHECKSUM = 'yxt_checksum';

/** SQLite 3.42+ as Node carries it. Times are local text that sorts. */
export const sqlite: Dialect = {
  name: 'sqlite',
  now: sql`strftime(${FORMAT}, 'now', 'localtime')`,
  after: (ms) => sql`strftime(${FORMAT}, 'now', 'localtime', printf('%+.3f seconds', (${ms}) / 1000.0))`,
  plus: (time, ms) => sql`strftime(${FORMAT}, ${time}, printf('%+.3f seconds', (${ms}) / 1000.0))`,
  msBetween: (from, to) =>
    sql`CAST(round((unixepoch(${to}, 'subsec') - unixepoch(${from}, 'subsec')) * 1000) AS INTEGER)`,
  epochMs: (time) => sql`CAST(round(unixepoch(${time}, 'utc', 'subsec') * 1000) AS INTEGER)`,
  timeText: (column) => column,
  day: (column) => sql`substr(${column}, 1, 10)`,
  masked: (column) => sql`substr(${column}, 1, 3) || '****' || substr(${column}, -4)`,
  start: (column, characters) => sql`substr(${column}, 1, ${raw(String(characters))})`,
  idText: (column) => sql`CAST(${column} AS TEXT)`,
  greatest: (...values) => sql`max(${join(values)})`,
  checksum: (...columns) => sql`${raw(CHECKSUM)}(${join(columns)})`,
  earliest: (column, table, where) => sql`(SELECT MIN(${column}) FROM ${table} WHERE ${where})`,
  earliestDue: (outbox, p) => sqlite.earliest(raw('due_at'), outbox, raw(`status = 'NEW' AND eff_priority = ${p}`)),
  waiting: (outbox, index, priority, when) => waitingByColumns(sqlite, outbox, index, priority, when),
  dueAlways: raw("'2000-01-01 00:00:00.000'"),
  limited: (select, rows, order, offset = 0) =>
    sql`${select}${order ? sql` ORDER BY ${order}` : raw('')} LIMIT ${raw(String(rows))} OFFSET ${raw(String(offset))}`,
  firstOf: (selects, rows) => sqlite.limited(join(selects, ' UNION ALL '), rows),
  inList: (column, kind, list) => {
    const value = kind === 'id' || kind === 'int' ? raw('CAST(value AS INTEGER)') : raw('value');
    return sql`${column} IN (SELECT ${value} FROM json_each(${JSON.stringify(list)}))`;
  },
  same: (column, value) => sql`${column} = ${value}`,
  none: '',
  text: (value) => sql`${value}`,
  quoted: (column) => column,
  values: (columns, rows) => {
    // what is alone in its row needs no list around it, which would be read once more
    const single = columns.length === 1;
    const picked = columns.map((column, i) => {
      const value = raw(single ? 'value' : `json_extract(value, '$[${i}]')`);
      const whole = column.kind === 'id' ? sql`CAST(${value} AS INTEGER)` : value;
      return sql`${column.kind === 'beijing' ? sql`strftime(${FORMAT}, ${value})` : whole} AS ${raw(column.name)}`;
    });
    return sql`(SELECT ${join(picked)} FROM json_each(${JSON.stringify(single ? rows.flat() : rows)})) AS v`;
  },
  // CROSS JOIN keeps the order of the tables
  valuesJoin: (values, table, on) => sql`${values} CROSS JOIN ${table} ON ${on}`,
  leaseIndex: 'lease',
  updateJoin: (u) => {
    const set = u.set.map(([column, value]) => sql`${raw(column)} = ${value}`);
    return sql`UPDATE ${u.table} AS ${raw(u.alias)} SET ${join(set)} FROM ${sqlite.values(u.columns, u.rows)} WHERE ${u.on} AND ${unindexed(u.where)}`;
  },
  insert: (i) => {
    const names = [...i.columns.map((column) => column.name), ...i.constant.map(([column]) => column)].join(', ');
    const picked = [...i.columns.map((column) => raw(`v.${column.name}`)), ...i.constant.map(([, value]) => value)];
    const unless = raw(i.unlessThere ? ' WHERE true ON CONFLICT DO NOTHING' : '');
    return sql`INSERT INTO ${i.table} (${raw(names)}) SELECT ${join(picked)} FROM ${sqlite.values(i.columns, i.rows)}${unless}`;
  },
  insertOne: (i) => {
    const statement = sqlite.insert(i);
    return new Sql(`${statement.text} RETURNING CAST(id AS TEXT) AS id`, statement.values);
  },
  byIndex: (table, alias, index) => raw(`${table.text} ${alias === '' ? '' : `AS ${alias}`} INDEXED BY ${index}`),
  passing: (table, alias) => raw(`${table.text} ${alias}`),
  byKey: (table) => table,
  updateByKey: (table, set, where) => sql`UPDATE ${sqlite.byKey(table)} SET ${set} WHERE ${where}`,
  deleteByKey: (table) => sql`DELETE FROM ${table}`,
  locking: null, // it locks no single rows
  care: [raw('PRAGMA optimize')],
  oneRow: raw('(SELECT 1 AS one) x'),
  errorKind,
};

const KINDS = new Map<number, DbErrorKind | 'duplicate'>([
  [5, 'again'], // BUSY
  [6, 'again'], // LOCKED
  [3, 'denied'], // PERM
  [8, 'denied'], // READONLY
  [23, 'denied'], // AUTH
  [10, 'lost'], // IOERR
  [11, 'lost'], // CORRUPT
  [13, 'lost'], // FULL
  [14, 'lost'], // CANTOPEN
  [26, 'lost'], // NOTADB
  [18, 'data'], // TOOBIG
  [19, 'data'], // CONSTRAINT: CHECK, NOT NULL, RAISE of a trigger
  [20, 'data'], // MISMATCH
]);

/** UNIQUE, PRIMARY KEY, ROWID. */
const DUPLICATE = new Set([2067, 1555, 2579]);

function errorKind(error: unknown): DbErrorKind | 'duplicate' {
  const { errcode, message } = (error ?? {}) as { errcode?: unknown; message?: unknown };
  if (typeof errcode !== 'number') return 'other';
  if (DUPLICATE.has(errcode)) return 'duplicate';
  if (errcode === 1 && typeof message === 'string' && /no such (table|column|index)|has no column/.test(message))
    return 'schema';
  return KINDS.get(errcode & 0xff) ?? 'other'; // the low byte is the primary code
}
