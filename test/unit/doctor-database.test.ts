import assert from 'node:assert/strict';
import { type Inspection, openInspection } from '../../src/db/health.ts';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { DIALECTS, type FreshDatabase, freshDatabase, needDatabase } from '../support/databases.ts';

for (const client of DIALECTS) {
  describe(`what doctor and explain ask of ${client}`, () => {
    let fresh: FreshDatabase | null = null;
    let inspection: Inspection;
    let store: Store;

    before(async function () {
      await needDatabase(client, this);
      fresh = await freshDatabase(client);
      inspection = openInspection(fresh.options, 5000);
      store = await openStore(fresh.options);
    });
    after(async () => {
      if (fresh === null) return;
      await inspection.close();
      await store.close();
      await fresh.drop();
    });

    it('gets every character back as it was sent', async () => {
      for (const text of ['测试𠮷？', 'it\'s \\ "quoted" ?', '😀']) assert.equal(await inspection.echo(text), text);
      assert.deepEqual(await inspection.narrowColumns(), []);
    });

    it('has the time, and settings that keep what was committed', async () => {
      assert.ok(Math.abs((await inspection.clockMs()) - Date.now()) < 5000);
      const facts = await inspection.health();
      assert.ok(facts.length > 0);
      const worrying = facts.filter(({ concern }) => concern !== null);
      assert.deepEqual(worrying, []);
      const rights = await inspection.ddlRights();
      assert.equal(rights.length > 0, client !== 'sqlite', 'the superuser of a server may do anything');
    });

    it('counts the rows that go before a waiting one', async () => {
      const insert = (priority: number): Promise<string> =>
        store.insertOutbox({ phone: '13000000001', content: 'x', priority });
      const [first, second, urgent, last] = [await insert(5), await insert(5), await insert(0), await insert(9)];
      assert.deepEqual(await inspection.ahead(urgent, 100), { higher: 0, earlier: 0 });
      assert.deepEqual(await inspection.ahead(first, 100), { higher: 1, earlier: 0 });
      assert.deepEqual(await inspection.ahead(second, 100), { higher: 1, earlier: 1 });
      assert.deepEqual(await inspection.ahead(last, 100), { higher: 3, earlier: 0 });
      assert.deepEqual(await inspection.ahead(last, 2), { higher: 2, earlier: 0 }, 'stops at the cap');
    });
  });
}
