import assert from 'node:assert/strict';
import fc from 'fast-check';
import { claimAll, claimItem, rowResult, submitOf, submitResult } from '../support/rows.ts';
import { PHONE, type Fixture } from './fixture.ts';

/** NEW → SENDING, and back where nothing was sent. */
export function claimCases(f: Fixture): void {
  describe('claim', () => {
    it('gives each row to one daemon only', async () => {
      await f.insert(300);
      const [x, y] = await Promise.all([claimAll(f.a, 'idA.b1.1'), claimAll(f.b, 'idB.b1.1')]);
      const ids = [...x, ...y].map(({ row }) => row.id);
      assert.equal(ids.length, 300);
      assert.equal(new Set(ids).size, 300);
    });

    it('takes no row that a person cancelled after it was read', async () => {
      await f.insert(2);
      const [first, second] = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      assert.ok(first && second);
      await f.set(first.id, "status = 'CANCELLED'");
      const items = [first, second].map(claimItem);
      assert.equal(await f.a.claim('idA.b1.1', 60_000, items), 1);
      assert.deepEqual(
        await f.a.claimed(
          'idA.b1.1',
          items.map(({ id }) => id),
        ),
        new Set([second.id]),
      );
    });

    it('takes no row that a person edited after it was read', async () => {
      await f.insert(3);
      const rows = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      const [first, second, third] = rows;
      assert.ok(first && second && third);
      await f.set(first.id, "content = 'another'");
      await f.set(second.id, "ext_no = '1'");
      assert.equal(await f.a.claim('idA.b1.1', 60_000, rows.map(claimItem)), 1);
      assert.equal((await f.stateOf(third.id))['status'], 'SENDING');
      assert.equal((await claimAll(f.a, 'idA.b1.2')).length, 2, 'the next claim sees what they say now');
    });

    it('takes no row that went through another try after it was read', async () => {
      const mine = await f.settled({ status: 'NEW', code: '7' }, { state: 'DONE' });
      const [seen] = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      assert.ok(seen);
      const [other] = await claimAll(f.b, 'idB.b1.1');
      assert.ok(other);
      await f.b.settle([rowResult(other, { status: 'NEW', code: '7' })], []);
      assert.equal(await f.a.claim('idA.b1.2', 60_000, [claimItem(seen)]), 0);
      assert.equal((await f.stateOf(mine.row.id))['serial_no'], other.serial);
    });

    it('clears what the earlier try left and remembers its serial', async () => {
      const first = await f.settled(
        { status: 'NEW', code: '7', text: '稍后' },
        { state: 'DONE', code: '7', nextInMs: 0 },
      );
      const [waiting] = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      assert.deepEqual([waiting?.prevSerial, waiting?.requeued, waiting?.lastCode], [first.serial, true, '7']);
      const [again] = await claimAll(f.a, 'idA.b1.2');
      assert.ok(again);
      const row = await f.stateOf(first.row.id);
      assert.deepEqual(
        [row['serial_no'], row['prev_serial'], row['task_id'], row['result_code'], row['sent_at'], row['attempts']],
        [again.serial, first.serial, null, null, null, 1],
      );
    });

    it('tells a reset by hand from our own, also of a row that we had put back before', async () => {
      const mine = await f.settled({ status: 'NEW', code: '7' }, { state: 'DONE', code: '7' });
      const [again] = await claimAll(f.a, 'idA.b1.2');
      assert.ok(again);
      await f.set(mine.row.id, "status = 'NEW'");
      const [reset] = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      assert.deepEqual([reset?.prevSerial, reset?.requeued], [again.serial, false]);
    });

    it('counts no age against a row that a person put back', async () => {
      await f.insert(1, { created_at: '2020-01-01 00:00:00' });
      const [old] = await claimAll(f.a, 'idA.b1.1');
      assert.ok(old && old.row.ageMs > 1_000_000);
      await f.a.refuse('idA.b1.1', [{ id: old.row.id, status: 'EXPIRED', code: 'STALE', text: '太久' }]);
      await f.set(old.row.id, "status = 'NEW'");
      const [waiting] = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      assert.equal(waiting?.ageMs, 0);
      const [again] = await claimAll(f.a, 'idA.b1.2');
      assert.ok(again && again.row.ageMs < 60_000);
    });

    it('puts replies first, leaves the future alone, and finds deferred rows behind a backlog', async () => {
      await f.insert(5);
      await f.insert(1, { inbox_id: 1 });
      await f.insert(1, { send_at: '2099-01-01 00:00:00' });
      const deferred = await f.settled({ status: 'NEW', code: '7', delayMs: 0 }, { state: 'DONE' });
      await f.set(deferred.row.id, "retry_at = '2020-01-01 00:00:00'");
      const { due } = await f.a.probe({ recover: true, channel: 'main', aliveMs: 1000 });
      assert.deepEqual([...due.keys()], [0, 5]);
      assert.equal((await f.a.candidates({ priority: 0, limit: 10, timed: false, spread: 1 })).length, 1);
      const timed = await f.a.candidates({ priority: 5, limit: 10, timed: true, spread: 3 });
      assert.deepEqual(
        timed.map(({ id }) => id),
        [deferred.row.id],
      );
    });

    it('lets go what was not posted as if it had never been claimed', async () => {
      const { row } = await f.one();
      assert.equal(await f.a.release('idB.b1.1', [row.id], { code: null, text: null, delayMs: 0 }), 0);
      assert.equal(
        await f.a.release('idA.b1.1', [row.id], { code: 'NOT_REACHED', text: '连不上', delayMs: 60_000 }),
        1,
      );
      const after = await f.stateOf(row.id);
      assert.deepEqual(
        [after['status'], after['serial_no'], after['requeued'], after['result_code']],
        ['NEW', null, 1, 'NOT_REACHED'],
      );
      assert.deepEqual(await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 }), []);
    });

    it('may be asked twice: claims, refusals and releases are written once', async () => {
      await f.insert(2);
      const rows = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      const [first, second] = rows;
      assert.ok(first && second);
      const items = rows.map(claimItem);
      const refusal = { id: first.id, status: 'REJECTED', code: 'BAD_PHONE', text: '号码不对' } as const;
      const asks = [
        () => f.a.claim('idA.b1.1', 60_000, items),
        () => f.a.refuse('idA.b1.1', [refusal]),
        () => f.a.release('idA.b1.1', [second.id], { code: 'NOT_REACHED', text: '连不上', delayMs: 0 }),
      ];
      const both = (): Promise<unknown> => Promise.all(rows.map(({ id }) => f.stateOf(id)));
      for (const [i, ask] of asks.entries()) {
        assert.equal(await ask(), i === 0 ? 2 : 1);
        const before = await both();
        assert.equal(await ask(), 0);
        assert.deepEqual(await both(), before);
      }
    });

    it('refuses under its own token only', async () => {
      const { row } = await f.one();
      const refusal = { id: row.id, status: 'REJECTED', code: 'BAD_PHONE', text: '号码不对' } as const;
      assert.equal(await f.a.refuse('idB.b1.1', [refusal]), 0);
      assert.equal(await f.a.refuse('idA.b1.1', [refusal]), 1);
      assert.equal((await f.stateOf(row.id))['status'], 'REJECTED');
    });

    it('carries any text and ids above 2^53 whole', async () => {
      const id = '9007199254740993';
      await f.db.rawQuery(`INSERT INTO sms_outbox (id, phone, content) VALUES (${id}, ?, ?)`, [PHONE, 'x']);
      const text = fc
        .string({ unit: 'binary', maxLength: 40 })
        .map((s) => s.replaceAll('\0', '') + "'\\%?:x ?? {}\n𠮷");
      await fc.assert(
        fc.asyncProperty(text, async (content) => {
          const own = await f.a.insertOutbox({ phone: PHONE, content });
          const row = (await f.a.candidates({ priority: 5, limit: 500, timed: false, spread: 1 })).find(
            (r) => r.id === own,
          );
          assert.ok(row);
          assert.equal(row.content, content);
          await f.a.claim('idA.b1.9', 60_000, [claimItem(row)]);
          await f.a.refuse('idA.b1.9', [{ id: own, status: 'HELD', code: 'GARBLED', text: content }]);
          assert.equal((await f.stateOf(own))['result_text'], content);
        }),
        { numRuns: 25 },
      );
      const [big] = (await claimAll(f.a, 'idA.b1.1')).filter(({ row }) => row.id === id);
      assert.ok(big);
      assert.equal(await f.a.settle([rowResult(big)], []), 1);
      assert.equal((await f.stateOf(id))['status'], 'SENT');
    });

    if (f.client !== 'sqlite') {
      it('neither waits for an INSERT that is not committed yet nor makes one wait', async () => {
        await f.insert(10);
        const dba = await f.db.connect();
        await dba.query('BEGIN');
        await dba.query('INSERT INTO sms_outbox (phone, content) VALUES (?, ?)', [PHONE, 'pending']);
        const started = performance.now();
        const mine = await claimAll(f.a, 'idA.b1.1');
        assert.equal(mine.length, 10);
        await f.a.open(mine.map(submitOf), 'idA.b1', 60_000);
        await f.a.settle(
          mine.map((m) => rowResult(m)),
          mine.map((m) => submitResult(m)),
        );
        assert.ok(performance.now() - started < 4500, 'it waited for a lock'); // 5 s
        await dba.query('INSERT INTO sms_outbox (phone, content) VALUES (?, ?)', [PHONE, 'pending 2']);
        await dba.query('COMMIT');
        assert.equal((await claimAll(f.a, 'idA.b1.2')).length, 2);
      });
    }
  });
}
