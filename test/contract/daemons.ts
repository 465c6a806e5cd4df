import assert from 'node:assert/strict';
import type { AgeLimits } from '../../src/db/store.ts';
import { heartbeat } from '../support/rows.ts';
import type { Fixture } from './fixture.ts';

/** One row per daemon. */
export function daemonCases(f: Fixture): void {
  describe('daemons', () => {
    it('fences a second process of one installation; the elder takes it back', async () => {
      assert.equal(await f.a.enrol(heartbeat({ boot: 'old' })), null);
      assert.equal((await f.b.enrol(heartbeat({ boot: 'young' })))?.boot, 'old');
      assert.equal(await f.a.beat(heartbeat({ boot: 'old' })), false);
      assert.equal(await f.a.retake(heartbeat({ boot: 'old' })), true);
      assert.equal(await f.b.beat(heartbeat({ boot: 'young' })), false);
      assert.equal(await f.b.retake(heartbeat({ boot: 'young' })), false);
      assert.equal(await f.a.beat(heartbeat({ boot: 'old' })), true);
    });

    it('shows waiting rows and the age of the oldest', async () => {
      await f.insert(3);
      await f.insert(1, { created_at: '2026-01-01 00:00:00', priority: 9 });
      await f.a.enrol(heartbeat());
      await f.a.beat(heartbeat({ lastError: 'x', sentToday: 5 }));
      const [row] = await f.a.daemons();
      assert.deepEqual([row?.waiting, row?.lastError, row?.sentToday], [4, 'x', 5]);
      assert.ok(row && row.silentMs >= 0 && row.silentMs < 10_000 && (row.oldestWaitingMs ?? 0) > 86_400_000);
      assert.deepEqual((await f.a.waiting(3)).waiting, 3);
    });

    it('keeps what is wrong for readers of either language, and of an earlier version what that has written', async () => {
      const trouble = { zh: '断', en: 'gone' };
      const read = async () => (await f.b.daemons()).map((row) => [row.lastError, row.trouble])[0];
      await f.a.enrol(heartbeat({ lastError: 'gone', trouble }));
      assert.deepEqual(await read(), ['gone', trouble]);
      await f.db.rawQuery("UPDATE sms_mw_status SET last_error = '又断'");
      assert.deepEqual(await read(), ['又断', { zh: '又断', en: '又断' }]);
      await f.a.beat(heartbeat({ lastError: '断', trouble }));
      assert.deepEqual(await read(), ['断', trouble]);
      await f.a.beat(heartbeat());
      assert.deepEqual(await read(), [null, null]);
    });

    it('brings along with a poll how silent a daemon is and how old the oldest row', async () => {
      const look = { recover: true, channel: 'main', aliveMs: 15_000 };
      const before = await f.a.probe(look);
      assert.deepEqual([before.beatInMs, before.oldestInMs], [null, null]);
      await f.insert(1, { created_at: '2026-01-01 00:00:00' });
      await f.a.enrol(heartbeat({ identity: 'old' }));
      await f.a.beat(heartbeat({ identity: 'old' }));
      await f.a.enrol(heartbeat({ identity: 'stopped' }));
      await f.a.beat(heartbeat({ identity: 'stopped', state: 'STOPPED' }));
      const identity = f.client === 'mssql' ? '[identity]' : 'identity';
      await f.db.rawQuery(
        `UPDATE sms_mw_status SET heartbeat_at = '2026-01-01 00:00:00' WHERE ${identity} = 'stopped'`,
      );
      const { beatInMs, oldestInMs, daemons } = await f.a.probe(look);
      assert.ok(beatInMs !== null && beatInMs > -10_000, String(beatInMs));
      assert.ok(oldestInMs !== null && oldestInMs < -86_400_000, String(oldestInMs));
      assert.equal(daemons, 1);
      assert.equal((await f.a.probe({ ...look, recover: false })).beatInMs, null);
    });

    it('counts receipts that match no row', async () => {
      assert.equal((await f.a.waiting(100)).parked, 0);
      const receipt = (serial: string): { serial: string; phone: string; code: string } => ({
        serial,
        phone: '13000000001',
        code: '0',
      });
      await f.a.parkReceipts([receipt('1'), receipt('2'), receipt('3')]);
      assert.deepEqual([(await f.a.waiting(100)).parked, (await f.a.waiting(2)).parked], [3, 2]);
    });

    it('counts what is too old to be sent: by its category, in general, or by its expire_at', async () => {
      await f.insert(2, { created_at: '2026-01-01 00:00:00', category: 'CODE' });
      await f.insert(3, { created_at: '2026-01-01 00:00:00' });
      await f.insert(1, { expire_at: '2026-01-01 00:00:00' });
      await f.insert(4, { category: 'CODE' });
      await f.insert(1, { created_at: '2026-01-01 00:00:00', send_at: '2099-01-01 00:00:00' });
      const limits = (maxAgeMs: number | null, ...code: number[]): AgeLimits => ({
        maxAgeMs,
        maxAgeByCategory: new Map(code.map((ms) => ['CODE', ms])),
      });
      const overdue = (cap: number, of: AgeLimits): Promise<number> => f.a.overdue(cap, of, true);
      assert.equal(await overdue(100, limits(null)), 1);
      assert.equal(await f.a.overdue(100, limits(600_000), false), 5, 'without those past expire_at');
      assert.equal(await overdue(100, limits(null, 600_000)), 3);
      assert.equal(await overdue(100, limits(600_000)), 6);
      assert.equal(await overdue(100, limits(600_000, 4e12)), 4);
      assert.equal(await overdue(2, limits(600_000)), 2);
    });

    it('counts as waiting only what is due', async () => {
      await f.insert(3, { send_at: '2099-01-01 00:00:00', created_at: '2026-01-01 00:00:00' });
      await f.insert(1, { send_at: '2099-01-01 00:00:00', priority: 0 });
      await f.settled({ status: 'NEW', code: '18', delayMs: 60_000 }, { state: 'DONE' });
      await f.insert(2);
      await f.a.enrol(heartbeat());
      await f.a.beat(heartbeat());
      const { waiting, scheduled, oldestMs } = await f.a.waiting(100);
      assert.deepEqual([waiting, scheduled], [2, 5]);
      assert.ok(oldestMs !== null && oldestMs < 60_000, String(oldestMs));
      assert.equal((await f.a.waiting(4)).scheduled, 4);
      const [row] = await f.a.daemons();
      assert.deepEqual([row?.waiting, row?.scheduled], [2, 5]);
      assert.ok(row && row.oldestWaitingMs !== null && row.oldestWaitingMs < 60_000);
    });
  });
}
