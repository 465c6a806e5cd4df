import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitKeyword } from '../../src/inbound/fold.ts';
import { compileRequest, readRequest, type ArgumentSettings, type Kind } from '../../src/queries/request.ts';

const SEPARATORS = '#* +,，:：、';
const argument = (kind: Kind, given: Partial<ArgumentSettings> = {}): ArgumentSettings => ({
  label: null,
  kind,
  min: 1,
  max: 32,
  secret: false,
  ...given,
});

describe('format of a query', () => {
  const compile = (format: string, args: Record<string, ArgumentSettings> = {}) =>
    compileRequest(format, ['SBYE', '余额查询'], args, SEPARATORS);

  const shown: [format: string, args: Record<string, ArgumentSettings>, expected: string][] = [
    ['{card}', { card: argument('digits', { label: '卡号' }) }, 'SBYE#卡号'],
    ['SBYE#{card}', {}, 'SBYE#card'],
    ['sbye＃{card}＊{password}', { password: argument('digits', { label: '密码' }) }, 'SBYE#card*密码'],
    ['余额查询 {card}', {}, 'SBYE#card'],
    ['', {}, 'SBYE'],
    ['SBYE', {}, 'SBYE'],
  ];
  for (const [format, args, expected] of shown) {
    it(`${JSON.stringify(format)} is told as ${expected}`, () => {
      const { request, faults } = compile(format, args);
      assert.deepEqual(faults, []);
      assert.equal(request.shown, expected);
    });
  }

  const wrong: [format: string, args: Record<string, ArgumentSettings>, says: RegExp][] = [
    ['{card}{password}', {}, /need a separator/],
    ['{card} 密码 {password}', {}, /密码 cannot stand in a format/],
    ['{card}#{card}', {}, /\{card\} appears twice/],
    ['{phone}', {}, /phone is the sender/],
    ['{card', {}, /\{card cannot stand/],
    ['{card}', { crad: argument('digits') }, /the format has no \{crad\}/],
    ['{card}', { card: argument('digits', { min: 9, max: 3 }) }, /min is greater/],
  ];
  for (const [format, args, says] of wrong) {
    it(`${JSON.stringify(format)} is refused`, () => {
      assert.match(
        compile(format, args)
          .faults.map(({ text }) => text.en)
          .join('\n'),
        says,
      );
    });
  }
});

describe('reading a query', () => {
  const two = compileRequest(
    '{card}*{password}',
    ['SBYE'],
    { password: argument('digits', { min: 6, max: 6 }) },
    SEPARATORS,
  );
  const ask = (args: string | null): unknown => readRequest(two.request, args, SEPARATORS);

  it('takes any separator for any other, and numbers in groups', () => {
    const expected = { card: '6222000000000001', password: '123456' };
    for (const args of [
      '6222000000000001*123456',
      '6222000000000001#123456',
      '６２２２０００００００００００１＊１２３４５６',
      '6222000000000001 123456',
      ' 6222000000000001 ，， 123456 ',
      '6222 0000 0000 0001*123456',
      '6222-0000-0000-0001*123456',
    ]) {
      assert.deepEqual(ask(args), expected, args);
    }
  });

  it('takes nothing that is not of the format', () => {
    for (const args of [
      null,
      '',
      '6222000000000001',
      '6222000000000001*12345',
      '6222000000000001*1234567',
      '6222000000000001*12345a',
      '6222000000000001*123456*9',
      '6222000000000001*１２３４５Ⅵ',
      '٦٢٢٢*123456', // digits of another script
      '①②③*123456',
      'O222*123456',
      "1' OR '1'='1*123456",
      '9'.repeat(33) + '*123456',
    ]) {
      assert.equal(ask(args), null, String(args));
    }
  });

  it('leaves separators inside a text at the end', () => {
    const { request } = compileRequest('{card} {name}', ['CX'], { name: argument('text') }, SEPARATORS);
    assert.deepEqual(readRequest(request, '12 欧阳 小明', SEPARATORS), { card: '12', name: '欧阳 小明' });
  });

  it('knows an identity number', () => {
    const { request } = compileRequest('{id}', ['CX'], { id: argument('idcard', { max: 18 }) }, SEPARATORS);
    assert.deepEqual(readRequest(request, '11010119900101001x', SEPARATORS), { id: '11010119900101001X' });
    assert.equal(readRequest(request, '11010119900101001Y', SEPARATORS), null);
  });

  it('gives back what was asked, however it is typed', () => {
    const card = fc.stringMatching(/^[0-9]{8,19}$/);
    const password = fc.stringMatching(/^[0-9]{6}$/);
    const mark = fc.constantFrom('#', '*', '＃', '＊', '，', ' # ', '##', ':');
    const wide = (text: string): string =>
      text.replace(/[0-9#*]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
    fc.assert(
      fc.property(card, password, mark, mark, fc.boolean(), (a, b, first, second, full) => {
        const typed = `sbye${first}${a}${second}${b}`;
        const { keyword, args } = splitKeyword(full ? wide(typed) : typed, SEPARATORS);
        assert.equal(keyword, 'SBYE');
        assert.deepEqual(ask(args), { card: a, password: b });
      }),
    );
  });

  it('never throws, and gives values of their kind only, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const values = readRequest(two.request, text, SEPARATORS);
        if (values !== null) assert.ok(Object.values(values).every((value) => /^[0-9]{1,32}$/.test(value)));
      }),
      { numRuns: 2000 },
    );
  });
});
