import { BACK, unchanged } from './outbox.ts';
import { afterReceipt, itself, sortedIds, str, textAfterReceipt, type Db } from './rows.ts';
import { raw, sql, unindexed, type Sql } from './sql.ts';
import type { Store } from './store.ts';

/** Rows and submissions that a dead daemon left. */
export function recoveryVerbs({
  engine,
  dialect,
  tables,
  aside,
  eachRow,
  words,
}: Db): Pick<Store, 'recoverRows' | 'adoptStrays' | 'shorten' | 'adopt'> {
  const { outbox, submit } = tables;
  const over = sql`status = 'SENDING' AND lease_until < ${dialect.now}`;
  // a row that somebody keeps locked is found another time
  const claimed = dialect.byIndex(outbox, 'o', tables.index('outbox', dialect.leaseIndex), true);

  /** Not `_` or `%` of an identity, only its own dots. */
  const owned = (column: string, prefix: string): Sql =>
    sql`${raw(column)} LIKE ${`${prefix.replaceAll(/[!%_]/g, '!$&')}.%`} ESCAPE '!'`;

  const heldEdited = sql`status = 'HELD', result_code = 'EDITED', result_text = ${dialect.text(words.edited)}, prev_serial = serial_no, serial_no = NULL,
    claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL`;

  return {
    async recoverRows(owner, limit) {
      const found = await engine.all(
        dialect.limited(
          sql`SELECT ${dialect.idText(raw('o.id'))} AS id FROM ${claimed} WHERE o.status = 'SENDING' AND o.lease_until < ${dialect.now}`,
          limit + aside.size,
        ),
      );
      const ids = sortedIds(found.map((row) => str(row['id'])).filter((id) => !aside.has(id)));
      // taken from their owner first, and only then is it looked whether they have been recorded: an owner who is alive after all looks
      // the other way round before its call leaves (`claimed` after `open`), so that one of the two sees the other
      if (ids.length === 0 || (await changeEach(sql`claim_token = ${owner}`, over, ids)) === 0) return 0;
      const taken = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id, s.state AS state FROM ${outbox} o LEFT JOIN ${submit} s ON s.serial_no = o.serial_no
          WHERE ${dialect.inList(raw('o.id'), 'id', ids)} AND ${unindexed(sql`o.claim_token = ${owner} AND o.status = 'SENDING'`)}`,
      );
      const of = (...states: string[]): string[] =>
        sortedIds(taken.filter((row) => states.includes(str(row['state']))).map((row) => str(row['id'])));
      const mine = sql`status = 'SENDING' AND claim_token = ${owner}`;

      // never opened: as if it had not been claimed
      const unclaimed = sql`requeued = ${BACK}, serial_no = prev_serial, prev_serial = NULL, status = 'NEW', claim_token = NULL, lease_until = NULL, text_mark = NULL`;
      // surely never reached the platform: its record stays, and the row remembers it
      const again = raw("requeued = 1, status = 'NEW', claim_token = NULL, lease_until = NULL, text_mark = NULL");
      const back = (await changeEach(unclaimed, mine, of(''))) + (await changeEach(again, mine, of('VOID')));
      // its submission decides
      await changeEach(raw('lease_until = NULL'), mine, of('OPEN'));
      // settled without this row: somebody set it back to SENDING by hand, or its write-back was refused
      await changeEach(asRecorded('SENT'), sql`${mine} AND ${unchanged(dialect)}`, of('ACCEPTED'));
      // not one that is as it was and whose write-back has just been refused
      await changeEach(heldEdited, sql`${mine} AND NOT ${unchanged(dialect)}`, of('ACCEPTED'));
      await changeEach(asRecorded('HELD'), mine, of('DONE', 'HELD'));
      return back;
    },

    async adoptStrays() {
      // a claim writes token and lease, and whoever waits for an answer keeps the token
      const stray = raw("status = 'SENDING' AND lease_until IS NULL AND claim_token IS NULL");
      const rows = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id FROM ${claimed} WHERE o.status = 'SENDING' AND o.lease_until IS NULL AND o.claim_token IS NULL`,
      );
      return changeEach(
        sql`lease_until = ${dialect.after(sql`-1`)}`,
        stray,
        sortedIds(rows.map((row) => str(row['id']))),
      );
    },

    async shorten(mostMs) {
      const most = dialect.after(sql`${mostMs}`);
      const rows = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id FROM ${claimed} WHERE o.status = 'SENDING' AND o.lease_until > ${most}`,
      );
      const tooLong = sql`status = 'SENDING' AND lease_until > ${most}`;
      const changed = await changeEach(
        sql`lease_until = ${most}`,
        tooLong,
        sortedIds(rows.map((row) => str(row['id']))),
      );
      const open = await engine.all(
        sql`SELECT s.serial_no AS serial_no FROM ${dialect.byIndex(submit, 's', tables.index('submit', 'next'))}
          WHERE s.state = 'OPEN' AND s.next_at > ${most}`,
      );
      if (open.length === 0) return changed;
      const serials = dialect.inList(raw('serial_no'), 'serial', open.map((row) => str(row['serial_no'])).sort());
      return (
        changed +
        (await engine.run(
          dialect.updateByKey(
            submit,
            sql`next_at = ${most}`,
            sql`${serials} AND ${unindexed(sql`state = 'OPEN' AND next_at > ${most}`)}`,
          ),
        ))
      );
    },

    async adopt(identity, boot, callMs) {
      const mine = (column: string): Sql =>
        sql`${owned(column, identity)} AND ${raw(column)} <> ${`${identity}.${boot}`}
      AND NOT ${owned(column, `${identity}.${boot}`)}`;
      const rows = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id FROM ${claimed}
          WHERE o.status = 'SENDING' AND o.lease_until IS NOT NULL AND ${mine('o.claim_token')}`,
      );
      let changed = await changeEach(
        sql`lease_until = ${dialect.after(sql`-1`)}`,
        sql`status = 'SENDING' AND lease_until > ${dialect.now} AND ${mine('claim_token')}`,
        sortedIds(rows.map((row) => str(row['id']))),
      );
      const open = await engine.all(
        sql`SELECT s.serial_no AS serial_no FROM ${dialect.byIndex(submit, 's', tables.index('submit', 'next'))}
          WHERE s.state = 'OPEN' AND ${mine('s.owner')}`,
      );
      if (open.length > 0) {
        const serials = open.map((row) => str(row['serial_no'])).sort();
        // a call may have left at the last moment of its lease, long after it was recorded
        const callOver = dialect.after(sql`${callMs}`);
        changed += await engine.run(
          dialect.updateByKey(
            submit,
            sql`next_at = ${callOver}`,
            sql`${dialect.inList(raw('serial_no'), 'serial', serials)}
            AND ${unindexed(sql`state = 'OPEN' AND next_at > ${callOver} AND ${mine('owner')}`)}`,
          ),
        );
      }
      return changed;
    },
  };

  /** Rows by their ids; those that the database refuses to have changed are left aside. */
  async function changeEach(set: Sql, condition: Sql, list: readonly string[]): Promise<number> {
    const { done } = await eachRow(list, itself, (part) =>
      engine.run(
        dialect.updateByKey(outbox, set, sql`${dialect.inList(raw('id'), 'id', part)} AND ${unindexed(condition)}`),
      ),
    );
    return done;
  }

  /** The answer as the submission remembers it. */
  function asRecorded(status: 'SENT' | 'HELD'): Sql {
    const theirs = (column: string): Sql =>
      sql`(SELECT s.${raw(column)} FROM ${submit} s WHERE s.serial_no = ${outbox}.serial_no)`;
    return sql`status = ${afterReceipt(status)}, result_code = ${theirs('result_code')}, result_text = ${textAfterReceipt(dialect, theirs('result_text'), words)},
      ${raw(status === 'SENT' ? 'overruled = NULL, ' : '')}task_id = ${theirs('task_id')}, sent_at = ${status === 'SENT' ? theirs('settled_at') : raw('sent_at')},
      claim_token = NULL, lease_until = NULL, requeued = 0, solo = 0, text_mark = NULL`;
  }
}
