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

    /** Nothing lost, nothing in both, each counted once. In one statement: what the killed one had begun may be committed at any moment. */
    async function consistent(): Promise<number> {
      const [books = {}] = await db.rawQuery(`SELECT
        (SELECT COUNT(*) FROM sms_outbox_history) AS moved,
        (SELECT COUNT(*) FROM sms_outbox) AS waiting,
        (SELECT COUNT(*) FROM sms_outbox o JOIN sms_outbox_history h ON h.id = o.id) AS twice,
        (SELECT COUNT(DISTINCT id) FROM sms_outbox_history) AS ids,
        (SELECT COALESCE(SUM(row_count), 0) FROM sms_mw_stats) AS counted,
        (SELECT COALESCE(SUM(parts), 0) FROM sms_mw_stats) AS parts`);
      const found = Object.fromEntries(Object.entries(books).map(([name, n]) => [name, Number(n)]));
      const there = found['moved'] ?? 0;
      const wanted = { moved: there, waiting: ROWS - there, twice: 0, ids: there, counted: there, parts: 2 * there };
      assert.deepEqual(found, wanted);
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
