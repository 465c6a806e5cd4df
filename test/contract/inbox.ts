import assert from 'node:assert/strict';
import { DbError } from '../../src/lib/errors.ts';
import { PHONE, type Fixture } from './fixture.ts';
import { message } from './life.ts';

/** Messages from citizens, each stored once. */
export function inboxCases(f: Fixture): void {
  describe('inbox', () => {
    it('stores a message once, under a race and after the bureau has deleted it', async () => {
      const batch = Array.from({ length: 20 }, (_, i) => message(`k${i}`));
      const [x, y] = await Promise.all([f.a.storeInbox(batch), f.b.storeInbox([...batch].reverse())]);
      assert.equal(x.length + y.length, 20);
      const rows = await f.db.rawQuery('SELECT id FROM sms_inbox');
      assert.equal(rows.length, 20);
      const [first] = [...x, ...y];
      assert.ok(first);
      assert.deepEqual(await f.a.inboxPhones([first.id]), new Map([[first.id, PHONE]]));
      await f.db.rawQuery('DELETE FROM sms_inbox');
      assert.deepEqual(await f.a.storeInbox(batch), []);
      assert.deepEqual(await f.a.inboxPhones([first.id]), new Map([[first.id, PHONE]]));
    });

    it('takes a message without readable time, and keys that differ in case only', async () => {
      const stored = await f.a.storeInbox([message('k', { receivedAt: null }), message('K'), message('k')]);
      assert.deepEqual(stored.map((s) => s.key).sort(), ['K', 'k']);
    });

    if (f.client !== 'sqlite') {
      it('says that a value is refused, not which, and stores nothing of the batch', async () => {
        const secret = '13100000009'.repeat(20);
        await assert.rejects(f.a.storeInbox([message('k1'), message('k2', { phone: secret })]), (error: unknown) => {
          assert.ok(error instanceof DbError);
          assert.equal(error.kind, 'data');
          assert.doesNotMatch(JSON.stringify([error.message, error.text, error.facts, String(error.cause)]), /1310000/);
          return true;
        });
        assert.deepEqual(await f.db.rawQuery('SELECT id FROM sms_inbox'), []);
      });
    }
  });
}
