import assert from 'node:assert/strict';
import { daemonPlace, until } from '../support/daemon.ts';
import { DIALECTS, freshDatabase, needDatabase, type FreshDatabase } from '../support/databases.ts';
import { startSimulatorProcess, type SimulatorHandle } from '../support/simulator.ts';
import { refusing, withTrigger } from './triggers.ts';

for (const client of DIALECTS) {
  describe(`a row that ${client} refuses to have changed, with a daemon`, () => {
    let simulator: SimulatorHandle;
    let db: FreshDatabase;
    before(async function () {
      await needDatabase(client, this);
      simulator = await startSimulatorProcess({ settings: { receipts: false } });
      db = await freshDatabase(client);
    });
    after(async () => {
      await (simulator as SimulatorHandle | undefined)?.stop();
      await (db as FreshDatabase | undefined)?.drop();
    });
    const sent = async (): Promise<number> => {
      const [row] = await db.rawQuery("SELECT COUNT(*) AS n FROM sms_outbox WHERE status = 'SENT'");
      return Number(row?.['n']);
    };

    it('is named in the log, the others are sent, and it is written once it can be', async () => {
      for (let i = 0; i < 8; i++) {
        const biz = i === 3 ? 'no' : String(i);
        await db.rawQuery('INSERT INTO sms_outbox (phone, content, biz_id) VALUES (?, ?, ?)', [
          `1300000000${i}`,
          `text ${i}`,
          biz,
        ]);
      }
      const place = daemonPlace(db, simulator);
      try {
        await withTrigger({ client, db }, refusing("NEW.status = 'SENT'"), async () => {
          const daemon = place.start();
          await daemon.said('outbox.refused');
          await until('the others are sent', async () => (await sent()) === 7);
          assert.match(daemon.log(), /row 4 of the outbox cannot be changed/);
          assert.doesNotMatch(daemon.log(), /1300000/);
          assert.equal(await daemon.stop(), 0, daemon.log());
        });
        const next = place.start();
        await until('it is written', async () => (await sent()) === 8);
        assert.equal(await next.stop(), 0, next.log());
        const stats = await simulator.stats();
        assert.deepEqual([stats.accepted, stats.doubledMessages], [8, 0]);
      } finally {
        await place.remove();
      }
    });
  });
}
