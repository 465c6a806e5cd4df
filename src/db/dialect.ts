import type { DbErrorKind } from '../lib/errors.ts';
import type { Sql } from './sql.ts';

/**
 * What a column of a list of values is: `serial` is plain ASCII of ours (serials, tokens, phones), `word` a code, a status or an
 * id of somebody's, hardly ever more than ASCII, `text` is anything, `beijing` a time `YYYY-MM-DD HH:MM:SS` by the clock of Beijing.
 */
export type ColumnKind = 'id' | 'int' | 'serial' | 'word' | 'text' | 'beijing';

export interface ValueColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** `UPDATE table alias … JOIN values v`: one statement, a different value for each row. */
export interface UpdateJoin {
  readonly table: Sql;
  readonly alias: string;
  readonly columns: readonly ValueColumn[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** How `v` finds its row; by primary key. */
  readonly on: Sql;
  /** In any order: MySQL promises none for several tables, so no assignment reads a column that another one writes. */
  readonly set: readonly (readonly [column: string, value: Sql])[];
  readonly where: Sql;
}

export interface Insert {
  readonly table: Sql;
  readonly columns: readonly ValueColumn[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Columns with the same expression in every row. */
  readonly constant: readonly (readonly [column: string, value: Sql])[];
  /** The columns of a key: rows whose key exists already are passed over. */
  readonly unlessThere?: readonly string[];
}

/** Both find rows by their key: whether they are there, without waiting for anybody, and whether they are free. */
export interface Locking {
  peek(table: Sql): Sql;
  readonly free: (table: Sql) => Sql;
  /** Trailing clause of the SELECT that locks what is free and passes over what others have locked. */
  readonly clause: Sql;
  /** Trailing clause of one that waits for the others, as far as the engine can. */
  readonly waiting: Sql;
}

/** Rows that wait: how a statement of its own order comes by them. The table has the alias `o`. */
export interface Waiting {
  readonly from: Sql;
  readonly where: Sql;
  /** By due_at, then id, as the index has them. */
  readonly order: Sql;
}

/** due: their time has come · timed: … and they were deferred, or scheduled · scheduled: it has not come */
export type When = 'due' | 'timed' | 'scheduled';

/** What differs between engines in the SQL of the verbs, and nothing more. Every expression is the database's own. */
export interface Dialect {
  readonly name: 'sqlite' | 'mysql' | 'postgres' | 'mssql' | 'oracle';
  /** The database's local time, milliseconds, stable within a statement and usable as an index bound. */
  readonly now: Sql;
  /** `now` plus milliseconds. */
  after(ms: Sql): Sql;
  /** Some time plus milliseconds. */
  plus(time: Sql, ms: Sql): Sql;
  /** Whole milliseconds from one time to another. */
  msBetween(from: Sql, to: Sql): Sql;
  /** Milliseconds since 1970 of a time. */
  epochMs(time: Sql): Sql;
  /** 'YYYY-MM-DD HH:MM:SS.mmm'. */
  timeText(column: Sql): Sql;
  /** 'YYYY-MM-DD', to group by. */
  day(column: Sql): Sql;
  /** The first three and the last four characters of a text, `****` between them. */
  masked(column: Sql): Sql;
  /** The first characters of a text. */
  start(column: Sql, characters: number): Sql;
  /** An id as decimal text, whole above 2^53. */
  idText(column: Sql): Sql;
  /** The greatest of values that are not null. */
  greatest(...values: Sql[]): Sql;
  /** A checksum of columns, null or not, as a whole number: the same server gives the same one for the same values. */
  checksum(...columns: Sql[]): Sql;
  /** The least value of a column, by the index that has it in order; null: no row. */
  earliest(column: Sql, table: Sql, where: Sql): Sql;
  /** The least `due_at` of the rows that wait in a priority (a literal); null: none does. */
  earliestDue(outbox: Sql, priority: number): Sql;
  /** The rows that wait in one priority; the statement takes no more than `most` of them. `index` is the outbox's `claim`. */
  waiting(outbox: Sql, index: string, priority: Sql, when: When, most: number | null): Waiting;
  /** The `due_at` of a row that nobody deferred (the constant in the generated column). */
  readonly dueAlways: Sql;
  /** The first rows of a SELECT, whose order is told apart from it. */
  limited(select: Sql, rows: number, order?: Sql, offset?: number): Sql;
  /** SELECTs one after the other (UNION ALL), no more than so many rows of them. */
  firstOf(selects: readonly Sql[], rows: number): Sql;
  /** `column IN (list)`, one binding or few, sorted by the caller. */
  inList(column: Sql, kind: ColumnKind, list: readonly string[]): Sql;
  /** A column of ours equal to a column of a list of values, whatever collations the two have. */
  same(column: Sql, value: Sql): Sql;
  /** Stands for no text where null cannot be compared: '', but for Oracle that is null too. */
  readonly none: string;
  /** Free text as a value beside columns of free text: in a CASE, Oracle wants all of them of one kind. */
  text(value: string | null): Sql;
  /** A column of ours whose name is a reserved word somewhere. */
  quoted(column: string): string;
  /** A list of values as a table `v`. */
  values(columns: readonly ValueColumn[], rows: readonly (readonly (string | number | null)[])[]): Sql;
  /** `FROM` of a list of values joined to a table by an indexed condition, the list leading. */
  valuesJoin(values: Sql, table: Sql, on: Sql): Sql;
  /** The index that finds claimed rows by their lease: of its own where an index may cover part of a table. */
  readonly leaseIndex: 'claim' | 'lease';
  updateJoin(update: UpdateJoin): Sql;
  /** Rows by multi-row INSERT. */
  insert(insert: Insert): Sql;
  /** INSERT of one row whose new id is the answer of `Session.insert`. */
  insertOne(insert: Insert): Sql;
  /** The table, to be read through this index whatever the statistics say (PostgreSQL cannot be told, it sees it); alias '': none.
   * `passing`: rows that others have locked may be left out, where reading them would mean to wait. */
  byIndex(table: Sql, alias: string, index: string, passing?: boolean): Sql;
  /** The table to be scanned without waiting: rows that others have locked may be left out, where reading them would mean to wait. */
  passing(table: Sql, alias: string): Sql;
  /** The table of an UPDATE, found by primary key and nothing else. */
  byKey(table: Sql): Sql;
  /** UPDATE of rows that are found by primary key and nothing else; the columns have no alias. */
  updateByKey(table: Sql, set: Sql, where: Sql): Sql;
  /** `DELETE FROM` a table whose rows are found by primary key and nothing else. */
  deleteByKey(table: Sql): Sql;
  /** Finds out which rows of a table others have locked; null: there is no telling. */
  readonly locking: Locking | null;
  /** What keeps the database in shape after many rows have gone, where that is cheap and safe. */
  readonly care: readonly Sql[];
  /** One row to hang scalar subqueries on. */
  readonly oneRow: Sql;
  /** What the driver's error means. */
  errorKind(error: unknown): DbErrorKind | 'duplicate';
}

export type Row = Record<string, unknown>;

/** Runs statements, one after the other. Every failure is a `DbError`. */
export interface Session {
  all(statement: Sql): Promise<Row[]>;
  /** Rows that the statement matched. */
  run(statement: Sql): Promise<number>;
  /** The id of the row that `Dialect.insertOne` wrote. */
  insert(statement: Sql): Promise<string>;
}

/** A pool of sessions; outside `tx` every statement commits itself. */
export interface Engine extends Session {
  readonly dialect: Dialect;
  /**
   * One transaction; tried again as a whole on a dead lock. A connection that goes during COMMIT, or during a write that commits
   * itself, is `doubtful`: what was written shows when it is read again.
   */
  tx<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** "MariaDB 10.11.19". */
  version(): Promise<string>;
  close(): Promise<void>;
}
