import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fold, splitKeyword } from '../../src/inbound/fold.ts';

/** Text as citizens type it: half and full width, blanks of all kinds, separators, Chinese, emoji and halves of them, control characters. */
const typed = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...Array.from('sbyeSBYE0189#*＃＊&= \t\n\r\u3000\u00a0ＳｂＹｅ０９查询余额，。-😀\u0000\u0007\u200b\ufeff'),
      ...['\ud83d', '\ude00'],
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

describe('folding', () => {
  it('folds full-width letters, digits, ＃, ＊ and blanks, and nothing else that shows', () => {
    assert.equal(fold('ＳｂＹｅ＃０１２９＊ｚＡ\u3000x'), 'SbYe#0129*zA x');
    assert.equal(fold('，。：（）－查询𠮷😀'), '，。：（）－查询𠮷😀');
    assert.equal(fold('a\tb\r\nc\u00a0d'), 'a b  c d');
    assert.equal(fold('S\u0000B\u200bY\ufeffE\u001b'), 'SBYE');
  });

  it('is done once: folding again changes nothing, and leaves no control character', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const folded = fold(text);
        assert.equal(fold(folded), folded);
        assert.doesNotMatch(folded, /[\p{Cc}\p{Cf}\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff03\uff0a\u3000]/u);
        assert.ok(folded.length <= text.length);
      }),
    );
  });
});

describe('keyword', () => {
  const table: [text: string, separators: string, keyword: string | null, args: string | null][] = [
    ['sbye # 6222000000000001', '#', 'SBYE', '6222000000000001'],
    ['SBYE#6222000000000001', '#*', 'SBYE', '6222000000000001'],
    ['ＳＢＹＥ＃６２２２', '#', 'SBYE', '6222'],
    ['ｓｂｙｅ＊６２２２', '＃＊', 'SBYE', '6222'],
    ['\u3000sbye\u3000＃\u30006222\u3000', '#', 'SBYE', '6222'],
    ['sbye\n6222', '# ', 'SBYE', '6222'],
    ['sbye##6222', '#', 'SBYE', '6222'],
    ['#sbye#6222', '#', 'SBYE', '6222'],
    ['CX 养老 2026', ' ', 'CX', '养老 2026'],
    ['CX  #  养老', '# ', 'CX', '养老'],
    ['CX 养老', '#', 'CX 养老', null],
    ['a#b#c', '#', 'A', 'b#c'],
    ['查询', '#', '查询', null],
    ['SBYE#', '#', 'SBYE', null],
    [' # ＃', '#', null, null],
    ['', '#', null, null],
    ['sbye#1', '', 'SBYE#1', null],
  ];
  for (const [text, separators, keyword, args] of table) {
    it(`${JSON.stringify(text)} by ${JSON.stringify(separators)}`, () => {
      assert.deepEqual(splitKeyword(text, separators), { keyword, args });
    });
  }

  it('has no separator in the keyword, none and no blank around either part, for any text', () => {
    fc.assert(
      fc.property(typed, fc.constantFrom('#', '#*', '＃ ', '#*，'), (text, separators) => {
        const { keyword, args } = splitKeyword(text, separators);
        const marks = Array.from(fold(separators));
        if (keyword !== null) {
          assert.equal(keyword, keyword.trim());
          assert.ok(keyword.length > 0 && marks.every((mark) => !keyword.includes(mark)));
        }
        if (args !== null) {
          assert.notEqual(keyword, null);
          assert.equal(args, args.trim());
          assert.ok(args.length > 0 && !marks.includes(args.charAt(0)));
        }
      }),
    );
  });

  it('reads the same however the parts are typed', () => {
    const word = fc.stringMatching(/^[A-Z]{1,8}$/);
    const number = fc.stringMatching(/^[0-9]{1,19}$/);
    const blanks = fc.stringMatching(/^[ \u3000\t]{0,3}$/);
    const wide = (text: string): string => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
    fc.assert(
      fc.property(word, number, blanks, blanks, fc.boolean(), fc.boolean(), (keyword, args, a, b, full, lower) => {
        const text = `${a}${lower ? keyword.toLowerCase() : keyword}${b}#${a}${args}${b}`;
        assert.deepEqual(splitKeyword(full ? wide(text) : text, '#'), { keyword, args });
      }),
    );
  });
});
