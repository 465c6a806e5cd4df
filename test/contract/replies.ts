import assert from 'node:assert/strict';
import type { Fixture } from './fixture.ts';

/** Who was answered already. */
export function replyCases(f: Fixture): void {
  describe('replies', () => {
    it('knows which answers were given already', async () => {
      await f.insert(3, { inbox_id: 7 });
      await f.db.rawQuery("UPDATE sms_outbox SET content = 'same'");
      const rows = await f.a.candidates({ priority: 0, limit: 10, timed: false, spread: 1 });
      const ask = rows.map(({ id }) => ({ id, inboxId: '7', content: 'same' }));
      const [first, second, third] = rows.map(({ id }) => id);
      assert.ok(first && second && third);
      assert.deepEqual(await f.a.answered(ask), new Set([second, third]));
      await f.set(third, "status = 'SENT'");
      assert.deepEqual(await f.a.answered(ask.slice(0, 2)), new Set([first, second]));
      assert.deepEqual(await f.a.answered([{ id: first, inboxId: '7', content: 'other' }]), new Set());
    });
  });
}
