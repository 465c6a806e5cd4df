import { DbError } from '../lib/errors.ts';
import type { Row } from './dialect.ts';
import { DuplicateKey } from './failure.ts';
import { isolated, type Refused } from './isolate.ts';
import { afterReceipt, idOf, itself, num, sortedIds, str, text, textAfterReceipt, type Db } from './rows.ts';
import { raw, sql, unindexed, type Sql } from './sql.ts';
import type { Member, NewSubmit, Store, Submit, SubmitState } from './store.ts';

/** Rows that one `giveUp` may change: a transaction of a few ten milliseconds. */
const GIVE_UP_ROWS = 2_000;

/** Accepted only as the platform's answer to a repeat says: it knew the serial (contract §2.3). */
const DUPLICATE = '15';

/** A submission with a row that the database refuses to have changed is looked at again after this. */
const DAY_MS = 86_400_000;

/** Submissions: written before the first byte, taken over, looked up, given up. */
export function submitVerbs({
  engine,
  dialect,
  tables,
  aside,
  eachRow,
  words,
}: Db): Pick<Store, 'open' | 'takeOpen' | 'submitsOf' | 'giveUp'> {
  const { submit, outbox } = tables;

  async function read(condition: Sql): Promise<Submit[]> {
    const rows = await engine.all(
      sql`SELECT s.serial_no AS serial_no, s.channel AS channel, s.state AS state, s.body AS body, s.ext_no AS ext_no, s.template_id AS template_id, s.priority AS priority,
        s.segments AS segments, s.members AS members, s.tries AS tries, s.unknown_codes AS unknown_codes, s.result_code AS result_code,
        s.result_text AS result_text, s.task_id AS task_id, s.late_receipts AS late_receipts,
        ${dialect.msBetween(raw('s.first_try_at'), dialect.now)} AS age_ms, ${dialect.timeText(raw('s.first_try_at'))} AS first_try_at,
        ${dialect.timeText(raw('s.last_try_at'))} AS last_try_at, ${dialect.timeText(raw('s.settled_at'))} AS settled_at
        FROM ${submit} s WHERE ${condition}`,
    );
    return rows.map(readSubmit).sort((a, b) => (a.serial < b.serial ? -1 : 1));
  }

  const bySerials = (column: string, serials: Iterable<string>): Sql =>
    dialect.inList(raw(column), 'serial', [...serials].sort());

  const insert = (submits: readonly NewSubmit[], owner: string, leaseMs: number): Sql =>
    dialect.insert({
      table: submit,
      columns: [
        { name: 'serial_no', kind: 'serial' },
        { name: 'channel', kind: 'text' },
        { name: 'body', kind: 'text' },
        { name: 'ext_no', kind: 'text' },
        { name: 'template_id', kind: 'text' },
        { name: 'priority', kind: 'int' },
        { name: 'segments', kind: 'int' },
        { name: 'members', kind: 'serial' },
        { name: 'row_count', kind: 'int' },
      ],
      rows: submits.map((s) => [
        ...[s.serial, s.channel, s.body, s.extNo, s.templateId, s.priority, s.segments],
        ...[writeMembers(s.members), s.members.length],
      ]),
      constant: [
        ['state', raw("'OPEN'")],
        ['owner', sql`${owner}`],
        ['next_at', dialect.after(sql`${leaseMs}`)],
      ],
    });

  return {
    async open(submits, owner, leaseMs) {
      const list = [...submits].sort((x, y) => (x.serial < y.serial ? -1 : 1));
      const there = async (): Promise<Set<string>> =>
        new Set((await read(bySerials('s.serial_no', serialsOf(list)))).map(({ serial }) => serial));
      try {
        const { refused } = await isolated(list, (part) => engine.run(insert(part, owner, leaseMs)));
        const [known, other] = [true, false].map((is) => refused.filter((r) => r.error instanceof DuplicateKey === is));
        for (const { item, error } of other ?? []) {
          aside.put(
            item.members.map((member) => ({ item: member, error })),
            idOf,
          );
        }
        return { unrecorded: serialSet(refused), taken: serialSet(known ?? []) };
      } catch (error) {
        if (error instanceof DuplicateKey) return { unrecorded: new Set(serialsOf(list)), taken: await there() };
        if (!(error instanceof DbError) || error.kind !== 'doubtful') throw error;
        // nobody else writes these serials: those that are there have been written by us
        const written = await there();
        return { unrecorded: new Set(serialsOf(list).filter((serial) => !written.has(serial))), taken: new Set() };
      }
    },

    async takeOpen(owner, leaseMs, limit) {
      const due = sql`state = 'OPEN' AND next_at <= ${dialect.now}`;
      const found = await engine.all(
        dialect.limited(sql`SELECT serial_no FROM ${submit} WHERE ${due}`, limit, raw('next_at')),
      );
      if (found.length === 0) return [];
      const serials = found.map((row) => str(row['serial_no']));
      const taken = await engine.run(
        dialect.updateByKey(
          submit,
          sql`owner = ${owner}, tries = tries + 1, last_try_at = ${dialect.now}, next_at = ${dialect.after(sql`${leaseMs}`)}`,
          sql`${bySerials('serial_no', serials)} AND ${unindexed(due)}`,
        ),
      );
      return taken === 0
        ? []
        : read(
            sql`${bySerials('s.serial_no', serials)} AND ${unindexed(sql`s.owner = ${owner} AND s.state = 'OPEN'`)}`,
          );
    },

    submitsOf: async (serials) => (serials.length === 0 ? [] : read(bySerials('s.serial_no', serials))),

    async giveUp(limit) {
      const due = sql`state = 'ACCEPTED' AND next_at <= ${dialect.now}`;
      const found = await engine.all(
        dialect.limited(
          sql`SELECT serial_no, row_count, result_code FROM ${submit} WHERE ${due}`,
          limit,
          raw('next_at'),
        ),
      );
      let rows = 0;
      const serials = found
        .filter((row, i) => (rows += num(row['row_count'])) <= GIVE_UP_ROWS || i === 0)
        .map((row) => str(row['serial_no']));
      if (serials.length === 0) return { rows: 0, unproven: 0 };
      // SENDING under an accepted submission: the write-back was refused at the time
      const waiting = raw("status IN ('SENT', 'SENDING')");
      const members = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id, o.serial_no AS serial_no FROM ${dialect.byIndex(outbox, 'o', tables.index('outbox', 'serial'))}
          WHERE ${bySerials('serial_no', serials)} AND ${unindexed(waiting)}`,
      );
      const serialOf = new Map(members.map((row) => [str(row['id']), str(row['serial_no'])]));
      const { done, refused } = await eachRow(sortedIds(serialOf.keys()), itself, (part) =>
        engine.run(
          dialect.updateByKey(
            outbox,
            sql`status = ${afterReceipt('UNKNOWN')},
            result_text = ${textAfterReceipt(dialect, dialect.text(words.unknown), words)}`,
            sql`${dialect.inList(raw('id'), 'id', part)} AND ${unindexed(sql`${waiting} AND ${bySerials('serial_no', serials)}`)}`,
          ),
        ),
      );
      const kept = new Set(refused.map(({ item }) => serialOf.get(item) ?? ''));
      await end(
        serials.filter((serial) => !kept.has(serial)),
        sql`state = 'DONE', next_at = ${dialect.now}`,
      );
      await end([...kept], sql`next_at = ${dialect.after(sql`${DAY_MS}`)}`);
      const onlyBy15 = new Set(
        found.filter((row) => row['result_code'] === DUPLICATE).map((row) => str(row['serial_no'])),
      );
      const unproven = [...serialOf].filter(([id, serial]) => onlyBy15.has(serial) && !aside.has(id)).length;
      return { rows: done, unproven };

      async function end(list: readonly string[], set: Sql): Promise<void> {
        if (list.length === 0) return;
        await engine.run(dialect.updateByKey(submit, set, sql`${bySerials('serial_no', list)} AND ${unindexed(due)}`));
      }
    },
  };
}

const serialSet = (refused: readonly Refused<NewSubmit>[]): Set<string> =>
  new Set(refused.map(({ item }) => item.serial));
const serialsOf = (submits: readonly NewSubmit[]): string[] => submits.map(({ serial }) => serial);

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
    templateId: text(row['template_id']),
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
