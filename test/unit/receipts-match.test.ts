import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Receipt, ReceiptRow, RowStatus } from '../../src/db/store.ts';
import { fateOf, matchReceipts, type Fate } from '../../src/receipts/match.ts';

const D: Fate = { to: 'DELIVERED' };
const U: Fate = { to: 'UNDELIVERED' };
const KEEP: Fate = { to: null };

/** Every status, with the code that the row has already: what '0', '1' and '2' do to it. */
const TABLE: [status: RowStatus, known: string | null, zero: Fate, one: Fate, two: Fate][] = [
  ['NEW', null, 'late', 'late', 'late'],
  ['SENDING', null, KEEP, KEEP, KEEP],
  ['SENDING', '0', 'repeat', 'repeat', 'repeat'],
  ['SENDING', '1', KEEP, 'repeat', KEEP],
  ['SENT', null, D, U, U],
  ['DELIVERED', '0', 'repeat', 'repeat', 'repeat'],
  ['UNDELIVERED', '1', D, 'repeat', 'repeat'],
  ['UNKNOWN', null, D, U, U],
  ['FAILED', null, D, U, U],
  ['REJECTED', null, D, U, U],
  ['EXPIRED', null, D, U, U],
  ['HELD', null, D, U, U],
  ['CANCELLED', null, D, U, U],
];

const serial = '20261123101500000001';
const row = (over: Partial<ReceiptRow> = {}): ReceiptRow => ({
  id: '7',
  serial,
  phone: '13000000001',
  status: 'SENT',
  receiptCode: null,
  ...over,
});
const receipt = (code: string, over: Partial<Receipt> = {}): Receipt => ({
  serial,
  phone: '13000000001',
  code,
  ...over,
});

describe('matching receipts', () => {
  for (const [status, receiptCode, ...fates] of TABLE) {
    it(`${status} with code ${receiptCode ?? 'none'}`, () => {
      assert.deepEqual(
        ['0', '1', '2'].map((code) => fateOf({ status, receiptCode }, code)),
        fates,
      );
    });
  }

  it('applies by serial and phone, each group member for itself', () => {
    const other = { phone: '13000000002' };
    const matched = matchReceipts([receipt('0'), receipt('DB:0141', other)], [row({ id: '8', ...other }), row()]);
    assert.deepEqual(matched, {
      apply: [
        { id: '7', serial, code: '0', to: 'DELIVERED' },
        { id: '8', serial, code: 'DB:0141', to: 'UNDELIVERED' },
      ],
      late: [],
      unknown: [],
      repeated: 0,
    });
  });

  it('does not apply a receipt of an earlier serial, or of another phone', () => {
    const earlier = receipt('0', { serial: '20261122101500000001' });
    const stranger = receipt('0', { phone: '13000000009' });
    assert.deepEqual(matchReceipts([earlier, stranger], [row()]), {
      apply: [],
      late: [],
      unknown: [earlier, stranger],
      repeated: 0,
    });
    assert.deepEqual(matchReceipts([receipt('0')], [row({ status: 'NEW' })]).late, [receipt('0')]);
  });

  it('delivered wins among several of one message, in any order', () => {
    for (const codes of [
      ['0', '1', '2'],
      ['1', '0', '0'],
      ['2', '1', '0'],
    ]) {
      const matched = matchReceipts(
        codes.map((code) => receipt(code)),
        [row()],
      );
      assert.deepEqual(matched.apply, [{ id: '7', serial, code: '0', to: 'DELIVERED' }]);
      assert.equal(matched.repeated, 2);
    }
    assert.equal(matchReceipts([receipt('2'), receipt('1')], [row()]).apply[0]?.code, '2', 'else the first');
  });

  it('loses none, and ends the same when everything is matched again or comes in another order', () => {
    const code = fc.constantFrom('0', '1', '2');
    const phone = fc.constantFrom('13000000001', '13000000002', '13000000003');
    const receipts = fc.array(fc.record({ serial: fc.constantFrom('a', 'b'), phone, code }), { maxLength: 12 });
    const statuses = fc.array(fc.constantFrom(...TABLE), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(receipts, statuses, (batch, entries) => {
        const rows = entries.map(([status, receiptCode], i) =>
          row({ id: String(i), serial: 'a', phone: `1300000000${i + 1}`, status, receiptCode }),
        );
        const once = matchReceipts(batch, rows);
        assert.equal(once.apply.length + once.late.length + once.unknown.length + once.repeated, batch.length);
        const after = advance(rows, once.apply);
        assert.deepEqual(matchReceipts(batch, after).apply, [], 'a replay');
        for (const was of rows) {
          const is = after.find((r) => r.id === was.id)!;
          if (was.status === 'DELIVERED') assert.equal(is.status, 'DELIVERED');
          const delivered = batch.some((r) => r.serial === 'a' && r.phone === was.phone && r.code === '0');
          if (delivered && was.status !== 'NEW') assert.equal(is.receiptCode, '0');
        }
      }),
    );
  });
});

function advance(rows: readonly ReceiptRow[], applied: ReturnType<typeof matchReceipts>['apply']): ReceiptRow[] {
  return rows.map((r) => {
    const change = applied.find((a) => a.id === r.id);
    return change ? { ...r, status: change.to ?? r.status, receiptCode: change.code } : r;
  });
}
