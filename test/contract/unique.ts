import assert from 'node:assert/strict';
import type { Store } from '../../src/db/store.ts';
import { claimOnce, idsOf } from '../support/claiming.ts';
import { type Fixture, PHONE } from './fixture.ts';

const WITHIN_MS = 7 * 86_400_000;
/** One claim by a daemon of its own; the ids that it will send. */
const claim = async (store: Store, limit = 100): Promise<string[]> =>
  idsOf(await claimOnce(store, { uniqueWithinMs: WITHIN_MS }, limit));

/** `outbox.uniqueBy: biz_id`: rows that a replication brings twice. */
export function uniqueCases(f: Fixture): void {
  /** Numbers of their own: what is inserted later may have the lower one, as from a transaction that was committed later. */
  const put = async (id: number, more: Record<string, string> = {}): Promise<string> => {
    const columns = { phone: PHONE, content: 'text', biz_id: 'A-1', ...more };
    const names = ['id', ...Object.keys(columns)].join(', ');
    const places = Object.keys(columns).map(() => ', ?');
    await f.db.rawQuery(`INSERT INTO sms_outbox (${names}) VALUES (${id}${places.join('')})`, Object.values(columns));
    return String(id);
  };
  const fate = async (id: string): Promise<unknown[]> => {
    const { status, result_code: code, result_text: text } = await f.stateOf(id);
    return [status, code, /row (\d+)/.exec(String(text))?.[1]];
  };
  /** The store with something that happens just before its claim is written. */
  const before = (store: Store, happens: () => Promise<unknown>): Store => ({
    ...store,
    claim: async (...given) => {
      await happens();
      return store.claim(...given);
    },
  });
  /** … and just after. */
  const afterwards = (store: Store, happens: () => Promise<unknown>): Store => ({
    ...store,
    claim: async (...given) => {
      const got = await store.claim(...given);
      await happens();
      return got;
    },
  });

  describe('rows with one biz_id', () => {
    it('go once: the others are REJECTED with the number of the first', async () => {
      const [first, second, other, none] = [
        await put(101),
        await put(102),
        await put(103, { biz_id: 'a-1' }),
        await put(104, { biz_id: '' }),
      ];
      assert.deepEqual(await claim(f.a), [first, other, none]);
      assert.deepEqual(await fate(second), ['REJECTED', 'DUPLICATE', first]);
      const third = await put(105);
      assert.deepEqual(await claim(f.b), []);
      assert.deepEqual(await fate(third), ['REJECTED', 'DUPLICATE', first]);
      await put(106, { biz_id: '' });
      assert.deepEqual(await claim(f.b), ['106']);
    });

    it('go again once the person says so, and where the first never went out', async () => {
      const [first, second] = [await put(101), await put(102)];
      assert.deepEqual(await claim(f.a), [first]);
      await f.set(second, "status = 'NEW'");
      assert.deepEqual(await claim(f.a), [second]);
      for (const [i, status] of ['FAILED', 'REJECTED', 'EXPIRED'].entries()) {
        await put(200 + 2 * i, { biz_id: status, status });
        const again = await put(201 + 2 * i, { biz_id: status });
        assert.deepEqual(await claim(f.a), [again]);
      }
    });

    it('do not go while the first is held, or after it was cancelled; a cancelled copy takes nothing from its original', async () => {
      for (const [i, status] of ['HELD', 'CANCELLED', 'UNKNOWN', 'DELIVERED'].entries()) {
        const first = await put(200 + 2 * i, { biz_id: status, status });
        const copy = await put(201 + 2 * i, { biz_id: status });
        assert.deepEqual(await claim(f.a), [], status);
        assert.deepEqual(await fate(copy), ['REJECTED', 'DUPLICATE', first]);
      }
      await put(302, { status: 'CANCELLED', biz_id: 'B' });
      const original = await put(301, { biz_id: 'B' });
      assert.deepEqual(await claim(f.a), [original]);
    });

    it('count no longer than they are remembered, but for what has not ended', async () => {
      const old = { created_at: '2020-01-01 00:00:00' };
      await put(101, { ...old, status: 'DELIVERED' });
      const later = await put(102);
      assert.deepEqual(await claim(f.a), [later]);
      await put(103, { ...old, biz_id: 'B', status: 'HELD' });
      await put(104, { biz_id: 'B' });
      assert.deepEqual(await claim(f.a), []);
    });

    it('wait for one with a higher number that is being sent', async () => {
      const higher = await put(102);
      assert.deepEqual(await claim(f.a), [higher]);
      const lower = await put(101);
      assert.deepEqual(await claim(f.b), []);
      assert.deepEqual(await fate(lower), ['NEW', 'DUPLICATE', higher]);
      await f.set(higher, "status = 'SENT', claim_token = NULL");
      await f.set(lower, 'retry_at = NULL');
      assert.deepEqual(await claim(f.b), []);
      assert.deepEqual(await fate(lower), ['REJECTED', 'DUPLICATE', higher]);
    });

    it('go once where two daemons claim them at the same moment', async () => {
      const higher = await put(102);
      // the other's transaction is committed between our look and our claim, and its row is claimed as well
      let theirs: string[] = [];
      const ours = await claim(
        before(f.a, async () => {
          await put(101);
          theirs = await claim(f.b, 1);
        }),
      );
      assert.deepEqual([ours, theirs], [[], ['101']]);
      assert.deepEqual(await fate(higher), ['REJECTED', 'DUPLICATE', '101']);
    });

    it('go once where the lower number comes to light between a claim and the look after it', async () => {
      const higher = await put(102);
      let theirs: string[] = [];
      const ours = await claim(
        afterwards(f.a, async () => {
          await put(101);
          theirs = await claim(f.b, 1);
        }),
      );
      // ours gives way, and theirs, which has seen ours being sent, comes back
      assert.deepEqual([ours, theirs], [[], []]);
      assert.deepEqual(await fate(higher), ['REJECTED', 'DUPLICATE', '101']);
      await f.set('101', 'retry_at = NULL');
      assert.deepEqual(await claim(f.b), ['101']);
    });

    it('go once from every daemon at once', async () => {
      for (let i = 0; i < 10; i++) {
        await put(1000 + 2 * i, { biz_id: `C${i}` });
        await put(1001 + 2 * i, { biz_id: `C${i}` });
      }
      const gone: string[] = [];
      const waiting = async (): Promise<boolean> => (await f.a.waiting(100)).waiting > 0;
      do {
        // one that saw its copy being refused waits for the outcome
        await f.db.rawQuery("UPDATE sms_outbox SET retry_at = NULL WHERE status = 'NEW'");
        gone.push(...(await Promise.all([claim(f.a), claim(f.b)])).flat());
      } while (await waiting());
      assert.deepEqual(
        gone.sort(),
        Array.from({ length: 10 }, (_, i) => String(1000 + 2 * i)),
      );
    });
  });
}
