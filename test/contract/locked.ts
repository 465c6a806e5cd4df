import assert from 'node:assert/strict';
import { DbError } from '../../src/lib/errors.ts';
import { claimAll, rowResult, submitOf, submitResult } from '../support/rows.ts';
import type { Fixture } from './fixture.ts';

/** A row that somebody's open transaction keeps locked stops none of the others (engines that lock rows). */
export function lockedCases(f: Fixture): void {
  if (f.client === 'sqlite') return;
  describe('a row that somebody keeps locked', function () {
    this.timeout(60_000); // the server waits five seconds for a lock
    const locking = async (id: string, work: () => Promise<void>): Promise<void> => {
      const { query } = await f.db.connect();
      await query('BEGIN');
      await query("UPDATE sms_outbox SET biz_id = 'DBA at lunch' WHERE id = ?", [id]);
      await work().finally(() => query('ROLLBACK'));
    };
    const told = (id: string): void => {
      assert.deepEqual([...new Set(f.refused.map((row) => row.id))], [id]);
      assert.match(f.refused[0]?.text.en ?? '', /open transaction/);
    };

    it('is passed over by the claim, and for a while not offered again', async () => {
      await f.insert(20);
      const rows = await f.a.candidates({ priority: 5, limit: 100, timed: false, spread: 1 });
      const id = rows[7]?.id ?? '';
      await locking(id, async () => {
        assert.equal((await claimAll(f.a, 'idA.b1.1')).length, 19);
        assert.deepEqual(await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 }), []);
      });
      told(id);
      assert.equal((await claimAll(f.b, 'idB.b1.1')).length, 1, 'others find it, once it is free');
    });

    it('is no single row any more where a whole batch is locked: the statement waits once, and comes another time', async () => {
      await f.insert(60);
      const { query } = await f.db.connect();
      await query('BEGIN');
      await query("UPDATE sms_outbox SET biz_id = 'a long job'");
      const started = performance.now();
      await assert.rejects(
        claimAll(f.a, 'idA.b1.1'),
        (error: unknown) => error instanceof DbError && error.kind === 'timeout',
      );
      assert.ok(performance.now() - started < 9000, 'waited again at once');
      await query('ROLLBACK');
      assert.deepEqual(f.refused, []);
      assert.equal((await claimAll(f.a, 'idA.b1.2')).length, 60);
    });

    it('is written back by recovery, the others at once', async () => {
      await f.insert(20);
      const mine = await claimAll(f.a, 'idA.b1.1', { leaseMs: 1 });
      await f.a.open(mine.map(submitOf), 'idA.b1', 60_000);
      const id = mine[7]?.row.id ?? '';
      await locking(id, async () => {
        const changed = await f.a.settle(
          mine.map((m) => rowResult(m)),
          mine.map((m) => submitResult(m)),
        );
        assert.equal(changed, 19);
      });
      told(id);
      assert.equal((await f.stateOf(id))['status'], 'SENDING');
      await f.b.recoverRows('idR.b1.1', 100);
      assert.equal((await f.stateOf(id))['status'], 'SENT');
    });
  });
}
