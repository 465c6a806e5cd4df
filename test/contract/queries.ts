import assert from 'node:assert/strict';
import type { QueryEnd } from '../../src/db/store.ts';
import { DbError } from '../../src/lib/errors.ts';
import { PHONE, type Fixture } from './fixture.ts';
import { message } from './life.ts';
import { withTrigger } from './triggers.ts';

/** Messages that a query rule took: from 'AUTO' to one answer. */
export function queryCases(f: Fixture): void {
  describe('queries by SMS', () => {
    const take = async (n: number): Promise<string[]> => {
      const batch = Array.from({ length: n }, (_, i) => message(`q${i}`, { query: 'SBYE', content: `SBYE#${i}` }));
      return (await f.a.storeInbox(batch)).map(({ id }) => id);
    };
    const ended = (inboxId: string, given: Partial<QueryEnd> = {}): QueryEnd => ({
      inboxId,
      outcome: 'ANSWERED',
      subject: 'abc123',
      answer: { phone: PHONE, text: '余额 1.00 元' },
      wiped: null,
      giveBack: false,
      ...given,
    });
    const inbox = (): Promise<Record<string, unknown>[]> =>
      f.db.rawQuery('SELECT status, content, args, handled_at FROM sms_inbox ORDER BY id');
    const outbox = (): Promise<Record<string, unknown>[]> =>
      f.db.rawQuery('SELECT phone, content, category, priority, status FROM sms_outbox');

    it('are AUTO from the start and wait; the others are NEW and nobody’s here', async () => {
      await f.a.storeInbox([message('x')]);
      const [id] = await take(1);
      assert.deepEqual(
        (await inbox()).map(({ status }) => status),
        ['NEW', 'AUTO'],
      );
      const [waiting, ...more] = await f.a.waitingQueries(10);
      assert.deepEqual(more, []);
      assert.equal(waiting?.inboxId, id);
      assert.deepEqual([waiting?.phone, waiting?.content, waiting?.tries], [PHONE, 'SBYE#0', 0]);
      assert.ok(waiting && waiting.ageMs >= 0 && waiting.ageMs < 60_000);
      // the same answer of the platform again
      await f.a.storeInbox([message('q0', { query: 'SBYE' })]);
      assert.equal((await f.a.waitingQueries(10)).length, 1);
    });

    it('get one answer, also when two daemons give it at the same time', async () => {
      const ids = await take(20);
      const both = await Promise.all(ids.flatMap((id) => [f.a.endQuery(ended(id)), f.b.endQuery(ended(id))]));
      assert.equal(both.filter((mine) => mine).length, 20);
      assert.equal((await outbox()).length, 20);
      const rows = await f.db.rawQuery('SELECT COUNT(DISTINCT inbox_id) AS n FROM sms_outbox');
      assert.equal(Number(rows[0]?.['n']), 20);
      assert.deepEqual(await f.a.waitingQueries(10), []);
      const [row] = await outbox();
      assert.deepEqual(
        { ...row, priority: Number(row?.['priority']) },
        {
          phone: PHONE,
          content: '余额 1.00 元',
          category: 'REPLY',
          priority: 0,
          status: 'NEW',
        },
      );
      const [probe] = (await f.a.candidates({ priority: 0, limit: 10, timed: false, spread: 1 })).map((r) => r.inboxId);
      assert.ok(probe && ids.includes(probe));
    });

    it('lose their secrets in the same commit', async () => {
      const [id = ''] = await take(1);
      await f.a.endQuery(ended(id, { wiped: { content: 'SBYE#****', keyword: 'SBYE', args: '****' } }));
      const [row] = await inbox();
      assert.deepEqual([row?.['status'], row?.['content'], row?.['args']], ['AUTO', 'SBYE#****', '****']);
      assert.notEqual(row?.['handled_at'], null);
    });

    it('are the legacy system’s when given back, whole', async () => {
      const [id = ''] = await take(1);
      await f.a.endQuery(ended(id, { outcome: 'GIVEN_UP', answer: null, giveBack: true }));
      const [row] = await inbox();
      assert.deepEqual([row?.['status'], row?.['content'], row?.['handled_at']], ['NEW', 'SBYE#0', null]);
      assert.deepEqual(await outbox(), []);
      assert.equal(await f.a.endQuery(ended(id)), false);
    });

    it('get no answer of ours once the bureau has marked or deleted them', async () => {
      const [one = '', two = ''] = await take(2);
      await f.db.rawQuery(`UPDATE sms_inbox SET status = 'DONE' WHERE id = ${one}`);
      await f.db.rawQuery(`DELETE FROM sms_inbox WHERE id = ${two}`);
      assert.equal((await f.a.waitingQueries(10)).find(({ inboxId }) => inboxId === two)?.content, null);
      for (const id of [one, two]) assert.equal(await f.a.endQuery(ended(id)), true);
      assert.deepEqual(await outbox(), []);
      assert.deepEqual(await f.a.waitingQueries(10), []);
    });

    it('leave nothing behind where the outbox refuses the answer', async () => {
      const [id = ''] = await take(1);
      const trigger = { on: 'sms_outbox', at: 'BEFORE INSERT', when: "NEW.category = 'REPLY'", then: null } as const;
      await withTrigger(f, trigger, async () => {
        await assert.rejects(
          f.a.endQuery(ended(id)),
          (error: unknown) => error instanceof DbError && error.kind === 'data',
        );
      });
      assert.equal((await inbox())[0]?.['handled_at'], null);
      assert.equal((await f.a.waitingQueries(10)).length, 1);
      assert.equal(await f.a.endQuery(ended(id)), true);
    });

    it('wait for their time when put off', async () => {
      const [one = '', two = ''] = await take(2);
      await f.a.deferQuery(one, 60_000);
      assert.deepEqual(
        (await f.a.waitingQueries(10)).map(({ inboxId }) => inboxId),
        [two],
      );
      await f.a.deferQuery(one, -1);
      assert.deepEqual(
        new Map((await f.a.waitingQueries(10)).map(({ inboxId, tries }) => [inboxId, tries])),
        new Map([
          [one, 2],
          [two, 0],
        ]),
      );
    });

    it('are remembered per phone, the latest first, without those that were silent', async () => {
      const ids = await take(4);
      const ends: Partial<QueryEnd>[] = [
        {},
        { outcome: 'NOT_FOUND', answer: null },
        { outcome: 'LIMITED', answer: null },
        { outcome: 'NOT_FOUND', subject: 'other' },
      ];
      for (const [i, given] of ends.entries()) await f.a.endQuery(ended(ids[i] ?? '', given));
      const history = await f.a.queryHistory(PHONE, 60_000);
      assert.deepEqual(history.map(({ outcome, subject, told }) => [outcome, subject, told]).sort(), [
        ['ANSWERED', 'abc123', true],
        ['NOT_FOUND', 'abc123', false],
        ['NOT_FOUND', 'other', true],
      ]);
      assert.deepEqual(await f.a.queryHistory('13000000002', 60_000), []);
    });

    it('are counted by day, keyword and outcome', async () => {
      const ids = await take(3);
      await f.a.endQuery(ended(ids[0] ?? ''));
      await f.a.endQuery(ended(ids[1] ?? '', { outcome: 'NOT_FOUND' }));
      const counts = await f.a.queryCounts(2);
      const today = (await f.a.now()).text.slice(0, 10);
      assert.deepEqual(counts.map((c) => [c.day, c.keyword, c.outcome, c.count, c.answers]).sort(), [
        [today, 'SBYE', '', 1, 0],
        [today, 'SBYE', 'ANSWERED', 1, 1],
        [today, 'SBYE', 'NOT_FOUND', 1, 1],
      ]);
    });
  });
}
