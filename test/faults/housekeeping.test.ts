import assert from 'node:assert/strict';
import { type DaemonPlace, daemonPlace, until } from '../support/daemon.ts';
import { DIALECTS, type FreshDatabase, freshDatabase, needDatabase } from '../support/databases.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';

const ROWS = 30_000;
const KILLS = 3;

for (const client of DIALECTS) {
  describe(`housekeeping that is killed, on ${client}`, function () {
    this.timeout(180_000);
    let simulator: SimulatorHandle;
    let db: FreshDatabase;
    let place: DaemonPlace;

    before(async function () {
      await needDatabase(client, this);
      simulator = await startSimulatorProcess();
      db = await freshDatabase(client);
      place = daemonPlace(db, simulator, { 'housekeeping.keepDays': 3650 });
      for (let n = 0; n < ROWS; n += 1000) {
        const values = Array.from(
          { length: 1000 },
          (_, i) => `('13000000001', 'x', '13000000001', 'DELIVERED', '0', 2, '2026-01-0${(i % 9) + 1} 10:00:00')`,
        );
        await db.rawQuery(
          `INSERT INTO sms_outbox (phone, content, phone_norm, status, receipt_code, segments, created_at) VALUES ${values.join(',')}`,
        );
      }
      // due since then
      await db.rawQuery("INSERT INTO sms_mw_channel (name, keep_at) VALUES ('main', '2026-01-01 00:00:00')");
    });
    after(async () => {
      await (place as DaemonPlace | undefined)?.remove();
      await (db as FreshDatabase | undefined)?.drop();
      await (simulator as SimulatorHandle | undefined)?.stop();
    });

    const number = async (statement: string): Promise<number> => Number((await db.rawQuery(statement))[0]?.['n']);
    const moved = (): Promise<number> => number('SELECT COUNT(*) AS n FROM sms_outbox_history');

    /** Nothing lost, nothing in both, each counted once. */
    async function consistent(): Promise<number> {
      const there = await moved();
      assert.equal((await number('SELECT COUNT(*) AS n FROM sms_outbox')) + there, ROWS);
      assert.equal(await number('SELECT COUNT(*) AS n FROM sms_outbox o JOIN sms_outbox_history h ON h.id = o.id'), 0);
      assert.equal(await number('SELECT COUNT(DISTINCT id) AS n FROM sms_outbox_history'), there);
      const [sum] = await db.rawQuery('SELECT SUM(row_count) AS n, SUM(parts) AS parts FROM sms_mw_stats');
      assert.deepEqual([Number(sum?.['n'] ?? 0), Number(sum?.['parts'] ?? 0)], [there, 2 * there]);
      return there;
    }

    it('has every row in one place, counted once, and goes on at the next start', async () => {
      let cut = 0;
      for (let kills = 0; kills < KILLS; kills++) {
        const before = await moved();
        const daemon = place.start();
        await until('some rows have moved', async () => (await moved()) > before);
        await daemon.kill();
        if ((await consistent()) < ROWS) cut++;
      }
      assert.ok(cut > 0, 'it was killed in the middle at least once');
      const daemon = place.start();
      await until('all rows have moved', async () => (await moved()) === ROWS);
      await daemon.said('housekeeping.pass');
      assert.equal(await daemon.stop(), 0);
      assert.equal(await consistent(), ROWS);
      const [channel] = await db.rawQuery("SELECT keep_by, keep_at FROM sms_mw_channel WHERE name = 'main'");
      assert.equal(channel?.['keep_by'], null);
      assert.ok(new Date(String(channel['keep_at'])).getTime() > Date.now(), 'the next one is planned');
    });
  });
}
