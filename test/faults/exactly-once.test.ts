import assert from 'node:assert/strict';
import { daemonPlace, until } from '../support/daemon.ts';
import { EVERY_DIALECT, type FreshDatabase, freshDatabase, needDatabase } from '../support/databases.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';

const phone = (i: number): string => `130${String(i).padStart(8, '0')}`;

/** Half the rows share a text, so that both single calls and groups are under way when the process dies. */
async function insertRows(database: FreshDatabase, rows: number): Promise<void> {
  for (let from = 0; from < rows; from += 200) {
    const batch = Array.from({ length: Math.min(200, rows - from) }, (_, k) => from + k);
    const values = batch.flatMap((i) => [
      phone(i),
      i % 2 === 0 ? '社保缴费提醒：本月缴费截止日为25日' : `社保通知第${i}号`,
    ]);
    await database.rawQuery(
      `insert into sms_outbox (phone, content) values ${batch.map(() => '(?, ?)').join(', ')}`,
      values,
    );
  }
}

async function count(database: FreshDatabase, where: string): Promise<number> {
  const rows = await database.rawQuery(`select count(*) as n from sms_outbox where ${where}`);
  return Number(rows[0]?.['n']);
}

const ENDED = `status in ('SENT', 'DELIVERED', 'UNDELIVERED')`;

for (const client of EVERY_DIALECT) {
  describe(`exactly once on ${client}, real processes`, function () {
    this.timeout(180_000);
    let simulator: SimulatorHandle;
    let database: FreshDatabase;
    before(async function () {
      await needDatabase(client, this);
      simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 50, latencyMs: 5 } });
    });
    after(() => (simulator as SimulatorHandle | undefined)?.stop());
    beforeEach(async () => {
      await simulator.reset();
      database = await freshDatabase(client);
    });
    afterEach(() => database.drop());

    it('10 × kill -9 while 2,000 rows are being sent: none lost, none doubled', async () => {
      const place = daemonPlace(database, simulator, { 'outbox.batchSize': 100, 'outbox.concurrency': 8 });
      const seed = Number(process.env['YXT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
      try {
        await insertRows(database, 2000);
        for (let kill = 0; kill < 10; kill++) {
          const before = (await simulator.stats()).accepted;
          const daemon = place.start();
          // dies a random few messages after it has begun to send; where nothing is left to send, when it is up
          const more = 1 + ((seed >> kill) % 150);
          const enough = ({ accepted }: { accepted: number }): boolean => accepted >= Math.min(1990, before + more);
          await Promise.race([simulator.waitFor(enough, 60_000), daemon.exited]);
          assert.equal(daemon.process.exitCode, null, daemon.log());
          daemon.process.kill('SIGKILL');
          await daemon.exited;
        }
        const last = place.start();
        await until(`all ended (seed ${seed})`, async () => (await count(database, ENDED)) === 2000, 60_000).catch(
          async (error: unknown) => {
            const left = await database.rawQuery(
              'select status, result_code, count(*) as n, count(lease_until) as leased from sms_outbox group by status, result_code',
            );
            const records = await database.rawQuery('select state, count(*) as n from sms_mw_submit group by state');
            throw new Error(`${JSON.stringify([left, records])}\n${last.log()}`, { cause: error });
          },
        );
        const stats = await simulator.stats();
        assert.equal(stats.accepted, 2000, `seed ${seed}`);
        assert.equal(stats.doubledMessages, 0, `seed ${seed}`);
        assert.equal(stats.duplicateSerialsOtherBody, 0, `seed ${seed}`);
        last.process.kill('SIGTERM');
        assert.equal(await last.exited, 0, last.log());
      } finally {
        await place.remove();
      }
    });

    it('answers lost after the platform had accepted: repeated under the same serial, accepted once', async () => {
      const place = daemonPlace(database, simulator);
      try {
        await simulator.faults([{ call: 'Send', every: 7, fault: 'accept-then-hangup' }]);
        await insertRows(database, 300);
        const daemon = place.start();
        await until('all ended', async () => (await count(database, ENDED)) === 300, 90_000);
        const stats = await simulator.stats();
        assert.equal(stats.accepted, 300);
        assert.equal(stats.doubledMessages, 0);
        assert.ok((stats.faults['accept-then-hangup'] ?? 0) > 0, 'the fault was never met');
        daemon.process.kill('SIGTERM');
        assert.equal(await daemon.exited, 0);
      } finally {
        await place.remove();
      }
    });

    it('a wrong password with 32 rows waiting: one failed login, also after three restarts', async () => {
      const place = daemonPlace(database, simulator, {}, 'not-the-password');
      try {
        await insertRows(database, 32);
        for (let run = 0; run < 4; run++) {
          const daemon = place.start();
          await until('the latch', () => daemon.log().includes('wrong password') || daemon.log().includes('密码'));
          daemon.process.kill('SIGTERM');
          assert.equal(await daemon.exited, 0, daemon.log());
        }
        assert.equal((await simulator.stats()).failedLogins, 1);
        assert.equal(await count(database, `status = 'NEW'`), 32);
      } finally {
        await place.remove();
      }
    });

    if (client !== 'sqlite') {
      it('two daemons on one outbox: none doubled', async () => {
        const places = [
          daemonPlace(database, simulator, { instance: 'a' }),
          daemonPlace(database, simulator, { instance: 'b' }),
        ];
        try {
          await insertRows(database, 1000);
          const daemons = places.map((place) => place.start());
          await until('all ended', async () => (await count(database, ENDED)) === 1000, 90_000);
          const stats = await simulator.stats();
          assert.equal(stats.accepted, 1000);
          assert.equal(stats.doubledMessages, 0);
          for (const daemon of daemons) daemon.process.kill('SIGTERM');
          for (const daemon of daemons) assert.equal(await daemon.exited, 0, daemon.log());
        } finally {
          for (const place of places) await place.remove();
        }
      });
    }
  });
}
