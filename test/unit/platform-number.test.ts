import assert from 'node:assert/strict';
import fc from 'fast-check';
import { segments } from '../../src/platform/parts.ts';
import { normalisePhone } from '../../src/platform/phone.ts';

describe('normalisePhone', () => {
  const ways: readonly [string, string | null][] = [
    ['13000000001', '13000000001'],
    ['+8613000000001', '13000000001'],
    ['008613000000001', '13000000001'],
    ['8613000000001', '13000000001'],
    [' +86 130-0000-0001\n', '13000000001'],
    ['１３０００００００　０１', '13000000001'],
    ['＋８６１３０－００００－０００１', '13000000001'],
    ['130\u00a00000\u20110001', '13000000001'],
    ['', null],
    ['1300000000', null],
    ['130000000011', null],
    ['12000000001', null],
    ['01013000000001', null],
    ['13000000001,13000000002', null],
    ['86861300000000', null],
    ['13000000001x', null],
    ['١٣٠٠٠٠٠٠٠٠١', null],
  ];
  for (const [written, phone] of ways) {
    it(`reads ${JSON.stringify(written)} as ${phone ?? 'no number'}`, () => {
      assert.equal(normalisePhone(written), phone);
    });
  }

  it('gives 11 digits or null for any text, and its own results back', () => {
    const nearly = fc.stringMatching(/^[ +0]{0,3}(86)?1[0-9 -]{8,14}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (written) => {
        const phone = normalisePhone(written);
        if (phone === null) return;
        assert.match(phone, /^1[3-9]\d{9}$/);
        assert.equal(normalisePhone(phone), phone);
      }),
    );
  });
});

describe('segments', () => {
  for (const [units, parts] of [
    [0, 1],
    [1, 1],
    [70, 1],
    [71, 2],
    [134, 2],
    [135, 3],
    [402, 6],
    [403, 7],
    [700, 11],
  ] as const) {
    it(`bills ${units} characters as ${parts}`, () => {
      assert.equal(segments('费'.repeat(units)), parts);
      assert.equal(segments('a'.repeat(units)), parts);
    });
  }

  it('counts an emoji twice', () => {
    assert.equal(segments('😀'.repeat(35)), 1);
    assert.equal(segments('😀'.repeat(36)), 2);
  });
});
