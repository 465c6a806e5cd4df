import assert from 'node:assert/strict';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { daemonPlace, until, type DaemonPlace } from '../support/daemon.ts';
import { webhookEar } from '../support/ears.ts';
import { startSimulatorProcess, type SimulatorHandle } from '../support/simulator.ts';
import { yxt } from '../support/yxt.ts';

describe('control by SQL, seen from outside', function () {
  this.timeout(120_000);
  let simulator: SimulatorHandle;
  let database: FreshDatabase;
  let hook: Awaited<ReturnType<typeof webhookEar>>;
  let place: DaemonPlace;

  before(async () => {
    simulator = await startSimulatorProcess();
    database = await freshDatabase('sqlite');
    hook = await webhookEar();
    place = daemonPlace(database, simulator, { 'alarms.webhook.url': `http://127.0.0.1:${hook.port}/` });
  });
  after(async () => {
    await place.remove();
    await hook.close();
    await database.drop();
    await simulator.stop();
  });

  const give = async (command: string, more = ''): Promise<string> => {
    await database.rawQuery(
      `insert into sms_mw_command (command, reason, created_by, row_id) values ('${command}', 'drill', 'zhang', ${more || 'null'})`,
    );
    const last = (): Promise<Record<string, unknown>[]> =>
      database.rawQuery('select status, result from sms_mw_command order by id desc limit 1');
    await until(`${command} is done`, async () => (await last())[0]?.['result'] !== null, 30_000);
    const [row] = await last();
    return `${String(row?.['status'])} ${String(row?.['result'])}`;
  };
  const status = async (id: number): Promise<unknown> =>
    (await database.rawQuery('select status from sms_outbox where id = ?', [id]))[0]?.['status'];

  it('pauses, cancels, resumes; an alarm goes out and comes to its end; the audit log has it all', async () => {
    const daemon = place.start();
    await daemon.said('daemon.started');
    assert.equal(await give('PAUSE'), 'DONE sending is paused');
    await hook.told(1);
    await database.rawQuery(
      "insert into sms_outbox (phone, content) values ('13000000001', 'a'), ('13000000002', 'b')",
    );
    assert.equal(await give('CANCEL', '1'), 'DONE 1 row cancelled');
    assert.deepEqual([await status(1), await status(2)], ['CANCELLED', 'NEW']);
    assert.equal(await give('RESUME'), 'DONE sending is resumed');
    await hook.told(2);
    const states = hook.heard.map((body) => JSON.parse(body) as { condition: string; state: string; text: string });
    assert.deepEqual(
      states.map(({ condition, state }) => `${condition} ${state}`),
      ['channel raised', 'channel cleared'],
    );
    assert.match(states[0]?.text ?? '', /paused by hand: drill/);
    await until('the other one is delivered', async () => (await status(2)) === 'DELIVERED');
    assert.equal(
      await give('RETRY', '2'),
      'DONE 1 row to be sent again; 1 row of these may have gone out before: the citizen may get it twice',
    );
    await until('it is sent again', async () => (await simulator.stats()).accepted === 2);
    assert.equal((await yxt(['audit', 'verify', '--config', place.configFile])).out, '4 lines, all as written');
    const { out } = await yxt(['audit', 'list', '--config', place.configFile]);
    assert.match(out, /sql:zhang +pause +.*reason=drill[\s\S]*sql:zhang +cancel +.*rowId=1[\s\S]*resume[\s\S]*retry/);
    assert.equal(await daemon.stop(), 0);
  });

  it('a pause at the keyboard stands against a RESUME that was written before it, and whose daemon died', async () => {
    const daemon = place.start();
    await daemon.said('daemon.started');
    const lease = "strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime', '+3 seconds')";
    await database.rawQuery(
      `insert into sms_mw_command (command, status, owner, lease_until) values ('RESUME', 'RUNNING', 'idX.b1.c1', ${lease})`,
    );
    assert.equal((await yxt(['pause', '--reason', 'flood', '--config', place.configFile])).code, 0);
    const last = async (): Promise<Record<string, unknown>> =>
      (await database.rawQuery('select status, result from sms_mw_command order by id desc limit 1'))[0] ?? {};
    await until('it is answered', async () => (await last())['status'] !== 'RUNNING', 30_000);
    assert.match(Object.values(await last()).join(' '), /^FAILED somebody has paused or resumed since it was inserted/);
    const [channel] = await database.rawQuery('select state, reason from sms_mw_channel');
    assert.deepEqual([channel?.['state'], channel?.['reason']], ['MANUAL', 'flood']);
    assert.equal((await yxt(['resume', '--config', place.configFile])).code, 0);
    assert.equal(await daemon.stop(), 0);
  });
});
