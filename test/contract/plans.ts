import assert from 'node:assert/strict';
import { measure } from '../bench/plans/measure.ts';
import { needDatabase, type Client } from '../support/databases.ts';

const SIZES = { ended: 10_000, waiting: 20_000, some: 600, inbox: 5000 };

/** Every statement goes by an index, whatever the statistics say; `npm run bench:plans` shows how, among a million rows. */
export function plansContract(client: Client): void {
  describe(`plans on ${client}`, () => {
    before(function () {
      return needDatabase(client, this);
    });

    it('go by an index and sort nothing', async () => {
      const found = await measure(client, SIZES, () => undefined);
      assert.ok(found.length > 150);
      assert.deepEqual(
        found.filter(({ waste }) => waste !== ''),
        [],
      );
    });
  });
}
