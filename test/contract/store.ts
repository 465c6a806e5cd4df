import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openStore } from '../../src/db/open.ts';
import type { InboxMessage, Store } from '../../src/db/store.ts';
import { DbError } from '../../src/lib/errors.ts';
import { freshDatabase, needDatabase, type Client, type FreshDatabase } from '../support/databases.ts';
import { claimAll, heartbeat, rowResult, serial, submitOf, submitResult, type Mine } from '../support/rows.ts';

const PHONE = '13000000001';
const CLEAN = [
  'sms_outbox',
  'sms_inbox',
  'sms_mw_submit',
  'sms_mw_seen',
  'sms_mw_receipt',
  'sms_mw_channel',
  'sms_mw_status',
];

/** What every store must do, on a real database. */
export function storeContract(client: Client): void {
  describe(`store on ${client}`, () => {
    let db: FreshDatabase;
    let a: Store;
    let b: Store;

    before(async function () {
      await needDatabase(client, this);
      db = await freshDatabase(client);
      a = await openStore(db.options);
      b = await openStore(db.options);
    });
    after(async () => {
      if (!(db as FreshDatabase | undefined)) return;
      await a.close();
      await b.close();
      await db.drop();
    });
    beforeEach(async () => {
      for (const table of CLEAN) await db.rawQuery(`DELETE FROM ${table}`);
    });

    const insert = async (n: number, more: Record<string, string | number> = {}): Promise<void> => {
      const columns = ['phone', 'content', ...Object.keys(more)];
      const rows = Array.from({ length: n }, (_, i) => [PHONE, `text ${i}`, ...Object.values(more)]);
      const places = rows.map((row) => `(${row.map(() => '?').join(',')})`).join(',');
      await db.rawQuery(`INSERT INTO sms_outbox (${columns.join(',')}) VALUES ${places}`, rows.flat());
    };
    const set = (id: string, assignments: string): Promise<unknown> =>
      db.rawQuery(`UPDATE sms_outbox SET ${assignments} WHERE id = ?`, [id]);
    const stateOf = async (id: string): Promise<Record<string, string | number | null>> => ({
      ...(await a.story(id))?.row,
    });
    const one = async (token = 'idA.b1.1', leaseMs = 60_000): Promise<Mine> => {
      await insert(1);
      const [mine] = await claimAll(a, token, { leaseMs });
      assert.ok(mine);
      return mine;
    };
    const opened = async (leaseMs = 60_000): Promise<Mine> => {
      const mine = await one();
      await a.open([submitOf(mine)], 'idA.b1', leaseMs);
      return mine;
    };
    const settled = async (
      given: Parameters<typeof rowResult>[1],
      record: Parameters<typeof submitResult>[1],
    ): Promise<Mine> => {
      const mine = await opened();
      assert.equal(await a.settle([rowResult(mine, given)], [submitResult(mine, record)]), 1);
      return mine;
    };

    describe('claim', () => {
      it('gives each row to one daemon only', async () => {
        await insert(300);
        const [x, y] = await Promise.all([claimAll(a, 'idA.b1.1'), claimAll(b, 'idB.b1.1')]);
        const ids = [...x, ...y].map(({ row }) => row.id);
        assert.equal(ids.length, 300);
        assert.equal(new Set(ids).size, 300);
      });

      it('takes no row that a person cancelled after it was read', async () => {
        await insert(2);
        const [first, second] = await a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
        assert.ok(first && second);
        await set(first.id, "status = 'CANCELLED'");
        const items = [first, second].map(({ id }) => ({ id, serial: serial(), phoneNorm: PHONE, segments: 1 }));
        assert.equal(await a.claim('idA.b1.1', 60_000, items), 1);
        assert.deepEqual(
          (
            await a.claimed(
              'idA.b1.1',
              items.map(({ id }) => id),
            )
          ).map(({ id }) => id),
          [second.id],
        );
      });

      it('clears what the earlier try left and remembers its serial', async () => {
        const first = await settled(
          { status: 'NEW', code: '7', text: '稍后' },
          { state: 'DONE', code: '7', nextInMs: 0 },
        );
        const [waiting] = await a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
        assert.deepEqual([waiting?.prevSerial, waiting?.requeued, waiting?.lastCode], [first.serial, true, '7']);
        const [again] = await claimAll(a, 'idA.b1.2');
        assert.ok(again);
        assert.deepEqual([again.row.prevSerial, again.row.requeued, again.row.lastCode], [first.serial, true, null]);
        const row = await stateOf(first.row.id);
        assert.deepEqual(
          [row['serial_no'], row['prev_serial'], row['task_id'], row['result_code'], row['sent_at'], row['attempts']],
          [again.serial, first.serial, null, null, null, 1],
        );
      });

      it('tells a reset by hand from our own, also of a row that we had put back before', async () => {
        const mine = await settled({ status: 'NEW', code: '7' }, { state: 'DONE', code: '7' });
        const [again] = await claimAll(a, 'idA.b1.2');
        assert.ok(again);
        await set(mine.row.id, "status = 'NEW'");
        const [reset] = await a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
        assert.deepEqual([reset?.prevSerial, reset?.requeued], [again.serial, false]);
      });

      it('counts no age against a row that a person put back', async () => {
        await insert(1, { created_at: '2020-01-01 00:00:00' });
        const [old] = await claimAll(a, 'idA.b1.1');
        assert.ok(old && old.row.ageMs > 1_000_000);
        await a.refuse('idA.b1.1', [{ id: old.row.id, status: 'EXPIRED', code: 'STALE', text: '太久' }]);
        await set(old.row.id, "status = 'NEW'");
        const [waiting] = await a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
        assert.equal(waiting?.ageMs, 0);
        const [again] = await claimAll(a, 'idA.b1.2');
        assert.ok(again && again.row.ageMs < 60_000);
      });

      it('puts replies first, leaves the future alone, and finds deferred rows behind a backlog', async () => {
        await insert(5);
        await insert(1, { inbox_id: 1 });
        await insert(1, { send_at: '2099-01-01 00:00:00' });
        const deferred = await settled({ status: 'NEW', code: '7', delayMs: 0 }, { state: 'DONE' });
        await set(deferred.row.id, "retry_at = '2020-01-01 00:00:00'");
        const { due } = await a.probe({ recover: true, channel: 'main', aliveMs: 1000 });
        assert.deepEqual([...due.keys()], [0, 5]);
        assert.equal((await a.candidates({ priority: 0, limit: 10, timed: false, spread: 1 })).length, 1);
        const timed = await a.candidates({ priority: 5, limit: 10, timed: true, spread: 3 });
        assert.deepEqual(
          timed.map(({ id }) => id),
          [deferred.row.id],
        );
      });

      it('lets go what was not posted as if it had never been claimed', async () => {
        const { row } = await one();
        assert.equal(await a.release('idB.b1.1', [row.id], { code: null, text: null, delayMs: 0 }), 0);
        assert.equal(
          await a.release('idA.b1.1', [row.id], { code: 'NOT_REACHED', text: '连不上', delayMs: 60_000 }),
          1,
        );
        const after = await stateOf(row.id);
        assert.deepEqual(
          [after['status'], after['serial_no'], after['requeued'], after['result_code']],
          ['NEW', null, 1, 'NOT_REACHED'],
        );
        assert.deepEqual(await a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 }), []);
      });

      it('refuses under its own token only', async () => {
        const { row } = await one();
        const refusal = { id: row.id, status: 'REJECTED', code: 'BAD_PHONE', text: '号码不对' } as const;
        assert.equal(await a.refuse('idB.b1.1', [refusal]), 0);
        assert.equal(await a.refuse('idA.b1.1', [refusal]), 1);
        assert.equal((await stateOf(row.id))['status'], 'REJECTED');
      });

      it('carries any text and ids above 2^53 whole', async () => {
        const id = '9007199254740993';
        await db.rawQuery(`INSERT INTO sms_outbox (id, phone, content) VALUES (${id}, ?, ?)`, [PHONE, 'x']);
        const text = fc
          .string({ unit: 'binary', maxLength: 40 })
          .map((s) => s.replaceAll('\0', '') + "'\\%?:x ?? {}\n𠮷");
        await fc.assert(
          fc.asyncProperty(text, async (content) => {
            const own = await a.insertOutbox({ phone: PHONE, content });
            const row = (await a.candidates({ priority: 5, limit: 500, timed: false, spread: 1 })).find(
              (r) => r.id === own,
            );
            assert.equal(row?.content, content);
            await a.claim('idA.b1.9', 60_000, [{ id: own, serial: serial(), phoneNorm: PHONE, segments: 1 }]);
            await a.refuse('idA.b1.9', [{ id: own, status: 'HELD', code: 'GARBLED', text: content }]);
            assert.equal((await stateOf(own))['result_text'], content);
          }),
          { numRuns: 25 },
        );
        const [big] = (await claimAll(a, 'idA.b1.1')).filter(({ row }) => row.id === id);
        assert.ok(big);
        assert.equal(await a.settle([rowResult(big)], []), 1);
        assert.equal((await stateOf(id))['status'], 'SENT');
      });

      if (client !== 'sqlite') {
        it('neither waits for an INSERT that is not committed yet nor makes one wait', async () => {
          await insert(10);
          const dba = await db.connect();
          await dba.query('BEGIN');
          await dba.query('INSERT INTO sms_outbox (phone, content) VALUES (?, ?)', [PHONE, 'pending']);
          const started = performance.now();
          const mine = await claimAll(a, 'idA.b1.1');
          assert.equal(mine.length, 10);
          await a.open(mine.map(submitOf), 'idA.b1', 60_000);
          await a.settle(
            mine.map((m) => rowResult(m)),
            mine.map((m) => submitResult(m)),
          );
          assert.ok(performance.now() - started < 2000, 'it waited');
          await dba.query('INSERT INTO sms_outbox (phone, content) VALUES (?, ?)', [PHONE, 'pending 2']);
          await dba.query('COMMIT');
          assert.equal((await claimAll(a, 'idA.b1.2')).length, 2);
        });
      }
    });

    describe('settle', () => {
      it('writes many answers at once, each to its row and its submission', async () => {
        await insert(30);
        const mine = await claimAll(a, 'idA.b1.1');
        await a.open(mine.map(submitOf), 'idA.b1', 60_000);
        const states = ['SENT', 'FAILED', 'HELD'] as const;
        const results = mine.map((m, i) =>
          rowResult(m, { status: states[i % 3] ?? 'SENT', taskId: `t${i}`, code: String(i % 3) }),
        );
        const records = mine.map((m, i) =>
          submitResult(m, { state: i % 3 === 0 ? 'ACCEPTED' : 'DONE', taskId: `t${i}`, code: String(i % 3) }),
        );
        assert.equal(await a.settle(results, records), 30);
        for (const [i, m] of mine.entries()) {
          const row = await stateOf(m.row.id);
          assert.deepEqual(
            [row['status'], row['task_id'], row['result_code'], row['attempts']],
            [states[i % 3], `t${i}`, String(i % 3), 1],
          );
          assert.equal(row['sent_at'] !== null, i % 3 === 0);
        }
        const submits = await a.submitsOf(mine.map((m) => m.serial));
        assert.deepEqual(
          submits.map((s) => s.taskId),
          mine.map((_, i) => `t${i}`),
        );
        assert.deepEqual(submits.filter((s) => s.state === 'ACCEPTED').length, 10);
      });

      it('does not touch a row that has gone on to another serial', async () => {
        const mine = await opened();
        assert.equal(await a.settle([rowResult({ ...mine, serial: serial() })], []), 0);
        assert.equal((await stateOf(mine.row.id))['status'], 'SENDING');
      });

      it('overrules a cancellation that came too late, but only with SENT and FAILED', async () => {
        for (const [status, after] of [
          ['SENT', 'SENT'],
          ['FAILED', 'FAILED'],
          ['NEW', 'CANCELLED'],
          ['HELD', 'CANCELLED'],
        ] as const) {
          const mine = await opened();
          await set(mine.row.id, "status = 'CANCELLED'");
          await a.settle([rowResult(mine, { status })], [submitResult(mine)]);
          assert.equal((await stateOf(mine.row.id))['status'], after);
        }
      });

      it('believes a receipt that was there first', async () => {
        for (const [code, after] of [
          ['0', 'DELIVERED'],
          ['12', 'UNDELIVERED'],
        ] as const) {
          const mine = await opened();
          const [found] = await a.receiptRows([{ serial: mine.serial, phone: PHONE, code }]);
          assert.equal(found?.status, 'SENDING');
          await a.applyReceipts([{ id: mine.row.id, serial: mine.serial, code, to: null }]);
          assert.equal((await stateOf(mine.row.id))['status'], 'SENDING');
          await a.settle([rowResult(mine, { status: code === '0' ? 'SENT' : 'NEW' })], [submitResult(mine)]);
          assert.equal((await stateOf(mine.row.id))['status'], after);
        }
      });

      it('puts a row back for later, alone if need be', async () => {
        const mine = await settled(
          { status: 'NEW', code: '33', delayMs: 60_000, solo: true, posts: 0 },
          { state: 'VOID' },
        );
        const row = await stateOf(mine.row.id);
        assert.deepEqual([row['status'], row['solo'], row['attempts'], row['serial_no']], ['NEW', 1, 0, mine.serial]);
        assert.ok(String(row['due_at']) > String(row['created_at']));
      });

      it('gives up the serial of an edited row', async () => {
        const mine = await opened();
        await a.settle([rowResult(mine, { status: 'HELD', code: 'EDITED' })], []);
        const row = await stateOf(mine.row.id);
        assert.deepEqual([row['status'], row['serial_no'], row['prev_serial']], ['HELD', null, mine.serial]);
        const reset = await settled({}, {});
        await set(reset.row.id, "status = 'NEW'");
        assert.equal(await a.holdReset([reset.serial], { code: 'EDITED', text: '被改回' }), 1);
        const held = await stateOf(reset.row.id);
        assert.deepEqual([held['status'], held['serial_no'], held['prev_serial']], ['HELD', null, reset.serial]);
        assert.deepEqual(
          (await a.story(reset.row.id))?.submits.map((s) => s.serial),
          [reset.serial],
        );
      });

      it('keeps an acceptance whatever is said later, and counts answers without meaning', async () => {
        const mine = await opened();
        await a.settle(
          [rowResult(mine, { status: 'SENDING', code: '20' })],
          [submitResult(mine, { state: 'OPEN', code: '20', unknownCode: true })],
        );
        const [open] = await a.submitsOf([mine.serial]);
        assert.deepEqual([open?.state, open?.unknownCodes, open?.settledAt], ['OPEN', 1, null]);
        await a.settle([rowResult(mine)], [submitResult(mine)]);
        await a.settle([rowResult(mine, { status: 'SENDING' })], [submitResult(mine, { state: 'OPEN' })]);
        assert.equal((await a.submitsOf([mine.serial]))[0]?.state, 'ACCEPTED');
        assert.equal((await stateOf(mine.row.id))['status'], 'SENT');
      });
    });

    describe('recovery', () => {
      it('takes over an open submission once, with one more try', async () => {
        const mine = await opened(-1000);
        const [x, y] = await Promise.all([a.takeOpen('idA.b1.7', 60_000, 10), b.takeOpen('idB.b1.7', 60_000, 10)]);
        const [taken, ...others] = [...x, ...y];
        assert.deepEqual(others, []);
        assert.deepEqual(
          [taken?.serial, taken?.tries, taken?.members],
          [mine.serial, 2, [{ id: mine.row.id, phone: PHONE, prev: null }]],
        );
        assert.deepEqual(await a.takeOpen('idA.b1.8', 60_000, 10), []);
      });

      it('puts back rows that were claimed and never opened, and leaves the opened to their submission', async () => {
        const lost = await one('idA.b1.1', -1000);
        const live = await one('idA.b1.2');
        const tried = await one('idA.b1.3', -1000);
        await a.open([submitOf(tried)], 'idA.b1', 60_000);
        const probe = await a.probe({ recover: true, channel: 'main', aliveMs: 1000 });
        assert.ok(probe.leaseInMs !== null && probe.leaseInMs < 0);
        assert.equal(await b.recoverRows(100), 1);
        const back = await stateOf(lost.row.id);
        assert.deepEqual([back['status'], back['serial_no'], back['requeued']], ['NEW', null, 1]);
        assert.equal((await stateOf(live.row.id))['status'], 'SENDING');
        const governed = await stateOf(tried.row.id);
        assert.deepEqual([governed['status'], governed['lease_until']], ['SENDING', null]);
      });

      it('follows the record of a submission that ended without the row', async () => {
        for (const [state, after] of [
          ['ACCEPTED', 'SENT'],
          ['HELD', 'HELD'],
          ['VOID', 'NEW'],
        ] as const) {
          const mine = await one('idA.b1.1', -1000);
          await a.open([submitOf(mine)], 'idA.b1', 60_000);
          await a.settle([], [submitResult(mine, { state })]);
          await a.recoverRows(100);
          assert.equal((await stateOf(mine.row.id))['status'], after);
        }
      });

      it('adopts what earlier starts of the same installation held, and nobody else’s', async () => {
        const earlier = await one('id_A.b1.1');
        const other = await one('idXA.b1.1');
        const present = await one('id_A.b2.1');
        const open = await one('id_A.b1.2');
        await a.open([submitOf(open)], 'id_A.b1', 600_000);
        assert.equal(await a.adopt('id_A', 'b2', -1000), 3);
        assert.equal(await a.recoverRows(100), 1);
        assert.equal((await stateOf(earlier.row.id))['status'], 'NEW');
        assert.equal((await stateOf(other.row.id))['status'], 'SENDING');
        assert.equal((await stateOf(present.row.id))['status'], 'SENDING');
        assert.deepEqual(
          (await a.takeOpen('id_A.b2.2', 60_000, 10)).map((s) => s.serial),
          [open.serial],
        );
      });

      it('gives up waiting for receipts', async () => {
        const mine = await settled({}, { nextInMs: -1000 });
        const waiting = await settled({}, { nextInMs: 60_000 });
        assert.equal(await a.giveUp(10), 1);
        assert.equal((await stateOf(mine.row.id))['status'], 'UNKNOWN');
        assert.equal((await stateOf(waiting.row.id))['status'], 'SENT');
        assert.equal((await a.submitsOf([mine.serial]))[0]?.state, 'DONE');
        assert.equal(await a.giveUp(10), 0);
      });

      it('shows in one probe what is due', async () => {
        const open = await opened(5000);
        await settled({}, { nextInMs: 50_000 });
        await a.enrol(heartbeat());
        await a.takeProbe('main', 'idA.b1', 1000);
        const probe = await a.probe({ recover: true, channel: 'main', aliveMs: 10_000 });
        assert.equal(probe.due.size, 0);
        assert.ok(probe.openInMs !== null && probe.openInMs > 0 && probe.openInMs <= 5000, open.serial);
        assert.ok(probe.giveUpInMs !== null && probe.giveUpInMs > 40_000);
        assert.deepEqual([probe.channel?.state, probe.daemons], ['OPEN', 1]);
        const cheap = await a.probe({ recover: false, channel: 'main', aliveMs: 10_000 });
        assert.deepEqual([cheap.leaseInMs, cheap.daemons], [null, null]);
      });
    });

    describe('receipts', () => {
      it('go forward only', async () => {
        const mine = await settled({}, {});
        const { id } = mine.row;
        const apply = (code: string, to: 'DELIVERED' | 'UNDELIVERED' | null): Promise<number> =>
          a.applyReceipts([{ id, serial: mine.serial, code, to }]);
        assert.equal(await a.applyReceipts([{ id, serial: serial(), code: '0', to: 'DELIVERED' }]), 0);
        // matched while SENDING, written after the write-back
        assert.equal(await apply('9', null), 1);
        assert.equal((await stateOf(id))['status'], 'UNDELIVERED');
        assert.equal(await apply('0', 'DELIVERED'), 1);
        assert.equal(await apply('9', 'UNDELIVERED'), 0);
        const row = await stateOf(id);
        assert.deepEqual([row['status'], row['receipt_code']], ['DELIVERED', '0']);
      });

      it('never touch a row that waits for a fresh try; they are counted', async () => {
        const mine = await settled({ status: 'NEW', code: '7' }, { state: 'DONE' });
        assert.equal(await a.applyReceipts([{ id: mine.row.id, serial: mine.serial, code: '0', to: 'DELIVERED' }]), 0);
        const unknown = serial();
        assert.deepEqual(
          await a.countLateReceipts(
            new Map([
              [mine.serial, 2],
              [unknown, 1],
            ]),
          ),
          new Set([mine.serial]),
        );
        assert.equal((await a.submitsOf([mine.serial]))[0]?.lateReceipts, 2);
      });

      it('are parked, and those that never match do not stand in front of the others', async () => {
        await a.parkReceipts(['1', '2', '3'].map((n) => ({ serial: n, phone: PHONE, code: '0' })));
        const first = await a.parkedReceipts(2);
        const second = await a.parkedReceipts(2);
        assert.equal(new Set([...first, ...second].map((r) => r.serial)).size, 3);
        await a.unparkReceipts([...first, ...second].map((r) => r.parkedId));
        assert.deepEqual(await a.parkedReceipts(10), []);
      });
    });

    describe('inbox', () => {
      const message = (key: string, given: Partial<InboxMessage> = {}): InboxMessage => ({
        key,
        platformId: 'p1',
        phone: PHONE,
        content: 'SBYE#1',
        accessNo: '106900000000001',
        extNo: null,
        keyword: 'SBYE',
        args: '1',
        receivedAt: '2026-11-23 10:00:00',
        ...given,
      });

      it('stores a message once, under a race and after the bureau has deleted it', async () => {
        const batch = Array.from({ length: 20 }, (_, i) => message(`k${i}`));
        const [x, y] = await Promise.all([a.storeInbox(batch), b.storeInbox([...batch].reverse())]);
        assert.equal(x.length + y.length, 20);
        const rows = await db.rawQuery('SELECT id FROM sms_inbox');
        assert.equal(rows.length, 20);
        const [first] = [...x, ...y];
        assert.ok(first);
        assert.deepEqual(await a.inboxPhones([first.id]), new Map([[first.id, PHONE]]));
        await db.rawQuery('DELETE FROM sms_inbox');
        assert.deepEqual(await a.storeInbox(batch), []);
        assert.deepEqual(await a.inboxPhones([first.id]), new Map([[first.id, PHONE]]));
      });

      it('takes a message without readable time, and keys that differ in case only', async () => {
        const stored = await a.storeInbox([message('k', { receivedAt: null }), message('K'), message('k')]);
        assert.deepEqual(stored.map((s) => s.key).sort(), ['K', 'k']);
      });

      if (client !== 'sqlite') {
        it('says that a value is refused, not which, and stores nothing of the batch', async () => {
          const secret = '13100000009'.repeat(20);
          await assert.rejects(a.storeInbox([message('k1'), message('k2', { phone: secret })]), (error: unknown) => {
            assert.ok(error instanceof DbError);
            assert.equal(error.kind, 'data');
            assert.doesNotMatch(
              JSON.stringify([error.message, error.text, error.facts, String(error.cause)]),
              /1310000/,
            );
            return true;
          });
          assert.deepEqual(await db.rawQuery('SELECT id FROM sms_inbox'), []);
        });
      }

      it('knows which answers were given already', async () => {
        await insert(3, { inbox_id: 7 });
        await db.rawQuery("UPDATE sms_outbox SET content = 'same'");
        const rows = await a.candidates({ priority: 0, limit: 10, timed: false, spread: 1 });
        const ask = rows.map(({ id }) => ({ id, inboxId: '7', content: 'same' }));
        const [first, second, third] = rows.map(({ id }) => id);
        assert.ok(first && second && third);
        assert.deepEqual(await a.answered(ask), new Set([second, third]));
        await set(third, "status = 'SENT'");
        assert.deepEqual(await a.answered(ask.slice(0, 2)), new Set([first, second]));
        assert.deepEqual(await a.answered([{ id: first, inboxId: '7', content: 'other' }]), new Set());
      });
    });

    describe('channel and daemons', () => {
      it('lets one daemon probe at a time', async () => {
        const taken = await Promise.all([a.takeProbe('main', 'idA', 60_000), b.takeProbe('main', 'idB', 60_000)]);
        assert.deepEqual(taken.filter(Boolean).length, 1);
        const [winner, loser] = taken[0] ? ['idA', 'idB'] : ['idB', 'idA'];
        await b.endProbe('main', loser);
        assert.equal(await b.takeProbe('main', loser, 60_000), false);
        await a.endProbe('main', winner);
        assert.equal(await b.takeProbe('main', loser, -1000), true);
        assert.equal(await a.takeProbe('main', winner, 60_000), true);
      });

      it('keeps the channel, and since when', async () => {
        assert.equal((await a.channel('main')).state, 'OPEN');
        const change = {
          state: 'LATCHED',
          scope: 'all',
          code: '3',
          reason: '密码错误',
          untilInMs: null,
          credentials: 'salt$hash',
          probes: 1,
        } as const;
        await a.changeChannel('main', change);
        const { since, ...state } = await b.channel('main');
        assert.deepEqual(state, change);
        await b.changeChannel('main', { ...change, probes: 2 });
        assert.equal((await a.channel('main')).since, since);
      });

      it('fences a second process of one installation; the elder takes it back', async () => {
        assert.equal(await a.enrol(heartbeat({ boot: 'old' })), null);
        assert.equal((await b.enrol(heartbeat({ boot: 'young' })))?.boot, 'old');
        assert.equal(await a.beat(heartbeat({ boot: 'old' })), false);
        assert.equal(await a.retake(heartbeat({ boot: 'old' })), true);
        assert.equal(await b.beat(heartbeat({ boot: 'young' })), false);
        assert.equal(await b.retake(heartbeat({ boot: 'young' })), false);
        assert.equal(await a.beat(heartbeat({ boot: 'old' })), true);
      });

      it('shows waiting rows and the age of the oldest', async () => {
        await insert(3);
        await insert(1, { created_at: '2026-01-01 00:00:00', priority: 9 });
        await a.enrol(heartbeat());
        await a.beat(heartbeat({ lastError: 'x', sentToday: 5 }));
        const [row] = await a.daemons();
        assert.deepEqual([row?.waiting, row?.lastError, row?.sentToday], [4, 'x', 5]);
        assert.ok(row && row.silentMs >= 0 && row.silentMs < 10_000 && (row.oldestWaitingMs ?? 0) > 86_400_000);
        assert.deepEqual((await a.waiting(3)).waiting, 3);
      });
    });

    describe('housekeeping', () => {
      it('forgets what is over, in small bites', async () => {
        const done = await settled({ status: 'FAILED' }, { state: 'DONE', nextInMs: 0 });
        const waiting = await settled({}, {});
        assert.equal(await a.prune(30, 30, 100), 0);
        assert.equal(await a.prune(-1, -1, 100), 1);
        assert.deepEqual(
          (await a.submitsOf([done.serial, waiting.serial])).map((s) => s.serial),
          [waiting.serial],
        );
      });

      it('tells its engine and its time', async () => {
        assert.match(await a.version(), /^(SQLite|MariaDB|MySQL|PostgreSQL) \d+\.\d+/);
        const { text, epochMs } = await a.now();
        assert.match(text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
        assert.ok(Math.abs(epochMs - Date.now()) < 60_000);
      });
    });
  });
}
