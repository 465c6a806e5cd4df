import { BACK } from './outbox.ts';
import { afterReceipt, sortedIds, str, type Db } from './rows.ts';
import { raw, sql, unindexed, type Sql } from './sql.ts';
import type { Store } from './store.ts';

/** Rows and submissions that a dead daemon left. */
export function recoveryVerbs({ engine, dialect, tables }: Db): Pick<Store, 'recoverRows' | 'adopt'> {
  const { outbox, submit } = tables;
  const over = sql`status = 'SENDING' AND lease_until < ${dialect.now}`;
  const claimed = dialect.byIndex(outbox, 'o', tables.index('outbox', dialect.leaseIndex));

  /** Not `_` or `%` of an identity, only its own dots. */
  const owned = (column: string, prefix: string): Sql =>
    sql`${raw(column)} LIKE ${`${prefix.replaceAll(/[!%_]/g, '!$&')}.%`} ESCAPE '!'`;

  return {
    async recoverRows(limit) {
      const found = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id, s.state AS state FROM ${claimed} LEFT JOIN ${submit} s ON s.serial_no = o.serial_no
          WHERE o.status = 'SENDING' AND o.lease_until < ${dialect.now}${dialect.limit(limit)}`,
      );
      const ids = (wanted: (state: string) => boolean): string[] =>
        sortedIds(found.filter((row) => wanted(str(row['state']))).map((row) => str(row['id'])));
      const update = (set: Sql, list: string[]): Promise<number> =>
        list.length === 0
          ? Promise.resolve(0)
          : engine.run(
              sql`UPDATE ${dialect.byKey(outbox)} SET ${set} WHERE ${dialect.inList(raw('id'), 'id', list)} AND ${unindexed(over)}`,
            );

      // never opened: as if it had not been claimed
      const unclaimed = sql`requeued = ${BACK}, serial_no = prev_serial, prev_serial = NULL, status = 'NEW', claim_token = NULL, lease_until = NULL`;
      let back = await update(
        unclaimed,
        ids((state) => state === ''),
      );
      // surely never reached the platform: its record stays, and the row remembers it
      const again = raw("requeued = 1, status = 'NEW', claim_token = NULL, lease_until = NULL");
      back += await update(
        again,
        ids((state) => state === 'VOID'),
      );
      // its submission decides
      await update(
        raw('lease_until = NULL'),
        ids((state) => state === 'OPEN'),
      );
      // settled without this row: somebody set it back to SENDING by hand
      await fromSubmit(
        'SENT',
        ids((state) => state === 'ACCEPTED'),
      );
      await fromSubmit(
        'HELD',
        ids((state) => state === 'DONE' || state === 'HELD'),
      );
      return back;
    },

    async adopt(identity, boot, callMs) {
      const mine = (column: string): Sql =>
        sql`${owned(column, identity)} AND ${raw(column)} <> ${`${identity}.${boot}`}
      AND NOT ${owned(column, `${identity}.${boot}`)}`;
      const rows = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id FROM ${claimed}
          WHERE o.status = 'SENDING' AND o.lease_until IS NOT NULL AND ${mine('o.claim_token')}`,
      );
      let changed = 0;
      if (rows.length > 0) {
        changed += await engine.run(
          sql`UPDATE ${dialect.byKey(outbox)} SET lease_until = ${dialect.after(sql`-1`)}
            WHERE ${dialect.inList(raw('id'), 'id', sortedIds(rows.map((row) => str(row['id']))))}
            AND ${unindexed(sql`status = 'SENDING' AND lease_until > ${dialect.now} AND ${mine('claim_token')}`)}`,
        );
      }
      const open = await engine.all(
        sql`SELECT s.serial_no AS serial_no FROM ${dialect.byIndex(submit, 's', tables.index('submit', 'next'))}
          WHERE s.state = 'OPEN' AND ${mine('s.owner')}`,
      );
      if (open.length > 0) {
        const serials = open.map((row) => str(row['serial_no'])).sort();
        const callOver = dialect.plus(raw('last_try_at'), sql`${callMs}`);
        changed += await engine.run(
          sql`UPDATE ${dialect.byKey(submit)} SET next_at = ${callOver} WHERE ${dialect.inList(raw('serial_no'), 'serial', serials)}
            AND ${unindexed(sql`state = 'OPEN' AND next_at > ${callOver} AND ${mine('owner')}`)}`,
        );
      }
      return changed;
    },
  };

  /** The answer as the submission remembers it. */
  async function fromSubmit(status: 'SENT' | 'HELD', list: string[]): Promise<void> {
    if (list.length === 0) return;
    const theirs = (column: string): Sql =>
      sql`(SELECT s.${raw(column)} FROM ${submit} s WHERE s.serial_no = ${outbox}.serial_no)`;
    await engine.run(
      sql`UPDATE ${dialect.byKey(outbox)} SET status = ${afterReceipt(status)}, result_code = ${theirs('result_code')},
        result_text = ${theirs('result_text')}, task_id = ${theirs('task_id')}, sent_at = ${status === 'SENT' ? theirs('settled_at') : raw('sent_at')},
        claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0 WHERE ${dialect.inList(raw('id'), 'id', list)} AND ${unindexed(over)}`,
    );
  }
}
