import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../src/lib/clock.ts';
import { DbError } from '../../src/lib/errors.ts';
import { outboundBench, type Bench, type BenchOptions } from '../support/outbound.ts';
import { temporaryDir } from '../support/temporary.ts';

const phone = (n: number): string => `1380013${String(n).padStart(4, '0')}`;
const HOUR_MS = 3_600_000;

/** A wall clock that a test sets; the monotonic one runs as ever, and `pass` moves it on. */
class Hands implements Clock {
  at = Date.parse('2026-11-26T15:00:00Z'); // 23:00 in Beijing
  skip = 0;
  wall = (): number => this.at;
  mono = (): number => performance.now() + this.skip;
}

describe('policy in a claim', () => {
  let b: Bench;
  const texts = (): string[] => b.simulator.ledger().map(({ text }) => text);
  let hands: Hands;
  /** A bench whose account is proven, so that the first pass sends all. */
  const open = async (config: Record<string, unknown> = {}, more: Partial<BenchOptions> = {}): Promise<void> => {
    hands = new Hands();
    b = await outboundBench({ clock: hands, config, ...more });
    await b.gate.run('balance', () => Promise.resolve({ code: '0' }));
  };
  /** … at which the tables are read again. */
  const pass = async (): Promise<void> => {
    hands.skip += 16_000;
    await b.pass();
  };
  const template = (code: string, body: string, more = "'', 1"): Promise<unknown> =>
    b.database.rawQuery(
      `insert into sms_template (code, body, category, enabled) values (?, ?, nullif(${more.split(', ')[0]}, ''), ${more.split(', ')[1]})`,
      [code, body],
    );
  const sentence = async (id: string): Promise<string> => String((await b.row(id))['result_text']);
  afterEach(() => b.drop());

  it('fills in templates, and refuses what does not fit with the name of the parameter', async () => {
    await open();
    await template('CARD', '{name}您好，您的卡{card:digits:19-19}已制好。');
    await template('OLD', '旧模板', "'', 0");
    await template('BAD', '{name');
    const card = '{"name":"张三","card":6222020000000000001}';
    const of = (template_code: string, params: string | null) => ({ content: null, template_code, params });
    const ids = await b.insert(
      of('CARD', card),
      of('CARD', '{"name":"张三"}'),
      of('CARD', '张三'),
      of('NONE', '{}'),
      of('OLD', null),
      of('BAD', '{}'),
    );
    await pass();
    assert.deepEqual(await b.fates(), [
      'SENT 0',
      'REJECTED BAD_PARAMS',
      'REJECTED BAD_PARAMS',
      'REJECTED NO_TEMPLATE',
      'REJECTED NO_TEMPLATE',
      'REJECTED NO_TEMPLATE',
    ]);
    assert.deepEqual(texts(), ['张三您好，您的卡6222020000000000001已制好。']);
    assert.match(await sentence(ids[1]!), /template CARD: parameter card is missing/);
    assert.match(await sentence(ids[4]!), /OLD cannot be used: it is switched off/);
    assert.match(await sentence(ids[5]!), /BAD cannot be used: the \{ at 1 is not closed/);
    assert.ok(b.log.some(({ event }) => event === 'policy.tables'));
  });

  it('sends the number that the platform has given the template, with its rows, with free text that comes from it, and with a repeat', async () => {
    const approved = [
      { id: '1000000000001', text: '{name}您好，您的卡已制好。' },
      { id: '1000000000002', text: '停电通知' },
    ];
    await open(
      { 'policy.requireTemplate': true, 'platform.signature': 'none' },
      { simulator: { templates: approved, requireTemplateId: true } },
    );
    for (const [i, { id, text }] of approved.entries()) {
      await template(`T${i}`, text);
      await b.database.rawQuery('update sms_template set platform_template_id = ? where code = ?', [id, `T${i}`]);
    }
    await template('OWN', '没有平台模板号');
    b.simulator.setFaults({ rules: [{ call: 'Send', next: 1, fault: 'hangup-before' }] });
    await b.insert(
      { content: null, template_code: 'T0', params: '{"name":"张三"}' },
      { content: '停电通知', phone: phone(2) },
      { content: '没有平台模板号', phone: phone(3) },
    );
    await pass();
    await b.due();
    await pass();
    assert.deepEqual((await b.fates()).toSorted(), ['FAILED 28', 'SENT 0', 'SENT 0']);
    const recorded = await b.database.rawQuery('select template_id from sms_mw_submit order by template_id');
    assert.deepEqual(
      recorded.map((row) => row['template_id']),
      [null, '1000000000001', '1000000000002'],
    );
  });

  it('judges nothing while its tables cannot be read', async () => {
    let broken = true;
    const store: BenchOptions['store'] = (s) => ({
      ...s,
      policyTables: () => (broken ? Promise.reject(new DbError('lost', { zh: '', en: '' })) : s.policyTables()),
    });
    await open({}, { store });
    await template('T', '{name}您好');
    await b.database.rawQuery("insert into sms_blocked_word (word) values ('贷款')");
    await b.insert(
      { content: null, template_code: 'T', params: '{"name":"张三"}' },
      { content: '快来贷款', phone: phone(2) },
    );
    await assert.rejects(b.outbound.sender.pass(new AbortController().signal), DbError);
    await assert.rejects(b.outbound.sender.pass(new AbortController().signal), DbError, 'nor a moment later');
    assert.deepEqual(await b.fates(), ['NEW null', 'NEW null']);
    broken = false;
    await b.pass();
    assert.deepEqual(await b.fates(), ['SENT 0', 'REJECTED BLOCKED_WORD']);
  });

  it('follows what is changed while it runs: a word more, a word less, a template rewritten or switched off', async () => {
    await open();
    await template('T', '{name}您好');
    const round = async (...changes: string[]): Promise<string[]> => {
      for (const change of changes) await b.database.rawQuery(change);
      await b.database.rawQuery("update sms_outbox set status = 'CANCELLED'");
      await b.insert(
        { content: '网贷', phone: phone(1) },
        { content: null, template_code: 'T', params: '{"name":"张三"}', phone: phone(2) },
      );
      await pass();
      return (await b.fates()).slice(-2);
    };
    assert.deepEqual(await round(), ['SENT 0', 'SENT 0']);
    const more = "insert into sms_blocked_word (word) values ('网贷')";
    assert.deepEqual(await round(more, "update sms_template set body = '{name}，您好'"), [
      'REJECTED BLOCKED_WORD',
      'SENT 0',
    ]);
    assert.deepEqual(await round('delete from sms_blocked_word', 'update sms_template set enabled = 0'), [
      'SENT 0',
      'REJECTED NO_TEMPLATE',
    ]);
    assert.ok(texts().includes('张三，您好'));
  });

  it('knows a template that was added a moment before its row', async () => {
    await open();
    await template('NEW', '刚加的模板');
    await b.insert({ content: null, template_code: 'NEW' });
    hands.skip += 1100; // too soon for the tables to be read again by themselves
    await b.pass();
    assert.deepEqual(await b.fates(), ['SENT 0']);
  });

  it('compares free text with the templates, and says where it departs', async () => {
    await open({ 'policy.requireTemplate': true });
    await template('T1', '您好，{name}的卡已制好。');
    const [, bad] = await b.insert({ content: '您好，张三的卡已制好。' }, { content: '您好，张三的卡已办好。' });
    await pass();
    assert.deepEqual(await b.fates(), ['SENT 0', 'REJECTED TEMPLATE_MISMATCH']);
    assert.match(await sentence(bad!), /Nearest is T1: from character 9 on it wants "制好。", not "办好。"/);
  });

  it('refuses blocked words of table and file, and holds them where that is wanted', async () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'words.txt'), '贷款\n');
    await open({ 'policy.wordsFile': join(dir, 'words.txt'), 'policy.wordsOver': 'hold' });
    await b.database.rawQuery("insert into sms_blocked_word (word) values ('办证')");
    const [first] = await b.insert({ content: '快来贷款' }, { content: '办证请来' }, {});
    await pass();
    assert.deepEqual(await b.fates(), ['HELD BLOCKED_WORD', 'HELD BLOCKED_WORD', 'SENT 0']);
    await b.database.rawQuery("update sms_outbox set status = 'NEW' where id = ?", [first!]);
    await pass();
    assert.equal((await b.row(first!))['status'], 'SENT', 'a person has looked at it');
  });

  it('leaves who is on the blacklist in peace, except for what an opted-out citizen asks for', async () => {
    await open();
    await b.store.addToBlacklist([
      { phone: phone(1), reason: '投诉', origin: 'MANUAL' },
      { phone: phone(2), reason: 'TD', origin: 'OPTOUT' },
    ]);
    const to = (n: number, category = 'NOTICE') => ({ phone: phone(n), category });
    await b.insert(to(1), to(1, 'CODE'), to(2), { ...to(2, 'CODE'), content: '验证码' }, to(3));
    await pass();
    const refused = 'REJECTED BLACKLIST';
    assert.deepEqual(await b.fates(), [refused, refused, refused, 'SENT 0', 'SENT 0']);
  });

  it('makes no statement for limits that are not there', async () => {
    let counted = 0;
    const store: BenchOptions['store'] = (s) => ({
      ...s,
      countUses: () => Promise.reject(new Error(String(++counted))),
    });
    await open({}, { store });
    await b.insert({}, { phone: phone(2) });
    await pass();
    assert.deepEqual([await b.fates(), counted], [['SENT 0', 'SENT 0'], 0]);
  });

  describe('with limits', () => {
    const limits = (...list: unknown[]) => ({ 'policy.limits': list });

    it('sends so many, defers or refuses the rest, and says until when', async () => {
      await open(
        limits(
          { per: 'phone', categories: ['CODE'], most: 1, in: '1m', over: 'defer' },
          { per: 'text', most: 2, in: '24h' },
        ),
      );
      const code = (content: string) => ({ category: 'CODE', content });
      const ids = await b.insert(code('1111'), code('2222'), {}, {}, {});
      await pass();
      assert.deepEqual(await b.fates(), ['SENT 0', 'NEW RATE_LIMIT', 'SENT 0', 'SENT 0', 'REJECTED RATE_LIMIT']);
      const row = await b.row(ids[1]!);
      assert.match(
        String(row['result_text']),
        /at most 1 to one phone in 1m \(CODE\): reached, deferred until 20\d\d-\d\d-\d\d \d\d:\d\d/,
      );
      assert.ok(
        row['retry_at'] !== null &&
          row['retry_at'] === row['age_from'] &&
          row['requeued'] === 1 &&
          row['serial_no'] === null,
      );
      assert.match(await sentence(ids[4]!), /it may go after/);
      await b.due();
      await pass();
      assert.equal((await b.row(ids[1]!))['result_code'], 'RATE_LIMIT', 'still within the minute');
    });

    it('counts a row once, however often it comes back', async () => {
      await open(limits({ per: 'phone', most: 1, in: '1h' }));
      b.simulator.setFaults({ rules: [{ call: 'Send', next: 2, fault: 'code', code: '11' }] });
      const [id] = await b.insert({});
      await pass();
      assert.deepEqual(await b.fates(), ['NEW 11']);
      for (let i = 0; i < 3; i++) {
        await b.due();
        await pass();
      }
      assert.equal((await b.row(id!))['status'], 'SENT');
    });

    it('holds a storm with one alarm, and lets go what a person releases', async () => {
      await open({ 'policy.storm.sameTextPerDay': 3 });
      const ids = await b.insert(...Array.from({ length: 20 }, () => ({})));
      await pass();
      const fates = await b.fates();
      assert.equal(fates.filter((f) => f === 'SENT 0').length, 3);
      assert.equal(fates.filter((f) => f === 'HELD STORM').length, 17);
      await b.insert({});
      await pass();
      assert.equal(b.log.filter(({ event }) => event === 'outbox.storm').length, 1);
      await b.database.rawQuery("update sms_outbox set status = 'NEW' where id = ?", [ids[19]!]);
      await pass();
      assert.equal((await b.row(ids[19]!))['status'], 'SENT');
    });

    it('agrees with a second daemon on the same outbox', async () => {
      await open(limits({ per: 'source', most: 5, in: '1h' }));
      const other = await outboundBench({
        beside: b,
        clock: hands,
        config: limits({ per: 'source', most: 5, in: '1h' }),
      });
      try {
        await b.insert(
          ...Array.from({ length: 30 }, (_, i) => ({ phone: phone(i), content: `第${i}条`, source: '10.0.0.1' })),
        );
        await Promise.all([b.pass(), other.pass()]);
        for (let i = 0; i < 3; i++) await Promise.all([b.pass(), other.pass()]);
        const fates = await b.fates();
        assert.equal(fates.filter((f) => f === 'SENT 0').length, 5);
        assert.equal(fates.filter((f) => f === 'REJECTED RATE_LIMIT').length, 25);
      } finally {
        await other.drop();
      }
    });
  });

  describe('in quiet hours', () => {
    const quiet = { 'policy.quietHours': [{ categories: ['NOTICE'], from: '22:00', to: '08:00' }] };

    it('puts notices off until the morning, and says so', async () => {
      await open(quiet);
      const [notice] = await b.insert({}, { phone: phone(2), category: 'CODE' });
      await pass();
      assert.deepEqual(await b.fates(), ['NEW QUIET_HOURS', 'SENT 0']);
      assert.equal(await sentence(notice!), 'quiet hours, deferred until 2026-11-27 08:00 (Beijing)');
      const probe = await b.store.probe({ recover: false, channel: 'main', aliveMs: 1000 });
      assert.ok(Math.abs((probe.due.get(5) ?? 0) - 9 * HOUR_MS) < 60_000);
      hands.at += 9 * HOUR_MS;
      await b.due();
      await pass();
      assert.deepEqual(await b.fates(), ['SENT 0', 'SENT 0']);
    });

    it('lets them go at once when they are set aside', async () => {
      await open(quiet);
      await b.insert({}, { phone: phone(2) });
      await pass();
      await b.store.override('QUIET_HOURS', '台风', HOUR_MS);
      assert.equal(await b.store.hasten('QUIET_HOURS', 10), 2);
      hands.skip += 2000; // not yet the time to read the tables again
      await b.pass();
      assert.deepEqual(await b.fates(), ['SENT 0', 'SENT 0']);
    });

    it('lets them go, too, whose word or brake a person has overruled, and does not stop them again', async () => {
      await open({ ...quiet, 'policy.wordsOver': 'hold', 'policy.storm.sameTextPerDay': 1 });
      await b.database.rawQuery("insert into sms_blocked_word (word) values ('贷款')");
      await b.insert({ content: '贷款' }, {}, {});
      hands.at -= 9 * HOUR_MS;
      await pass();
      assert.deepEqual(await b.fates(), ['HELD BLOCKED_WORD', 'SENT 0', 'HELD STORM']);
      await b.database.rawQuery("update sms_outbox set status = 'NEW' where status = 'HELD'");
      hands.at += 9 * HOUR_MS;
      await pass();
      assert.deepEqual(await b.fates(), ['NEW QUIET_HOURS', 'SENT 0', 'NEW QUIET_HOURS'], 'put off until the morning');
      await b.store.override('QUIET_HOURS', '台风', HOUR_MS);
      assert.equal(await b.store.hasten('QUIET_HOURS', 10), 2);
      await pass();
      assert.deepEqual(await b.fates(), ['SENT 0', 'SENT 0', 'SENT 0']);
    });

    it('do not make a row forget that a person has released it', async () => {
      await open(quiet);
      const [id] = await b.insert({ content: '乱码???' });
      await pass();
      assert.deepEqual(await b.fates(), ['HELD GARBLED']);
      await b.database.rawQuery("update sms_outbox set status = 'NEW'");
      await pass();
      assert.deepEqual(await b.fates(), ['NEW QUIET_HOURS']);
      assert.match(await sentence(id!), /quiet hours, deferred/);
      hands.at += 9 * HOUR_MS;
      await b.due();
      await pass();
      assert.deepEqual(await b.fates(), ['SENT 0']);
    });
  });
});
