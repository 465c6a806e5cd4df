import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { TABLE_NAMES } from '../../src/db/names.ts';
import type { RowStatus, SubmitState } from '../../src/db/store.ts';
import type { Row, Submission } from './machine.ts';

/** One change of a row or a submission record as a trigger saw it. `was` null: inserted, `is` null: deleted. */
export type Change = { readonly by: string } & (
  | { readonly what: 'row'; readonly was: RowFacts | null; readonly is: RowFacts | null }
  | { readonly what: 'submit'; readonly was: SubmitFacts | null; readonly is: SubmitFacts | null }
);

export interface RowFacts extends Row {
  readonly content: string | null;
  readonly code: string | null;
}

export interface SubmitFacts extends Submission {
  readonly body: string;
  readonly ext: string | null;
  /** [row, phone, serial before][] as the product writes it. */
  readonly members: string;
}

const ROW = [
  'id',
  'status',
  'serial_no',
  'prev_serial',
  'phone_norm',
  'receipt_code',
  'claim_token',
  'lease_until',
  'content',
  'result_code',
];
const SUBMIT = ['serial_no', 'state', 'result_code', 'tries', 'owner', 'next_at', 'body', 'ext_no', 'members'];
const json = (columns: readonly string[], from: 'OLD' | 'NEW'): string =>
  `json_array(${columns.map((c) => (c === 'id' ? `CAST(${from}.id AS TEXT)` : `${from}.${c}`)).join(', ')})`;

/** `model_actor()` names the verb that runs, or the person. */
const trigger = (table: string, what: string, event: string, was: string, is: string): string =>
  `CREATE TRIGGER model_${what}_${event} AFTER ${event} ON ${table} BEGIN
     INSERT INTO model_audit (by, what, was, is_now) VALUES (model_actor(), '${what}', ${was}, ${is}); END;`;

const triggers = (table: string, what: string, columns: readonly string[]): string =>
  [
    trigger(table, what, 'INSERT', 'NULL', json(columns, 'NEW')),
    trigger(table, what, 'UPDATE', json(columns, 'OLD'), json(columns, 'NEW')),
    trigger(table, what, 'DELETE', json(columns, 'OLD'), 'NULL'),
  ].join('\n');

/** Every change of every row and record, in order, with who made it. */
const AUDIT = `
  CREATE TABLE model_audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, by TEXT, what TEXT, was TEXT, is_now TEXT);
  ${triggers('sms_outbox', 'row', ROW)}
  ${triggers('sms_mw_submit', 'submit', SUBMIT)}`;

/** Tables of the product, and the rows that each had at some moment. */
type Backup = ReadonlyMap<string, readonly Record<string, SQLInputValue>[]>;

/** The database file beside the product's own connections: a person's SQL, the audit, and its past. */
export class BureauDatabase {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #audited = 0;

  /** A file with the tables of the product; the audit is added. */
  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    this.#db.exec(AUDIT);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  all(sql: string, ...values: SQLInputValue[]): Record<string, string | number | null>[] {
    return this.#prepared(sql).all(...values) as Record<string, string | number | null>[];
  }

  /** What has happened since it was asked last. */
  changes(): Change[] {
    const found = this.all(
      'SELECT seq, by, what, was, is_now FROM model_audit WHERE seq > ? ORDER BY seq',
      this.#audited,
    );
    this.#audited = Number(found.at(-1)?.['seq'] ?? this.#audited);
    return found.map((entry) => {
      const by = String(entry['by']);
      return entry['what'] === 'row'
        ? { by, what: 'row', was: rowOf(entry['was']), is: rowOf(entry['is_now']) }
        : { by, what: 'submit', was: submitOf(entry['was']), is: submitOf(entry['is_now']) };
    });
  }

  backup(): Backup {
    return new Map(TABLES.map((table) => [table, this.all(`SELECT ${this.#columns(table).join(', ')} FROM ${table}`)]));
  }

  /** Back to what it was, or to nothing at all; what that does is no change to be judged. */
  restore(backup: Backup | null): void {
    this.#db.exec('BEGIN IMMEDIATE');
    for (const table of TABLES) this.run(`DELETE FROM ${table}`);
    if (backup === null) {
      this.run('DELETE FROM sqlite_sequence');
      this.#audited = 0;
    }
    for (const [table, rows] of backup ?? []) {
      const columns = this.#columns(table);
      const marks = columns.map(() => '?').join(', ');
      for (const row of rows) {
        this.run(
          `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`,
          ...columns.map((c) => row[c] ?? null),
        );
      }
    }
    this.run('DELETE FROM model_audit');
    this.#db.exec('COMMIT');
  }

  /** Those that can be written. */
  #columns(table: string): string[] {
    return this.all(`PRAGMA table_info(${table})`).map((column) => String(column['name']));
  }

  #prepared(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

const TABLES = Object.values(TABLE_NAMES);

type Cells = (string | number | null)[];
const cells = (value: unknown): Cells | null => (typeof value === 'string' ? (JSON.parse(value) as Cells) : null);
const text = (value: string | number | null | undefined): string => String(value ?? '');
const maybe = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

function rowOf(value: unknown): RowFacts | null {
  const c = cells(value);
  return (
    c && {
      id: text(c[0]),
      status: text(c[1]) as RowStatus,
      serial: maybe(c[2]),
      prev: maybe(c[3]),
      phone: maybe(c[4]),
      receipt: maybe(c[5]),
      token: maybe(c[6]),
      lease: maybe(c[7]),
      content: maybe(c[8]),
      code: maybe(c[9]),
    }
  );
}

function submitOf(value: unknown): SubmitFacts | null {
  const c = cells(value);
  return (
    c && {
      serial: text(c[0]),
      state: text(c[1]) as SubmitState,
      code: text(c[2]),
      tries: Number(c[3]),
      owner: text(c[4]),
      due: text(c[5]),
      body: text(c[6]),
      ext: maybe(c[7]),
      members: text(c[8]),
      request: JSON.stringify([c[6], c[7], c[8]]),
    }
  );
}
