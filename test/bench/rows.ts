import { setTimeout as sleep } from 'node:timers/promises';
import { localTime } from '../../src/lib/local-time.ts';
import type { FreshDatabase } from '../support/databases.ts';

/** Mobile numbers that nobody has; 100,000,000 of them. */
export const phone = (n: number): string => `190${String(n % 100_000_000).padStart(8, '0')}`;

/** A notice of 70 characters, one part, like those of a bureau. */
export const notice = (n: number | string): string =>
  `您好，您的城乡居民基本养老保险本年度缴费已到账，编号${n}，请登录网上服务大厅查询明细，如有疑问请拨打热线咨询。`.padEnd(
    70,
    '。',
  );

export interface NewRows {
  readonly count: number;
  /** First number of phones and texts. */
  readonly from?: number;
  readonly priority?: number;
  /** True: one text for all, as in a policy notice. */
  readonly same?: boolean;
}

/** Inserts in one transaction, as a bureau's batch job does. All values are ours: they stand in the text, which is fastest. */
export async function insertRows(
  db: FreshDatabase,
  { count, from = 0, priority = 5, same = false }: NewRows,
): Promise<void> {
  const query = db.rawQuery;
  await query('BEGIN');
  for (let i = 0; i < count; i += 1000) {
    const values: string[] = [];
    for (let n = from + i; n < from + Math.min(i + 1000, count); n++) {
      values.push(`('${phone(n)}', '${notice(same ? 'S' : n)}', ${priority})`);
    }
    await query(`INSERT INTO sms_outbox (phone, content, priority) VALUES ${values.join(',')}`);
  }
  await query('COMMIT');
}

/** One row at a time, `everyMs` apart on the average; returns by phone when each was inserted. */
export async function insertSingly(
  db: FreshDatabase,
  { count, from = 0, ...rest }: NewRows,
  everyMs: number,
): Promise<Map<number, number>> {
  const inserted = new Map<number, number>();
  for (let n = from; n < from + count; n++) {
    await sleep(everyMs * (0.5 + Math.random()));
    await insertRows(db, { count: 1, from: n, ...rest });
    inserted.set(Number(phone(n)), Date.now());
  }
  return inserted;
}

/** Removes what a scenario left; history (DELIVERED, DONE) stays. */
export async function clear(db: FreshDatabase): Promise<void> {
  await db.rawQuery("DELETE FROM sms_outbox WHERE status IN ('NEW', 'SENDING', 'SENT')");
  await db.rawQuery("DELETE FROM sms_mw_submit WHERE state <> 'DONE'");
}

const HISTORY_STEP = 50_000;

/** What a server does by itself in the minutes after so many rows have come: a year's history has this behind it. */
const SETTLED = {
  sqlite: ['ANALYZE', 'PRAGMA wal_checkpoint(TRUNCATE)'],
  mysql: ['ANALYZE TABLE sms_outbox, sms_mw_submit'],
  postgres: ['VACUUM ANALYZE', 'CHECKPOINT'],
};

/** Ended rows with their submission records, as a year leaves them; `days`: inserted so long ago. */
export async function insertHistory(db: FreshDatabase, count: number, days = 0): Promise<void> {
  const created = localTime(Date.now() - days * 86_400_000);
  const query = db.rawQuery;
  const number = db.options.client === 'mysql' ? 'CAST(id AS CHAR)' : 'CAST(id AS TEXT)';
  const serial =
    db.options.client === 'mysql' ? `LPAD(${number}, 20, '0')` : `substr('00000000000000000000' || ${number}, -20)`;
  const ended = db.options.client === 'postgres' ? `right('00000000000000000000' || ${number}, 20)` : serial;
  await query('BEGIN');
  const values = Array.from(
    { length: 1000 },
    (_, n) => `('${phone(n)}', '${notice(n)}', 'DELIVERED', '0', '0', 1, '${created}')`,
  );
  await query(
    `INSERT INTO sms_outbox (phone, content, status, result_code, receipt_code, segments, created_at) VALUES ${values.join(',')}`,
  );
  await query('COMMIT');
  for (let have = 1000; have < count;) {
    const step = Math.min(have, HISTORY_STEP, count - have);
    await query(
      `INSERT INTO sms_outbox (phone, content, status, result_code, receipt_code, segments, created_at)
       SELECT phone, content, status, result_code, receipt_code, segments, created_at FROM sms_outbox WHERE status = 'DELIVERED' ORDER BY id LIMIT ${step}`,
    );
    have += step;
  }
  const [bounds] = await query("SELECT MIN(id) AS low, MAX(id) AS high FROM sms_outbox WHERE status = 'DELIVERED'");
  const high = Number(bounds?.['high']);
  for (let low = Number(bounds?.['low']); low <= high; low += HISTORY_STEP) {
    const bite = `status = 'DELIVERED' AND id BETWEEN ${low} AND ${low + HISTORY_STEP - 1}`;
    await query(`UPDATE sms_outbox SET serial_no = ${ended}, phone_norm = phone WHERE ${bite}`);
    await query(
      `INSERT INTO sms_mw_submit (serial_no, channel, body, priority, segments, members, row_count, state, owner, next_at)
       SELECT serial_no, 'main', content, 5, 1, '[]', 1, 'DONE', 'x', created_at FROM sms_outbox WHERE ${bite}`,
    );
  }
  for (const statement of SETTLED[db.options.client as keyof typeof SETTLED]) await query(statement);
}
