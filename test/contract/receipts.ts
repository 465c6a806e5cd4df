import assert from 'node:assert/strict';
import { serial } from '../support/rows.ts';
import { PHONE, type Fixture } from './fixture.ts';

/** Delivery receipts, matched and parked. */
export function receiptCases(f: Fixture): void {
  describe('receipts', () => {
    it('go forward only', async () => {
      const mine = await f.settled({}, {});
      const { id } = mine.row;
      const apply = async (code: string, of = mine.serial): Promise<number> =>
        (await f.a.applyReceipts([{ id, serial: of, code }])).changed;
      assert.equal(await apply('0', serial()), 0);
      // matched while SENDING, written after the write-back
      assert.equal(await apply('9'), 1);
      assert.equal((await f.stateOf(id))['status'], 'UNDELIVERED');
      assert.equal(await apply('0'), 1);
      assert.equal(await apply('9'), 0);
      const row = await f.stateOf(id);
      assert.deepEqual([row['status'], row['receipt_code']], ['DELIVERED', '0']);
    });

    it('never touch a row that waits for a fresh try; they are counted', async () => {
      const mine = await f.settled({ status: 'NEW', code: '7' }, { state: 'DONE' });
      const receipt = { id: mine.row.id, serial: mine.serial, code: '0' };
      assert.equal((await f.a.applyReceipts([receipt])).changed, 0);
      const unknown = serial();
      assert.deepEqual(
        await f.a.countLateReceipts(
          new Map([
            [mine.serial, 2],
            [unknown, 1],
          ]),
        ),
        new Set([mine.serial]),
      );
      assert.equal((await f.a.submitsOf([mine.serial]))[0]?.lateReceipts, 2);
    });

    it('are parked once, however often they come', async () => {
      const receipt = { serial: '1', phone: PHONE, code: '0' };
      const others = [
        { ...receipt, code: '9' },
        { ...receipt, phone: '13000000002' },
        { ...receipt, code: 'Ab' },
        { ...receipt, code: 'aB' },
      ];
      await f.a.parkReceipts([receipt, receipt, ...others]);
      const [first] = await f.a.parkedReceipts(10);
      await Promise.all([f.a.parkReceipts([receipt, ...others]), f.b.parkReceipts([...others, receipt])]);
      const parked = await f.a.parkedReceipts(10);
      assert.equal(parked.length, 5);
      assert.ok(parked.some(({ parkedId }) => parkedId === first?.parkedId));
    });

    it('are parked, and those that never match do not stand in front of the others', async () => {
      await f.a.parkReceipts(['1', '2', '3'].map((n) => ({ serial: n, phone: PHONE, code: '0' })));
      const first = await f.a.parkedReceipts(2);
      const second = await f.a.parkedReceipts(2);
      assert.equal(new Set([...first, ...second].map((r) => r.serial)).size, 3);
      await f.a.unparkReceipts([...first, ...second].map((r) => r.parkedId));
      assert.deepEqual(await f.a.parkedReceipts(10), []);
    });
  });
}
