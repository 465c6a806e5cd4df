import type { Session } from './dialect.ts';
import { isolated, isRefusal } from './isolate.ts';
import { ENDED } from './outbox.ts';
import { afterReceipt, byId, type Db } from './rows.ts';
import { join, raw, sql, unindexed, type Sql } from './sql.ts';
import type { RowResult, Store, SubmitResult } from './store.ts';

type Assignments = readonly (readonly [column: string, value: Sql])[];

/** From which states a result may take a row. SENT and FAILED overrule a cancellation: it came too late. */
const FROM: Record<RowResult['status'], string> = {
  SENT: "('SENDING', 'CANCELLED')",
  FAILED: "('SENDING', 'CANCELLED')",
  HELD: "('SENDING')",
  NEW: "('SENDING')",
  SENDING: "('SENDING')",
};

/** Nobody has answered the present try yet: an answer ends its ownership. */
const UNANSWERED = "s.state = 'OPEN' AND s.owner IS NOT NULL";

/** Writes answers into rows and submissions. */
export function settleVerbs({ engine, dialect, tables, aside }: Db): Pick<Store, 'settle'> {
  /** What one result writes, apart from the task; `serial` is the row's own. No assignment reads what another one writes. */
  function assignments(r: RowResult, serial: Sql): Assignments {
    const sentAt =
      r.status === 'SENT' ? dialect.now : sql`CASE WHEN receipt_code IS NULL THEN sent_at ELSE ${dialect.now} END`;
    const common: Assignments = [
      ['status', afterReceipt(r.status)],
      ['sent_at', sentAt],
      ['result_code', sql`${r.code}`],
      ['result_text', sql`${r.text}`],
      ['attempts', sql`attempts + ${raw(String(r.posts))}`],
    ];
    if (r.status === 'SENDING') return [...common, ['lease_until', raw('NULL')]];
    // the text that the row shows now was never sent under its serial: receipts for that one must not find it
    if (r.code === 'EDITED') return [...common, ...ENDED, ['prev_serial', serial], ['serial_no', raw('NULL')]];
    if (r.status !== 'NEW') return [...common, ...ENDED];
    const due = dialect.after(sql`${r.delayMs}`);
    return [
      ...common,
      ['retry_at', r.delayMs > 0 ? due : raw('NULL')],
      ['age_from', due],
      ['requeued', raw('1')],
      ['solo', raw(r.solo ? '1' : '0')],
      ['claim_token', raw('NULL')],
      ['lease_until', raw('NULL')],
    ];
  }

  function rowsStatement(group: readonly RowResult[]): Sql {
    const [first] = group as [RowResult, ...RowResult[]];
    const allowed = (serial: Sql): Sql => {
      const from = sql`status IN ${raw(FROM[first.status])}`;
      return first.status === 'SENDING' ? sql`${from} AND ${unanswered(serial)}` : from;
    };
    if (group.every((r) => r.serial === first.serial && r.taskId === first.taskId)) {
      const set = [...assignments(first, sql`${first.serial}`), ['task_id', sql`${first.taskId}`] as const].map(
        ([c, value]) => sql`${raw(c)} = ${value}`,
      );
      const ids = group.map((r) => r.id);
      return sql`UPDATE ${dialect.byKey(tables.outbox)} SET ${join(set)}
        WHERE ${dialect.inList(raw('id'), 'id', ids)} AND serial_no = ${first.serial} AND ${allowed(sql`${first.serial}`)}`;
    }
    return dialect.updateJoin({
      table: tables.outbox,
      alias: 'o',
      columns: [
        { name: 'row_id', kind: 'id' },
        { name: 'serial', kind: 'serial' },
        { name: 'task', kind: 'text' },
      ],
      rows: group.map((r) => [r.id, r.serial, r.taskId]),
      on: raw('o.id = v.row_id'),
      set: [...assignments(first, raw('v.serial')), ['task_id', raw('v.task')]],
      where: sql`${dialect.same(raw('o.serial_no'), raw('v.serial'))} AND ${allowed(raw('v.serial'))}`,
    });
  }

  /** What leaves a row SENDING is written once for each try: a write-back that is repeated must not count a post twice. */
  const unanswered = (serial: Sql): Sql =>
    sql`EXISTS (SELECT 1 FROM ${tables.submit} s WHERE ${dialect.same(raw('s.serial_no'), serial)} AND ${unindexed(raw(UNANSWERED))})`;

  function submitsStatement(submits: readonly SubmitResult[]): Sql {
    const sorted = [...submits].sort((a, b) => (a.serial < b.serial ? -1 : 1));
    return dialect.updateJoin({
      table: tables.submit,
      alias: 's',
      columns: [
        { name: 'serial', kind: 'serial' },
        { name: 'new_state', kind: 'serial' },
        { name: 'code', kind: 'text' },
        { name: 'sentence', kind: 'text' },
        { name: 'task', kind: 'text' },
        { name: 'next_ms', kind: 'int' },
        { name: 'unknown_code', kind: 'int' },
      ],
      rows: sorted.map((s) => [
        s.serial,
        s.state,
        s.code,
        s.state === 'ACCEPTED' ? null : s.text,
        s.taskId,
        s.nextInMs,
        s.unknownCode ? 1 : 0,
      ]),
      on: dialect.same(raw('s.serial_no'), raw('v.serial')),
      set: [
        ['settled_at', dialect.now],
        ['next_at', dialect.after(raw('v.next_ms'))],
        ['unknown_codes', raw('s.unknown_codes + v.unknown_code')],
        ['task_id', raw('COALESCE(v.task, s.task_id)')],
        ['result_code', raw("COALESCE(v.code, '')")],
        ['result_text', raw('v.sentence')],
        ['state', raw('v.new_state')],
        ['owner', raw('NULL')],
      ],
      // an acceptance is true whenever it is heard; everything else only while the question is open
      where: raw(`((v.new_state = 'ACCEPTED' AND s.state IN ('OPEN', 'HELD', 'VOID')) OR (${UNANSWERED}))`),
    });
  }

  async function write(
    session: Session,
    rows: readonly RowResult[],
    submits: readonly SubmitResult[],
  ): Promise<number> {
    let changed = 0;
    for (const group of grouped(rows).values()) changed += await session.run(rowsStatement(group));
    if (submits.length > 0) await session.run(submitsStatement(submits));
    return changed;
  }

  /**
   * Row by row where it must be. The submissions last: while one is open, its rows are asked about again under the same serial.
   */
  async function writeApart(rows: readonly RowResult[], submits: readonly SubmitResult[]): Promise<number> {
    const { done, refused } = await isolated(byId(rows), (part) => engine.tx((session) => write(session, part, [])));
    await engine.tx((session) => write(session, [], submits));
    aside.put(refused, ({ id }) => id);
    await leaveToRecovery(refused.map(({ item }) => item.id));
    return done;
  }

  /** What stays SENDING is written by `recoverRows` as the submission remembers it, once the database lets it. */
  async function leaveToRecovery(ids: readonly string[]): Promise<void> {
    const stuck = unindexed(raw("status = 'SENDING' AND lease_until IS NULL"));
    for (const id of ids) {
      try {
        await engine.run(
          sql`UPDATE ${dialect.byKey(tables.outbox)} SET lease_until = ${dialect.now} WHERE ${dialect.inList(raw('id'), 'id', [id])} AND ${stuck}`,
        );
      } catch (error) {
        if (!isRefusal(error)) throw error; // not even that: `giveUp` is the last to look at it
      }
    }
  }

  return {
    async settle(rows, submits) {
      if (rows.length === 0 && submits.length === 0) return 0;
      try {
        return await engine.tx((session) => write(session, rows, submits));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return writeApart(rows, submits);
      }
    },
  };
}

/** Rows with the same new values, in the order of their ids: nearly always one group for one answer of the platform. */
function grouped(rows: readonly RowResult[]): Map<string, RowResult[]> {
  const groups = new Map<string, RowResult[]>();
  for (const row of byId(rows)) {
    const key = JSON.stringify([row.status, row.code, row.text, row.delayMs, row.solo, row.posts]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
