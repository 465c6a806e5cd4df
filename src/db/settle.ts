import { DbError } from '../lib/errors.ts';
import type { Session } from './dialect.ts';
import { isRefusal } from './isolate.ts';
import { ENDED, unchanged } from './outbox.ts';
import { afterReceipt, byId, idOf, textAfterReceipt, type Db } from './rows.ts';
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
  CANCELLED: "('CANCELLED')",
};

/** Writes answers into rows and submissions. */
export function settleVerbs({ engine, dialect, tables, eachRow, words }: Db): Pick<Store, 'settle'> {
  /** What one result writes, apart from the task; `serial` is the row's own. No assignment reads what another one writes. */
  function assignments(r: RowResult, serial: Sql): Assignments {
    const sentAt =
      r.status === 'SENT' ? dialect.now : sql`CASE WHEN receipt_code IS NULL THEN sent_at ELSE ${dialect.now} END`;
    const common: Assignments = [
      ['status', r.code === 'EDITED' ? raw("'HELD'") : afterReceipt(r.status)],
      ['sent_at', sentAt],
      ['result_code', sql`${r.code}`],
      [
        'result_text',
        r.code === 'EDITED' ? dialect.text(r.text) : textAfterReceipt(dialect, dialect.text(r.text), words),
      ],
      ['attempts', sql`attempts + ${raw(String(r.posts))}`],
    ];
    if (r.status === 'SENDING') return [...common, ['lease_until', raw('NULL')]];
    // the text that the row shows now was never sent under its serial: receipts for that one must not find it
    if (r.code === 'EDITED') return [...common, ...ENDED, ['prev_serial', serial], ['serial_no', raw('NULL')]];
    if (isVerdict(r)) return [...common, ...ENDED, ['overruled', raw('NULL')]];
    if (r.status !== 'NEW') return [...common, ...ENDED];
    const due = dialect.after(sql`${r.delayMs}`);
    return [
      ...common,
      ['retry_at', r.delayMs > 0 ? due : raw('NULL')],
      ['age_from', r.delayMs > 0 ? due : raw('age_from')],
      ['requeued', raw('1')],
      ['solo', raw(r.solo ? '1' : '0')],
      ['claim_token', raw('NULL')],
      ['lease_until', raw('NULL')],
      ['text_mark', raw('NULL')],
    ];
  }

  function rowsStatement(group: readonly RowResult[], from = FROM[group[0]?.status ?? 'SENDING']): Sql {
    const [first] = group as [RowResult, ...RowResult[]];
    const allowed = (serial: Sql): Sql => {
      const state = sql`status IN ${raw(from)}`;
      if (isVerdict(first)) return sql`${state} AND ${unchanged(dialect)}`;
      return first.code === 'EDITED' ? state : sql`${state} AND ${owned(serial, first.owner)}`;
    };
    if (group.every((r) => r.serial === first.serial && r.taskId === first.taskId)) {
      const set = [...assignments(first, sql`${first.serial}`), ['task_id', sql`${first.taskId}`] as const].map(
        ([c, value]) => sql`${raw(c)} = ${value}`,
      );
      const ids = group.map((r) => r.id);
      return dialect.updateByKey(
        tables.outbox,
        join(set),
        sql`${dialect.inList(raw('id'), 'id', ids)} AND serial_no = ${first.serial} AND ${allowed(sql`${first.serial}`)}`,
      );
    }
    return dialect.updateJoin({
      table: tables.outbox,
      alias: 'o',
      columns: [
        { name: 'row_id', kind: 'id' },
        { name: 'serial', kind: 'serial' },
        { name: 'task', kind: 'word' },
      ],
      rows: group.map((r) => [r.id, r.serial, r.taskId]),
      on: raw('o.id = v.row_id'),
      set: [...assignments(first, raw('v.serial')), ['task_id', raw('v.task')]],
      where: sql`${dialect.same(raw('o.serial_no'), raw('v.serial'))} AND ${allowed(raw('v.serial'))}`,
    });
  }

  /** An answer ends the ownership, too: a write-back that is repeated must not count a post twice. */
  const owned = (serial: Sql, owner: string): Sql =>
    sql`EXISTS (SELECT 1 FROM ${tables.submit} s WHERE ${dialect.same(raw('s.serial_no'), serial)} AND ${unindexed(sql`s.state = 'OPEN' AND s.owner = ${owner}`)})`;

  function submitsStatement(submits: readonly SubmitResult[]): Sql {
    const sorted = [...submits].sort((a, b) => (a.serial < b.serial ? -1 : 1));
    return dialect.updateJoin({
      table: tables.submit,
      alias: 's',
      columns: [
        { name: 'serial', kind: 'serial' },
        { name: 'new_state', kind: 'serial' },
        { name: 'code', kind: 'word' },
        { name: 'sentence', kind: 'text' },
        { name: 'task', kind: 'word' },
        { name: 'next_ms', kind: 'int' },
        { name: 'unknown_code', kind: 'int' },
        { name: 'owner', kind: 'serial' },
      ],
      rows: sorted.map((s) => [
        s.serial,
        s.state,
        s.code,
        s.state === 'ACCEPTED' ? null : s.text,
        s.taskId,
        s.nextInMs,
        s.unknownCode ? 1 : 0,
        s.owner,
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
      // an acceptance is true whenever it is heard; everything else only while the question is open, and ours
      where: sql`((v.new_state = 'ACCEPTED' AND s.state IN ('OPEN', 'HELD', 'VOID'))
        OR (s.state = 'OPEN' AND ${dialect.same(raw('s.owner'), raw('v.owner'))}))`,
    });
  }

  async function write(
    session: Session,
    rows: readonly RowResult[],
    submits: readonly SubmitResult[],
  ): Promise<number> {
    let changed = 0;
    for (const group of grouped(rows).values()) {
      const done = await session.run(rowsStatement(group));
      changed += done;
      if (done === group.length || !group.every(isVerdict)) continue;
      const held = group.map((r) => ({ ...r, status: 'HELD', code: 'EDITED', text: words.edited }) as const);
      changed += await session.run(rowsStatement(held, FROM.SENT));
    }
    if (submits.length > 0) await session.run(submitsStatement(submits));
    return changed;
  }

  /**
   * Row by row where it must be. The submissions last: while one is open, its rows are asked about again under the same serial.
   */
  async function writeApart(rows: readonly RowResult[], submits: readonly SubmitResult[]): Promise<number> {
    const { done, refused } = await eachRow(byId(rows), idOf, (part) =>
      engine.tx((session) => write(session, part, [])),
    );
    await engine.tx((session) => write(session, [], submits));
    await leaveToRecovery(refused.filter(({ error }) => isRefusal(error)).map(({ item }) => item.id));
    return done;
  }

  /** What stays SENDING is written by `recoverRows` as the submission remembers it, once the database lets it. */
  async function leaveToRecovery(ids: readonly string[]): Promise<void> {
    const stuck = unindexed(raw("status = 'SENDING' AND lease_until IS NULL"));
    for (const id of ids) {
      try {
        await engine.run(
          dialect.updateByKey(
            tables.outbox,
            sql`lease_until = ${dialect.after(sql`-1`)}`,
            sql`${dialect.inList(raw('id'), 'id', [id])} AND ${stuck}`,
          ),
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
        if (!(error instanceof DbError && (error.kind === 'data' || error.kind === 'timeout'))) throw error;
        return writeApart(rows, submits);
      }
    },
  };
}

/** An answer that ends the row: it speaks of the text that went out, and a row that shows another one now waits for a person. */
const isVerdict = ({ status }: RowResult): boolean => status === 'SENT' || status === 'FAILED';

/** Rows with the same new values, in the order of their ids: nearly always one group for one answer of the platform. */
function grouped(rows: readonly RowResult[]): Map<string, RowResult[]> {
  const groups = new Map<string, RowResult[]>();
  for (const row of byId(rows)) {
    const key = JSON.stringify([row.status, row.owner, row.code, row.text, row.delayMs, row.solo, row.posts]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
