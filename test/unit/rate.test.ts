import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Permit, RateWindow } from '../../src/outbound/rate.ts';
import { fakeClock, type FakeClock } from '../support/clock.ts';

interface Call {
  readonly parts: number;
  /** From leaving to the answer, milliseconds. */
  readonly answerMs: number;
  /** When within that time it arrives at the platform, 0 to 1. */
  readonly arrives: number;
  /** When it is there to be sent, after the one before it. */
  readonly pauseMs: number;
}

interface Sent extends Call {
  readonly left: number;
  readonly arrived: number;
}

/**
 * Sends the calls one after another as soon as the window lets them, as the pump does: a wait is rounded up to whole milliseconds
 * and ended by every answer. `meanwhile` runs before each look at the window.
 */
function send(clock: FakeClock, window: RateWindow, calls: readonly Call[], meanwhile: () => void = () => undefined) {
  const sent: Sent[] = [];
  const out: { at: number; permit: Permit }[] = [];
  let readyAt = clock.mono();
  for (const call of calls) {
    readyAt += call.pauseMs;
    for (;;) {
      out.sort((a, b) => a.at - b.at);
      while (out[0] && out[0].at <= clock.mono()) out.shift()?.permit.answered();
      meanwhile();
      const wait = clock.mono() < readyAt ? readyAt - clock.mono() : window.wait(call.parts);
      if (wait <= 0) break;
      const next = Math.min(clock.mono() + Math.ceil(wait), out[0]?.at ?? Infinity);
      assert.notEqual(next, Infinity, 'waits for ever with nothing under way');
      clock.advance(next - clock.mono());
    }
    const left = clock.mono();
    out.push({ at: left + call.answerMs, permit: window.take(call.parts) });
    sent.push({ ...call, left, arrived: left + call.answerMs * call.arrives });
  }
  return sent;
}

/** The most parts that arrived in any second, and in how many calls; `from` whose beginning is looked at. */
function fullestSecond(sent: readonly Sent[]): { parts: number; calls: number } {
  const arrivals = [...sent].sort((a, b) => a.arrived - b.arrived);
  let [first, parts] = [0, 0];
  let fullest = { parts: 0, calls: 0 };
  for (const [last, arrival] of arrivals.entries()) {
    parts += arrival.parts;
    while (arrivals[first]!.arrived <= arrival.arrived - 1000) parts -= arrivals[first++]!.parts;
    if (parts > fullest.parts) fullest = { parts, calls: last - first + 1 };
  }
  return fullest;
}

const answerTime = fc.oneof(fc.nat(50), fc.nat(3000));
const anyCalls = (mostParts: number): fc.Arbitrary<Call[]> =>
  fc.array(
    fc.record({
      parts: fc.integer({ min: 1, max: mostParts }),
      answerMs: answerTime,
      arrives: fc.double({ min: 0, max: 1, noNaN: true }),
      pauseMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(1500)),
    }),
    { minLength: 1, maxLength: 80 },
  );

const plain = { arrives: 0, pauseMs: 0 };
/** `parts` in calls of `size`, each answered after `answerMs`. */
const burst = (parts: number, size: number, answerMs: number | ((i: number) => number)): Call[] =>
  Array.from({ length: Math.ceil(parts / size) }, (_, i) => ({
    ...plain,
    parts: Math.min(size, parts - i * size),
    answerMs: typeof answerMs === 'number' ? answerMs : answerMs(i),
  }));

describe('the rate of the channel', () => {
  it('is never exceeded in any sliding second at the platform, whenever calls come, arrive and are answered', () => {
    const rates = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.3, max: 30, noNaN: true }));
    fc.assert(
      fc.property(rates, anyCalls(12), (rate, calls) => {
        const clock = fakeClock();
        const { parts, calls: together } = fullestSecond(send(clock, new RateWindow(clock, rate), calls));
        // a call with more parts than the rate is the only one of its second
        if (together > 1) assert.ok(parts <= rate + 1e-6, `${parts} parts in ${together} calls at ${rate}/s`);
      }),
      { numRuns: 400 },
    );
  });

  it('lets a message with more parts than the rate go alone, and makes the next wait as long as it is worth', () => {
    const clock = fakeClock();
    const window = new RateWindow(clock, 2);
    const message = { ...plain, parts: 7, answerMs: 100 };
    const sent = send(clock, window, [message, message, { ...message, parts: 1 }]);
    assert.deepEqual(
      sent.map(({ left }) => left),
      [0, 100 + 3500, 2 * (100 + 3500)],
    );
  });

  it('is used to the full: a burst takes 1 % more than (N / rate − 1 s) × (1 + answer time) at most', () => {
    for (const rate of [5, 20, 25, 66, 100, 200, 250, 1000]) {
      for (const answerMs of [0, 50, 300, 2000]) {
        for (const seconds of [3, 20, 100, 300]) {
          const clock = fakeClock();
          const window = new RateWindow(clock, rate);
          const sent = send(clock, window, burst(rate * seconds, window.callSize(1), answerMs));
          const bound = (seconds - 1) * (1 + answerMs / 1000);
          const took = sent.at(-1)!.left / 1000;
          assert.ok(took <= 1.01 * bound, `${rate}/s, ${answerMs} ms, ${seconds} s: took ${took} s, bound ${bound} s`);
        }
      }
    }
  });

  it('is used to the full whatever the spread of answer times', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (const mean of [20, 100, 300, 1000]) {
      const clock = fakeClock();
      const calls = burst(200 * 400, 20, () => -Math.log(1 - random()) * mean);
      const sent = send(clock, new RateWindow(clock, 200), calls);
      const measured = calls.reduce((sum, { answerMs }) => sum + answerMs, 0) / calls.length / 1000;
      const bound = 399 * (1 + measured);
      assert.ok(
        sent.at(-1)!.left / 1000 <= 1.01 * bound,
        `${mean} ms: ${sent.at(-1)!.left / 1000} s, bound ${bound} s`,
      );
    }
  });

  it('is spread evenly once a burst lasts: no clump of calls at the head of each second', () => {
    for (const answerMs of [0, 50, 300]) {
      const clock = fakeClock();
      const sent = send(clock, new RateWindow(clock, 200), burst(200 * 220, 20, answerMs));
      const gaps = sent.slice(1).map(({ left }, i) => left - sent[i]!.left);
      const late = gaps.slice(Math.floor(gaps.length * 0.9));
      assert.ok(Math.min(...late) >= 45, `after three minutes two calls only ${Math.min(...late)} ms apart`);
      assert.equal(gaps[0], 0, 'the first second of a burst is not spread: that would cost a second');
    }
  });

  it('is there at once for a burst that follows a trickle', () => {
    const clock = fakeClock();
    const window = new RateWindow(clock, 200);
    send(
      clock,
      window,
      Array.from({ length: 1000 }, () => ({ ...plain, parts: 1, answerMs: 50, pauseMs: 700 })),
    );
    const from = clock.mono();
    const sent = send(clock, window, burst(180, 20, 50));
    assert.ok(sent.at(-1)!.left - from <= 200, `the first 180 of 200 parts took ${sent.at(-1)!.left - from} ms`);
  });

  it('gives a call a tenth of it at most, in sizes that leave next to nothing unused', () => {
    const sizes = [
      [200, 1, 20],
      [200, 2, 10],
      [200, 6, 3],
      [25, 1, 1],
      [199, 1, 18],
      [9, 1, 1],
      [0.5, 1, 1],
      [1_000_000, 1, 1000],
    ] as const;
    for (const [rate, segments, size] of sizes) {
      assert.equal(new RateWindow(fakeClock(), rate).callSize(segments), size, `${rate}/s, ${segments} parts`);
    }
    assert.equal(new RateWindow(fakeClock(), null).callSize(6), 1000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 11 }), (rate, segments) => {
        const size = new RateWindow(fakeClock(), rate).callSize(segments);
        assert.ok(size >= 1 && (size === 1 || size * segments <= rate / 10));
      }),
    );
  });

  it('counts a call until its answer and a second more, and its answer once', () => {
    const clock = fakeClock();
    const window = new RateWindow(clock, 10);
    const permit = window.take(10);
    clock.advance(60_000);
    assert.equal(window.wait(1), Infinity);
    permit.answered();
    clock.advance(900);
    permit.answered();
    assert.ok(window.wait(10) <= 101);
    clock.advance(101);
    assert.equal(window.wait(10), 0);
  });

  it('tells the mean time to an answer, the latest calls counting most', () => {
    const clock = fakeClock();
    const window = new RateWindow(clock, 1000);
    assert.equal(window.answerMs, null);
    const answered = (calls: number, ms: number): number => {
      for (let i = 0; i < calls; i++) {
        const permit = window.take(1);
        clock.advance(ms);
        permit.answered();
      }
      return Math.round(window.answerMs ?? Number.NaN);
    };
    assert.equal(answered(10, 40), 40);
    assert.equal(answered(1, 90), 41);
    assert.equal(answered(500, 80), 80);
  });

  it('is no limit when null, but a hold of the platform is one', () => {
    const window = new RateWindow(fakeClock(), null);
    for (let i = 0; i < 100; i++) {
      assert.equal(window.wait(1000), 0);
      window.take(1000);
    }
    window.slower();
    assert.equal(window.wait(1), 1000);
  });

  describe('when the platform says "too fast"', () => {
    it('is halved, and nothing leaves for a second, twice as long each time it says so again', () => {
      const clock = fakeClock();
      const window = new RateWindow(clock, 100);
      for (const [hold, rate] of [
        [1000, 50],
        [2000, 25],
        [4000, 12.5],
        [8000, 10],
        [16_000, 10],
        [30_000, 10],
        [30_000, 10],
      ] as const) {
        window.slower();
        window.slower(); // of calls that were out together
        assert.deepEqual([window.wait(1), window.rate], [hold, rate]);
        clock.advance(hold);
      }
    });

    it('comes back step by step, and an accepted call makes the next hold short again', () => {
      const clock = fakeClock();
      const window = new RateWindow(clock, 100);
      window.slower();
      clock.advance(1000);
      window.fine();
      window.slower();
      assert.equal(window.wait(1), 1000);
      const rates = Array.from({ length: 9 }, () => {
        clock.advance(10_001);
        return Math.round(window.rate ?? 0);
      });
      assert.deepEqual(rates, [35, 45, 55, 65, 75, 85, 95, 100, 100]);
    });
  });

  describe('shared by several daemons', () => {
    it('is not exceeded by all of them together', () => {
      fc.assert(
        fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 5, max: 40 }), anyCalls(5), (n, share, calls) => {
          const sent = Array.from({ length: n }, () => {
            const clock = fakeClock();
            return send(clock, new RateWindow(clock, share), calls);
          });
          const { parts } = fullestSecond(sent.flat());
          assert.ok(parts <= n * share + 1e-6, `${parts} parts from ${n} daemons of ${share}/s each`);
        }),
      );
      for (const n of [2, 3, 10, 40]) {
        const sent = Array.from({ length: n }, () => {
          const clock = fakeClock();
          return send(clock, new RateWindow(clock, 200 / n), burst(1000 / n, 1, 50));
        });
        const { parts } = fullestSecond(sent.flat());
        assert.ok(parts <= 200, `${n} daemons: ${parts} in a second`);
      }
    });

    it('may be less than one part a second', () => {
      const clock = fakeClock();
      const sent = send(clock, new RateWindow(clock, 0.5), burst(3, 1, 0));
      assert.deepEqual(
        sent.map(({ left }) => left),
        [0, 2000, 4000],
      );
    });

    it('changes with their number while calls are out: what is out counts on', () => {
      const clock = fakeClock();
      const window = new RateWindow(clock, 100);
      const permits = Array.from({ length: 10 }, () => window.take(10));
      window.setRate(50);
      assert.equal(window.rate, 50);
      assert.equal(window.callSize(1), 5);
      permits.slice(0, 5).forEach((permit) => permit.answered());
      clock.advance(1001);
      assert.equal(window.wait(5), Infinity, 'fifty are out, which is all of the new share');
      permits.forEach((permit) => permit.answered());
      clock.advance(1001);
      assert.equal(window.wait(5), 0);
      window.setRate(200);
      assert.equal(window.callSize(1), 20);
    });

    it('grows when one of them stops, but not before what that one has just sent is a second old', () => {
      const clock = fakeClock();
      const [stays, goes] = [new RateWindow(clock, 20), new RateWindow(clock, 20)];
      const sent: { at: number; parts: number }[] = [];
      const fill = (window: RateWindow): void => {
        while (window.wait(2) === 0) {
          window.take(2).answered();
          sent.push({ at: clock.mono(), parts: 2 });
        }
      };
      for (let ms = 0; ms < 6000; ms += 10) {
        if (ms < 2500) fill(goes);
        if (ms === 2500) stays.setRate(40);
        fill(stays);
        clock.advance(10);
      }
      const within = (at: number): number =>
        sent.filter((each) => each.at > at - 1000 && each.at <= at).reduce((sum, { parts }) => sum + parts, 0);
      assert.equal(Math.max(...sent.map(({ at }) => within(at))), 40);
      assert.ok(within(5000) >= 38, `${within(5000)}: all of the rate, two seconds later`);
    });
  });
});
