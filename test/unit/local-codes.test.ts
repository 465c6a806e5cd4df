import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { LOCAL_CODES } from '../../src/outbound/local-codes.ts';

const OUTBOUND = new URL('../../src/outbound/', import.meta.url);
const SOURCES = [
  ...readdirSync(OUTBOUND).filter((name) => name !== 'local-codes.ts'),
  ...readdirSync(new URL('../policy/', OUTBOUND)).map((name) => `../policy/${name}`),
  '../platform/gate.ts',
];

/** Quoted words in capitals that are states, not codes. */
const STATES = new Set([
  ...[
    'NEW',
    'SENDING',
    'SENT',
    'DELIVERED',
    'UNDELIVERED',
    'UNKNOWN',
    'FAILED',
    'REJECTED',
    'EXPIRED',
    'HELD',
    'CANCELLED',
  ],
  ...['OPEN', 'ACCEPTED', 'DONE', 'VOID', 'PAUSED', 'LATCHED', 'MANUAL', 'SMS'],
  ...['NOTICE', 'OPTOUT', 'NFKC'],
]);

describe('the table of local codes', () => {
  it('has every code that the outbound path writes, and no other', () => {
    const written = new Set<string>();
    for (const name of SOURCES) {
      const source = readFileSync(new URL(name, OUTBOUND), 'utf8');
      for (const [, word = ''] of source.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)) if (word.length > 2) written.add(word);
    }
    const codes = [...written].filter((word) => !STATES.has(word)).sort();
    assert.deepEqual([...LOCAL_CODES.keys()].sort(), codes);
  });

  it('stands in both READMEs, word for word', () => {
    for (const [file, language] of [
      ['README.md', 'en'],
      ['README.zh-CN.md', 'zh'],
    ] as const) {
      const lines = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').split('\n');
      for (const [code, { meaning, remedy }] of LOCAL_CODES) {
        const cells = (lines.find((line) => line.startsWith(`| \`${code}\` |`)) ?? '').split(' | ');
        assert.deepEqual(cells.slice(1), [meaning[language], `${remedy[language]} |`], `${file}, ${code}`);
      }
    }
  });

  it('says in both languages what each means and what to do', () => {
    for (const [code, { meaning, remedy }] of LOCAL_CODES) {
      for (const text of [meaning, remedy]) {
        assert.match(text.zh, /[\u4e00-\u9fff]/, code);
        assert.doesNotMatch(text.en, /[\u4e00-\u9fff]/, code);
      }
      assert.match(remedy.zh, /。$/, code);
    }
  });
});
