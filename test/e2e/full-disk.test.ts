import assert from 'node:assert/strict';
import { join } from 'node:path';
import { askDaemon } from '../../src/daemon/control.ts';
import type { StatusReport } from '../../src/daemon/status.ts';
import { daemonPlace, until } from '../support/daemon.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';
import { type TinyDisk, tinyDisk } from '../support/tiny-disk.ts';

const MB = 2 ** 20;

describe('a daemon whose disk fills up, as real processes', function () {
  this.timeout(120_000);
  let disk: TinyDisk;
  let simulator: SimulatorHandle;
  let database: FreshDatabase;

  before(async function () {
    const mounted = tinyDisk(64);
    if (mounted === null) this.skip();
    disk = mounted;
    simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 50 } });
    database = await freshDatabase('sqlite');
  });
  after(async () => {
    await (simulator as SimulatorHandle | undefined)?.stop();
    await (database as FreshDatabase | undefined)?.drop();
    (disk as TinyDisk | undefined)?.remove();
  });

  it('stops fetching receipts first, then sending, says so, loses and doubles nothing, and goes on by itself', async () => {
    const stateDir = join(disk.dir, 'state');
    const place = daemonPlace(database, simulator, { stateDir, 'outbox.ratePerSecond': 200 });
    const count = async (where: string): Promise<number> =>
      Number((await database.rawQuery(`select count(*) as n from sms_outbox where ${where}`))[0]?.['n']);
    const trouble = async (): Promise<string> =>
      ((await askDaemon(stateDir, { verb: 'status' })) as StatusReport).trouble?.en ?? '';
    const insert = (first: number): Promise<unknown> =>
      database.rawQuery(
        `insert into sms_outbox (phone, content) values ${Array.from({ length: 20 }, () => '(?, ?)').join(', ')}`,
        Array.from({ length: 20 }, (_, i) => [String(13000000000 + first + i), `通知 ${first + i}`]).flat(),
      );
    try {
      const daemon = place.start();
      await insert(0);
      await until('all is delivered', async () => (await count(`status = 'DELIVERED'`)) === 20);

      disk.fill(8 * MB);
      await until('receipts have stopped', async () => /receipts are not fetched: make room/.test(await trouble()));
      const { requests } = await simulator.stats();
      await insert(100);
      await until('the rest goes on', async () => (await count(`status = 'SENT'`)) === 20);
      await simulator.mo({ phone: '13000000001', content: 'first' });
      await simulator.waitFor(({ unconfirmedMo }) => unconfirmedMo === 0);
      assert.equal((await simulator.stats()).requests['/sms/Api/report.do'], requests['/sms/Api/report.do']);

      disk.fill();
      await insert(200);
      await simulator.mo({ phone: '13000000001', content: 'second' });
      await until('sending has stopped', async () =>
        /state directory cannot be written.*the disk is full: make room/.test(await trouble()),
      );
      await until('no row hangs', async () => (await count(`status = 'NEW'`)) === 20);
      const [put] = await database.rawQuery(`select result_code, result_text from sms_outbox where status = 'NEW'`);
      assert.equal(put?.['result_code'], 'CHANNEL_PAUSED');
      assert.match(String(put['result_text']), /the disk is full/);
      assert.equal((await simulator.stats()).accepted, 40);
      assert.equal((await simulator.stats()).unconfirmedMo, 1);

      disk.free();
      await until('all is delivered', async () => (await count(`status = 'DELIVERED'`)) === 60);
      await simulator.waitFor(({ unconfirmedMo }) => unconfirmedMo === 0);
      await until('all is well', async () => (await trouble()) === '');
      const { accepted, doubledMessages, duplicateSerialAttempts } = await simulator.stats();
      assert.deepEqual([accepted, doubledMessages, duplicateSerialAttempts], [60, 0, 0]);
      assert.deepEqual(
        (await database.rawQuery('select content from sms_inbox order by id')).map((row) => row['content']),
        ['first', 'second'],
      );
      assert.equal(await daemon.stop(), 0);
    } finally {
      disk.free();
      await place.remove();
    }
  });
});
