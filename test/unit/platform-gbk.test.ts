import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { decodeGbk, encodeFormGbk, transliterate, unencodable } from '../../src/platform/gbk.ts';

/** What a server makes of a form value: bytes first, text afterwards. */
function asServerReads(form: string): string {
  assert.match(form, /^(?:[-_.*+0-9A-Za-z]|%[0-9A-F]{2})*$/);
  const bytes = form.replaceAll('+', ' ').replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return iconv.decode(Buffer.from(bytes, 'latin1'), 'cp936');
}

describe('GBK', () => {
  it('carries exactly what survives the cp936 round trip, but for the euro sign', () => {
    for (let unit = 0; unit < 0x10000; unit++) {
      if (unit >= 0xd800 && unit <= 0xdfff) continue;
      const char = String.fromCharCode(unit);
      const survives = iconv.decode(iconv.encode(char, 'cp936'), 'cp936') === char && char !== '€';
      assert.deepEqual(unencodable(char), survives ? [] : [char], `U+${unit.toString(16)}`);
      if (!survives) continue;
      assert.equal(asServerReads(encodeFormGbk(char)), char);
      assert.equal(decodeGbk(iconv.encode(char, 'cp936')), char);
    }
  });

  it('brings any text to the server, with one question mark for each character it names as unencodable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bad = new Set(unencodable(text));
        const expected = Array.from(text, (char) => (bad.has(char) ? '?' : char)).join('');
        assert.equal(asServerReads(encodeFormGbk(text)), expected);
      }),
    );
  });

  it('escapes what would end a value, and the second byte of a character even where it is a letter', () => {
    assert.equal(encodeFormGbk('p&s=w+d%#1'), 'p%26s%3Dw%2Bd%25%231');
    assert.equal(encodeFormGbk('丄'), '%81%41');
    assert.equal(encodeFormGbk('a b\n'), 'a+b%0A');
  });

  it('takes half a surrogate pair for one character that cannot be sent', () => {
    assert.deepEqual(unencodable('a\ud800b'), ['\ud800']);
    assert.equal(encodeFormGbk('a\ud800b\udc00'), 'a%3Fb%3F');
  });

  it('names each character once: rare names are refused, common folklore is not', () => {
    assert.deepEqual(unencodable('镕喆堃龑①№㎡…—～￥'), []);
    assert.deepEqual(unencodable('张㛃与𠮷㛃，5€ 😀'), ['㛃', '𠮷', '€', '😀']);
  });

  it('never throws on garbage, and keeps the ASCII that structures an answer', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof decodeGbk(bytes) === 'string'));
    assert.equal(decodeGbk(Buffer.from([0x81, 0x26, 0x61])), '\ufffd&a');
  });

  it('puts harmless twins in place, and nothing else', () => {
    assert.equal(transliterate('\ufeff¥5\u00a0•\u200b〜m²'), '￥5 ·～m2');
    assert.equal(transliterate('张㛃😀€'), '张㛃😀€');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (unencodable(text).length === 0) assert.equal(transliterate(text), text);
      }),
    );
  });
});
