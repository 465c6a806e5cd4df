import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ShadowReport } from '../../src/shadow/report.ts';
import { TABLE_NAMES } from '../../src/db/names.ts';
import { launch, type Running } from '../support/command-line.ts';
import { type DaemonPlace, daemonPlace, until } from '../support/daemon.ts';
import { type Client, DIALECTS, type FreshDatabase, freshDatabase, needDatabase } from '../support/databases.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';

const TABLES = Object.values(TABLE_NAMES);
const PASSWORD = 'Shadow-reads-1!';
const POLICY = {
  quietHours: [
    { categories: ['NIGHT'], from: '00:00', to: '12:00', days: 'all' },
    { categories: ['NIGHT'], from: '12:00', to: '00:00', days: 'all' },
  ],
  limits: [{ per: 'phone', categories: ['CODE'], most: 1, in: '1h', over: 'reject' }],
};

/** A user of the database's that may read, and nothing else; SQLite has none. */
async function readerOf(client: Client, database: FreshDatabase): Promise<string | null> {
  if (client === 'sqlite') return null;
  const user = `yxt_reader_${process.pid}`;
  const statements =
    client === 'mysql'
      ? [
          `CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}'`,
          ...TABLES.map((table) => `GRANT SELECT ON ${table} TO '${user}'@'%'`),
        ]
      : [`CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}'`, `GRANT SELECT ON ${TABLES.join(', ')} TO ${user}`];
  for (const statement of statements) await database.rawQuery(statement);
  return user;
}

async function dropReader(client: Client, database: FreshDatabase, user: string | null): Promise<void> {
  if (user === null) return;
  if (client === 'postgres') await database.rawQuery(`DROP OWNED BY ${user}`);
  await database.rawQuery(client === 'mysql' ? `DROP USER '${user}'@'%'` : `DROP ROLE ${user}`);
}

for (const client of DIALECTS) {
  describe(`start --shadow on ${client}`, function () {
    this.timeout(120_000);
    let simulator: SimulatorHandle;
    let stop = (): Promise<void> => Promise.resolve();
    let database: FreshDatabase;
    let place: DaemonPlace;
    let reader: string | null = null;
    let child: ChildProcess | null = null;
    before(async function () {
      await needDatabase(client, this);
      simulator = await startSimulatorProcess();
      stop = () => simulator.stop();
    });
    after(() => stop());
    beforeEach(async () => {
      await simulator.reset();
      database = await freshDatabase(client);
      reader = await readerOf(client, database);
      place = daemonPlace(database, simulator, {
        ...(reader !== null && { 'database.connection.user': reader }),
        'outbox.ratePerSecond': 10,
        'outbox.batchSize': 3,
        'policy.quietHours': POLICY.quietHours,
        'policy.limits': POLICY.limits,
        'policy.pricePerPart': 0.05,
        'log.level': 'debug',
      });
    });
    afterEach(async () => {
      child?.kill('SIGKILL');
      await place.remove();
      await dropReader(client, database, reader);
      await database.drop();
    });

    const contents = async (): Promise<unknown> => {
      const all: Record<string, unknown> = {};
      for (const table of TABLES) all[table] = await database.rawQuery(`SELECT * FROM ${table} ORDER BY 1, 2`);
      return all;
    };
    const insert = async (rows: readonly Record<string, string>[]): Promise<void> => {
      for (const row of rows) {
        const columns = { content: '您的社保卡已制好，请到窗口领取', ...row };
        const places = Object.keys(columns).map(() => '?');
        await database.rawQuery(
          `INSERT INTO sms_outbox (${Object.keys(columns).join(', ')}) VALUES (${places.join(', ')})`,
          Object.values(columns),
        );
      }
    };
    const phone = (n: number): string => String(13_800_130_000 + n);

    /** Rows decided about, as the log tells. */
    const looked = (log: string): number =>
      [...log.matchAll(/"event":"shadow.look".*?"rows":(\d+)/g)].reduce((sum, [, rows]) => sum + Number(rows), 0);

    function start(...more: string[]): Running {
      const argv = ['--config', place.configFile, '--json', 'start', '--shadow', ...more];
      // no password of the platform's: it is not asked for
      const env = { YXT_PASSWORD: undefined, YXT_DB_PASSWORD: reader === null ? '' : PASSWORD };
      const daemon = launch(dirname(place.configFile), argv, env);
      child = daemon.child;
      return daemon;
    }

    it('says what would be done, and leaves tables and platform as they are', async () => {
      const same = Array.from({ length: 12 }, (_, i) => ({ phone: phone(i) }));
      await insert([
        ...same,
        { phone: phone(20), content: '字'.repeat(71), priority: '0' },
        { phone: '12345' },
        { phone: phone(21), content: '???' },
        { phone: phone(22), category: 'NIGHT' },
        { phone: phone(23), category: 'CODE', content: '验证码 1111' },
        { phone: phone(23), category: 'CODE', content: '验证码 2222' },
        { phone: phone(24), send_at: '2099-01-01 00:00:00' },
        { phone: phone(25), expire_at: '2020-01-01 00:00:00' },
      ]);
      const before = await contents();
      const file = typeof database.options.connection === 'string' ? database.options.connection : null;
      const bytes = file && readFileSync(file);

      const daemon = start();
      await until('it has looked', () => looked(daemon.said()) === 19);
      assert.deepEqual(await contents(), before);
      if (file && bytes) assert.ok(readFileSync(file).equals(bytes));
      await insert([{ phone: phone(30), content: '后来的一条' }]);
      const after = await contents();
      await until('it has seen what came later', () => looked(daemon.said()) === 20);
      daemon.child.kill('SIGTERM');
      const { code, out, err } = await daemon.ended;
      assert.equal(code, 0, err);

      const report = JSON.parse(out) as ShadowReport & { unknown: string[] };
      const { messages, parts, cost, secondsAtRate, refused, deferred, scheduled, channel, unknown } = report;
      assert.deepEqual(
        { messages, parts, cost, secondsAtRate, scheduled, channel },
        {
          ...{ messages: 15, parts: 16, cost: 0.8, secondsAtRate: 2, scheduled: 1, channel: null },
        },
      );
      assert.deepEqual(refused.map(({ status, code, rows }) => [status, code, rows]).sort(), [
        ['EXPIRED', 'STALE', 1],
        ['HELD', 'GARBLED', 1],
        ['REJECTED', 'BAD_PHONE', 1],
        ['REJECTED', 'RATE_LIMIT', 1],
      ]);
      assert.deepEqual(
        deferred.map(({ code, rows }) => [code, rows]),
        [['QUIET_HOURS', 1]],
      );
      assert.match(deferred[0]?.until ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
      // three to a batch, the rest alone
      assert.ok(report.calls >= 5 && report.calls <= 15, String(report.calls));
      assert.ok(unknown.length > 3);
      assert.doesNotMatch(out + err, /1380013|验证码|领取/);

      assert.deepEqual(await contents(), after);
      assert.equal((await simulator.stats()).calls, 0);
      assert.ok(!existsSync(place.stateDir));
    });

    it('says where it may not read, and does not go with --detach', async () => {
      if (reader !== null) {
        await database.rawQuery(
          client === 'mysql'
            ? `REVOKE SELECT ON sms_blacklist FROM '${reader}'@'%'`
            : `REVOKE SELECT ON sms_blacklist FROM ${reader}`,
        );
        const { code, err } = await start().ended;
        assert.equal(code, 1);
        assert.match(err, /sms_blacklist/);
      }
      assert.equal((await start('--detach').ended).code, 2);
    });
  });
}
