import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FORMATS, type Format } from '../../src/queries/formats.ts';
import { compileTemplate, render, type Facts } from '../../src/queries/template.ts';

const ROOM = { most: 402, more: '更多请到窗口查询。', cut: false };
const shown = (text: string, given: Facts, rows: Facts[] = [{}], room: Partial<typeof ROOM> = {}): string => {
  const { template, faults } = compileTemplate(text);
  assert.deepEqual(faults, []);
  return render(template, given, rows, { ...ROOM, ...room });
};

describe('formats of a reply', () => {
  const table: [Format, string, string][] = [
    ['money', '1234.5', '1234.50'],
    ['money', '1234.565', '1234.57'],
    ['money', '-0.001', '0.00'],
    ['money', '-12', '-12.00'],
    ['money', '.5', '0.50'],
    ['money', '99999999999999999.994', '99999999999999999.99'],
    ['money', '0.995', '1.00'],
    ['money', '无', '无'],
    ['money', '', ''],
    ['mask', '张三丰', '张**'],
    ['mask', '13900000001', '139****0001'],
    ['mask', '6222000000000001', '6222********0001'],
    ['mask', '123456', '******'],
    ['mask', '', ''],
    ['last4', '6222000000000001', '0001'],
    ['last4', '12', '12'],
    ['date', '2026-11-23 10:15:00', '2026-11-23'],
    ['date', '20261123', '2026-11-23'],
    ['date', '2026/1/3', '2026-01-03'],
    ['date', '不详', '不详'],
    ['day', '2026-01-03', '1月3日'],
    ['month', '202601', '2026年1月'],
    ['time', '2026-11-23 10:15:00', '10:15'],
    ['time', '09:05:59', '09:05'],
  ];
  for (const [format, value, expected] of table) {
    it(`${value}|${format} is ${expected}`, () => assert.equal(FORMATS[format](value), expected));
  }

  it('leave any text a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...Object.values(FORMATS)), (value, format) => {
        assert.equal(typeof format(value), 'string');
      }),
    );
  });

  it('money keeps every cent', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (cents) => {
        const written = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
        assert.equal(FORMATS.money(written), written);
      }),
    );
  });
});

describe('reply template', () => {
  it('fills in columns and arguments', () => {
    assert.equal(
      shown('{name|mask}，尾号{card|last4}余额{Balance|money}元。{{共}}', { card: '6222000000000001' }, [
        { name: '张三丰', balance: '5' },
      ]),
      '张**，尾号0001余额5.00元。{共}',
    );
  });

  it('never reads a value as a template, and shows no control character', () => {
    assert.equal(shown('<{a}>', {}, [{ a: '{card}{{|\u0000\n$&' }]), '<{card}{{| $&>');
    assert.equal(shown('<{a}>', {}, [{ a: null }]), '<>');
  });

  it('repeats what stands between {#rows} and {/rows}', () => {
    const rows = [1, 2, 3].map((n) => ({ month: `2026-0${n}`, paid: String(n) }));
    assert.equal(
      shown('共{count}笔：{#rows}{month|month}{paid|money}元;{/rows}谢谢', {}, rows),
      '共3笔：2026年1月1.00元;2026年2月2.00元;2026年3月3.00元;谢谢',
    );
  });

  it('leaves out whole rows that do not fit, and says so', () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ n: String(i).padStart(2, '0') }));
    const text = shown('明细：{#rows}第{n}行，{/rows}完', {}, rows, { most: 70 });
    assert.match(text, /^明细：(第\d\d行，)+更多请到窗口查询。完$/);
    assert.ok(text.length <= 70 && text.length > 60);
    assert.match(shown('{#rows}{n}{/rows}', {}, [{ n: '1' }], { cut: true }), /^1更多/);
  });

  const faulty: [string, RegExp][] = [
    ['{a', /a brace without its other half/],
    ['a}', /a brace without its other half/],
    ['{a{b}', /a brace without its other half/],
    ['{#rows}{a}', /lacks its/],
    ['{/rows}', /\{\/rows\} is neither/],
    ['{#rows}{#rows}{/rows}', /\{#rows\} is neither/],
    ['{a|shout}', /no format shout; known: money/],
    ['{}', /\{\} is neither/],
    ['{a b}', /\{a b\} is neither/],
  ];
  for (const [text, says] of faulty) {
    it(`refuses ${text}`, () => assert.match(compileTemplate(text).faults[0]?.text.en ?? '', says));
  }

  it('fits, keeps characters whole and never throws, for any values', () => {
    const value = fc.option(fc.string({ unit: 'binary', maxLength: 80 }));
    const row = fc.record({ a: value, b: value });
    const { template } = compileTemplate('头{a}{a|mask}：{#rows}{b|money}{a|date};{/rows}尾{b|last4}{count}');
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 40 }),
        fc.integer({ min: 30, max: 402 }),
        fc.boolean(),
        (rows, most, cut) => {
          const text = render(template, { a: 'x', b: 'y' }, rows, { most, more: '更多请到窗口查询。', cut });
          assert.ok(text.length <= most, `${text.length} > ${most}`);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is compiled or refused, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}#/rows|amoney 余')) }), (text) => {
        const { template, faults } = compileTemplate(text);
        if (faults.length > 0) return;
        const names = [...template.head, ...template.row, ...template.foot].flatMap((p) =>
          typeof p === 'string' ? [] : [p.name],
        );
        render(template, Object.fromEntries(names.map((name) => [name, '1'])), [{}], ROOM);
      }),
      { numRuns: 2000 },
    );
  });
});
