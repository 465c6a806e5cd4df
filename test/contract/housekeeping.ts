import assert from 'node:assert/strict';
import { heartbeat } from '../support/rows.ts';
import type { Fixture } from './fixture.ts';

/** What is over is forgotten; engine and clock. */
export function housekeepingCases(f: Fixture): void {
  describe('housekeeping', () => {
    it('forgets what is over, in small bites', async () => {
      const done = await f.settled({ status: 'FAILED' }, { state: 'DONE', nextInMs: 0 });
      const waiting = await f.settled({}, {});
      assert.equal(await f.a.prune(30, 30, 100), 0);
      assert.equal(await f.a.prune(-1, -1, 100), 1);
      assert.deepEqual(
        (await f.a.submitsOf([done.serial, waiting.serial])).map((s) => s.serial),
        [waiting.serial],
      );
    });

    it('forgets held submissions and daemons long gone, and no daemon that lives', async () => {
      const held = await f.settled({ status: 'HELD' }, { state: 'HELD', nextInMs: 0 });
      await f.a.enrol(heartbeat({ identity: 'gone' }));
      await f.db.rawQuery("UPDATE sms_mw_status SET heartbeat_at = '2026-01-01 00:00:00'");
      await f.a.enrol(heartbeat({ identity: 'alive' }));
      assert.equal(await f.a.prune(30, 30, 100), 1);
      assert.deepEqual(
        (await f.a.daemons()).map(({ identity }) => identity),
        ['alive'],
      );
      assert.equal((await f.a.submitsOf([held.serial])).length, 1);
      await f.db.rawQuery("UPDATE sms_mw_submit SET next_at = '2026-01-01 00:00:00'");
      assert.equal(await f.a.prune(30, 30, 100), 1);
      assert.deepEqual(await f.a.submitsOf([held.serial]), []);
    });

    it('tells its engine and its time', async () => {
      assert.match(
        await f.a.version(),
        /^(SQLite|MariaDB|MySQL|PostgreSQL|SQL Server \d{4}(?: R2)?|Oracle\b.*) \d+\.\d+/,
      );
      const { text, epochMs } = await f.a.now();
      assert.match(text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
      assert.ok(Math.abs(epochMs - Date.now()) < 60_000);
    });
  });
}
