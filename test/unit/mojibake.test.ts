import assert from 'node:assert/strict';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { isMojibake } from '../../src/lib/mojibake.ts';

/** As MySQL reads UTF-8 from a client that says latin1: its latin1 is Windows-1252 without gaps. */
const latin1 = (text: string): string =>
  Array.from(Buffer.from(text))
    .map((byte) => {
      const char = iconv.decode(Buffer.of(byte), 'win1252');
      return char === '\ufffd' ? String.fromCharCode(byte) : char;
    })
    .join('');

describe('Chinese that was taken for latin1', () => {
  it('is told by its bytes, also as ISO 8859-1 and when it was cut off', () => {
    const text = '您的社保卡已制好，请到窗口领取。';
    for (const garbled of [latin1(text), Buffer.from(text).toString('latin1'), latin1(`【A1】 ${text}`)]) {
      assert.equal(isMojibake(garbled), true, garbled);
    }
    for (const cut of [1, 2]) assert.equal(isMojibake(latin1(text).slice(0, -cut)), true);
    assert.equal(isMojibake('ä¸€å…'), true);
  });

  it('is told of any Chinese text of two characters and more', () => {
    const han = fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCharCode(code));
    const unit = fc.oneof(han, fc.constantFrom(...Array.from('aZ09 .，。【】')));
    fc.assert(
      fc.property(han, han, fc.string({ unit, maxLength: 60 }), (a, b, rest) => {
        assert.equal(isMojibake(latin1(a + b + rest)), true);
        assert.equal(isMojibake(a + b + rest), false);
      }),
    );
  });

  it('is not taken to be what anybody writes', () => {
    const words = [
      ...['Qualité…”', 'café\u00a0»', '“Café…”', 'Größe', 'naïve', 'El Niño', 'ärger', '5 °C', '±3', '© 2026', 'é'],
      ...['您好', '社保卡', '，', '。', '…', '—', '“', '”', '·', '€', '￥', 'ǎ', 'ü', 'à', 'abc', '12', ' ', '😀'],
    ];
    for (const word of words) assert.equal(isMojibake(word), false, word);
    const sentence = fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((each) => ['ok', ...each].join(' '));
    const chinese = fc.string({ unit: fc.constantFrom(...Array.from('您好社保卡，。…—“”éàü ab12')), maxLength: 40 });
    fc.assert(
      fc.property(chinese, (text) => assert.equal(isMojibake(`${text}您`), false)),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(sentence, (text) => assert.equal(isMojibake(text), false)),
      { numRuns: 500 },
    );
  });
});
