import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { classify, type Outcome } from '../../src/outbound/outcome.ts';
import { accountStop, CODES } from '../../src/platform/codes.ts';

const answer = (code: string, failed: readonly string[] = [], description = CODES.get(code)?.sample ?? ''): Outcome =>
  classify({ code, description, taskId: '229100000001', failed });

/** The contract's §2.3, code by code. */
const CONTRACT: Readonly<Record<string, Partial<Record<string, unknown>>>> = {
  0: { kind: 'accepted', taskId: '229100000001' },
  26: { kind: 'accepted', taskId: '229100000001' },
  1: { kind: 'failed' },
  4: { kind: 'failed' },
  7: { kind: 'failed' },
  8: { kind: 'failed' },
  9: { kind: 'failed' },
  14: { kind: 'failed' },
  28: { kind: 'failed' },
  29: { kind: 'failed' },
  6: { kind: 'perNumber' },
  10: { kind: 'perNumber' },
  22: { kind: 'perNumber' },
  23: { kind: 'perNumber' },
  32: { kind: 'perNumber', history: true },
  11: { kind: 'slower' },
  33: { kind: 'slower', delayMs: 60_000 },
  18: { kind: 'later', delayMs: 60_000 },
  2: { kind: 'account', scope: 'all', until: 'person' },
  3: { kind: 'account', scope: 'all', until: 'person' },
  21: { kind: 'account', scope: 'all', until: 'person' },
  24: { kind: 'account', scope: 'all', until: 'person' },
  25: { kind: 'account', scope: 'all', until: 'person' },
  5: { kind: 'account', scope: 'all', until: 'probe' },
  12: { kind: 'account', scope: 'send', until: 'probe' },
  13: { kind: 'account', scope: 'send', until: 'probe' },
  17: { kind: 'account', scope: 'send', until: 'probe' },
  16: { kind: 'account', scope: 'send', until: 'midnight' },
  15: { kind: 'duplicate' },
  20: { kind: 'unknown' },
};

describe('classify', () => {
  for (const [code, expected] of Object.entries(CONTRACT)) {
    it(`${code}: ${JSON.stringify(expected)}`, () => {
      assert.partialDeepStrictEqual(answer(code), { code, ...expected });
    });
  }

  it('knows no code beyond the contract, and each has words, a remedy and a sample', () => {
    assert.deepEqual([...CODES.keys()].sort(), Object.keys(CONTRACT).sort());
    for (const [code, { meaning, remedy, sample }] of CODES) {
      assert.match(`${meaning.zh}|${remedy.zh}`, /^[^。|]+\|.+。$/, code);
      assert.match(`${meaning.en}|${remedy.en}`, /^[^.|]+\|[A-Z].+\.$/, code);
      assert.ok(sample.length > 2, code);
    }
  });

  it('stands in both READMEs, word for word', () => {
    for (const [file, language] of [
      ['README.md', 'en'],
      ['README.zh-CN.md', 'zh'],
    ] as const) {
      const lines = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').split('\n');
      for (const [code, { meaning, remedy }] of CODES) {
        const line = lines.find((each) => each.startsWith(`| ${code} |`)) ?? '';
        const cells = line.split(' | ');
        assert.deepEqual([cells[1], cells[3]], [meaning[language], `${remedy[language]} |`], `${file}, ${code}`);
      }
    }
  });

  it('takes every other code for "may be either"', () => {
    for (const code of ['19', '27', '30', '31', '999', '-1', '00', 'abc', 'constructor']) {
      assert.equal(answer(code).kind, 'unknown');
      assert.equal(accountStop(code), null);
    }
  });

  it('passes on the numbers that were refused', () => {
    const failed = ['13000000009'];
    assert.partialDeepStrictEqual(answer('0', failed), { kind: 'accepted', failed });
    assert.partialDeepStrictEqual(answer('6', failed), { kind: 'perNumber', failed });
  });

  it('tells of an account stop exactly for the account codes', () => {
    for (const code of CODES.keys()) {
      const outcome = answer(code);
      const stop = outcome.kind === 'account' ? { scope: outcome.scope, until: outcome.until } : null;
      assert.deepEqual(accountStop(code), stop);
    }
  });

  it('adds what the platform said in its own words, without numbers that may be phones', () => {
    assert.equal(answer('0').text.zh, '平台已接收。等待回执');
    assert.match(answer('7', [], '非法关键字:赌博').text.zh, /（平台：非法关键字:赌博）/);
    assert.match(answer('7', [], '非法\u0000关键字').text.zh, /（平台：非法…关键字）/);
    fc.assert(
      fc.property(
        fc.stringMatching(/^\D{0,5}1[3-9]\d{9}\D{0,5}$/),
        fc.constantFrom(...CODES.keys(), '77'),
        (words, code) => {
          const { zh, en } = answer(code, [], words).text;
          assert.doesNotMatch(zh + en, /\d{7,}/);
        },
      ),
    );
  });
});
