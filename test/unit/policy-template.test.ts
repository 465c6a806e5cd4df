import assert from 'node:assert/strict';
import fc from 'fast-check';
import { follow, matches } from '../../src/policy/follow.ts';
import { TemplateMatcher } from '../../src/policy/matcher.ts';
import { parseBody, render, type Body, type Template } from '../../src/policy/template.ts';

const body = (written: string): Body => {
  const parsed = parseBody(written);
  assert.ok(!('at' in parsed), written);
  return parsed;
};
const template = (code: string, written: string): Template => ({
  ...body(written),
  code,
  category: null,
  platformId: null,
});
const filled = (written: string, params: unknown): string => {
  const made = render(body(written), typeof params === 'string' ? params : JSON.stringify(params));
  return typeof made === 'string' ? made : `! ${made.en} ${made.zh}`;
};

describe('a template', () => {
  it('is filled in, numbers as they are written', () => {
    assert.equal(filled('{name}您好，余额{amount}元', { name: '张三', amount: '5.00' }), '张三您好，余额5.00元');
    assert.equal(
      filled('卡号{card}余额{n}', '{"card": 6222020000000000001, "n": 12.50}'),
      '卡号6222020000000000001余额12.50',
    );
    assert.equal(filled('没有变量', null), '没有变量');
    assert.equal(filled('{{{a}}}', { a: 1 }), '{1}');
    assert.equal(filled('{a}', { a: '{b}{{' }), '{b}{{', 'a value is never filled in again');
  });

  it('names the parameter that is missing or does not fit', () => {
    const cases: [string, unknown, RegExp][] = [
      ['{name}', {}, /parameter name is missing .*缺少参数 name/],
      ['{name}', { name: null }, /name is missing/],
      ['{name}', { name: [1] }, /name is missing/],
      ['{name}', { name: '' }, /name has 0 characters, at least 1/],
      ['{name:2}', { name: '三个字' }, /name has 3 characters, 2 at most/],
      ['{code:digits:4-6}', { code: '123' }, /code has 3 characters, at least 4/],
      ['{code:digits}', { code: '12a4' }, /code must be digits/],
      ['{name}', { name: 'a\nb' }, /name holds a control character/],
    ];
    for (const [written, params, why] of cases) assert.match(filled(written, params), why, written);
    for (const params of ['', 'x', '[]', '"text"', '5', 'null', '{"a":', '{a:1}']) {
      assert.match(filled('{a}', params), /not a JSON object/, params);
    }
    assert.equal(filled('{name:0-2}', { name: '' }), '');
    assert.match(filled('{constructor}', '{}'), /constructor is missing/);
    assert.match(filled('{__proto__}', '{"x":1}'), /__proto__ is missing/);
  });

  it('with a wrong body says where', () => {
    const at = (written: string): number | null => {
      const parsed = parseBody(written);
      return 'at' in parsed ? parsed.at : null;
    };
    assert.deepEqual(
      [
        '',
        '  ',
        '甲{name',
        '甲name}',
        '{}',
        '{1a}',
        '{a b}',
        '{a:0}',
        '{a:9-3}',
        '{a:digits:x}',
        '{a}{',
        '{a:{b}}',
      ].map(at),
      [0, 0, 1, 5, 0, 0, 0, 0, 0, 0, 3, 0],
    );
    assert.deepEqual(['{a}', '{姓名:20}', '{_x:digits}', '{{}}', '{a:1-1}'].map(at), [null, null, null, null, null]);
  });
});

/** The template as an expression: right, and as slow as it likes. */
const expression = ({ literals, holes }: Body): RegExp =>
  new RegExp(
    `^${literals
      .map((literal, i) => {
        const hole = holes[i];
        const range = hole && `{${hole.min},${hole.max === Infinity ? '' : hole.max}}`;
        return literal + (hole ? `${hole.digits ? '[0-9]' : '[^]'}${range}` : '');
      })
      .join('')}$`,
  );

const letter = fc.constantFrom('a', 'b', '1', '2');
const literal = fc.array(letter, { maxLength: 3 }).map((letters) => letters.join(''));
const hole = fc
  .record({
    name: fc.constant('x'),
    digits: fc.boolean(),
    min: fc.nat(2),
    more: fc.option(fc.nat(3), { nil: Infinity }),
  })
  .map(({ more, ...h }) => ({ ...h, max: Math.max(1, h.min + more) }));
const bodies: fc.Arbitrary<Body> = fc
  .array(fc.tuple(hole, literal), { maxLength: 4 })
  .chain((parts) =>
    literal.map((first) => ({ literals: [first, ...parts.map(([, l]) => l)], holes: parts.map(([h]) => h) })),
  );
const texts = fc.array(letter, { maxLength: 14 }).map((letters) => letters.join(''));

describe('following a template', () => {
  it('agrees with the expression that it stands for', () => {
    fc.assert(
      fc.property(bodies, texts, (b, text) => {
        assert.equal(matches(b, text), expression(b).test(text));
        assert.equal(follow(b, text) === null, matches(b, text));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes every text that the template makes, and says no later than it goes wrong where another one leaves it', () => {
    const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((v) => !/\p{Cc}/u.test(v));
    fc.assert(
      fc.property(value, value, fc.nat(5), (name, amount, cut) => {
        const t = body('尊敬的{name}：您的余额为{amount}元。');
        const text = render(t, JSON.stringify({ name, amount }));
        assert.ok(typeof text === 'string');
        assert.equal(follow(t, text), null);
        const departure = follow(t, `尊敬的${text.slice(cut + 4)}`);
        if (departure) assert.ok(departure.at <= text.length);
      }),
    );
  });

  it('says where a text leaves it, and what should stand there', () => {
    const t = body('您好，{name}的卡已制好。');
    assert.deepEqual(follow(t, '您好,张三的卡已制好。'), { at: 2, expected: '，' });
    assert.deepEqual(follow(t, '您好，张三的卡制好了。'), { at: 7, expected: '已制好。' });
    assert.deepEqual(follow(body('固定内容'), '固定内容！'), { at: 4, expected: '' });
    assert.deepEqual(follow(body('验证码{code:digits:4-6}'), '验证码12a4'), { at: 3, expected: '{code}' });
  });

  it('needs no time that grows with more than length times holes', () => {
    const t = body(`${'{x:digits}1'.repeat(20)}z`);
    const text = `${'1'.repeat(990)}y`;
    const from = performance.now();
    for (let i = 0; i < 20; i++) assert.ok(follow(t, text));
    assert.ok(performance.now() - from < 1000, 'a backtracking expression would take years');
  });
});

describe('thousands of templates', () => {
  const many = Array.from({ length: 2000 }, (_, i) =>
    template(`T${i}`, `您好，{name:20}，您办理的第${i}号业务已受理，请于{date}前到${i % 7}号窗口领取。`),
  );
  const matcher = new TemplateMatcher([...many, template('CODE', '{code:digits:4-6}'), template('OPEN', '{a}#{b}')]);

  it('find the one that a text comes from', () => {
    for (const i of [0, 7, 1234, 1999]) {
      const text = `您好，张三，您办理的第${i}号业务已受理，请于11月30日前到${i % 7}号窗口领取。`;
      assert.equal(matcher.match(text)?.code, `T${i}`);
      assert.equal(matcher.match(`${text} `), null);
    }
    assert.equal(matcher.match('1234')?.code, 'CODE');
    assert.equal(matcher.match('a#b')?.code, 'OPEN');
    assert.equal(matcher.match('1234567'), null);
    assert.equal(matcher.match(''), null);
  });

  it('agree with each template asked for itself', () => {
    const few = fc.array(bodies, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(few, texts, (list, text) => {
        const own = list.map((b, i) => ({ ...b, code: `T${i}`, category: null, platformId: null }));
        const found = new TemplateMatcher(own).match(text);
        assert.equal(
          found !== null,
          list.some((b) => matches(b, text)),
        );
        if (found) assert.equal(follow(found, text), null);
      }),
      { numRuns: 1000 },
    );
  });

  it('tell the nearest one, and where the text leaves it', () => {
    const near = matcher.nearest('您好，张三，您办理的第1234号业务已办结，请于11月30日前到2号窗口领取。');
    assert.equal(near?.template.code, 'T1234');
    assert.deepEqual(near.departure, { at: 19, expected: '受理，请于' });
    assert.equal(new TemplateMatcher([]).nearest('任何'), null);
    assert.equal(matcher.nearest('@@@@'), null);
  });

  it('take microseconds for each text', () => {
    const text = (i: number): string =>
      `您好，李四${i}，您办理的第${i % 2000}号业务已受理，请于11月30日前到${(i % 2000) % 7}号窗口领取。`;
    for (let i = 0; i < 2000; i++) matcher.match(text(i));
    const from = performance.now();
    for (let i = 0; i < 5000; i++) assert.ok(matcher.match(text(i)));
    const each = ((performance.now() - from) / 5000) * 1000;
    assert.ok(each < 300, `${each.toFixed(1)} µs`);
  });
});
