import assert from 'node:assert/strict';
import { Reach } from '../../src/outbound/reach.ts';
import type { Text } from '../../src/lib/text.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';

const WHY: Text = { zh: '连不上', en: 'not reached' };

describe('the reach of the platform', () => {
  let clock: FakeClock;
  let reach: Reach;
  beforeEach(() => {
    clock = fakeClock();
    reach = new Reach(clock);
  });

  /** Milliseconds that it stays closed; it is open after them. */
  function wait(): number {
    const ms = reach.waitMs;
    if (ms > 0) {
      clock.advance(ms - 1);
      assert.notEqual(reach.closed(), null);
      clock.advance(1);
    }
    assert.equal(reach.closed(), null);
    return ms;
  }

  it('is taken for granted at first', () => {
    assert.deepEqual([reach.closed(), reach.proving, reach.waitMs], [null, false, 0]);
  });

  it('is lost with one connection that does not come about; then one call at a time finds out', () => {
    reach.unreached(WHY);
    assert.deepEqual(reach.closed(), { code: 'NOT_REACHED', text: WHY });
    wait();
    assert.equal(reach.proving, true);
    reach.answered();
    assert.deepEqual([reach.closed(), reach.proving], [null, false]);
  });

  it('waits longer with each failure, up to half a minute, and a second again after an answer', () => {
    const waits = Array.from({ length: 8 }, () => {
      reach.unreached(WHY);
      return wait();
    });
    for (const [i, most] of [1, 2, 4, 8, 16, 30, 30, 30].entries()) {
      assert.ok(waits[i]! >= 700 * most && waits[i]! <= 1000 * most, `${i}: ${waits[i]} ms`);
    }
    reach.answered();
    reach.unreached(WHY);
    assert.ok(reach.waitMs <= 1000);
  });

  it('takes the failures of calls that were out together for one', () => {
    for (let i = 0; i < 32; i++) reach.unreached(WHY);
    assert.ok(reach.waitMs <= 1000);
  });

  it('is lost with the fifth call in a row that gets no answer', () => {
    for (let i = 0; i < 4; i++) reach.doubtful(WHY);
    assert.equal(reach.closed(), null);
    reach.answered();
    for (let i = 0; i < 4; i++) reach.doubtful(WHY);
    assert.equal(reach.closed(), null);
    reach.doubtful(WHY);
    assert.equal(reach.closed()?.code, 'PLATFORM_DOWN');
  });

  it('stays lost when the one call gets no answer', () => {
    reach.unreached(WHY);
    const first = wait();
    reach.doubtful(WHY);
    assert.equal(reach.closed()?.code, 'PLATFORM_DOWN');
    assert.ok(reach.waitMs > first);
  });
});
