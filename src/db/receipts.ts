import { byId, idOf, num, sortedIds, str, text, type Db } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';
import type { RowStatus, Store } from './store.ts';

type Verbs = Pick<
  Store,
  'receiptRows' | 'applyReceipts' | 'countLateReceipts' | 'parkReceipts' | 'parkedReceipts' | 'unparkReceipts'
>;

export function receiptVerbs({ engine, dialect, tables, eachRow, words }: Db): Verbs {
  const { submit, receipt } = tables;
  const applying = (rows: Parameters<Store['applyReceipts']>[0], where: 'outbox' | 'history'): Sql =>
    dialect.updateJoin({
      table: tables[where],
      alias: 'o',
      columns: [
        { name: 'row_id', kind: 'id' },
        { name: 'serial', kind: 'serial' },
        { name: 'code', kind: 'word' },
      ],
      rows: rows.map((r) => [r.id, r.serial, r.code]),
      on: raw('o.id = v.row_id'),
      set: [
        // by the row as it is now: one that was being sent when it was matched may be written back by this time
        [
          'status',
          raw("CASE WHEN o.status = 'SENDING' THEN o.status WHEN v.code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END"),
        ],
        [
          'result_text',
          // claimed: its own write-back will say more
          sql`CASE WHEN o.claim_token IS NOT NULL THEN o.result_text WHEN v.code = '0' THEN ${dialect.text(words.delivered)} ELSE ${dialect.text(words.undelivered)} END`,
        ],
        ['receipt_code', raw('v.code')],
        ['receipt_at', dialect.now],
      ],
      // NEW is a fresh try already, whatever serial it still shows; DELIVERED stays
      where: sql`${dialect.same(raw('o.serial_no'), raw('v.serial'))} AND o.status NOT IN ('NEW', 'DELIVERED')`,
    });

  return {
    async receiptRows(receipts, where = 'outbox') {
      if (receipts.length === 0) return [];
      const indexed = dialect.byIndex(tables[where], 'o', tables.index(where, 'serial'));
      const list = dialect.values(
        [
          { name: 'serial', kind: 'serial' },
          { name: 'phone_no', kind: 'serial' },
        ],
        receipts.map((r) => [r.serial, r.phone]),
      );
      const on = sql`${dialect.same(raw('o.serial_no'), raw('v.serial'))} AND ${dialect.same(raw('o.phone_norm'), raw('v.phone_no'))}`;
      const rows = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id, o.serial_no AS serial_no, o.phone_norm AS phone, o.status AS status,
          o.receipt_code AS receipt_code FROM ${dialect.valuesJoin(list, indexed, on)}`,
      );
      return rows.map((row) => ({
        id: str(row['id']),
        serial: str(row['serial_no']),
        phone: str(row['phone']),
        status: str(row['status']) as RowStatus,
        receiptCode: text(row['receipt_code']),
      }));
    },

    async applyReceipts(rows, where = 'outbox') {
      const { done, refused } = await eachRow(byId(rows), idOf, (part) => engine.run(applying(part, where)));
      return { changed: done, refused: new Set(refused.map(({ item }) => item.id)) };
    },

    async countLateReceipts(serials) {
      if (serials.size === 0) return new Set();
      const sorted = [...serials].sort(([a], [b]) => (a < b ? -1 : 1));
      await engine.run(
        dialect.updateJoin({
          table: submit,
          alias: 's',
          columns: [
            { name: 'serial', kind: 'serial' },
            { name: 'late', kind: 'int' },
          ],
          rows: sorted,
          on: dialect.same(raw('s.serial_no'), raw('v.serial')),
          set: [['late_receipts', raw('s.late_receipts + v.late')]],
          where: raw('v.late > 0'),
        }),
      );
      const known = dialect.inList(
        raw('serial_no'),
        'serial',
        sorted.map(([serial]) => serial),
      );
      const found = await engine.all(sql`SELECT serial_no FROM ${submit} WHERE ${known}`);
      return new Set(found.map((row) => str(row['serial_no'])));
    },

    async parkReceipts(receipts) {
      if (receipts.length === 0) return;
      await engine.run(
        dialect.insert({
          table: receipt,
          columns: [
            { name: 'serial_no', kind: 'word' },
            { name: 'phone', kind: 'word' },
            { name: 'code', kind: 'word' },
          ],
          // in one order everywhere: two daemons then wait for each other instead of dead-locking
          rows: receipts.map((r) => [r.serial, r.phone, r.code]).sort((a, b) => (a.join() < b.join() ? -1 : 1)),
          constant: [],
          unlessThere: ['serial_no', 'phone', 'code'],
        }),
      );
    },

    async parkedReceipts(limit) {
      const rows = await engine.all(
        dialect.limited(
          sql`SELECT ${dialect.idText(raw('r.id'))} AS id, r.serial_no AS serial_no, r.phone AS phone, r.code AS code,
          ${dialect.msBetween(raw('r.created_at'), dialect.now)} AS age_ms FROM ${dialect.byIndex(receipt, 'r', tables.index('receipt', 'tried'))}`,
          limit,
          raw('r.tried_at, r.id'),
        ),
      );
      if (rows.length === 0) return [];
      const ids = sortedIds(rows.map((row) => str(row['id'])));
      // to the end of the line, behind what came within this millisecond: those that never match must not stand in front of the others
      await engine.run(
        dialect.updateByKey(receipt, sql`tried_at = ${dialect.after(sql`1`)}`, dialect.inList(raw('id'), 'id', ids)),
      );
      return rows.map((row) => ({
        parkedId: str(row['id']),
        serial: str(row['serial_no']),
        phone: str(row['phone']),
        code: str(row['code']),
        ageMs: num(row['age_ms']),
      }));
    },

    async unparkReceipts(ids) {
      if (ids.length === 0) return;
      await engine.run(sql`${dialect.deleteByKey(receipt)} WHERE ${dialect.inList(raw('id'), 'id', sortedIds(ids))}`);
    },
  };
}
