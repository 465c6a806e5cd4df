import assert from 'node:assert/strict';
import { askDaemon } from '../../src/daemon/control.ts';
import type { StatusReport } from '../../src/daemon/status.ts';
import { type DaemonPlace, daemonPlace, until } from '../support/daemon.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';

describe('what README and guarantees promise, as real processes', function () {
  this.timeout(120_000);
  let simulator: SimulatorHandle;
  let database: FreshDatabase;
  const places: DaemonPlace[] = [];

  before(async () => {
    simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 50 } });
  });
  after(() => simulator.stop());
  beforeEach(async () => {
    await simulator.reset();
    database = await freshDatabase('sqlite');
  });
  afterEach(async () => {
    for (const place of places.splice(0)) await place.remove();
    await database.drop();
  });

  function place(values: Record<string, unknown> = {}, password?: string): DaemonPlace {
    const made = daemonPlace(database, simulator, values, password);
    places.push(made);
    return made;
  }
  const insert = (phone: string, content = 'x'): Promise<unknown> =>
    database.rawQuery('insert into sms_outbox (phone, content) values (?, ?)', [phone, content]);
  const row = async (): Promise<Record<string, unknown>> =>
    (await database.rawQuery('select * from sms_outbox'))[0] ?? {};
  const rowIs = (status: string): Promise<void> =>
    until(`the row is ${status}`, async () => (await row())['status'] === status, 20_000);

  it('corrected credentials end the stop after a wrong password, with one call that proves them', async () => {
    await insert('13000000001');
    const wrong = place({}, 'not-the-password').start();
    await wrong.said('wrong password');
    assert.equal(await wrong.stop(), 0);
    assert.equal((await row())['status'], 'NEW');
    assert.equal((await simulator.stats()).failedLogins, 1);

    const right = place().start();
    await rowIs('DELIVERED');
    assert.equal((await simulator.stats()).failedLogins, 1);
    const [channel] = await database.rawQuery('select state, code from sms_mw_channel');
    assert.deepEqual([channel?.['state'], channel?.['code']], ['OPEN', null]);
    assert.equal(await right.stop(), 0);
  });

  it('a row without a receipt ends as UNKNOWN, and a receipt that comes after all still counts', async () => {
    await simulator.options({ receiptDelayMs: 3_600_000 });
    await insert('13000000002');
    const daemon = place().start();
    await rowIs('SENT');
    // three days later, as far as the database knows
    await until('the time is over', async () => {
      const wait = `next_at = strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime')`;
      await database.rawQuery(`update sms_mw_submit set ${wait} where state = 'ACCEPTED'`);
      return (await row())['status'] === 'UNKNOWN';
    });
    await simulator.options({ receiptDelayMs: 0 });
    await rowIs('DELIVERED');
    assert.equal((await row())['receipt_code'], '0');
    assert.equal((await simulator.stats()).accepted, 1);
    assert.equal(await daemon.stop(), 0);
  });

  it('what a command has changed is in the daemon table when it returns', async () => {
    const at = place();
    const daemon = at.start();
    await daemon.said('daemon.started');
    const own = async (verb: 'pause' | 'resume'): Promise<{ channelState: string; lastError: string | null }> => {
      const { daemons } = (await askDaemon(at.stateDir, { verb, reason: 'drill' })) as StatusReport;
      const [told] = await database.rawQuery('select channel_state, last_error from sms_mw_status');
      assert.equal(daemons[0]?.channelState, told?.['channel_state'], 'the table says the same');
      return { channelState: String(told?.['channel_state']), lastError: told?.['last_error'] as string | null };
    };
    const paused = await own('pause');
    assert.match(paused.channelState, /paused by hand: drill/);
    assert.match(paused.lastError ?? '', /drill/);
    assert.deepEqual(await own('resume'), { channelState: 'OPEN', lastError: null });
    assert.equal(await daemon.stop(), 0);
  });

  it('a trouble is in the daemon table within a second, and gone from it as soon as it is over', async () => {
    const at = place();
    const daemon = at.start();
    await daemon.said('daemon.started');
    const lastError = async (): Promise<unknown> =>
      (await database.rawQuery('select last_error from sms_mw_status'))[0]?.['last_error'];
    await simulator.down();
    await until('the platform is gone', () => /ECONNREFUSED|refuses connections/.test(daemon.log()));
    await until('the table says so', async () => /refuses connections/.test(String(await lastError())), 2000);
    await simulator.up();
    await until('the platform is back', async () => (await lastError()) === null, 30_000);
    assert.equal(await daemon.stop(), 0);
  });

  it('a daemon that cannot beat says so, and goes on by itself', async () => {
    const at = place();
    const daemon = at.start();
    await daemon.said('daemon.started');
    await database.rawQuery('alter table sms_mw_status rename to gone');
    // a change of state makes it beat at once
    await assert.rejects(askDaemon(at.stateDir, { verb: 'pause' }), /missing/);
    await until('it says so', () => /heartbeat could not be written/.test(daemon.log()), 20_000);
    await database.rawQuery('alter table gone rename to sms_mw_status');
    await askDaemon(at.stateDir, { verb: 'resume' });
    await insert('13000000003');
    await rowIs('DELIVERED');
    const { trouble } = (await askDaemon(at.stateDir, { verb: 'status' })) as StatusReport;
    assert.equal(trouble, null);
    assert.equal(await daemon.stop(), 0);
  });
});
