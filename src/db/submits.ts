import type { Row } from './dialect.ts';
import { num, str, text, type Db } from './rows.ts';
import { raw, sql, unindexed, type Sql } from './sql.ts';
import type { Member, Store, Submit, SubmitState } from './store.ts';

/** Rows that one `giveUp` may change: a transaction of a few ten milliseconds. */
const GIVE_UP_ROWS = 2_000;

/** Submissions: written before the first byte, taken over, looked up, given up. */
export function submitVerbs({
  engine,
  dialect,
  tables,
}: Db): Pick<Store, 'open' | 'takeOpen' | 'submitsOf' | 'giveUp'> {
  const { submit, outbox } = tables;

  async function read(condition: Sql): Promise<Submit[]> {
    const rows = await engine.all(
      sql`SELECT s.serial_no AS serial_no, s.channel AS channel, s.state AS state, s.body AS body, s.ext_no AS ext_no, s.priority AS priority,
        s.segments AS segments, s.members AS members, s.tries AS tries, s.unknown_codes AS unknown_codes, s.result_code AS result_code,
        s.result_text AS result_text, s.task_id AS task_id, s.late_receipts AS late_receipts,
        ${dialect.msBetween(raw('s.first_try_at'), dialect.now)} AS age_ms, ${dialect.timeText(raw('s.first_try_at'))} AS first_try_at,
        ${dialect.timeText(raw('s.last_try_at'))} AS last_try_at, ${dialect.timeText(raw('s.settled_at'))} AS settled_at
        FROM ${submit} s WHERE ${condition} ORDER BY s.serial_no`,
    );
    return rows.map(readSubmit);
  }

  const bySerials = (column: string, serials: Iterable<string>): Sql =>
    dialect.inList(raw(column), 'serial', [...serials].sort());

  return {
    async open(submits, owner, leaseMs) {
      if (submits.length === 0) return;
      await engine.run(
        dialect.insert({
          table: submit,
          columns: [
            { name: 'serial_no', kind: 'serial' },
            { name: 'channel', kind: 'text' },
            { name: 'body', kind: 'text' },
            { name: 'ext_no', kind: 'text' },
            { name: 'priority', kind: 'int' },
            { name: 'segments', kind: 'int' },
            { name: 'members', kind: 'text' },
            { name: 'row_count', kind: 'int' },
          ],
          rows: [...submits]
            .sort((a, b) => (a.serial < b.serial ? -1 : 1))
            .map((s) => [
              s.serial,
              s.channel,
              s.body,
              s.extNo,
              s.priority,
              s.segments,
              writeMembers(s.members),
              s.members.length,
            ]),
          constant: [
            ['state', raw("'OPEN'")],
            ['owner', sql`${owner}`],
            ['next_at', dialect.after(sql`${leaseMs}`)],
          ],
        }),
      );
    },

    async takeOpen(owner, leaseMs, limit) {
      const due = sql`state = 'OPEN' AND next_at <= ${dialect.now}`;
      const found = await engine.all(
        sql`SELECT serial_no FROM ${submit} WHERE ${due} ORDER BY next_at${dialect.limit(limit)}`,
      );
      if (found.length === 0) return [];
      const serials = found.map((row) => str(row['serial_no']));
      const taken = await engine.run(
        sql`UPDATE ${dialect.byKey(submit)} SET owner = ${owner}, tries = tries + 1, last_try_at = ${dialect.now},
          next_at = ${dialect.after(sql`${leaseMs}`)} WHERE ${bySerials('serial_no', serials)} AND ${unindexed(due)}`,
      );
      return taken === 0
        ? []
        : read(sql`${bySerials('s.serial_no', serials)} AND s.owner = ${owner} AND s.state = 'OPEN'`);
    },

    submitsOf: async (serials) => (serials.length === 0 ? [] : read(bySerials('s.serial_no', serials))),

    async giveUp(limit) {
      const due = sql`state = 'ACCEPTED' AND next_at <= ${dialect.now}`;
      const found = await engine.all(
        sql`SELECT serial_no, row_count FROM ${submit} WHERE ${due} ORDER BY next_at${dialect.limit(limit)}`,
      );
      let rows = 0;
      const serials = found
        .filter((row, i) => (rows += num(row['row_count'])) <= GIVE_UP_ROWS || i === 0)
        .map((row) => str(row['serial_no']));
      if (serials.length === 0) return 0;
      return engine.tx(async (session) => {
        const changed = await session.run(
          sql`UPDATE ${dialect.byIndex(outbox, '', tables.index('outbox', 'serial'))} SET status = 'UNKNOWN' WHERE ${bySerials('serial_no', serials)} AND ${unindexed(raw("status = 'SENT'"))}`,
        );
        await session.run(
          sql`UPDATE ${dialect.byKey(submit)} SET state = 'DONE', next_at = ${dialect.now} WHERE ${bySerials('serial_no', serials)} AND ${due}`,
        );
        return changed;
      });
    },
  };
}

/** Members as lists: a group of a thousand is a third shorter than with names, and every row of it is written. */
function writeMembers(members: readonly Member[]): string {
  return JSON.stringify(members.map((member) => [member.id, member.phone, member.prev]));
}

function readMembers(json: string): Member[] {
  const members = JSON.parse(json) as [string, string, string | null][];
  return members.map(([id, phone, prev]) => ({ id, phone, prev }));
}

function readSubmit(row: Row): Submit {
  return {
    serial: str(row['serial_no']),
    channel: str(row['channel']),
    body: str(row['body']),
    extNo: text(row['ext_no']),
    priority: num(row['priority']),
    segments: num(row['segments']),
    members: readMembers(str(row['members'])),
    state: str(row['state']) as SubmitState,
    tries: num(row['tries']),
    unknownCodes: num(row['unknown_codes']),
    resultCode: text(row['result_code']) || null,
    resultText: text(row['result_text']),
    taskId: text(row['task_id']) || null,
    ageMs: num(row['age_ms']),
    lateReceipts: num(row['late_receipts']),
    firstTryAt: str(row['first_try_at']),
    lastTryAt: str(row['last_try_at']),
    settledAt: row['state'] === 'OPEN' ? null : text(row['settled_at']),
  };
}
