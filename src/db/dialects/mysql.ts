import type { DbErrorKind } from '../../lib/errors.ts';
import type { Dialect, ValueColumn } from '../dialect.ts';
import { join, raw, sql, Sql } from '../sql.ts';
import { waitingByColumns } from '../waiting.ts';

/** MySQL 5.7+, MariaDB 10.2+ and what speaks their protocol: nothing here needs CTEs, JSON_TABLE or VALUES ROW. */
export const mysql: Dialect = {
  name: 'mysql',
  now: raw('NOW(3)'),
  after: (ms) => sql`(NOW(3) + INTERVAL ${ms} * 1000 MICROSECOND)`,
  plus: (time, ms) => sql`(${time} + INTERVAL ${ms} * 1000 MICROSECOND)`,
  msBetween: (from, to) => sql`(TIMESTAMPDIFF(MICROSECOND, ${from}, ${to}) DIV 1000)`,
  epochMs: (time) => sql`FLOOR(UNIX_TIMESTAMP(${time}) * 1000)`,
  timeText: (column) => column, // the driver hands times over as text
  day: (column) => sql`DATE_FORMAT(${column}, '%Y-%m-%d')`,
  masked: (column) => sql`CONCAT(LEFT(${column}, 3), '****', RIGHT(${column}, 4))`,
  start: (column, characters) => sql`LEFT(${column}, ${raw(String(characters))})`,
  idText: (column) => column, // … and big numbers too
  greatest: (...values) => sql`GREATEST(${join(values)})`,
  checksum: (...columns) => sql`CRC32(CONCAT_WS('|', ${join(columns)}))`,
  earliest: (column, table, where) => sql`(SELECT MIN(${column}) FROM ${table} WHERE ${where})`,
  earliestDue: (outbox, p) => mysql.earliest(raw('due_at'), outbox, raw(`status = 'NEW' AND eff_priority = ${p}`)),
  waiting: (outbox, index, priority, when) => waitingByColumns(mysql, outbox, index, priority, when),
  dueAlways: raw("TIMESTAMP'2000-01-01 00:00:00'"),
  limited: (select, rows, order, offset = 0) =>
    sql`${select}${order ? sql` ORDER BY ${order}` : raw('')} LIMIT ${raw(String(rows))} OFFSET ${raw(String(offset))}`,
  firstOf: (selects, rows) => mysql.limited(join(selects, ' UNION ALL '), rows),
  inList: (column, kind, list) => sql`${column} IN (${list.map((item) => bound(item, kind))})`,
  // a list of values has the connection's collation, the column its own: comparing the two as they are is refused (1267) or
  // loses the index
  same: (column, value) => sql`${column} = CONVERT(${value} USING ascii)`,
  none: '',
  text: (value) => sql`${value}`,
  quoted: (column) => column,
  values: (columns, rows) => {
    const [first = [], ...rest] = rows;
    const head = columns.map((column, i) => sql`${bound(first[i] ?? null, column.kind)} AS ${raw(column.name)}`);
    const tail = rest.map((row) => boundRow(row, columns));
    return new Sql(
      `(SELECT ${head.map((piece) => piece.text).join(', ')}${' UNION ALL SELECT ?'.repeat(tail.length)}) v`,
      [...head.flatMap((piece) => piece.values), ...tail],
    );
  },
  valuesJoin: (values, table, on) => sql`${values} STRAIGHT_JOIN ${table} ON ${on}`,
  leaseIndex: 'claim',
  updateJoin: (u) => {
    const set = u.set.map(([column, value]) => sql`${raw(`${u.alias}.${column}`)} = ${value}`);
    return sql`UPDATE ${mysql.values(u.columns, u.rows)} STRAIGHT_JOIN ${u.table} ${raw(u.alias)} FORCE INDEX (PRIMARY) ON ${u.on} SET ${join(set)} WHERE ${u.where}`;
  },
  insert: (i) => {
    const names = [...i.columns.map((column) => column.name), ...i.constant.map(([column]) => column)].join(', ');
    const constant = join(i.constant.map(([, value]) => value));
    const tail = i.constant.length > 0 ? `, ${constant.text}` : '';
    // IGNORE would also swallow values that do not fit
    const [key] = i.unlessThere ?? [];
    const unless = key ? ` ON DUPLICATE KEY UPDATE ${key} = ${i.table.text}.${key}` : '';
    return new Sql(
      `INSERT INTO ${i.table.text} (${names}) VALUES ${i.rows.map(() => `(?${tail})`).join(', ')}${unless}`,
      i.rows.flatMap((row) => [boundRow(row, i.columns), ...constant.values]),
    );
  },
  insertOne: (i) => mysql.insert(i),
  byIndex: (table, alias, index) => raw(`${table.text} ${alias} FORCE INDEX (${index})`),
  passing: (table, alias) => raw(`${table.text} ${alias}`),
  byKey: (table) => sql`${table} FORCE INDEX (PRIMARY)`,
  updateByKey: (table, set, where) => sql`UPDATE ${mysql.byKey(table)} SET ${set} WHERE ${where}`,
  // the plain form takes no hint
  deleteByKey: (table) => sql`DELETE FROM ${table} USING ${table} FORCE INDEX (PRIMARY)`,
  // MySQL 8.0, MariaDB 10.6
  locking: {
    peek: (t) => mysql.byKey(t),
    free: (t) => mysql.byKey(t),
    clause: raw(' FOR UPDATE SKIP LOCKED'),
    waiting: raw(' FOR UPDATE'),
  },
  care: [],
  oneRow: raw('(SELECT 1 AS one) x'),
  errorKind,
};

/** An id must reach the server as a number: as text it would be compared as a float, which rounds above 2^53. */
function bound(value: string | number | null, kind: ValueColumn['kind']): string | number | bigint | null {
  return kind === 'id' && value !== null ? BigInt(value) : value;
}

/** The driver writes a list as `a, b, c`: one binding for a whole row. */
function boundRow(row: readonly (string | number | null)[], columns: readonly ValueColumn[]): unknown[] {
  return columns.map((column, i) => bound(row[i] ?? null, column.kind));
}

const KINDS = new Map<number, DbErrorKind | 'duplicate'>([
  [1062, 'duplicate'],
  [1213, 'again'], // dead lock; on Galera a conflict, also at COMMIT
  [1020, 'again'], // record has changed (MariaDB snapshot isolation)
  [1205, 'timeout'], // lock wait
  [1969, 'timeout'], // MariaDB max_statement_time
  [3024, 'timeout'], // MySQL max_execution_time
  [1317, 'timeout'], // interrupted by the DBA
  [1040, 'lost'], // too many connections
  [1053, 'lost'], // shutdown in progress
  [1927, 'lost'], // killed
  [1290, 'lost'], // read only: a fail-over under way
  [1836, 'lost'],
  [1049, 'schema'],
  [1054, 'schema'],
  [1146, 'schema'],
  [1176, 'schema'], // the index named in FORCE INDEX is gone
  [1364, 'schema'],
  [1044, 'denied'],
  [1045, 'denied'],
  [1142, 'denied'],
  [1143, 'denied'],
  [1227, 'denied'],
  [1698, 'denied'],
  [1265, 'data'],
  [1366, 'data'],
  [1643, 'data'], // SIGNAL
  [1644, 'data'], // SIGNAL
  [3819, 'data'], // CHECK on MySQL
  [3988, 'data'],
  [4025, 'data'], // CHECK on MariaDB
]);

function errorKind(error: unknown): DbErrorKind | 'duplicate' {
  const { errno, code, sqlState, fatal } = (error ?? {}) as Record<'errno' | 'code' | 'sqlState' | 'fatal', unknown>;
  if (typeof errno === 'number') {
    const kind = KINDS.get(errno);
    if (kind !== undefined) return kind;
    if (errno < 0) return 'lost'; // of the operating system
  }
  // a value, a constraint, or a trigger's own SIGNAL
  if (typeof sqlState === 'string' && /^(22|23|44|45)/.test(sqlState)) return 'data';
  if (fatal === true && code === undefined) return 'lost'; // a connection that was closed before the statement went out
  return typeof code === 'string' && /^(E[A-Z]+|PROTOCOL_.*|HANDSHAKE_.*)$/.test(code) && !code.startsWith('ER_')
    ? 'lost'
    : 'other';
}
