import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Calendar, dayOf, loadCalendar } from '../../src/policy/calendar.ts';
import { carrierOf } from '../../src/policy/carrier.ts';
import type { Message } from '../../src/policy/message.ts';
import { mayGoAt, minutesOf, type QuietWindow } from '../../src/policy/quiet.ts';
import { marketingRule, signatureRule } from '../../src/policy/rules.ts';
import { WordList, wordsIn } from '../../src/policy/words.ts';
import { temporaryDir } from '../support/temporary.ts';

const beijing = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);
const message = (over: Partial<Message> = {}): Message => ({
  ...{ phone: '13000000001', content: '您好', text: '您好', category: 'NOTICE', source: null, template: null, at: 0 },
  ...{ overruled: new Set() },
  ...over,
});

describe('blocked words', () => {
  const words = new WordList(['贷款', 'VPN', '办证']);

  it('are found however they are written', () => {
    for (const text of ['快来贷款吧', '免费ｖｐｎ', 'Vpn', '贷 款', '贷\u200b款', '办\u3000证']) {
      assert.notEqual(words.find(text), null, text);
    }
    for (const text of ['', '您好', '贷，款', '社保卡已办好，证件请带齐']) assert.equal(words.find(text), null, text);
  });

  it('are found exactly where one of them stands', () => {
    const letter = fc.constantFrom('甲', '乙', '丙');
    const word = fc.array(letter, { minLength: 1, maxLength: 4 }).map((l) => l.join(''));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.array(letter, { maxLength: 20 }), (list, letters) => {
        const text = letters.join('');
        const found = new WordList(list).find(text);
        assert.equal(
          found !== null,
          list.some((w) => text.includes(w)),
        );
        assert.ok(found === null || (list.includes(found) && text.includes(found)));
      }),
      { numRuns: 1000 },
    );
  });

  it('are found in whatever a text may hold', () => {
    const odd = 'aAＡàÀç\u0301\u3099ｶﾞｶパﾊﾟ가각ᄀ\u1161ſΣςİiß①㍿…，,😀𠮷\u200b\ufeff 　甲';
    const char = fc.oneof(
      fc.constantFrom(...Array.from(odd)),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    const text = fc.array(char, { maxLength: 8 }).map((chars) => chars.join(''));
    fc.assert(
      fc.property(text, text, text, (before, word, after) => {
        const whole = before + word + after;
        const plain = (t: string): string =>
          t
            .normalize('NFKC')
            .toLowerCase()
            .replace(/\p{Cf}/gu, '')
            .trim();
        const there = plain(word) !== '' && plain(whole).includes(plain(word)) && !/\s/.test(plain(whole));
        if (there) assert.notEqual(new WordList([word]).find(whole), null, JSON.stringify([before, word, after]));
      }),
      { numRuns: 5000 },
    );
  });

  it('are read from a file, one a line', () => {
    assert.deepEqual(wordsIn('\uFEFF# 说明\r\n 贷款 # 金融\n\n办证'), ['贷款', '办证']);
  });

  it('are ten thousand in a few microseconds', () => {
    const many = new WordList(Array.from({ length: 10_000 }, (_, i) => `词${i}条`));
    assert.equal(many.size, 10_000);
    const text = (i: number): string =>
      `您好，您的城乡居民养老保险本年度缴费已到账，编号${i}，请登录网上服务大厅查询明细。`;
    for (let i = 0; i < 3000; i++) many.find(text(i));
    const from = performance.now();
    for (let i = 0; i < 3000; i++) assert.equal(many.find(text(i)), null);
    const each = ((performance.now() - from) / 3000) * 1000;
    assert.ok(each < 200, `${each.toFixed(1)} µs`);
  });
});

describe('marketing and signatures', () => {
  it('tell a message that says how to unsubscribe', () => {
    const rule = marketingRule(new Set(['MARKETING']));
    for (const text of ['大促！回T退订', '回复TD退订', '优惠，退订回N', '拒收请回复R', '退订:T']) {
      assert.equal(rule.judge(message({ text }))?.code, 'MARKETING', text);
    }
    assert.equal(rule.judge(message({ category: 'MARKETING' }))?.code, 'MARKETING');
    for (const text of ['您的保险已退订成功', '请回复验证码', '您好'])
      assert.equal(rule.judge(message({ text })), null, text);
  });

  it('refuse a second 【】, and not our own', () => {
    const rule = signatureRule('【某市人社局】');
    assert.equal(rule.judge(message({ text: '【某市人社局】您好' })), null);
    assert.equal(rule.judge(message({ text: '【某市人社局】【社保】您好' }))?.code, 'SIGNATURE');
    assert.equal(rule.judge(message({ text: '【某市人社局】您好】' }))?.code, 'SIGNATURE');
    assert.equal(signatureRule('').judge(message({ text: '【社保】您好' }))?.code, 'SIGNATURE');
  });
});

describe('the calendar', () => {
  const calendar = loadCalendar(null);
  const rest = (day: string): boolean => calendar.isRestDay(beijing(`${day} 12:00`));

  it('knows weekends, holidays and the weekends worked for them', () => {
    const days = {
      '2026-11-26': false,
      '2026-11-28': true,
      '2026-02-17': true,
      '2026-02-14': false,
      '2026-02-28': false,
    };
    const more = {
      '2026-09-20': false,
      '2026-10-07': true,
      '2026-10-08': false,
      '2026-10-10': false,
      '2026-01-02': true,
    };
    for (const [day, is] of Object.entries({ ...days, ...more })) assert.equal(rest(day), is, day);
  });

  it('has as many days off in 2026 as were published, and says which years it knows', () => {
    const days = Array.from({ length: 365 }, (_, i) => beijing('2026-01-01 00:00') + i * 86_400_000);
    assert.equal(dayOf(days.at(-1)!), '2026-12-31');
    // 33 days off, of which 14 are Saturdays and Sundays anyway; 6 of those are worked
    const weekends = days.filter((at) => [0, 6].includes(new Date(at + 8 * 3_600_000).getUTCDay())).length;
    const off = days.filter((at) => calendar.isRestDay(at)).length;
    assert.equal(off - weekends, 33 - 14 - 6);
    assert.ok(calendar.knows(beijing('2026-06-01 00:00')));
    assert.ok(!calendar.knows(beijing('2027-01-01 00:00')));
    assert.ok(calendar.knows(beijing('2026-12-31 23:59')));
  });

  it('takes further years, or another 2026, from a folder', () => {
    const dir = temporaryDir();
    const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);
    write(
      '2027.json',
      JSON.stringify({
        year: 2027,
        source: 'x',
        off: [{ name: 'x', from: '2027-01-04', to: '2027-01-05' }],
        work: ['2027-01-03'],
      }),
    );
    const more = loadCalendar(dir);
    assert.ok(more.isRestDay(beijing('2027-01-05 08:00')));
    assert.ok(!more.isRestDay(beijing('2027-01-03 08:00')));
    assert.ok(more.isRestDay(beijing('2026-02-17 08:00')));
    write('2026.json', JSON.stringify({ year: 2026, source: 'x', off: [], work: [] }));
    assert.ok(!loadCalendar(dir).isRestDay(beijing('2026-02-17 08:00')));
    write('2028.json', '{"year":2028,"source":"x","off":[{}],"work":[]}');
    assert.throws(() => loadCalendar(dir), /2028\.json: off\.0\.name is wrong/);
    write('2028.json', '{');
    assert.throws(() => loadCalendar(dir), /2028\.json: is not JSON/);
    assert.throws(() => loadCalendar(join(dir, 'no')), /no such folder/);
  });
});

describe('quiet hours', () => {
  const calendar = loadCalendar(null);
  const window = (from: string, to: string, over: Partial<QuietWindow> = {}): QuietWindow => ({
    ...{ categories: null, from: minutesOf(from) ?? 0, to: minutesOf(to) ?? 0, days: 'all' },
    ...over,
  });
  const until = (at: string, windows: QuietWindow[], category = 'NOTICE'): string =>
    new Date(mayGoAt(beijing(at), category, windows, calendar) + 8 * 3_600_000)
      .toISOString()
      .slice(0, 16)
      .replace('T', ' ');

  it('end in the morning, whichever side of midnight it is', () => {
    const night = [window('22:00', '08:00')];
    assert.equal(until('2026-11-26 21:59', night), '2026-11-26 21:59');
    assert.equal(until('2026-11-26 22:00', night), '2026-11-27 08:00');
    assert.equal(until('2026-11-27 07:59', night), '2026-11-27 08:00');
    assert.equal(until('2026-11-27 08:00', night), '2026-11-27 08:00');
  });

  it('join one after another, and last over holidays', () => {
    const rest = [window('00:00', '24:00', { days: 'restdays' }), window('22:00', '08:00')];
    assert.equal(until('2026-02-14 21:59', rest), '2026-02-14 21:59', 'a Saturday that is worked');
    assert.equal(until('2026-02-15 10:00', rest), '2026-02-24 08:00', 'Spring Festival');
    assert.equal(until('2026-11-27 23:00', rest), '2026-11-30 08:00', 'Friday night to Monday morning');
    const lunch = [window('12:00', '14:00', { days: 'workdays' })];
    assert.equal(until('2026-11-26 12:30', lunch), '2026-11-26 14:00');
    assert.equal(until('2026-11-28 12:30', lunch), '2026-11-28 12:30');
  });

  it('concern the categories that they name', () => {
    const own = [window('22:00', '08:00', { categories: new Set(['NOTICE']) })];
    assert.equal(until('2026-11-26 23:00', own, 'CODE'), '2026-11-26 23:00');
    assert.equal(until('2026-11-26 23:00', own), '2026-11-27 08:00');
  });

  it('without a gap hold nothing for ever', () => {
    const at = beijing('2026-11-26 23:00');
    const end = mayGoAt(at, 'NOTICE', [window('00:00', '24:00')], new Calendar([]));
    assert.ok(end > at && end < at + 33 * 86_400_000);
  });

  it('never let go inside, and never hold back outside', () => {
    const windows = fc.array(
      fc.record({
        from: fc.nat(1439),
        to: fc.nat(1439),
        days: fc.constantFrom('all', 'workdays', 'restdays'),
        categories: fc.constant(null),
      }),
      { maxLength: 3 },
    ) as fc.Arbitrary<QuietWindow[]>;
    const inside = (at: number, { from, to, days }: QuietWindow): boolean =>
      [0, 1].some((back) => {
        const day = Math.floor((at + 8 * 3_600_000) / 86_400_000) * 86_400_000 - 8 * 3_600_000 - back * 86_400_000;
        const start = day + from * 60_000;
        const end = day + (to > from ? to : to + 1440) * 60_000;
        return start <= at && at < end && (days === 'all' || (days === 'restdays') === calendar.isRestDay(day));
      });
    fc.assert(
      fc.property(windows, fc.nat(364 * 1440), (list, minute) => {
        const at = beijing('2026-01-01 00:00') + minute * 60_000;
        const end = mayGoAt(at, 'X', list, calendar);
        if (end < at + 31 * 86_400_000) assert.ok(!list.some((w) => inside(end, w)));
        for (let t = at; t < end; t += 7 * 60_000) assert.ok(list.some((w) => inside(t, w)));
      }),
      { numRuns: 500 },
    );
  });

  it('are written as times of day', () => {
    assert.deepEqual(['00:00', '22:30', '24:00', '24:01', '7:00', '12:60', ''].map(minutesOf), [
      0,
      1350,
      1440,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('carriers by prefix', () => {
  it('are those that the numbers were first given to', () => {
    const of = [
      '13800130001',
      '13490000000',
      '18600000000',
      '17050000000',
      '19200000000',
      '18900000000',
      '14200000000',
    ];
    assert.deepEqual(of.map(carrierOf), ['mobile', 'telecom', 'unicom', 'virtual', 'broadnet', 'telecom', 'other']);
  });
});
