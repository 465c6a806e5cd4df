import assert from 'node:assert/strict';
import { BROKEN, type Broken, HARMLESS } from './broken.ts';
import { INVARIANTS } from './oracle.ts';
import { actionText, CALM, type Plan } from './plan.ts';
import { singles } from './plans.ts';
import { Pool } from './pool.ts';

/** From the plainest on. */
async function* runsOf(pool: Pool, broken: Broken): AsyncGenerator<Plan> {
  yield CALM;
  for (let order = 1; order <= (broken.orders ?? 0); order++) yield { at: {}, order };
  if (broken.action === null) return;
  const calm = await pool.run(broken.scenario, CALM, broken.name);
  const [label, action] = broken.first ?? [null, null];
  const point = calm.trace.findIndex((passed, i) => i >= calm.busy[0] && passed.endsWith(` ${label}`)) + 1;
  if (label !== null) assert.ok(point > 0, `no point "${label}"`);
  yield* singles(calm, broken.action, action === null ? {} : { [point]: action });
}

describe('model: broken builds are found out', function () {
  this.timeout(120_000);
  let pool: Pool;
  before(() => {
    pool = new Pool();
  });
  after(() => pool.close());

  it(`harmless: ${HARMLESS.name}`, async () => {
    const { violations } = await pool.run(HARMLESS.scenario, CALM, HARMLESS.name);
    assert.deepEqual(violations, []);
  });

  for (const broken of BROKEN) {
    it(`${broken.name}: ${broken.caughtBy}`, async () => {
      let runs = 0;
      for await (const plan of runsOf(pool, broken)) {
        runs++;
        const { violations } = await pool.run(broken.scenario, plan, broken.name);
        const found = violations.find(({ invariant }) => invariant === broken.caughtBy);
        if (found) {
          const events = Object.entries(plan.at).map(([point, action]) => `${actionText(action)} at ${point}`);
          console.log(
            `        run ${runs} (${events.join(', ') || `order ${plan.order}`}): ${found.what.slice(0, 140)}`,
          );
          return;
        }
      }
      assert.fail(`${runs} runs, and nobody noticed: "${INVARIANTS[broken.caughtBy]}"`);
    });
  }
});
