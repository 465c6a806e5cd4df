import type { DbErrorKind } from '../../lib/errors.ts';
import type { ColumnKind, Dialect, ValueColumn, Waiting, When } from '../dialect.ts';
import { join, raw, sql, Sql, unindexed } from '../sql.ts';

/**
 * Rows of a list as the driver hands them over: one value of the table type `sms_mw_list`, whose columns are `n…` for numbers, `t…`
 * for text and `m…` for long text. A list is one parameter whatever its length; 2,100 are the most that a request may have
 * (learn.microsoft.com, "Maximum capacity specifications for SQL Server").
 */
export class ListValue {
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Which column of the table type holds which value of a row. */
  readonly places: readonly string[];

  constructor(kinds: readonly ColumnKind[], rows: ListValue['rows']) {
    const used = { n: 0, t: 0, m: 0 };
    this.rows = rows;
    this.places = kinds.map((kind, i) => {
      const long = rows.some((row) => typeof row[i] === 'string' && row[i].length > SHORT);
      const sort = isNumber(kind) ? 'n' : long ? 'm' : 't';
      if (++used[sort] > LIST_COLUMNS[sort])
        throw new TypeError(`a list of more columns than sms_mw_list has: ${sort}`);
      return `${sort}${used[sort]}`;
    });
  }
}

/**
 * Text bound as VARCHAR. Beside NVARCHAR a VARCHAR column is converted, and with a collation SQL_… its index is lost; beside VARCHAR an
 * NVARCHAR column is not. Of ASCII it loses nothing.
 */
export class NarrowText {
  readonly text: string | null;

  constructor(text: string | null) {
    this.text = text;
  }
}

/** How many columns of each sort the table type has; schema/mssql.sql says the same. */
export const LIST_COLUMNS = { n: 6, t: 9, m: 1 } as const;

/** The longest NVARCHAR that is not NVARCHAR(MAX). */
const SHORT = 4000;

const isNumber = (kind: ColumnKind): boolean => kind === 'id' || kind === 'int';

/** Machine text: compared byte by byte, whatever the database's collation; `schema/mssql.sql` declares its columns so. */
const BINARY = 'Latin1_General_BIN2';

/**
 * READPAST steps over rows that others have locked instead of waiting for them: a bureau's INSERT that is not committed yet. Where
 * READ_COMMITTED_SNAPSHOT is on it wants READCOMMITTEDLOCK beside it, which does not go together with ROWLOCK (learn.microsoft.com,
 * "Table hints": READPAST; Remarks: one granularity hint).
 */
const PASSING = 'READCOMMITTEDLOCK, READPAST';

/**
 * SQL Server 2008 R2 and later: no OFFSET … FETCH, no OPENJSON, no GREATEST, no THROW, so that databases of an old compatibility
 * level are served as well. Neither a filtered index nor one on a computed column: with QUOTED_IDENTIFIER OFF (sqlcmd without -I,
 * Agent jobs) they make the bureau's own INSERT fail with 1934 (learn.microsoft.com, "SET QUOTED_IDENTIFIER").
 */
export const mssql: Dialect = {
  name: 'mssql',
  // of the columns' own type; SYSDATETIME is the server's local time and stays the same within a statement
  now: raw('CAST(SYSDATETIME() AS DATETIME2(3))'),
  after: (ms) => mssql.plus(mssql.now, ms),
  // DATEADD takes an int, which holds 24 days of milliseconds and 68 years of seconds: whole days and the rest apart
  plus: (time, ms) =>
    sql`DATEADD(MILLISECOND, CAST(CAST(${ms} AS BIGINT) % 86400000 AS INT), DATEADD(DAY, CAST(CAST(${ms} AS BIGINT) / 86400000 AS INT), ${time}))`,
  // DATEDIFF too: whole days, and what is left of each; each time is named once, since it may be a query of its own
  msBetween: (from, to) =>
    sql`(SELECT ${raw(`CAST(DATEDIFF(DAY, m.a, m.b) AS BIGINT) * 86400000 + ${msOfDay('m.b')} - ${msOfDay('m.a')}`)} FROM (SELECT ${from} AS a, ${to} AS b) m)`,
  epochMs: (time) =>
    sql`(${mssql.msBetween(raw("CAST('1970-01-01' AS DATETIME2(3))"), time)} - DATEPART(TZOFFSET, SYSDATETIMEOFFSET()) * 60000)`,
  timeText: (column) => sql`CONVERT(VARCHAR(23), ${column}, 121)`,
  day: (column) => sql`CONVERT(VARCHAR(10), ${column}, 120)`,
  masked: (column) => sql`LEFT(${column}, 3) + '****' + RIGHT(${column}, 4)`,
  start: (column, characters) => sql`LEFT(${column}, ${raw(String(characters))})`,
  idText: (column) => column, // the driver hands over bigint as text
  greatest: (...values) => sql`(SELECT MAX(e.t) FROM (VALUES ${join(values.map((value) => sql`(${value})`))}) e(t))`,
  // CHECKSUM and CHECKSUM_AGG follow the collation and take 'a' for 'A'. Columns of two collations cannot be joined by + as they are
  // (learn.microsoft.com, "Collation Precedence": concatenation refuses an operand without collation)
  checksum: (...columns) => {
    const pieces = columns.map((column) => sql`ISNULL(CAST(${column} AS NVARCHAR(4000)) COLLATE ${raw(BINARY)}, N'')`);
    return sql`CAST(SUBSTRING(HASHBYTES('SHA1', ${join(pieces, " + N'|' + ")}), 1, 7) AS BIGINT)`;
  },
  earliest: (column, table, where) =>
    sql`(SELECT TOP (1) ${column} FROM ${table} WITH (${raw(PASSING)}) WHERE ${where} AND ${column} IS NOT NULL ORDER BY ${column})`,
  earliestDue: (outbox, priority) =>
    sql`(SELECT MIN(f.due_at) FROM (${join(parts(outbox, null, raw(String(priority)), 'all', 1), ' UNION ALL ')}) f)`,
  waiting: (outbox, index, priority, when, most): Waiting => ({
    from: sql`(${join(parts(outbox, index, priority, when, most), ' UNION ALL ')}) o`,
    where: raw('1 = 1'),
    order: raw('o.due_at, o.id'),
  }),
  dueAlways: raw("CAST('2000-01-01' AS DATETIME2(3))"),
  limited: (select, rows, order, offset = 0) => {
    if (offset === 0) return sql`${top(select, rows)}${order ? sql` ORDER BY ${order}` : raw('')}`;
    const numbered = new Sql(
      select.text.replace(/^SELECT /, `SELECT ROW_NUMBER() OVER (ORDER BY ${order?.text ?? '(SELECT 1)'}) AS row_no, `),
      [...(order?.values ?? []), ...select.values],
    );
    return sql`SELECT TOP (${raw(String(rows))}) * FROM (${numbered}) w WHERE w.row_no > ${raw(String(offset))} ORDER BY w.row_no`;
  },
  firstOf: (selects, rows) => sql`SELECT TOP (${raw(String(rows))}) * FROM (${join(selects, ' UNION ALL ')}) u`,
  inList: (column, kind, list) => {
    const rows = list.map((item) => [item]);
    return sql`${column} IN (SELECT ${raw(isNumber(kind) ? 'n1' : `t1 COLLATE ${BINARY}`)} FROM ${bound(new ListValue([kind], rows))})`;
  },
  // a list has the database's collation, columns of ours may have another: comparing the two as they are is refused (468)
  same: (column, value) => sql`${column} = ${value} COLLATE ${raw(BINARY)}`,
  none: '',
  text: (value) => sql`${value}`,
  quoted: (column) => (column === 'identity' ? '[identity]' : column),
  values: (columns, rows) => {
    const list = new ListValue(
      columns.map(({ kind }) => kind),
      rows,
    );
    return sql`(SELECT ${raw(picked(columns, list.places))} FROM ${bound(list)}) v`;
  },
  // a join hint keeps the order of the tables (learn.microsoft.com, "Hints (Transact-SQL) - Join")
  valuesJoin: (values, table, on) => sql`${values} INNER LOOP JOIN ${table} ON ${on}`,
  leaseIndex: 'claim',
  updateJoin: (u) => {
    const set = u.set.map(([column, value]) => sql`${raw(column)} = ${value}`);
    const table = sql`${u.table} ${raw(u.alias)} WITH (ROWLOCK, FORCESEEK)`;
    return sql`UPDATE ${raw(u.alias)} SET ${join(set)} FROM ${mssql.values(u.columns, u.rows)} INNER LOOP JOIN ${table} ON ${u.on} WHERE ${unindexed(u.where)}`;
  },
  insert: (i) => {
    const columns = i.columns.map(({ name }) => raw(mssql.quoted(name)));
    const constant = i.constant.map(([, value]) => value);
    const names = join([...columns, ...i.constant.map(([name]) => raw(mssql.quoted(name)))]);
    const values = join([...i.columns.map(({ name }) => raw(`v.${mssql.quoted(name)}`)), ...constant]);
    const key = (i.unlessThere ?? []).map((name) => sql`x.${raw(name)} = v.${raw(name)} COLLATE ${raw(BINARY)}`);
    // HOLDLOCK: nobody inserts the same key between the look and the INSERT
    const unless = i.unlessThere
      ? sql` WHERE NOT EXISTS (SELECT 1 FROM ${i.table} x WITH (UPDLOCK, HOLDLOCK) WHERE ${join(key, ' AND ')})`
      : raw('');
    const distinct = raw(i.unlessThere ? 'DISTINCT ' : '');
    return sql`INSERT INTO ${i.table} (${names}) SELECT ${distinct}${values} FROM ${mssql.values(i.columns, i.rows)}${unless}`;
  },
  // not OUTPUT: a table with triggers refuses it (334); not @@IDENTITY: that one may be a trigger's
  insertOne: (i) => sql`${mssql.insert(i)}; SELECT CAST(SCOPE_IDENTITY() AS BIGINT) AS id`,
  byIndex: (table, alias, index, passing) =>
    raw(`${table.text} ${alias} WITH (INDEX(${index})${passing === true ? `, ${PASSING}` : ''})`),
  passing: (table, alias) => raw(`${table.text} ${alias} WITH (${PASSING})`),
  byKey: (table) => sql`${table} WITH (ROWLOCK)`,
  // the target itself takes no FORCESEEK, the same table in FROM does ("Table hints": table_hint_limited); without it a table of
  // few rows would be read whole, and a row that somebody else has locked would be waited for
  updateByKey: (table, set, where) =>
    sql`UPDATE ${table} SET ${set} FROM ${table} WITH (ROWLOCK, FORCESEEK) WHERE ${where}`,
  deleteByKey: (table) => sql`DELETE FROM ${table} FROM ${table} WITH (ROWLOCK, FORCESEEK)`,
  locking: {
    peek: (table) => sql`${table} WITH (READUNCOMMITTED)`,
    free: (table) => sql`${table} WITH (UPDLOCK, ${raw(PASSING)}, FORCESEEK)`,
    clause: raw(''),
    waiting: raw(''),
  },
  care: [],
  oneRow: raw('(SELECT 1 AS one) x'),
  errorKind,
};

const msOfDay = (time: string): string => `DATEDIFF(MILLISECOND, CAST(CAST(${time} AS DATE) AS DATETIME2(3)), ${time})`;

const top = (select: Sql, rows: number): Sql =>
  new Sql(select.text.replace(/^SELECT /, `SELECT TOP (${rows}) `), select.values);

const bound = (list: ListValue): Sql => new Sql('?', [list]);

const picked = (columns: readonly ValueColumn[], places: readonly string[]): string =>
  columns
    .map(({ name, kind }, i) => {
      const place = places[i] ?? '';
      return `${kind === 'beijing' ? `CONVERT(DATETIME2(3), ${place}, 120)` : place} AS ${mssql.quoted(name)}`;
    })
    .join(', ');

/**
 * The ranges of the plain index (status, priority, retry_at, send_at, id) in which the waiting rows of a priority lie, each in its
 * order, and those of (status, inbox_id) for replies, which count as 0: due_at and eff_priority are computed, and no index has them.
 */
function parts(outbox: Sql, index: string | null, priority: Sql, when: When | 'all', most: number | null): Sql[] {
  const now = mssql.now;
  const range = (condition: Sql, order: string, place: string | null): Sql => {
    const hint = raw(` WITH (${place === null ? '' : `INDEX(${place}), `}${PASSING})`);
    const rows = most === null ? raw('*') : raw(`TOP (${most}) *`);
    // a part of a UNION has no ORDER BY of its own; without TOP it needs none
    const sorted = most === null ? raw('') : raw(` ORDER BY ${order}`);
    return sql`SELECT * FROM (SELECT ${rows} FROM ${outbox}${hint} WHERE status = 'NEW' AND ${condition}${sorted}) r`;
  };
  // of the column's own type, so that the index is sought and not read
  const own = sql`priority = CAST(${priority} AS SMALLINT) AND NOT (priority = 5 AND inbox_id IS NOT NULL)`;
  const deferred = (compare: string): Sql[] => [
    range(sql`${own} AND retry_at IS NULL AND send_at ${raw(compare)} ${now}`, 'send_at, id', index),
    range(sql`${own} AND retry_at ${raw(compare)} ${now}`, 'retry_at, send_at, id', index),
  ];
  const always = range(sql`${own} AND retry_at IS NULL AND send_at IS NULL`, 'id', index);
  const replies = (condition: Sql): Sql =>
    range(
      sql`inbox_id IS NOT NULL AND priority = 5 AND ${priority} = 0${condition}`,
      'due_at, id',
      index === null ? null : index.replace(/claim$/, 'reply'),
    );
  switch (when) {
    case 'due':
      return [always, ...deferred('<='), replies(sql` AND due_at <= ${now}`)];
    case 'timed':
      return [...deferred('<='), replies(sql` AND due_at <= ${now} AND due_at > ${mssql.dueAlways}`)];
    case 'scheduled':
      return [...deferred('>'), replies(sql` AND due_at > ${now}`)];
    case 'all':
      return [always, ...deferred('<='), ...deferred('>'), replies(raw(''))];
  }
}

/** By number of the server's message; the names of the driver are for what never reached it. */
const KINDS = new Map<number, DbErrorKind | 'duplicate'>([
  [2601, 'duplicate'],
  [2627, 'duplicate'],
  [1205, 'again'], // chosen as dead lock victim
  [601, 'again'], // a scan without locks met rows that moved
  [1204, 'again'], // no locks left
  [3960, 'again'], // snapshot conflict
  [41302, 'again'],
  [41305, 'again'],
  [41325, 'again'],
  [1222, 'timeout'], // LOCK_TIMEOUT
  [8645, 'timeout'], // waited for memory
  [4060, 'denied'], // cannot open database
  [18456, 'denied'],
  [18452, 'denied'],
  [18470, 'denied'], // account disabled
  [18486, 'denied'], // account locked
  [18487, 'denied'], // password expired
  [18488, 'denied'], // password must be changed
  [916, 'denied'],
  [229, 'denied'],
  [230, 'denied'],
  [262, 'denied'],
  [297, 'denied'],
  [300, 'denied'],
  [3906, 'lost'], // read only: a fail-over under way
  [596, 'lost'], // the session was killed
  [921, 'lost'], // the database is being recovered, restored, offline, in transition
  [922, 'lost'],
  [927, 'lost'],
  [942, 'lost'],
  [952, 'lost'],
  [976, 'lost'],
  [978, 'lost'],
  [983, 'lost'],
  [17142, 'lost'], // login: paused, not ready yet, too many connections, upgrading, single user
  [17187, 'lost'],
  [17809, 'lost'],
  [18401, 'lost'],
  [18451, 'lost'],
  [18461, 'lost'],
  [6005, 'lost'], // shutdown in progress
  [10054, 'lost'],
  [40197, 'lost'],
  [40501, 'lost'],
  [40613, 'lost'],
  [207, 'schema'],
  [208, 'schema'],
  [308, 'schema'], // the index named in a hint is gone
  [2715, 'schema'], // the table type is not there
  [15151, 'schema'],
  [911, 'schema'],
  [220, 'data'],
  [245, 'data'],
  [248, 'data'],
  [241, 'data'],
  [242, 'data'],
  [515, 'data'],
  [547, 'data'],
  [2628, 'data'],
  [3609, 'data'], // a trigger rolled back
  [8114, 'data'],
  [8115, 'data'],
  [8152, 'data'],
]);

function errorKind(error: unknown): DbErrorKind | 'duplicate' {
  const { number, code, errors, message } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (Array.isArray(errors) && errors.length > 0) return errorKind(errors[0]);
  if (typeof number === 'number') {
    const kind = KINDS.get(number);
    if (kind !== undefined) return kind;
    if (number >= 50_000) return 'data'; // a trigger's own RAISERROR or THROW
  }
  // one code for a statement that was cancelled in time, a host that does not answer and a server that ignores the cancelling
  if (code === 'ETIMEOUT') return /^Timeout: Request failed/.test(String(message)) ? 'timeout' : 'lost';
  if (code === 'ECANCEL') return 'timeout';
  if (code === 'ELOGIN') return 'denied';
  if (typeof code === 'string' && code !== 'EREQUEST' && /^E[A-Z]+$|CERT|SIGNATURE|TLS|SSL/.test(code)) return 'lost';
  return 'other';
}
