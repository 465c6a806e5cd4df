import type { FreshDatabase } from './databases.ts';

type Value = string | number | null;
type Columns = Readonly<Record<string, Value>>;

/** The number of the n-th citizen. */
export const phone = (n: number): string => `138001${String(n).padStart(5, '0')}`;

/** What the bureau and its people do with the table, on SQLite. */
export interface OutboxTable {
  /** Inserts as the bureau would: a greeting to the first citizen where nothing else is said; returns the ids. */
  readonly insert: (...rows: readonly Columns[]) => Promise<string[]>;
  /** What a person does to a row by hand. */
  readonly set: (id: string, assignments: string) => Promise<void>;
  /** The columns of a row; none if it is gone. */
  readonly row: (id: string) => Promise<Record<string, Value>>;
  /** `STATUS code` of each row, in the order of their ids. */
  readonly fates: () => Promise<string[]>;
  /** `STATE code` of each submission, in the order of their serials. */
  readonly records: () => Promise<string[]>;
}

export function outboxTable(database: () => FreshDatabase): OutboxTable {
  const query: FreshDatabase['rawQuery'] = (statement, params) => database().rawQuery(statement, params);
  return {
    async insert(...rows) {
      const ids: string[] = [];
      for (const row of rows) {
        const columns = { phone: phone(1), content: '您好', ...row };
        const names = Object.keys(columns);
        const marks = names.map(() => '?').join(', ');
        const inserted = await query(
          `insert into sms_outbox (${names.join(', ')}) values (${marks}) returning id`,
          Object.values(columns),
        );
        ids.push(String(inserted[0]?.['id']));
      }
      return ids;
    },
    async set(id, assignments) {
      await query(`update sms_outbox set ${assignments} where id = ?`, [id]);
    },
    async row(id) {
      const [row] = await query('select * from sms_outbox where id = ?', [id]);
      return (row ?? {}) as Record<string, Value>;
    },
    async fates() {
      const rows = await query('select status, result_code from sms_outbox order by id');
      return rows.map((row) => `${String(row['status'])} ${String(row['result_code'])}`);
    },
    async records() {
      const rows = await query('select state, result_code from sms_mw_submit order by serial_no');
      return rows.map((row) => `${String(row['state'])} ${String(row['result_code'])}`);
    },
  };
}
