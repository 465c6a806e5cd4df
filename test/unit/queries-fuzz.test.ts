import assert from 'node:assert/strict';
import { fuzz } from '../fuzz/run.ts';
import { SEED } from '../support/seed.ts';

describe('hostile messages', () => {
  it(`are stored, answered at most once each and give nothing away (seed ${SEED}; npm run fuzz sends 100,000)`, async () => {
    const { answers, balances, taken } = await fuzz(1500);
    assert.ok(taken > answers && answers > balances && balances > 10, JSON.stringify({ taken, answers, balances }));
  });
});
