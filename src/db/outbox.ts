import type { Dialect } from './dialect.ts';
import { byId, idOf, itself, readRow, rowColumns, rowMark, sortedIds, str, text, type Db } from './rows.ts';
import { raw, sql, unindexed, type Sql } from './sql.ts';
import type { ClaimItem, OutboxRow, Overruled, Refusal, RowStatus, Store } from './store.ts';

type Verbs = Pick<
  Store,
  'candidates' | 'due' | 'overrule' | 'claim' | 'claimed' | 'refuse' | 'release' | 'rowsOf' | 'holdReset'
>;

/** Rows from NEW to SENDING, and back where nothing was sent. */
export function outboxVerbs({ engine, dialect, tables, aside, eachRow }: Db): Verbs {
  const { outbox } = tables;
  const bySerial = dialect.byIndex(outbox, 'o', tables.index('outbox', 'serial'));

  async function window(priority: number, timed: boolean, limit: number, offset: number): Promise<OutboxRow[]> {
    const index = tables.index('outbox', 'claim');
    const waiting = dialect.waiting(outbox, index, sql`${priority}`, timed ? 'timed' : 'due', limit + offset);
    const { from, where, order } = waiting;
    const select = sql`SELECT ${rowColumns(dialect, true)} FROM ${from} WHERE ${where}`;
    const rows = await engine.all(dialect.limited(select, limit, order, offset));
    return rows.map((row) => readRow(row, true));
  }

  const claimStatement = (token: string, leaseMs: number, items: readonly ClaimItem[]): Sql =>
    dialect.updateJoin({
      table: outbox,
      alias: 'o',
      columns: [
        { name: 'id', kind: 'id' },
        { name: 'serial', kind: 'serial' },
        { name: 'phone', kind: 'serial' },
        { name: 'segments', kind: 'int' },
        { name: 'previous', kind: 'serial' },
        { name: 'reset', kind: 'int' },
        { name: 'mark', kind: 'id' },
      ],
      rows: items.map((i) => [
        ...[i.id, i.serial, i.phoneNorm, i.segments, i.prevSerial ?? dialect.none, i.resetByHand ? 1 : 0, i.mark],
      ]),
      on: raw('o.id = v.id'),
      set: [
        ['age_from', sql`CASE WHEN v.reset = 1 THEN ${dialect.now} ELSE o.age_from END`],
        ['prev_serial', raw(`NULLIF(v.previous, '${dialect.none}')`)],
        ['requeued', raw('CASE WHEN o.requeued = 1 THEN 2 ELSE 0 END')],
        ['serial_no', raw('v.serial')],
        ['phone_norm', raw('v.phone')],
        ['segments', raw('v.segments')],
        ['status', raw("'SENDING'")],
        ['claim_token', sql`${token}`],
        ['lease_until', dialect.after(sql`${leaseMs}`)],
        ['text_mark', raw('v.mark')],
        ['retry_at', raw('NULL')],
        ...['task_id', 'result_code', 'result_text', 'sent_at', 'receipt_code', 'receipt_at'].map(
          (c) => [c, raw('NULL')] as const,
        ),
      ],
      // a row that has been tried or edited in between is not the one that was read
      where: sql`o.status = 'NEW' AND ${dialect.same(raw(`COALESCE(o.serial_no, o.prev_serial, '${dialect.none}')`), raw('v.previous'))}
        AND ${rowMark(dialect, 'o.')} = v.mark`,
    });

  const overruleStatement = (rows: readonly Overruled[]): Sql =>
    dialect.updateJoin({
      table: outbox,
      alias: 'o',
      columns: [
        { name: 'id', kind: 'id' },
        { name: 'mark', kind: 'id' },
        { name: 'overruled', kind: 'word' },
      ],
      rows: rows.map((r) => [r.id, r.mark, r.overruled]),
      on: raw('o.id = v.id'),
      set: [['overruled', raw('v.overruled')]],
      where: sql`o.status = 'NEW' AND ${rowMark(dialect, 'o.')} = v.mark`,
    });

  const refuseStatement = (token: string, refusals: readonly Refusal[]): Sql =>
    dialect.updateJoin({
      table: outbox,
      alias: 'o',
      columns: [
        { name: 'id', kind: 'id' },
        { name: 'status', kind: 'word' },
        { name: 'code', kind: 'word' },
        { name: 'sentence', kind: 'text' },
      ],
      rows: refusals.map((r) => [r.id, r.status, r.code, r.text]),
      on: raw('o.id = v.id'),
      set: [
        ['status', raw('v.status')],
        ['result_code', raw('v.code')],
        ['result_text', raw('v.sentence')],
        ['overruled', WHILE_HELD],
        ...ENDED,
      ],
      where: sql`o.claim_token = ${token} AND o.status = 'SENDING'`,
    });

  return {
    async candidates({ priority, limit, timed, spread }) {
      // several daemons look at the same queue: each picks a window at random, so that they seldom claim the same rows
      const offset = limit * Math.floor(Math.random() * Math.max(1, spread));
      const most = limit + aside.size;
      const rows = await window(priority, timed, most, offset);
      const found = rows.length > 0 || offset === 0 ? rows : await window(priority, timed, most, 0);
      return found.filter(({ id }) => !aside.has(id)).slice(0, limit);
    },

    due: ({ priority, limit, offset }) => window(priority, false, limit, offset),

    async overrule(rows) {
      const { done } = await eachRow(byId(rows), idOf, (part) => engine.run(overruleStatement(part)));
      return done;
    },

    async claim(token, leaseMs, items) {
      const { done } = await eachRow(byId(items), idOf, (part) => engine.run(claimStatement(token, leaseMs, part)));
      return done;
    },

    async claimed(token, ids) {
      if (ids.length === 0) return new Set();
      const rows = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id FROM ${outbox} o
          WHERE ${dialect.inList(raw('o.id'), 'id', sortedIds(ids))} AND o.claim_token = ${token} AND ${unindexed(raw("o.status = 'SENDING'"))}`,
      );
      return new Set(rows.map((row) => str(row['id'])));
    },

    async refuse(token, refusals) {
      const { done } = await eachRow(byId(refusals), idOf, (part) => engine.run(refuseStatement(token, part)));
      return done;
    },

    async release(token, ids, why) {
      const later = dialect.after(sql`${why.delayMs}`);
      const deferral: Sql = why.delayMs > 0 ? sql`, retry_at = ${later}, age_from = ${later}` : raw('');
      const { done } = await eachRow(sortedIds(ids), itself, (part) =>
        engine.run(
          dialect.updateByKey(
            outbox,
            sql`requeued = ${BACK}, serial_no = prev_serial, prev_serial = NULL, status = 'NEW',
            result_code = ${why.code}, result_text = ${dialect.text(why.text)}, claim_token = NULL, lease_until = NULL, text_mark = NULL${deferral}`,
            sql`${dialect.inList(raw('id'), 'id', part)} AND claim_token = ${token} AND ${unindexed(raw("status = 'SENDING'"))}`,
          ),
        ),
      );
      return done;
    },

    async rowsOf(ids) {
      if (ids.length === 0) return [];
      const rows = await engine.all(
        sql`SELECT ${rowColumns(dialect, false)}, o.status AS status, o.serial_no AS serial_no, o.receipt_code AS receipt_code
          FROM ${outbox} o WHERE ${dialect.inList(raw('o.id'), 'id', sortedIds(ids))}`,
      );
      const read = rows.map((row) => ({
        ...readRow(row, false),
        status: str(row['status']) as RowStatus,
        serial: text(row['serial_no']),
        receiptCode: text(row['receipt_code']),
      }));
      return byId(read);
    },

    async holdReset(serials, why) {
      if (serials.length === 0) return 0;
      const carrying = dialect.inList(raw('serial_no'), 'serial', [...serials].sort());
      const reset = raw("status = 'NEW' AND requeued <> 1");
      const found = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id FROM ${bySerial} WHERE ${carrying} AND ${unindexed(reset)}`,
      );
      const { done } = await eachRow(sortedIds(found.map((row) => str(row['id']))), itself, (part) =>
        engine.run(
          dialect.updateByKey(
            outbox,
            sql`prev_serial = serial_no, serial_no = NULL, status = 'HELD',
            result_code = ${why.code}, result_text = ${dialect.text(why.text)}, claim_token = NULL, lease_until = NULL, text_mark = NULL`,
            sql`${dialect.inList(raw('id'), 'id', part)} AND ${unindexed(sql`${carrying} AND ${reset}`)}`,
          ),
        ),
      );
      return done;
    },
  };
}

/** True of a row that still is what was claimed; rows claimed by a version that wrote no mark are taken to. */
export const unchanged = (dialect: Dialect): Sql => sql`(text_mark IS NULL OR text_mark = ${rowMark(dialect)})`;

/** What an ended row no longer needs; `requeued` 0 tells a later reset by a person from our own return to NEW. */
export const ENDED = [
  ['claim_token', raw('NULL')],
  ['lease_until', raw('NULL')],
  ['requeued', raw('0')],
  ['solo', raw('0')],
  ['text_mark', raw('NULL')],
] as const;

/** What a person has overruled counts until the row has come to an end, of which HELD is none; `v.status` is its new one. */
export const WHILE_HELD = raw("CASE WHEN v.status IN ('NEW', 'HELD') THEN o.overruled ELSE NULL END");

/**
 * `requeued` of a row that goes back as if it had not been claimed: as it was, so that a person's reset stays one; a row
 * without an earlier serial can only be ours.
 */
export const BACK = raw('CASE WHEN prev_serial IS NULL OR requeued = 2 THEN 1 ELSE 0 END');
