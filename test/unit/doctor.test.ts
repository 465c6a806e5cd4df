import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkConfig } from '../../src/config/check.ts';
import { CHANNEL, openConfiguredStore } from '../../src/daemon/parts.ts';
import { applySchema } from '../../src/db/schema.ts';
import { examine, type Finding } from '../../src/doctor/index.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { temporaryDir } from '../support/temporary.ts';
import { writeConfig } from '../support/config-file.ts';

const PASSWORD = 'demo-password';

describe('doctor', () => {
  let dir = '';
  let platform: Simulator;
  const file = (): string => path.join(dir, 'config.yaml');

  before(async () => (platform = await startSimulator()));
  after(() => platform.close());
  beforeEach(() => {
    platform.reset();
    dir = temporaryDir();
    writeFileSync(path.join(dir, 'ca.pem'), platform.ca);
    configure({});
  });

  function configure(values: Record<string, unknown>, client: 'sqlite' | 'mysql' = 'sqlite'): void {
    const { spCode, loginName, accessNo } = platform.settings();
    const all = {
      ...(client === 'sqlite' ? { 'database.connection': './yxt.db' } : {}),
      'platform.url': platform.url,
      'platform.spCode': spCode,
      'platform.loginName': loginName,
      'platform.accessNo': accessNo,
      'platform.tls.ca': './ca.pem',
      ...values,
    };
    writeConfig(dir, all, client);
  }

  const checked = (password = PASSWORD): ReturnType<typeof checkConfig> =>
    checkConfig(file(), { YXT_PASSWORD: password, YXT_DB_PASSWORD: '' });

  async function examined(
    password?: string,
  ): Promise<{ findings: Finding[]; levels: Record<string, string>; words: string }> {
    const findings = await examine({ file: file(), ...checked(password) }, systemClock, () => undefined);
    const levels: Record<string, string> = {};
    const worst = ['ok', 'skip', 'warn', 'fail'];
    for (const { check, level } of findings) {
      if (worst.indexOf(level) >= worst.indexOf(levels[check.en] ?? 'ok')) levels[check.en] = level;
    }
    return { findings, levels, words: findings.map(({ text, todo }) => `${text.en} ${todo?.en ?? ''}`).join('\n') };
  }

  async function makeTables(): Promise<void> {
    const { config } = checked();
    assert.ok(config);
    await applySchema(config.database);
  }

  /** Calls of the account; the look at certificate and clock carries none. */
  const calls = (): number => platform.stats().requests['/sms/Api/SearchNumber.do'] ?? 0;

  it('tells what of the policy would refuse everything, cannot be used, or is not known', async () => {
    mkdirSync(path.join(dir, 'holidays'));
    const days = { from: '00:00', to: '08:00', days: 'workdays' };
    configure({ 'policy.requireTemplate': true, 'policy.quietHours': [days], 'policy.holidays': './holidays' });
    await makeTables();
    const { config } = checked();
    assert.ok(config);
    const store = await openConfiguredStore(config);
    const bad = { code: 'BAD', body: '{', category: null, platformId: null, enabled: true };
    await store.putTemplates([bad], false);
    await store.close();
    const { levels, words } = await examined();
    assert.equal(levels['policy'], 'warn');
    assert.match(words, /has no template in use: every message will be refused/);
    assert.match(words, /1 of sms_template cannot be used, their body is wrong: BAD/);
    writeFileSync(path.join(dir, 'holidays', '2026.json'), '{}');
    const broken = await examined();
    assert.equal(broken.levels['policy'], 'fail');
    assert.match(broken.words, /2026\.json: year is wrong/);
  });

  it('finds all well, with one call to the account', async () => {
    await makeTables();
    const { findings, levels } = await examined();
    assert.deepEqual(new Set(Object.values(levels)), new Set(['ok']), JSON.stringify(findings));
    const names = [
      'system',
      'config',
      'state',
      'database',
      'schema',
      'outbox',
      'privileges',
      'durability',
      'charset',
      'queries',
      'policy',
      'TLS',
      'clock',
      'account',
    ];
    assert.deepEqual(Object.keys(levels), names);
    assert.equal(findings.filter(({ check }) => check.en === 'clock').length, 2, 'database and platform');
    assert.equal(calls(), 1);
  });

  it('says that the password is wrong, once: after it nobody calls until it is changed', async () => {
    await makeTables();
    const { levels, words } = await examined('wrong');
    assert.equal(levels['account'], 'fail');
    assert.match(words, /got 3: wrong password/);
    assert.match(words, /platform\.password/);
    const before = calls();
    const again = await examined('wrong');
    assert.equal(again.levels['account'], 'fail');
    assert.match(again.words, /the platform was not called: the platform said 3/);
    assert.equal(calls(), before);
    assert.equal((await examined()).levels['account'], 'ok');
  });

  it('does not call an account that another daemon with these credentials has latched', async () => {
    await makeTables();
    const { config } = checked();
    assert.ok(config);
    await examined(); // leaves the credentials behind
    const store = await openConfiguredStore(config);
    const state = await store.channel(CHANNEL);
    await store.changeChannel(CHANNEL, {
      ...state,
      state: 'LATCHED',
      scope: 'all',
      code: '24',
      reason: 'x',
      untilInMs: null,
    });
    await store.close();
    const before = calls();
    const { levels, words } = await examined();
    assert.equal(levels['account'], 'fail');
    assert.match(words, /was not called: the platform said 24/);
    assert.equal(calls(), before);
  });

  it('does not call the account while the latch cannot be read: no tables', async () => {
    writeFileSync(path.join(dir, 'yxt.db'), '');
    const { levels, words } = await examined();
    assert.equal(levels['schema'], 'fail');
    assert.match(words, /none of the tables is there.*schema apply/);
    assert.equal(levels['account'], 'skip');
    assert.equal(levels['TLS'], 'ok');
    assert.equal(calls(), 0);
  });

  it('goes on after a database that is not there, and makes none', async () => {
    const { levels, words } = await examined();
    assert.equal(levels['database'], 'fail');
    assert.match(words, /there is no database file .*schema apply/);
    assert.deepEqual([levels['schema'], levels['charset'], levels['account']], ['skip', 'skip', 'skip']);
    assert.equal(levels['TLS'], 'ok');
    assert.equal((await examined()).levels['database'], 'fail', 'still not made');
  });

  it('says that a database server does not answer', async () => {
    configure({ 'database.connection.host': '127.0.0.1', 'database.connection.port': 9 }, 'mysql');
    const { levels, words } = await examined();
    assert.equal(levels['database'], 'fail');
    assert.match(words, /cannot be reached.*ECONNREFUSED/);
    assert.equal(levels['account'], 'skip');
  });

  it('does not trust a certificate of unknown origin, and tells nobody the password', async () => {
    await makeTables();
    configure({ 'platform.tls.ca': null });
    const { levels, words } = await examined();
    assert.equal(levels['TLS'], 'fail');
    assert.match(words, /issuer of the certificate is not trusted.*platform\.tls\.ca/);
    assert.equal(levels['account'], 'skip');
    assert.equal(calls(), 0);
  });

  it('warns of a low balance, a paused channel, an open state directory and a readable configuration', async () => {
    await makeTables();
    mkdirSync(path.join(dir, 'state'));
    chmodSync(path.join(dir, 'state'), 0o755);
    chmodSync(file(), 0o644);
    platform.change({ balance: 5 });
    const { config } = checked();
    assert.ok(config);
    const store = await openConfiguredStore(config);
    const state = await store.channel(CHANNEL);
    await store.changeChannel(CHANNEL, { ...state, state: 'MANUAL', reason: 'drill' });
    await store.close();
    const { levels, words } = await examined();
    for (const check of ['config', 'state', 'account']) assert.equal(levels[check], 'warn', check);
    assert.match(words, /chmod 600/);
    assert.match(words, /chmod 700/);
    assert.match(words, /only 5 messages left/);
    assert.match(words, /paused by hand: drill/);
  });

  it('shows every problem of the configuration, and nothing else', async () => {
    configure({ 'platform.spCode': 'no good', 'outbox.batchSize': 0 });
    const { findings } = await examined();
    assert.deepEqual(
      findings.map(({ level, check }) => `${level} ${check.en}`),
      ['fail config', 'fail config'],
    );
    assert.match(findings[0]?.text.en ?? '', /config\.yaml:\d+/);
  });
});
