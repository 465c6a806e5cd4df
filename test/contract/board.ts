import assert from 'node:assert/strict';
import type { Hour } from '../../src/db/board-store.ts';
import type { Fixture } from './fixture.ts';

/** What page and metrics ask. */
export function boardCases(f: Fixture): void {
  describe('board', () => {
    const counts = { sent: 3, delivered: 2, undelivered: 1, refused: 0 };
    const thisHour = async (): Promise<string> => (await f.a.now()).text.slice(0, 13);

    it('keeps each hour of each process, said again or not, and adds them up', async () => {
      const hour = await thisHour();
      const old: Hour = { ...counts, hour: '2020-01-01 09' };
      await f.a.keepHours('idA.b1', [old, { ...counts, hour }]);
      await f.a.keepHours('idA.b1', [{ ...counts, hour, sent: 5, refused: 2 }]);
      await f.a.keepHours('idA.b1', [{ ...counts, hour, sent: 5, refused: 2 }]);
      await f.b.keepHours('idB.b1', [{ ...counts, hour }]);
      assert.deepEqual(await f.b.hours(31), [{ hour, sent: 8, delivered: 4, undelivered: 2, refused: 2 }]);
      assert.equal((await f.a.hours(36_500)).length, 2);
      await f.a.pruneHours(31);
      assert.equal((await f.a.hours(36_500)).length, 1);
    });

    it('tells what is due by category and age, and no more of it than wanted', async () => {
      await f.insert(3, { category: 'CARD' });
      await f.insert(2, { created_at: '2026-01-01 00:00:00' });
      await f.insert(1, { created_at: '2026-01-01 00:00:00', send_at: '2099-01-01 00:00:00' });
      const found = await f.a.backlog(100);
      assert.deepEqual(found.map(({ category, age, rows }) => `${category} ${age} ${rows}`).sort(), [
        'CARD 1m 3',
        'NOTICE older 2',
      ]);
      const capped = await f.a.backlog(4);
      assert.equal(capped.reduce((n, { rows }) => n + rows, 0), 4); // prettier-ignore
      assert.deepEqual(await f.b.backlog(1).then((some) => some.map(({ rows }) => rows)), [1]);
    });

    it('finds rows in trouble among the newest, and those held wherever they are', async () => {
      await f.insert(2, { status: 'HELD', result_code: 'STORM' });
      await f.insert(1, { status: 'FAILED', result_code: '6' });
      await f.insert(1, { status: 'UNDELIVERED', result_code: '0', receipt_code: 'UNDELIV' });
      await f.insert(1, { status: 'DELIVERED', result_code: '0', receipt_code: '0' });
      await f.insert(1, { status: 'NEW', result_code: '18' });
      await f.insert(1);
      const found = await f.a.troubledRows(5, 500);
      assert.deepEqual(
        found.map(({ status, code, receiptCode }) => [status, code, receiptCode]),
        [
          ['NEW', '18', null],
          ['UNDELIVERED', '0', 'UNDELIV'],
          ['FAILED', '6', null],
          ['HELD', 'STORM', null],
          ['HELD', 'STORM', null],
        ],
      );
      assert.equal((await f.a.troubledRows(1, 1)).length, 1);
    });
  });
}
