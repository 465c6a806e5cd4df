import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { StatusReport } from '../../src/daemon/status.ts';
import { daemonPlace, until, within, type DaemonPlace, type RunningDaemon } from '../support/daemon.ts';
import { freshDatabase, type FreshDatabase } from '../support/databases.ts';
import { freePort } from '../support/free-port.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';
import { yxt, type Said } from '../support/yxt.ts';

const SIGNATURE = '【某市人社局】';
const SIGNED = { 'platform.signature': 'prefix', 'platform.signatureText': SIGNATURE };
const ROWS = 240;

describe('reload, in a real process', function () {
  this.timeout(120_000);
  let simulator: SimulatorHandle;
  let database: FreshDatabase;
  let place: DaemonPlace;
  let daemon: RunningDaemon;

  beforeEach(async () => {
    simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 100 } });
    database = await freshDatabase('sqlite');
    place = daemonPlace(database, simulator, { 'outbox.concurrency': 2 });
    daemon = place.start();
    await daemon.said('daemon.started');
  });
  afterEach(async () => {
    await place.remove();
    await database.drop();
    await simulator.stop();
  });

  const ask = (...argv: string[]): Promise<Said> => yxt([...argv, '--config', place.configFile]);
  const json = async <T>(...argv: string[]): Promise<T> => JSON.parse((await ask(...argv, '--json')).out) as T;
  const replace = (from: string | RegExp, to: string): void => {
    const text = readFileSync(place.configFile, 'utf8');
    assert.notEqual(text.replace(from, to), text);
    writeFileSync(place.configFile, text.replace(from, to));
  };
  const insert = async (rows: number): Promise<void> => {
    for (let i = 0; i < rows; i++) {
      // each its own text, so each its own call
      await database.rawQuery('insert into sms_outbox (phone, content) values (?, ?)', [
        `130${String(i).padStart(8, '0')}`,
        `社保通知第${i}号`,
      ]);
    }
  };
  const delivered = (rows: number): Promise<void> =>
    until('every row is delivered', async () => {
      const found = await database.rawQuery(`select count(*) as n from sms_outbox where status = 'DELIVERED'`);
      return Number(found[0]?.['n']) === rows;
    });
  /** The daemon is there, sends as before, and has sent each row once. */
  const goesOnUnsigned = async (): Promise<void> => {
    await insert(1);
    await delivered(1);
    assert.deepEqual(
      (await simulator.ledger()).map(({ text }) => text),
      ['社保通知第0号'],
    );
    assert.equal(await daemon.stop(), 0);
  };

  it('changes what is in force while rows are being sent: same process, nothing lost, nothing twice', async () => {
    await simulator.options({ latencyMs: 20 });
    await insert(ROWS);
    await simulator.waitFor((stats) => stats.accepted >= ROWS / 6);
    const before = await json<StatusReport>('status');
    place.configure({ ...SIGNED, 'outbox.concurrency': 2, 'outbox.pollEvery': '150ms', 'log.level': 'debug' });
    const { reloaded, changed, waiting, silentMs } = await json<Record<string, unknown>>('reload');
    assert.deepEqual(
      { reloaded, changed, waiting },
      {
        reloaded: true,
        changed: ['platform.signature', 'platform.signatureText', 'outbox.pollEvery', 'log.level'],
        waiting: [],
      },
    );
    assert.ok(typeof silentMs === 'number' && silentMs > 0 && silentMs < 10_000, String(silentMs));
    assert.equal((await json<StatusReport>('status')).pid, daemon.process.pid);
    assert.equal(before.pid, daemon.process.pid);

    await delivered(ROWS);
    const ledger = await simulator.ledger();
    const phones = ledger.flatMap((entry) => entry.phones);
    assert.equal(phones.length, ROWS);
    assert.equal(new Set(phones).size, ROWS);
    assert.equal((await simulator.stats()).doubledMessages, 0);
    const first = ledger.findIndex(({ text }) => text.startsWith(SIGNATURE));
    assert.ok(first > 0 && ledger.slice(first).every(({ text }) => text.startsWith(SIGNATURE)), `from ${first}`);
    assert.match(daemon.log(), /DEBUG|"debug"/, 'the log follows as well');
    assert.match((await ask('audit', 'list')).out, /os:\S+ +(\(\S+\) +)?reload +changed=platform\.signature /);
    assert.equal(await daemon.stop(), 0);
    assert.equal(daemon.log().match(/daemon\.started/g)?.length, 2);
  });

  it('says so where nothing has changed, and begins anew all the same', async () => {
    const { code, out } = await ask('reload');
    assert.equal(code, 0);
    assert.match(out, /^the configuration is reloaded\. no key has another value; nothing was sent for \d+ /);
    await goesOnUnsigned();
  });

  it('refuses a wrong file: all of it is told, with lines, and the old configuration goes on', async () => {
    replace(/^( +)pollEvery: 100ms/m, '$1pollEvry: 100ms\n$1concurrencey: 2');
    const { code, err } = await ask('reload');
    assert.equal(code, 2);
    assert.match(
      err,
      /2 problems:[\s\S]*:\d+:\d+: outbox\.pollEvry: .*pollEvery\?[\s\S]*:\d+:\d+: outbox\.concurrencey: unknown key/,
    );
    daemon.process.kill('SIGHUP');
    await daemon.said('reload.config');
    assert.match(daemon.log(), /2 problems:.*outbox\.pollEvry.*outbox\.concurrencey/);
    await goesOnUnsigned();
  });

  it('refuses what only the daemon can see to be wrong, as a wrong file', async () => {
    replace('${env:YXT_PASSWORD}', '${env:YXT_NOT_THERE}');
    const { code, err } = await ask('reload');
    assert.equal(code, 2);
    assert.match(
      err,
      /the configuration in force stays: .*1 problem:[\s\S]*:\d+:\d+: platform\.password: .*YXT_NOT_THERE/,
    );
    await goesOnUnsigned();
  });

  it('refuses a database that does not answer, or has no tables, without a pause', async () => {
    const text = readFileSync(place.configFile, 'utf8');
    replace('client: sqlite', 'client: mysql');
    const server = `{ host: 127.0.0.1, port: ${await freePort()}, user: yxt, password: "", database: sms }`;
    replace(/^ {2}connection: .*$/m, `  connection: ${server}`);
    const unreached = await ask('reload');
    assert.equal(unreached.code, 1, unreached.err);
    assert.match(unreached.err, /not reloaded, the configuration in force stays: .*127\.0\.0\.1/);

    const empty = await freshDatabase('sqlite', { schema: false });
    try {
      writeFileSync(place.configFile, text);
      place.configure({ 'database.connection': empty.options.connection });
      const bare = await ask('reload');
      assert.equal(bare.code, 1);
      assert.match(bare.err, /not reloaded.*schema apply/);
      assert.doesNotMatch(daemon.log(), /daemon\.stopping/);
    } finally {
      await empty.drop();
    }
    await goesOnUnsigned();
  });

  it('goes back to the old configuration where the new one does not start after all', async () => {
    const other = await freshDatabase('sqlite');
    try {
      await other.rawQuery(`create trigger shut before insert on sms_mw_status begin select raise(abort, 'shut'); end`);
      place.configure({ ...SIGNED, 'database.connection': other.options.connection });
      const { code, err } = await ask('reload');
      assert.equal(code, 1);
      assert.match(
        err,
        /did not start with the new configuration and goes on with the one before: The database refused/,
      );
      assert.match(daemon.log(), /reload\.back[\s\S]*daemon\.started[\s\S]*reload\.undone/);
      await goesOnUnsigned();
    } finally {
      await other.drop();
    }
  });

  it('obeys SIGHUP, keeps its state directory, and names what waits for a restart', async function () {
    if (process.platform === 'win32') this.skip();
    const before = readFileSync(place.configFile, 'utf8');
    place.configure({ ...SIGNED, stateDir: './elsewhere' });
    daemon.process.kill('SIGHUP');
    await daemon.said('reload.done');
    assert.match(daemon.log(), /waiting for a restart: stateDir/);
    writeFileSync(place.configFile, before);
    assert.match((await ask('audit', 'list')).out, /signal:SIGHUP +reload +changed=platform\.signature .*stateDir/);
    await insert(1);
    await delivered(1);
    assert.equal((await simulator.ledger())[0]?.text, `${SIGNATURE}社保通知第0号`);
    const second = place.start();
    assert.equal(await second.exited, 1);
    assert.match(second.log(), new RegExp(`another yxt-mw is using .*pid ${daemon.process.pid ?? 0}`));
    assert.equal(await daemon.stop(), 0);
  });

  it('refuses a second one meanwhile, and a stop ends both reload and daemon in order', async () => {
    // a call is out, for which the reload has to wait; its receipt stays away, so that SENT is the last of it
    await simulator.options({ latencyMs: 800, receiptDelayMs: 3_600_000 });
    await insert(1);
    await simulator.waitFor((stats) => stats.accepted === 1);
    const reload = ask('reload');
    await daemon.said('stopping (reload)');
    const again = await ask('reload');
    assert.equal(again.code, 1);
    assert.match(again.err, /is reloading its configuration: try again/);
    assert.equal(await within('the daemon ends', daemon.stop()), 0);
    const { code, err } = await reload;
    assert.equal(code, 1);
    assert.match(err, /is stopping/);
    assert.match(daemon.log(), /every result written/);
    assert.equal(daemon.log().match(/daemon\.started/g)?.length, 1);
    assert.equal((await database.rawQuery('select status from sms_outbox'))[0]?.['status'], 'SENT');
    assert.equal((await ask('reload')).code, 3);
  });

  it('hears a stop at each moment of a reload, and loses nothing', async () => {
    await simulator.options({ latencyMs: 20 });
    await insert(ROWS / 2);
    const moments = ['reload.asked', 'stopping (reload)', 'daemon.stopped', /daemon\.started[^]*daemon\.started/];
    for (const moment of moments) {
      const reload = ask('reload');
      await daemon.said(moment);
      assert.equal(await within('the daemon ends', daemon.stop()), 0);
      const { code, err } = await reload;
      assert.equal(code, err === '' ? 0 : 1);
      daemon = place.start();
      await daemon.said('daemon.started');
    }
    await delivered(ROWS / 2);
    const phones = (await simulator.ledger()).flatMap((entry) => entry.phones);
    assert.equal(phones.length, ROWS / 2);
    assert.equal(new Set(phones).size, ROWS / 2);
    assert.equal(await daemon.stop(), 0);
  });
});
