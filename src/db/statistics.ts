import { createHash } from 'node:crypto';
import { carrierAt } from '../policy/carrier.ts';
import type { Row, Session } from './dialect.ts';
import type { KeepingStore, Tally } from './keeping-store.ts';
import { num, str, type Db } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';
import type { RowStatus } from './store.ts';

type Verbs = Pick<KeepingStore, 'statistics' | 'noteBalance' | 'balances'>;

const day = ({ dialect }: Db): Sql => dialect.day(raw('COALESCE(o.sent_at, o.created_at)'));

/** Rows of the outbox, under the alias `o`, by kind; `place`: the first four digits of their numbers. */
function tallied(db: Db, rows: Sql): Sql {
  const { dialect } = db;
  const due = dialect.greatest(raw('o.created_at'), raw('COALESCE(o.send_at, o.created_at)'));
  const wait = dialect.msBetween(due, raw('o.sent_at'));
  const receipt = dialect.msBetween(raw('o.sent_at'), raw('o.receipt_at'));
  const kind = raw('t.stat_day, t.category, t.place, t.msg_type, t.status');
  return sql`SELECT ${kind}, COUNT(*) AS row_count, SUM(t.parts) AS parts, SUM(t.wait_ms) AS wait_ms, SUM(t.receipt_ms) AS receipt_ms
    FROM (SELECT ${day(db)} AS stat_day, o.category AS category, ${dialect.start(raw('o.phone_norm'), 4)} AS place, o.msg_type AS msg_type,
      o.status AS status, o.segments AS parts, CASE WHEN o.sent_at > ${due} THEN ${wait} ELSE 0 END AS wait_ms,
      CASE WHEN o.receipt_at > o.sent_at THEN ${receipt} ELSE 0 END AS receipt_ms FROM ${rows}) t GROUP BY ${kind}`;
}

const tally = (row: Row): Tally => ({
  day: str(row['stat_day']),
  category: str(row['category']),
  carrier: carrierAt(str(row['place'])),
  msgType: str(row['msg_type']),
  status: str(row['status']) as RowStatus,
  rows: num(row['row_count']),
  parts: num(row['parts']),
  waitMs: num(row['wait_ms']),
  receiptMs: num(row['receipt_ms']),
});

/** Begins with the day, so that a range of days is a range of keys. */
const keyOf = ({ day: on, category, carrier, msgType, status }: Tally): string => {
  const rest = JSON.stringify([category, carrier, msgType, status]);
  return `${on}.${createHash('sha256').update(rest).digest('hex').slice(0, 20)}`;
};

const TALLIED = raw('created_at, send_at, sent_at, receipt_at, category, phone_norm, msg_type, status, segments');

/** Adds these rows (FROM and WHERE) of the outbox to the statistics, inside the transaction that takes them away: none is counted twice or not at all. */
export async function countMoved(db: Db, session: Session, these: Sql): Promise<void> {
  const { dialect, tables } = db;
  const sums = new Map<string, Tally>();
  for (const row of await session.all(tallied(db, sql`(SELECT ${TALLIED} FROM ${these}) o`))) {
    const one = tally(row);
    const sum = sums.get(keyOf(one));
    sums.set(keyOf(one), sum ? added(sum, one) : one);
  }
  // in one order everywhere, as rows are: two daemons then wait for each other instead of dead-locking
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  await session.run(
    dialect.insert({
      table: tables.stats,
      columns: [
        { name: 'stat_key', kind: 'serial' },
        { name: 'stat_day', kind: 'serial' },
        { name: 'category', kind: 'word' },
        { name: 'carrier', kind: 'serial' },
        { name: 'msg_type', kind: 'serial' },
        { name: 'status', kind: 'serial' },
      ],
      rows: sorted.map(([key, t]) => [key, t.day, t.category, t.carrier, t.msgType, t.status]),
      constant: [],
      unlessThere: ['stat_key'],
    }),
  );
  await session.run(
    dialect.updateJoin({
      table: tables.stats,
      alias: 's',
      columns: [
        { name: 'key_text', kind: 'serial' },
        { name: 'more_rows', kind: 'id' },
        { name: 'more_parts', kind: 'id' },
        { name: 'more_wait', kind: 'id' },
        { name: 'more_receipt', kind: 'id' },
      ],
      rows: sorted.map(([key, t]) => [key, ...[t.rows, t.parts, t.waitMs, t.receiptMs].map(String)]),
      on: dialect.same(raw('s.stat_key'), raw('v.key_text')),
      set: [
        ['row_count', raw('s.row_count + v.more_rows')],
        ['parts', raw('s.parts + v.more_parts')],
        ['wait_ms', raw('s.wait_ms + v.more_wait')],
        ['receipt_ms', raw('s.receipt_ms + v.more_receipt')],
      ],
      where: raw('v.more_rows > 0'),
    }),
  );
}

const added = (a: Tally, b: Tally): Tally => ({
  ...a,
  rows: a.rows + b.rows,
  parts: a.parts + b.parts,
  waitMs: a.waitMs + b.waitMs,
  receiptMs: a.receiptMs + b.receiptMs,
});

/** What reports are made of. */
export function statisticsVerbs(db: Db): Verbs {
  const { engine, dialect, tables } = db;
  return {
    async statistics(from, to) {
      // one statement: between two a row could move and be missed, or be seen twice
      const rows = await engine.all(
        sql`${tallied(db, sql`${dialect.passing(tables.outbox, 'o')} WHERE ${day(db)} >= ${from} AND ${day(db)} < ${to}`)}
          UNION ALL SELECT s.stat_day, s.category, s.carrier, s.msg_type, s.status, s.row_count, s.parts, s.wait_ms, s.receipt_ms
          FROM ${tables.stats} s WHERE s.stat_key >= ${from} AND s.stat_key < ${to}`,
      );
      return rows.map(tally);
    },

    async noteBalance(messages) {
      const [row = {}] = await engine.all(sql`SELECT ${dialect.day(dialect.now)} AS today FROM ${dialect.oneRow}`);
      await engine.run(
        dialect.insert({
          table: tables.balance,
          columns: [
            { name: 'balance_day', kind: 'serial' },
            { name: 'balance', kind: 'id' },
          ],
          rows: [[str(row['today']), String(messages)]],
          constant: [],
          unlessThere: ['balance_day'],
        }),
      );
    },

    async balances(from, to) {
      const rows = await engine.all(
        sql`SELECT b.balance_day AS balance_day, b.balance AS balance, ${dialect.timeText(raw('b.taken_at'))} AS taken_at
          FROM ${tables.balance} b WHERE b.balance_day >= ${from} AND b.balance_day < ${to} ORDER BY b.balance_day`,
      );
      return rows.map((row) => ({
        day: str(row['balance_day']),
        messages: num(row['balance']),
        takenAt: str(row['taken_at']),
      }));
    },
  };
}
