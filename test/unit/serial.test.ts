import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type HighWater, type SerialSource, serialSource } from '../../src/outbound/serial.ts';
import { openState } from '../../src/state/open.ts';
import { fakeClock } from '../support/clock.ts';
import { temporaryDir } from '../support/temporary.ts';

/** A state directory's memory: what was written survives every restart. */
function memory(): { readonly kept: HighWater; readonly writes: () => number } {
  let second = 0;
  let writes = 0;
  return {
    kept: {
      read: () => second,
      write: (to) => {
        second = to;
        writes++;
      },
    },
    writes: () => writes,
  };
}

const take = (source: SerialSource, n: number): string[] => Array.from({ length: n }, () => source.next());
const assertUnique = (serials: readonly string[]): void => assert.equal(new Set(serials).size, serials.length);

describe('serials', () => {
  it('have 20 digits: the date and second in Beijing, the slot, a counter', () => {
    const clock = fakeClock(Date.parse('2026-12-31T23:59:59+08:00'));
    const source = serialSource(clock, memory().kept, () => 0.00042);
    assert.deepEqual(take(source, 2), ['26123186399000420000', '26123186399000420001']);
    clock.advance(1000);
    assert.equal(source.next(), '27010100000000420000');
  });

  it('are never given out twice, whatever clock and restarts do, and have 20 digits', () => {
    const event = fc.oneof(
      { weight: 4, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 15_000 }) }) },
      { weight: 2, arbitrary: fc.record({ pass: fc.nat(120_000) }) },
      fc.record({ jump: fc.integer({ min: -86_400_000, max: 86_400_000 }) }),
      fc.constant({ restart: true }),
      fc.constant({ slot: true }),
    );
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
        const clock = fakeClock();
        const { kept } = memory();
        // every start and every new slot draws the same one: only second and counter can keep the serials apart
        const start = (): SerialSource => serialSource(clock, kept, () => 0.5);
        let source = start();
        const all: string[] = [];
        for (const e of events) {
          if ('take' in e) all.push(...take(source, e.take));
          else if ('pass' in e) clock.advance(e.pass);
          else if ('jump' in e) clock.jump(e.jump);
          else if ('restart' in e) source = start();
          else source.newSlot();
        }
        assertUnique(all);
        assert.ok(all.every((serial) => /^\d{20}$/.test(serial)));
      }),
      { numRuns: 25 },
    );
  });

  it('are unique over a restart of a process with its state directory', () => {
    const dir = temporaryDir();
    const clock = fakeClock();
    const run = (): string[] => {
      const state = openState(dir);
      const { meta } = state;
      const highWater = {
        read: () => Number(meta.get('serial') ?? 0),
        write: (second: number) => meta.set('serial', String(second)),
      };
      const serials = take(
        serialSource(clock, highWater, () => 0.5),
        10_001,
      );
      state.close();
      return serials;
    };
    assertUnique([...run(), ...run(), ...run()]);
  });

  it('go on from the second that was used last when the clock is set back', () => {
    const clock = fakeClock();
    const source = serialSource(clock, memory().kept, () => 0.5);
    const before = source.next();
    clock.jump(-3_600_000);
    const after = take(source, 10_000);
    assertUnique([before, ...after]);
    assert.ok(after.every((serial) => serial > before));
  });

  it('take the next second when a second’s counter is used up', () => {
    const source = serialSource(fakeClock(), memory().kept, () => 0);
    const serials = take(source, 25_000);
    assertUnique(serials);
    assert.deepEqual(serials, [...serials].sort());
    assert.equal(serials[20_000], '26112336902000000000');
  });

  it('differ between processes of one second by their slot', () => {
    const clock = fakeClock();
    const firsts = [0, 0.1, 0.99999].map((slot) => serialSource(clock, memory().kept, () => slot).next());
    assert.deepEqual(firsts, ['26112336900000000000', '26112336900100000000', '26112336900999990000']);
  });

  it('leave the slot in which they met a stranger’s', () => {
    const slots = [0.2, 0.7];
    const source = serialSource(fakeClock(), memory().kept, () => slots.shift() ?? 0);
    const before = source.next();
    source.newSlot();
    assert.deepEqual([before.slice(11, 16), source.next().slice(11, 16)], ['20000', '70000']);
  });

  it('write to the state directory once a minute, not once a serial', () => {
    const clock = fakeClock();
    const { kept, writes } = memory();
    const source = serialSource(clock, kept);
    for (let second = 0; second < 600; second++) {
      take(source, 10);
      clock.advance(1000);
    }
    assert.equal(writes(), 10);
  });

  it('are not given out of a second that the disk did not take', () => {
    const { kept, writes } = memory();
    let full = true;
    const source = serialSource(fakeClock(), {
      read: () => kept.read(),
      write: (second) => {
        if (full) throw new Error('no space');
        kept.write(second);
      },
    });
    assert.throws(() => source.next(), /no space/);
    assert.throws(() => source.next(), /no space/);
    full = false;
    assert.match(source.next(), /^\d{20}$/);
    assert.equal(writes(), 1);
  });
});
