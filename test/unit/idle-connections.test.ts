import assert from 'node:assert/strict';
import { IdleConnections } from '../../src/db/idle-connections.ts';

describe('idle connections of a pool', () => {
  const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  let now: number;
  let idle: IdleConnections<{ name: string }>;
  beforeEach(() => {
    now = 0;
    idle = new IdleConnections(() => now);
  });

  it('a new one is lent, and one that has rested', () => {
    assert.equal(idle.mayLend(a), true);
    idle.returned(a, false);
    now += 3_600_000;
    assert.equal(idle.mayLend(a), true);
  });

  it('where one is lost, those that lay idle are not lent any more', () => {
    idle.returned(b, false);
    now += 500;
    idle.returned(a, true);
    assert.equal(idle.mayLend(b), false);
    // what comes back later rests after it
    idle.returned(c, false);
    assert.equal(idle.mayLend(c), true);
  });

  it('one that did not live through a rest: for ten minutes none is lent that has rested as long', () => {
    idle.returned(a, false);
    now += 5_000;
    assert.equal(idle.mayLend(a), true);
    now += 6_000; // the statement's time-out
    idle.returned(a, true);
    idle.returned(b, false);
    now += 4_999;
    assert.equal(idle.mayLend(b), true);
    now += 1;
    assert.equal(idle.mayLend(b), false);
    now += 600_000;
    idle.returned(b, false);
    now += 5_000;
    assert.equal(idle.mayLend(b), true);
  });

  it('one that breaks at work, or after a rest that no firewall is so quick for, teaches nothing', () => {
    idle.returned(a, true);
    idle.returned(b, false);
    now += 999;
    assert.equal(idle.mayLend(b), true);
    idle.returned(b, true);
    idle.returned(c, false);
    now += 30_000;
    assert.equal(idle.mayLend(c), true);
  });
});
