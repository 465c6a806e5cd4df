import assert from 'node:assert/strict';
import { heartbeat, submitOf, submitResult } from '../support/rows.ts';
import { PHONE, type Fixture } from './fixture.ts';

/** What a dead daemon left, and what is due. */
export function recoveryCases(f: Fixture): void {
  describe('recovery', () => {
    it('takes over an open submission once, with one more try', async () => {
      const mine = await f.opened(-1000);
      const [x, y] = await Promise.all([f.a.takeOpen('idA.b1.7', 60_000, 10), f.b.takeOpen('idB.b1.7', 60_000, 10)]);
      const [taken, ...others] = [...x, ...y];
      assert.deepEqual(others, []);
      assert.deepEqual(
        [taken?.serial, taken?.tries, taken?.members],
        [mine.serial, 2, [{ id: mine.row.id, phone: PHONE, prev: null }]],
      );
      assert.deepEqual(await f.a.takeOpen('idA.b1.8', 60_000, 10), []);
    });

    it('puts back rows that were claimed and never opened, and leaves the opened to their submission', async () => {
      const lost = await f.one('idA.b1.1', -1000);
      const live = await f.one('idA.b1.2');
      const tried = await f.one('idA.b1.3', -1000);
      await f.a.open([submitOf(tried)], 'idA.b1', 60_000);
      const probe = await f.a.probe({ recover: true, channel: 'main', aliveMs: 1000 });
      assert.ok(probe.leaseInMs !== null && probe.leaseInMs < 0);
      assert.equal(await f.b.recoverRows(100), 1);
      const back = await f.stateOf(lost.row.id);
      assert.deepEqual([back['status'], back['serial_no'], back['requeued']], ['NEW', null, 1]);
      assert.equal((await f.stateOf(live.row.id))['status'], 'SENDING');
      const governed = await f.stateOf(tried.row.id);
      assert.deepEqual([governed['status'], governed['lease_until']], ['SENDING', null]);
    });

    it('follows the record of a submission that ended without the row', async () => {
      for (const [state, after] of [
        ['ACCEPTED', 'SENT'],
        ['HELD', 'HELD'],
        ['VOID', 'NEW'],
      ] as const) {
        const mine = await f.one('idA.b1.1', -1000);
        await f.a.open([submitOf(mine)], 'idA.b1', 60_000);
        await f.a.settle([], [submitResult(mine, { state })]);
        await f.a.recoverRows(100);
        assert.equal((await f.stateOf(mine.row.id))['status'], after);
      }
    });

    it('adopts what earlier starts of the same installation held, and nobody else’s', async () => {
      const earlier = await f.one('id_A.b1.1');
      const other = await f.one('idXA.b1.1');
      const present = await f.one('id_A.b2.1');
      const open = await f.one('id_A.b1.2');
      await f.a.open([submitOf(open)], 'id_A.b1', 600_000);
      assert.equal(await f.a.adopt('id_A', 'b2', -1000), 3);
      assert.equal(await f.a.recoverRows(100), 1);
      assert.equal((await f.stateOf(earlier.row.id))['status'], 'NEW');
      assert.equal((await f.stateOf(other.row.id))['status'], 'SENDING');
      assert.equal((await f.stateOf(present.row.id))['status'], 'SENDING');
      assert.deepEqual(
        (await f.a.takeOpen('id_A.b2.2', 60_000, 10)).map((s) => s.serial),
        [open.serial],
      );
    });

    it('gives up waiting for receipts', async () => {
      const mine = await f.settled({}, { nextInMs: -1000 });
      const waiting = await f.settled({}, { nextInMs: 60_000 });
      assert.deepEqual(await f.a.giveUp(10), { rows: 1, unproven: 0 });
      assert.equal((await f.stateOf(mine.row.id))['status'], 'UNKNOWN');
      assert.equal((await f.stateOf(waiting.row.id))['status'], 'SENT');
      assert.equal((await f.a.submitsOf([mine.serial]))[0]?.state, 'DONE');
      assert.deepEqual(await f.a.giveUp(10), { rows: 0, unproven: 0 });
    });

    it('tells rows that only a 15 calls sent', async () => {
      await f.settled({ code: '15' }, { code: '15', nextInMs: -1000 });
      await f.settled({}, { nextInMs: -1000 });
      assert.deepEqual(await f.a.giveUp(10), { rows: 2, unproven: 1 });
    });

    it('holds a row of a settled submission that shows another text by now', async () => {
      const mine = await f.opened();
      await f.set(mine.row.id, "content = 'another', lease_until = '2000-01-01 00:00:00.000'");
      await f.a.settle([], [submitResult(mine)]);
      await f.a.recoverRows(100);
      const row = await f.stateOf(mine.row.id);
      assert.deepEqual(
        [row['status'], row['result_code'], row['serial_no'], row['prev_serial']],
        ['HELD', 'EDITED', null, mine.serial],
      );
    });

    it('shortens leases and waits that a clock set back has made long', async () => {
      const claimed = await f.one('idA.b1.1', 7_200_000);
      const open = await f.opened(7_200_000);
      assert.equal(await f.a.shorten(60_000), 2);
      assert.equal(await f.a.shorten(60_000), 0);
      const probe = await f.a.probe({ recover: true, channel: 'main', aliveMs: 10_000 });
      for (const ms of [probe.openInMs, probe.leaseInMs]) assert.ok(ms !== null && ms > 50_000 && ms <= 60_000);
      assert.equal((await f.stateOf(claimed.row.id))['status'], 'SENDING', open.serial);
    });

    it('frees what its own dead process held, also when the clock was set back since', async () => {
      const mine = await f.opened(7_200_000);
      await f.db.rawQuery(
        "UPDATE sms_mw_submit SET last_try_at = '2999-01-01 00:00:00', next_at = '2999-01-01 00:02:00'",
      );
      assert.equal(await f.a.adopt('idA', 'b2', 1000), 2);
      const { openInMs } = await f.a.probe({ recover: true, channel: 'main', aliveMs: 10_000 });
      assert.ok(openInMs !== null && openInMs <= 1000, mine.serial);
    });

    it('shows in one probe what is due', async () => {
      const open = await f.opened(5000);
      await f.settled({}, { nextInMs: 50_000 });
      await f.a.enrol(heartbeat());
      await f.a.takeTurn('probe', 'main', 'idA.b1', 1000);
      const probe = await f.a.probe({ recover: true, channel: 'main', aliveMs: 10_000 });
      assert.equal(probe.due.size, 0);
      assert.ok(probe.openInMs !== null && probe.openInMs > 0 && probe.openInMs <= 5000, open.serial);
      assert.ok(probe.giveUpInMs !== null && probe.giveUpInMs > 40_000);
      assert.deepEqual([probe.channel?.state, probe.daemons], ['OPEN', 1]);
      const cheap = await f.a.probe({ recover: false, channel: 'main', aliveMs: 10_000 });
      assert.deepEqual([cheap.leaseInMs, cheap.daemons], [null, null]);
    });
  });
}
