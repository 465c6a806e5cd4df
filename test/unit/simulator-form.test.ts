import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { parseForm } from '../../src/simulator/form.ts';
import { formOf } from '../support/simulator-client.ts';

const inGbk = fc.string({ unit: 'grapheme' }).filter((s) => iconv.decode(iconv.encode(s, 'cp936'), 'cp936') === s);
const chinese = fc
  .array(fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((unit) => String.fromCharCode(unit)))
  .map((characters) => characters.join(''));

describe('simulator form', () => {
  it('reads back whatever GBK can carry, in any mixture of values', () => {
    fc.assert(
      fc.property(fc.oneof(inGbk, chinese), fc.oneof(inGbk, chinese), (a, b) => {
        const form = parseForm(Buffer.from(formOf({ SpCode: a, MessageContent: b, f: '1' }), 'latin1'));
        assert.deepEqual([form.get('SpCode'), form.get('MessageContent'), form.get('f')], [a, b, '1']);
        assert.equal(form.garbled, false);
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        parseForm(Buffer.concat([Buffer.from('a='), bytes])).get('a');
      }),
    );
  });

  it('takes plus as a space, the first of repeated parameters, and an absent one as empty', () => {
    const form = parseForm(Buffer.from('a=x+y%2Bz&b=1&b=2&c=&=d&e'));
    assert.deepEqual(
      [form.get('a'), form.get('b'), form.get('c'), form.get('e'), form.get('q')],
      ['x y+z', '1', '', '', ''],
    );
  });

  it('reads raw GBK bytes without percent signs, as the platform does', () => {
    const form = parseForm(Buffer.concat([Buffer.from('a='), iconv.encode('查询&', 'cp936')]));
    assert.equal(form.get('a'), '查询');
    assert.equal(form.garbled, false);
  });

  for (const [what, body] of [
    ['half a character', 'a=%C4'],
    ['a broken percent sign', 'a=%zz'],
    ['a percent sign at the end', 'a=5%'],
    ['UTF-8 of an odd length', 'a=%E7%A4%BE%E4%BF%9D%E5%8D%A1'],
  ] as const) {
    it(`notices ${what}`, () => {
      const form = parseForm(Buffer.from(body));
      form.get('a');
      assert.equal(form.garbled, true);
    });
  }
});
