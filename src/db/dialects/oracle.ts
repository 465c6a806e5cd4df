import { isAscii } from '../../lib/ascii.ts';
import type { DbErrorKind } from '../../lib/errors.ts';
import type { ColumnKind, Dialect, Insert, ValueColumn } from '../dialect.ts';
import { join, raw, sql, Sql, unindexed } from '../sql.ts';

/** Text that is not to lose a character: bound as NVARCHAR2, whatever the database's own character set. */
export class NationalText {
  readonly text: string | null;

  constructor(text: string | null) {
    this.text = text;
  }
}

/**
 * Text beyond ASCII that is compared with a column of the database's own character set, and bound in that: beside NVARCHAR2 the column
 * would be converted, and its index not used ("Implicit Data Conversion", SQL Language Reference).
 */
export class LocalText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** One statement run for each row of bindings, in one round trip (array DML). Every placeholder stands once, in order. */
export class ArrayDml extends Sql {
  readonly kinds: readonly (ColumnKind | null)[];
  readonly rows: readonly (readonly unknown[])[];

  constructor(text: string, kinds: ArrayDml['kinds'], rows: ArrayDml['rows']) {
    super(text);
    this.kinds = kinds;
    this.rows = rows;
  }
}

/** An INSERT whose new id comes back in the binding after the last one (RETURNING … INTO). */
export class ReturningId extends Sql {}

/** More than these in one list are refused (ORA-01795; "Expression Lists", SQL Language Reference). */
const MOST_IN_LIST = 1000;

/** Lists are filled up to one of these lengths with their last item, so that few statements have to be parsed. */
const LENGTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500, MOST_IN_LIST];

/**
 * Oracle 11.2 and later; no FETCH FIRST, no JSON_TABLE, so that 11g and its relatives are served as well. '' is NULL there, and in
 * a CASE or COALESCE text of the database's and of the national character set do not mix (ORA-12704): columns of free text are
 * NVARCHAR2 and go by `text`, everything else is VARCHAR2.
 */
export const oracle: Dialect = {
  name: 'oracle',
  // SYSTIMESTAMP and not LOCALTIMESTAMP, which follows the zone of the session; without its own zone, since comparing a column with
  // a TIMESTAMP WITH TIME ZONE converts the column ("Datetime Comparisons", SQL Language Reference)
  now: raw('CAST(SYSTIMESTAMP AS TIMESTAMP(3))'),
  after: (ms) => oracle.plus(oracle.now, ms),
  plus: (time, ms) => sql`(${time} + NUMTODSINTERVAL((${ms}) / 1000, 'SECOND'))`,
  msBetween: (from, to) => {
    const span = sql`(${to} - ${from})`;
    const part = (unit: string, ms: number): Sql => sql`EXTRACT(${raw(unit)} FROM ${span}) * ${raw(String(ms))}`;
    return sql`TRUNC(${join([part('DAY', 86_400_000), part('HOUR', 3_600_000), part('MINUTE', 60_000), part('SECOND', 1000)], ' + ')})`;
  },
  epochMs: (time) =>
    sql`(${oracle.msBetween(raw("TIMESTAMP '1970-01-01 00:00:00'"), time)} - EXTRACT(TIMEZONE_HOUR FROM SYSTIMESTAMP) * 3600000 - EXTRACT(TIMEZONE_MINUTE FROM SYSTIMESTAMP) * 60000)`,
  timeText: (column) => sql`TO_CHAR(${column}, 'YYYY-MM-DD HH24:MI:SS.FF3')`,
  day: (column) => sql`TO_CHAR(${column}, 'YYYY-MM-DD')`,
  masked: (column) => sql`SUBSTR(${column}, 1, 3) || '****' || SUBSTR(${column}, -4)`,
  start: (column, characters) => sql`SUBSTR(${column}, 1, ${raw(String(characters))})`,
  idText: (column) => sql`TO_CHAR(${column})`, // a NUMBER would arrive rounded above 2^53
  greatest: (...values) => sql`GREATEST(${join(values)})`,
  // each column apart: together they may be longer than a string can be (ORA-01489)
  checksum: (...columns) =>
    sql`ORA_HASH(${join(
      columns.map((column) => sql`ORA_HASH(${column})`),
      " || '|' || ",
    )})`,
  // the index has no row where the column is null, and is taken only where none of them can be wanted
  earliest: (column, table, where) =>
    sql`(SELECT MIN(${column}) FROM ${table} WHERE ${where} AND ${column} IS NOT NULL)`,
  earliestDue: (outbox, p) => sql`(SELECT MIN(wait_due) FROM ${outbox} WHERE wait_priority = ${raw(String(p))})`,
  // keys that are null throughout are in no index: the one on the virtual columns wait_… holds waiting rows only ("CREATE INDEX")
  waiting: (outbox, _index, priority, when) => {
    const timed = when === 'timed' ? sql` AND o.wait_due > ${oracle.dueAlways}` : raw('');
    return {
      from: sql`${outbox} o`,
      where: sql`o.wait_priority = ${priority} AND o.wait_due ${raw(when === 'scheduled' ? '>' : '<=')} ${oracle.now}${timed}`,
      order: raw('o.wait_due, o.wait_id'),
    };
  },
  dueAlways: raw("TIMESTAMP '2000-01-01 00:00:00'"),
  // ROWNUM counts before ORDER BY sorts: the order belongs inside ("ROWNUM Pseudocolumn", SQL Language Reference)
  limited: (select, rows, order, offset = 0) => {
    const sorted = sql`${select}${order ? sql` ORDER BY ${order}` : raw('')}`;
    const first = (columns: string): Sql =>
      sql`SELECT ${raw(columns)} FROM (${sorted}) q WHERE ROWNUM <= ${raw(String(rows + offset))}`;
    if (offset === 0) return first('q.*');
    return sql`SELECT w.* FROM (${first('q.*, ROWNUM AS row_no')}) w WHERE w.row_no > ${raw(String(offset))} ORDER BY w.row_no`;
  },
  firstOf: (selects, rows) => oracle.limited(join(selects, ' UNION ALL '), rows),
  inList: (column, kind, list) => {
    const lists: Sql[] = [];
    for (let i = 0; i < list.length; i += MOST_IN_LIST) {
      const part = list.slice(i, i + MOST_IN_LIST);
      const items = filled(part, part.at(-1) ?? null).map((item) => one(kind, item));
      lists.push(sql`${column} IN (${join(items)})`);
    }
    return lists.length === 1 ? (lists[0] ?? raw('')) : sql`(${join(lists, ' OR ')})`;
  },
  same: (column, value) => sql`${column} = ${value}`,
  none: '-',
  text: (value) => new Sql('TO_NCHAR(?)', [new NationalText(value)]),
  quoted: (column) => column,
  values: (columns, rows) => {
    const nothing = columns.map(() => null);
    const selects = filled(rows, nothing).map((row, n) => {
      const cells = columns.map(
        ({ name, kind }, i) => sql`${one(kind, row[i] ?? null)}${raw(n === 0 ? ` AS ${name}` : '')}`,
      );
      return sql`SELECT ${join(cells)} FROM dual`;
    });
    return sql`(${join(selects, ' UNION ALL ')}) v`;
  },
  valuesJoin: (values, table, on) => sql`${values} JOIN ${table} ON ${on}`,
  leaseIndex: 'lease',
  // an UPDATE for each row and not MERGE: a row that changes meanwhile is then looked at again before it is written
  updateJoin: (u) => {
    const set = u.set.map(([column, value]) => sql`${raw(column)} = ${value}`);
    const whole = sql`UPDATE ${u.table} ${raw(u.alias)} SET ${join(set)} WHERE ${u.on} AND ${unindexed(u.where)}`;
    return arrayDml(whole, u.columns, u.rows);
  },
  insert: (i) => {
    const { table, columns, rows } = i;
    // passes over what violates the key ("Hints": IGNORE_ROW_ON_DUPKEY_INDEX)
    const key = i.unlessThere?.join(', ') ?? '';
    const hint = i.unlessThere ? ` /*+ IGNORE_ROW_ON_DUPKEY_INDEX(${bare(table)} (${key})) */` : '';
    return arrayDml(sql`INSERT${raw(hint)} INTO ${table} ${inserted(i)}`, columns, rows);
  },
  insertOne: (i) => {
    const { text, rows } = arrayDml(sql`INSERT INTO ${i.table} ${inserted(i)}`, i.columns, i.rows);
    return new ReturningId(`${text} RETURNING TO_CHAR(id) INTO ?`, rows[0]);
  },
  byIndex: (table, alias) => raw(`${table.text} ${alias}`),
  passing: (table, alias) => raw(`${table.text} ${alias}`),
  byKey: (table) => table,
  updateByKey: (table, set, where) => sql`UPDATE ${oracle.byKey(table)} SET ${set} WHERE ${where}`,
  deleteByKey: (table) => sql`DELETE FROM ${table}`,
  locking: {
    peek: (table) => table,
    free: (table) => table,
    clause: raw(' FOR UPDATE SKIP LOCKED'),
    waiting: raw(' FOR UPDATE'),
  },
  care: [],
  oneRow: raw('(SELECT 1 AS one FROM dual) x'),
  errorKind,
};

/** Dameng DM8: one character set for everything. Its other differences are in its DDL and its driver. */
export const dameng: Dialect = { ...oracle, text: (value) => sql`${value}` };

/** The list, filled up to the next of the usual lengths. */
function filled<T>(list: readonly T[], filler: T): T[] {
  const length = LENGTHS.find((most) => most >= list.length) ?? list.length;
  return [...list, ...Array<T>(length - list.length).fill(filler)];
}

/** A value as the statement has it. An id is bound as text, which holds every digit, and a number again on the server. */
const placed = (kind: ColumnKind, place: string): string =>
  kind === 'id'
    ? `TO_NUMBER(${place})`
    : kind === 'beijing'
      ? `TO_TIMESTAMP(${place}, 'YYYY-MM-DD HH24:MI:SS')`
      : place;

const one = (kind: ColumnKind, value: string | number | null): Sql => {
  const local = kind === 'word' && typeof value === 'string' && !isAscii(value);
  return new Sql(placed(kind, '?'), [local ? new LocalText(value) : value]);
};

function inserted({ columns, constant }: Insert): Sql {
  const names = [...columns.map(({ name }) => name), ...constant.map(([name]) => name)].join(', ');
  const values = join([...columns.map(({ name }) => raw(`v.${name}`)), ...constant.map(([, value]) => value)]);
  return sql`(${raw(names)}) VALUES (${values})`;
}

/** `v.name` stands for a value of the row; what is bound already is the same in every row. */
function arrayDml(statement: Sql, columns: readonly ValueColumn[], rows: ArrayDml['rows']): ArrayDml {
  const places: (number | { readonly value: unknown })[] = [];
  let constants = 0;
  const text = statement.text.replaceAll(/\?|\bv\.([a-z_]+)\b/g, (found, name: string | undefined) => {
    const column = columns.findIndex((each) => each.name === name);
    if (found === '?') places.push({ value: statement.values[constants++] });
    else if (column < 0) throw new TypeError(`no such column in the list: ${found}`);
    else places.push(column);
    return found === '?' ? found : placed(columns[column]?.kind ?? 'text', '?');
  });
  const kinds = places.map((place) => (typeof place === 'number' ? (columns[place]?.kind ?? null) : null));
  return new ArrayDml(
    text,
    kinds,
    rows.map((row) => places.map((place) => (typeof place === 'number' ? (row[place] ?? null) : place.value))),
  );
}

/** A hint names the table without its schema. */
const bare = (table: Sql): string => table.text.split('.').at(-1) ?? table.text;

const KINDS = new Map<string, DbErrorKind | 'duplicate'>([
  ['ORA-00001', 'duplicate'],
  ['ORA-00060', 'again'], // dead lock
  ['ORA-08177', 'again'],
  ['ORA-04061', 'again'], // a package that a trigger uses was compiled anew; the next call finds it
  ['ORA-04068', 'again'],
  ['ORA-01013', 'timeout'], // cancelled: our call time-out, or the DBA
  ['ORA-00054', 'timeout'],
  ['ORA-30006', 'timeout'],
  ['ORA-00051', 'timeout'],
  ['ORA-02049', 'timeout'],
  ['NJS-123', 'timeout'], // callTimeout
  ['NJS-040', 'lost'], // no connection of the pool came free
  ['NJS-076', 'lost'],
  ['ORA-01017', 'denied'],
  ['ORA-01005', 'denied'],
  ['ORA-28000', 'denied'],
  ['ORA-28001', 'denied'],
  ['ORA-28009', 'denied'],
  ['ORA-01045', 'denied'],
  ['ORA-01031', 'denied'],
  ['ORA-41900', 'denied'], // 23ai: missing privilege, named
  ['ORA-01950', 'denied'],
  ['NJS-116', 'denied'], // 10G verifier
  ['ORA-00942', 'schema'],
  ['ORA-00904', 'schema'],
  ['ORA-02289', 'schema'],
  ['ORA-04043', 'schema'],
  ['ORA-00980', 'schema'], // synonym of something that is gone
  ['ORA-12704', 'schema'], // NVARCHAR2 and VARCHAR2 where the other is expected
  ['ORA-01400', 'data'],
  ['ORA-01401', 'data'],
  ['ORA-01407', 'data'],
  ['ORA-01438', 'data'],
  ['ORA-01461', 'data'],
  ['ORA-01722', 'data'],
  ['ORA-01830', 'data'], // a text that is no such time
  ['ORA-01839', 'data'],
  ['ORA-01840', 'data'],
  ['ORA-01841', 'data'],
  ['ORA-01843', 'data'],
  ['ORA-01847', 'data'],
  ['ORA-01858', 'data'],
  ['ORA-01861', 'data'],
  ['ORA-02290', 'data'],
  ['ORA-02291', 'data'],
  ['ORA-02292', 'data'],
  ['ORA-04088', 'data'],
  ['ORA-04098', 'data'], // a trigger that does not compile
  ['ORA-12899', 'data'],
  ['ORA-29275', 'data'],
  ['ORA-06502', 'data'],
  ['ORA-01536', 'lost'], // quota
  ['ORA-01653', 'lost'], // no room left
  ['ORA-01654', 'lost'],
  ['ORA-30036', 'lost'],
  ['ORA-01688', 'lost'],
  ['ORA-16000', 'lost'], // read only: a standby
  ['ORA-00018', 'lost'],
  ['ORA-00020', 'lost'],
]);

/** Network (ORA-12150 to 12299 and 12500 to 12699; the rest of 12xxx is about SQL), listener, instance down or going; sockets of the driver. */
const LOST =
  /^(NJS-(50\d|51\d|52\d|53\d|003|002|064|065)|DPI-10(10|80)|ORA-0(1012|1014|1033|1034|1035|1041|1089|1090|1092|1109|3113|3114|3135|3137|0028|2396|2399|0603)|ORA-12[1256]\d\d|ORA-25(40[1-9]|425)|ORA-27101|ORA-28759|ORA-288[56]\d)$/;

function errorKind(error: unknown): DbErrorKind | 'duplicate' {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const said = typeof message === 'string' ? message : '';
  const name = /^(?:ORA|NJS|DPI)-\d+$/.test(String(code))
    ? String(code)
    : (/^(?:ORA|NJS|DPI)-\d+/.exec(said)?.[0] ?? '');
  if (/^ORA-20\d{3}$/.test(name)) return 'data'; // RAISE_APPLICATION_ERROR of a trigger
  const kind = KINDS.get(name);
  if (kind !== undefined) return kind;
  if (LOST.test(name)) return 'lost';
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? 'lost' : 'other';
}
