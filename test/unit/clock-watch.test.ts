import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClockWatch } from '../../src/outbound/clock-watch.ts';
import { fakeClock } from '../support/clock.ts';

const HOUR = 3_600_000;

describe('the watch over the database’s clock', () => {
  it('notices a clock that is set, forward or back, and by how much', () => {
    for (const by of [HOUR, -HOUR]) {
      const clock = fakeClock();
      const watch = new ClockWatch(clock);
      const ask = (ahead: number, tookMs = 20): number => {
        const from = clock.mono();
        clock.advance(tookMs);
        return watch.see(1e12 + clock.mono() + ahead, from);
      };
      assert.deepEqual([ask(0), ask(0), watch.evenMs, watch.jumped], [0, 0, 40, false]);
      const jump = ask(by);
      assert.ok(Math.abs(jump - by) <= 5000, `${jump}`);
      assert.deepEqual([watch.evenMs, watch.jumped], [0, true]);
      clock.advance(60_000);
      assert.equal(ask(by), 0, 'once');
      assert.equal(watch.evenMs, 60_020);
    }
  });

  it('takes neither a slow or frozen database nor drift for a jump', () => {
    const answers = fc.array(
      fc.record({ waits: fc.nat(30_000), took: fc.nat(120_000), read: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(answers, fc.integer({ min: -100, max: 100 }), (list, driftPerMinute) => {
        const clock = fakeClock();
        const watch = new ClockWatch(clock);
        for (const { waits, took, read } of list) {
          clock.advance(waits);
          const from = clock.mono();
          clock.advance(took);
          const at = from + took * read;
          assert.equal(watch.see(1e12 + at * (1 + driftPerMinute / 60_000), from), 0);
        }
      }),
    );
  });
});
