import assert from 'node:assert/strict';
import type { InboxAges, MoveAges } from '../../src/db/keeping-store.ts';
import { MOVED_COLUMNS } from '../../src/db/keeping.ts';
import { tableDdl } from '../../src/db/ddl.ts';
import { keepHouse, keepingDue, noCounts, type KeepingCounts, type KeepingRules } from '../../src/housekeeping/pass.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { noCounts as noReceipts, settleReceipts } from '../../src/receipts/settle.ts';
import { localTime } from '../../src/lib/local-time.ts';
import { PHONE, type Fixture } from './fixture.ts';
import { message } from './life.ts';
import { withTrigger } from './triggers.ts';

const DAY = 86_400_000;
const AGES: MoveAges = { moveAfterMs: 30 * DAY, giveUpAfterMs: 3 * DAY };
const RULES: KeepingRules = { ...AGES, keepDays: 180, maskDays: 90 };
const never = new AbortController().signal;
const SERIAL = '20260101000000000001';

/** Moving, deleting, masking, counting. */
export function keepingCases(f: Fixture): void {
  const ago = (days: number): string => localTime(Date.now() - days * DAY);
  const count = async (table: string, where = '1 = 1'): Promise<number> => {
    const [row] = await f.db.rawQuery(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`);
    return Number(row?.['n']);
  };
  const old = (n: number, status: string, days: number, more: Record<string, string | number> = {}): Promise<void> =>
    f.insert(n, { status, created_at: ago(days), phone_norm: PHONE, segments: 1, ...more });
  const idsOf = async (): Promise<string[]> => {
    const page = await f.a.outboxPage('0', 1000, AGES);
    return page.rows.filter(({ fate }) => fate === 'moves').map(({ id }) => id);
  };
  const pass = async (rules: Partial<KeepingRules> = {}, stop = never): Promise<KeepingCounts> => {
    const counts = noCounts();
    const pace = { aimMs: 50, rests: 1, busy: () => false };
    const mine = (): Promise<boolean> => Promise.resolve(true);
    await keepHouse({ store: f.a, rules: { ...RULES, ...rules }, pace, clock: systemClock, mine }, counts, stop);
    return counts;
  };

  describe('keeping house', () => {
    it('knows every column that the two tables share', () => {
      const [outbox, history] = (['outbox', 'history'] as const).map((key) => {
        const table = tableDdl(f.db.options).find((each) => each.key === key);
        return (table?.columns ?? []).map(({ name }) => name).filter((name) => !name.startsWith('wait_'));
      });
      assert.deepEqual(outbox, MOVED_COLUMNS);
      assert.deepEqual(history, [...MOVED_COLUMNS, 'moved_at', 'masked']);
    });

    it('moves what has ended long ago, whole, and nothing else', async () => {
      await old(2, 'DELIVERED', 40, { receipt_code: '0', biz_id: '业务-1', serial_no: SERIAL });
      for (const status of ['UNDELIVERED', 'UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED'])
        await old(1, status, 40);
      for (const status of ['NEW', 'SENDING', 'SENT', 'HELD']) await old(1, status, 40);
      await old(1, 'DELIVERED', 20);
      await old(1, 'DELIVERED', 40, { receipt_at: ago(1) }); // its receipt has only come
      // ids may be larger than a number of JavaScript's
      const columns = MOVED_COLUMNS.map((c) => (c === 'id' ? 'CAST(id AS CHAR(20)) AS id' : c)).join(', ');
      const marked = (table: string) =>
        f.db.rawQuery(`SELECT ${columns} FROM ${table} WHERE biz_id = '业务-1' ORDER BY ${table}.id`);
      const before = await marked('sms_outbox');
      assert.equal((await keepingDue(f.a, RULES)).moved, 8);
      assert.equal(await count('sms_outbox'), 14, 'to count is not to move');
      assert.equal((await pass()).moved, 8);
      assert.equal(await count('sms_outbox'), 6);
      assert.equal(before.length, 2);
      assert.deepEqual(await marked('sms_outbox_history'), before);
      assert.equal((await pass()).moved, 0);
    });

    it('waits for receipts as long as they may come', async () => {
      await old(1, 'DELIVERED', 2);
      await old(1, 'UNKNOWN', 2);
      await old(1, 'FAILED', 4);
      assert.equal((await pass({ moveAfterMs: DAY })).moved, 2);
      assert.equal(await count('sms_outbox', "status = 'UNKNOWN'"), 1);
    });

    it('leaves a row that a person has put back meanwhile', async () => {
      await old(3, 'FAILED', 40);
      const ids = await idsOf();
      await f.set(ids[1] ?? '', "status = 'NEW'");
      assert.equal(await f.a.moveRows(ids, AGES), 2);
      assert.equal(await count('sms_outbox_history'), 2);
      assert.equal((await f.stateOf(ids[1] ?? ''))['status'], 'NEW');
    });

    it('has each row in one place and counted once, when two do it at the same time', async () => {
      await old(200, 'DELIVERED', 40, { segments: 2 });
      const ids = await idsOf();
      const moved = await Promise.all([f.a.moveRows(ids, AGES), f.b.moveRows(ids, AGES)]);
      assert.equal(moved[0] + moved[1], 200);
      assert.deepEqual([await count('sms_outbox'), await count('sms_outbox_history')], [0, 200]);
      const [tally] = await f.a.statistics('2000-01-01', '2100-01-01');
      assert.deepEqual([tally?.rows, tally?.parts], [200, 400]);
    });

    it('keeps what the database will not give up, and moves the others', async () => {
      const no = await f.insertWithOne({ status: 'DELIVERED', created_at: ago(40) });
      const refusing = { on: 'sms_outbox_history', at: 'BEFORE INSERT', when: `NEW.id = ${no}`, then: null } as const;
      await withTrigger(f, refusing, async () => {
        assert.equal(await f.a.moveRows(await idsOf(), AGES), 19);
        assert.deepEqual(
          f.refused.map(({ id }) => id),
          [no],
        );
        assert.deepEqual([await count('sms_outbox'), await count('sms_outbox_history')], [1, 19]);
      });
    });

    it('counts the same before and after, by day, category, carrier and status', async () => {
      await old(3, 'DELIVERED', 40, { segments: 2, sent_at: ago(39), receipt_at: ago(38), receipt_code: '0' });
      await old(1, 'REJECTED', 40, { category: '通知' });
      await old(2, 'DELIVERED', 3, { phone_norm: '18600130001' });
      const told = async (): Promise<unknown[]> =>
        (await f.b.statistics('2000-01-01', '2100-01-01')).sort((a, b) =>
          JSON.stringify(a) < JSON.stringify(b) ? -1 : 1,
        );
      const before = await told();
      assert.partialDeepStrictEqual(
        before,
        [
          { day: ago(39).slice(0, 10), category: 'NOTICE', carrier: 'unicom', status: 'DELIVERED', rows: 3, parts: 6 },
          { day: ago(40).slice(0, 10), category: '通知', status: 'REJECTED', rows: 1, waitMs: 0 },
          { day: ago(3).slice(0, 10), rows: 2 },
        ].sort((a, b) => (JSON.stringify({ ...a }) < JSON.stringify({ ...b }) ? -1 : 1)),
      );
      assert.equal((await pass()).moved, 4);
      assert.deepEqual(await told(), before);
      assert.deepEqual(
        await f.a.statistics(ago(39).slice(0, 10), ago(38).slice(0, 10)),
        before.filter((t) => (t as { rows: number }).rows === 3),
      );
    });

    it('tells the story of a row that has gone, and takes its receipt', async () => {
      await old(1, 'UNKNOWN', 40, { serial_no: SERIAL });
      const [id = ''] = await idsOf();
      await pass();
      const gone = await f.stateOf(id);
      assert.deepEqual([gone['status'], gone['phone']], ['UNKNOWN', PHONE]);
      assert.match(String(gone['moved_at']), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
      const counts = noReceipts();
      assert.deepEqual(await settleReceipts(f.a, [{ serial: SERIAL, phone: PHONE, code: '0' }], counts), []);
      assert.deepEqual([counts.delivered, counts.late, counts.parked], [1, 0, 0]);
      assert.partialDeepStrictEqual(await f.stateOf(id), { status: 'DELIVERED', receipt_code: '0' });
      await settleReceipts(f.a, [{ serial: SERIAL, phone: PHONE, code: 'UNDELIV' }], counts);
      assert.equal((await f.stateOf(id))['status'], 'DELIVERED');
      assert.equal(counts.repeated, 1);
    });

    it('makes people unknown, then forgets them', async () => {
      await old(1, 'DELIVERED', 100, { params: '{}' });
      await old(1, 'DELIVERED', 60);
      await old(1, 'DELIVERED', 200);
      await old(1, 'REJECTED', 100, { phone_norm: '139' });
      assert.partialDeepStrictEqual(await pass(), { moved: 4, deleted: 1, masked: 2 });
      const rows = await f.db.rawQuery(
        'SELECT phone, phone_norm, content, params FROM sms_outbox_history ORDER BY created_at, phone',
      );
      assert.deepEqual(
        rows.map((row) => [row['phone'], row['phone_norm'], row['content']]),
        [
          ['****', '****', null],
          ['130****0001', '130****0001', null],
          [PHONE, PHONE, 'text 0'],
        ].sort((a, b) => (a[0] === PHONE ? 1 : b[0] === PHONE ? -1 : 0)),
      );
      assert.equal(
        rows.every((row) => row['params'] === null),
        true,
      );
      assert.partialDeepStrictEqual(await pass(), { deleted: 0, masked: 0 });
    });

    it('deletes and masks what the bureau has handled, and nothing that it has not', async () => {
      const ages: InboxAges = { keepMs: 180 * DAY, maskMs: 90 * DAY };
      for (const [key, status, days] of [
        ['k1', 'NEW', 200],
        ['k2', 'DONE', 200],
        ['k3', 'AUTO', 200],
        ['k4', 'DONE', 100],
        ['k5', 'NEW', 100],
        ['k6', 'DONE', 10],
      ] as const) {
        await f.a.storeInbox([message(key)]);
        await f.db.rawQuery('UPDATE sms_inbox SET status = ?, created_at = ? WHERE msg_key = ?', [
          status,
          ago(days),
          key,
        ]);
      }
      assert.partialDeepStrictEqual(await keepingDue(f.a, RULES), { inboxDeleted: 2, inboxMasked: 1 });
      const { rows } = await f.a.inboxPage('0', 1000, ages);
      const ids = rows.filter(({ fate }) => fate === 'deleted').map(({ id }) => id);
      await f.db.rawQuery("UPDATE sms_inbox SET status = 'NEW' WHERE msg_key = 'k3'"); // not handled after all
      assert.equal(await f.a.deleteInbox(ids, ages), 1);
      assert.partialDeepStrictEqual(await pass(), { inboxDeleted: 0, inboxMasked: 1 });
      const left = await f.db.rawQuery('SELECT msg_key, content, args FROM sms_inbox ORDER BY msg_key');
      assert.deepEqual(
        left.map((row) => [row['msg_key'], row['content'] === null]),
        [
          ['k1', false],
          ['k3', false],
          ['k4', true],
          ['k5', false],
          ['k6', false],
        ],
      );
      assert.partialDeepStrictEqual(await pass({ maskDays: null }), { inboxDeleted: 0, inboxMasked: 0 });
    });

    it('goes on where it was stopped', async () => {
      await old(300, 'DELIVERED', 40);
      const stop = new AbortController();
      const store = {
        ...f.a,
        moveRows: (...given: Parameters<typeof f.a.moveRows>) => (stop.abort(), f.a.moveRows(...given)),
      };
      const counts = noCounts();
      const parts = {
        rules: RULES,
        pace: { aimMs: 50, rests: 1, busy: () => true },
        clock: systemClock,
        mine: () => Promise.resolve(true),
      };
      assert.deepEqual(await keepHouse({ store, ...parts }, counts, stop.signal), { done: false });
      assert.ok(counts.moved > 0 && counts.moved < 300);
      assert.equal((await pass()).moved, 300 - counts.moved);
      assert.deepEqual([await count('sms_outbox'), await count('sms_outbox_history')], [0, 300]);
    });

    it('plans the next time for all daemons, and keeps the first balance of a day', async () => {
      assert.equal(await f.a.keepingIn('main'), null);
      await f.a.planKeeping('main', 60_000);
      const inMs = await f.b.keepingIn('main');
      assert.ok(inMs !== null && inMs > 30_000 && inMs <= 60_000, String(inMs));
      await f.a.planKeeping('main', -1000);
      assert.ok(((await f.b.keepingIn('main')) ?? 0) < 0);
      await f.a.noteBalance(5000);
      await f.b.noteBalance(4000);
      const [today, ...more] = await f.a.balances('2000-01-01', '2100-01-01');
      assert.deepEqual([today?.messages, today?.day, more], [5000, (await f.a.now()).text.slice(0, 10), []]);
    });
  });
}
