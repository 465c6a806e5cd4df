import assert from 'node:assert/strict';
import type { RowResult } from '../../src/db/store.ts';
import type { Group } from '../../src/outbound/group.ts';
import { classify } from '../../src/outbound/outcome.ts';
import {
  heldUnknown,
  notPosted,
  postponed,
  provenByReceipt,
  settlement,
  type SettleRules,
  type Settlement,
  unknown,
} from '../../src/outbound/settle.ts';
import { CODES } from '../../src/platform/codes.ts';
import { SETTLE_RULES } from '../support/rules.ts';

const HOUR = 3_600_000;
const PHONES = ['13800130001', '13800130002', '13800130003'];

function group(given: Partial<Group> & { rows?: number } = {}): Group {
  const { rows = 1, ...rest } = given;
  return {
    serial: '20261123101500000001',
    channel: 'main',
    body: '您好',
    extNo: null,
    templateId: null,
    priority: 5,
    segments: 1,
    members: PHONES.slice(0, rows).map((phone, i) => ({ id: String(i + 1), phone, prev: null })),
    token: 'a.1.1',
    startBefore: Infinity,
    notAfter: Infinity,
    tries: 1,
    unknownCodes: 0,
    ageMs: 0,
    keys: [],
    ...rest,
  };
}

const answer = (code: string, failed: readonly string[] = []) =>
  classify({ code, description: CODES.get(code)?.sample ?? '', taskId: '229100000001', failed });
const settle = (g: Group, code: string, failed: readonly string[] = [], rules = SETTLE_RULES): Settlement =>
  settlement(g, answer(code, failed), rules);

/** `STATUS code`, with what else a row gets: `+ms` the wait, `solo`. One word when all rows get the same. */
function rowsOf(s: Settlement): string {
  const word = (r: RowResult): string =>
    `${r.status} ${r.code}${r.delayMs > 0 ? ` +${r.delayMs}` : ''}${r.solo ? ' solo' : ''}`;
  const words = s.rows.map(word);
  return new Set(words).size === 1 ? (words[0] ?? '') : words.join(', ');
}
/** `STATE`, with `+ms` until it is asked again and `?` for an answer without meaning. */
function recordOf({ submit }: Settlement): string {
  if (!submit) return '';
  return `${submit.state}${submit.state === 'OPEN' ? ` +${submit.nextInMs}` : ''}${submit.unknownCode ? ' ?' : ''}`;
}

/**
 * What one row and its record become: after a first try, and after a repeat whose first try may have been accepted.
 */
const TABLE: Readonly<Record<string, readonly [first: string, again: string]>> = {
  0: ['SENT 0 | ACCEPTED', 'SENT 0 | ACCEPTED'],
  26: ['SENT 26 | ACCEPTED', 'SENT 26 | ACCEPTED'],
  15: ['NEW 15 +2000 | DONE', 'SENT 15 | ACCEPTED'],
  1: ['FAILED 1 | DONE', 'FAILED 1 | DONE'],
  4: ['FAILED 4 | DONE', 'FAILED 4 | DONE'],
  7: ['FAILED 7 | DONE', 'FAILED 7 | DONE'],
  8: ['FAILED 8 | DONE', 'FAILED 8 | DONE'],
  9: ['FAILED 9 | DONE', 'FAILED 9 | DONE'],
  14: ['FAILED 14 | DONE', 'FAILED 14 | DONE'],
  28: ['FAILED 28 | DONE', 'FAILED 28 | DONE'],
  29: ['FAILED 29 | DONE', 'FAILED 29 | DONE'],
  6: ['FAILED 6 | DONE', 'FAILED 6 | DONE'],
  10: ['FAILED 10 | DONE', 'FAILED 10 | DONE'],
  22: ['FAILED 22 | DONE', 'FAILED 22 | DONE'],
  23: ['FAILED 23 | DONE', 'FAILED 23 | DONE'],
  // "too often" may be because the first try got through
  32: ['FAILED 32 | DONE', 'HELD 32 | HELD'],
  // these say nothing of the first try: same serial again
  11: ['NEW 11 +2000 | DONE', 'SENDING 11 | OPEN +3000'],
  33: ['NEW 33 +60000 | DONE', 'SENDING 33 | OPEN +60000'],
  18: ['NEW 18 +60000 | DONE', 'SENDING 18 | OPEN +60000'],
  2: ['NEW 2 | DONE', 'SENDING 2 | OPEN +3000'],
  3: ['NEW 3 | DONE', 'SENDING 3 | OPEN +3000'],
  5: ['NEW 5 | DONE', 'SENDING 5 | OPEN +3000'],
  12: ['NEW 12 | DONE', 'SENDING 12 | OPEN +3000'],
  13: ['NEW 13 | DONE', 'SENDING 13 | OPEN +3000'],
  16: ['NEW 16 | DONE', 'SENDING 16 | OPEN +3000'],
  17: ['NEW 17 | DONE', 'SENDING 17 | OPEN +3000'],
  21: ['NEW 21 | DONE', 'SENDING 21 | OPEN +3000'],
  24: ['NEW 24 | DONE', 'SENDING 24 | OPEN +3000'],
  25: ['NEW 25 | DONE', 'SENDING 25 | OPEN +3000'],
  20: ['SENDING 20 | OPEN +1000 ?', 'SENDING 20 | OPEN +3000 ?'],
  19: ['SENDING 19 | OPEN +1000 ?', 'SENDING 19 | OPEN +3000 ?'],
  999: ['SENDING 999 | OPEN +1000 ?', 'SENDING 999 | OPEN +3000 ?'],
};

describe('settlement', () => {
  describe('of one row, by code', () => {
    for (const [code, [first, again]] of Object.entries(TABLE)) {
      it(`${code}: ${first}; of a repeat: ${again}`, () => {
        for (const [tries, expected] of [
          [1, first],
          [3, again],
        ] as const) {
          const s = settle(group({ tries }), code);
          assert.equal(`${rowsOf(s)} | ${recordOf(s)}`, expected);
          assert.ok(s.rows.every((r) => r.posts === 1 && r.serial === '20261123101500000001'));
        }
      });
    }

    it('knows every code of the table of codes', () => {
      assert.deepEqual(
        [...CODES.keys()].filter((code) => !(code in TABLE)),
        [],
      );
    });

    it('never gives a row whose first try may be accepted a fresh serial', () => {
      for (const code of [...CODES.keys(), '19', '999']) {
        for (const failed of [[], ['13800130002'], ['13800139999']]) {
          const { rows } = settle(group({ tries: 2, rows: 3 }), code, failed);
          assert.ok(
            rows.every((r) => r.status !== 'NEW'),
            code,
          );
        }
      }
    });
  });

  describe('accepted', () => {
    it('keeps the task, waits for receipts as long as configured, and fails the numbers of the faillist only', () => {
      const s = settle(group({ rows: 3 }), '0', ['13800130002', '13800139999']);
      assert.equal(rowsOf(s), 'SENT 0, FAILED 6, SENT 0');
      assert.ok(s.rows.every((r) => r.taskId === '229100000001'));
      assert.deepEqual([s.submit?.taskId, s.submit?.nextInMs], ['229100000001', 72 * HOUR]);
    });

    it('does so in manual review, too', () => {
      assert.equal(rowsOf(settle(group({ rows: 2 }), '26', ['13800130001'])), 'FAILED 6, SENT 26');
    });

    it('by a duplicate serial has no task: that answer was lost', () => {
      const s = settle(group({ tries: 2 }), '15');
      assert.deepEqual([s.rows[0]?.taskId, s.submit?.taskId], [null, null]);
    });
  });

  describe('numbers that are refused (6, 10, 22, 23, 32)', () => {
    for (const code of ['6', '10', '22', '23', '32']) {
      it(`${code}: those named fail, the others go again at once; with none named each goes alone`, () => {
        assert.equal(
          rowsOf(settle(group({ rows: 3 }), code, [PHONES[1]!])),
          `NEW ${code}, FAILED ${code}, NEW ${code}`,
        );
        assert.equal(rowsOf(settle(group({ rows: 3 }), code)), `NEW ${code} solo`);
        assert.equal(rowsOf(settle(group({ rows: 3 }), code, ['13800139999'])), `NEW ${code} solo`);
        assert.equal(rowsOf(settle(group({ rows: 2 }), code, PHONES)), `FAILED ${code}`);
      });
    }

    it('on a repeat: what is named was wrong before and fails; of the rest a person decides', () => {
      const again = group({ rows: 3, tries: 2 });
      assert.equal(rowsOf(settle(again, '6', [PHONES[1]!])), 'HELD 6, FAILED 6, HELD 6');
      assert.equal(recordOf(settle(again, '6', [PHONES[1]!])), 'HELD');
      assert.equal(rowsOf(settle(again, '6')), 'HELD 6');
      assert.equal(rowsOf(settle(again, '6', PHONES)), 'FAILED 6');
      assert.equal(recordOf(settle(again, '6', PHONES)), 'DONE');
      assert.equal(rowsOf(settle(again, '32', [PHONES[1]!])), 'HELD 32');
    });
  });

  describe('an outcome that stays unknown', () => {
    const noAnswer = { code: 'OUTCOME_UNKNOWN', text: { zh: '没有应答', en: 'no answer' }, readable: false };

    it('is asked again under the same serial, ever later, and not counted as an answer', () => {
      const s = unknown(group({ tries: 4, rows: 2 }), noAnswer, SETTLE_RULES);
      assert.equal(`${rowsOf(s)} | ${recordOf(s)}`, 'SENDING OUTCOME_UNKNOWN | OPEN +4000');
    });

    it('waits for a person after the third answer without meaning, not after the third time-out', () => {
      assert.equal(recordOf(settle(group({ unknownCodes: 1 }), '20')), 'OPEN +1000 ?');
      const third = settle(group({ unknownCodes: 2, rows: 2 }), '20');
      assert.equal(`${rowsOf(third)} | ${recordOf(third)}`, 'HELD 20 | HELD');
      assert.equal(recordOf(unknown(group({ unknownCodes: 2, tries: 9 }), noAnswer, SETTLE_RULES)), 'OPEN +9000');
    });

    it('does so past outbox.unknownWindow', () => {
      const old = group({ ageMs: 24 * HOUR });
      assert.equal(rowsOf(unknown(old, noAnswer, SETTLE_RULES)), 'HELD OUTCOME_UNKNOWN');
      assert.equal(rowsOf(settle(old, '20')), 'HELD 20');
      assert.equal(recordOf(unknown({ ...old, ageMs: 24 * HOUR - 1 }, noAnswer, SETTLE_RULES)), 'OPEN +1000');
    });

    it('does so at once where the configuration says hold', () => {
      const rules: SettleRules = { ...SETTLE_RULES, unknownOutcome: 'hold' };
      assert.equal(rowsOf(unknown(group(), noAnswer, rules)), 'HELD OUTCOME_UNKNOWN');
      assert.equal(rowsOf(settle(group(), '20', [], rules)), 'HELD 20');
    });

    it('says why it is held, that it may have been sent, and what to do: whole, within the column', () => {
      const held = [
        unknown(group({ ageMs: 24 * HOUR }), noAnswer, SETTLE_RULES),
        unknown(group(), noAnswer, { ...SETTLE_RULES, unknownOutcome: 'hold' }),
        settle(group({ unknownCodes: 2 }), '20'),
        settle(group({ unknownCodes: 2 }), '999'),
        settle(group({ tries: 2 }), '32'),
        settle(group({ tries: 2, rows: 2 }), '6'),
      ];
      for (const { rows } of held) {
        const text = rows[0]?.text ?? '';
        assert.match(text, /^outcome unknown: .{10,}\. It may have been sent; .* NEW \(may double\).* CANCELLED$/);
        assert.doesNotMatch(text, /submitted again|tries? again/);
      }
    });
  });

  it('of a call that surely was not posted puts the rows back and counts no attempt', () => {
    const s = notPosted(group({ rows: 2 }), 'NOT_REACHED', { zh: '连不上', en: 'not reached' }, 500, SETTLE_RULES);
    assert.equal(`${rowsOf(s)} | ${recordOf(s)}`, 'NEW NOT_REACHED +500 | VOID');
    assert.ok(s.rows.every((r) => r.posts === 0 && r.text === 'not reached'));
    assert.equal(notPosted(group(), null, { zh: '停', en: 'stopped' }, 0, SETTLE_RULES).rows[0]?.text, null);
  });

  it('of a repeat that surely was not posted leaves the rows as they are', () => {
    const s = postponed(group({ tries: 2 }), 'NOT_REACHED', { zh: '连不上', en: 'not reached' }, SETTLE_RULES);
    assert.deepEqual([s.rows, recordOf(s)], [[], 'OPEN +2000']);
  });

  it('of a call that a receipt has proven is an acceptance', () => {
    const s = provenByReceipt(group({ tries: 5, rows: 2 }), SETTLE_RULES);
    assert.equal(`${rowsOf(s)} | ${recordOf(s)}`, 'SENT 0 | ACCEPTED');
  });

  it('of a row that a person must look at names the code it is given', () => {
    const s = heldUnknown(group(), 'EDITED', { zh: '被修改', en: 'changed' }, 0, SETTLE_RULES);
    assert.equal(`${rowsOf(s)} | ${recordOf(s)}`, 'HELD EDITED | HELD');
    assert.equal(s.rows[0]?.posts, 0);
  });

  it('has a sentence of at most 200 characters for every code, in either language', () => {
    for (const locale of ['zh-CN', 'en'] as const) {
      for (const code of Object.keys(TABLE)) {
        for (const tries of [1, 2]) {
          const [row] = settlement(group({ tries }), answer(code), { ...SETTLE_RULES, locale }).rows;
          assert.ok(row?.text && row.text.length <= 200, code);
          assert.equal(/[\u4e00-\u9fff]/.test(row.text), locale === 'zh-CN', code);
        }
      }
    }
  });
});
