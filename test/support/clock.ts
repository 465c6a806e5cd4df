import type { Clock } from '../../src/lib/clock.ts';

/** A clock that stands still until it is told to go; its wall starts on 2026-11-23 10:15 in Beijing. */
export interface FakeClock extends Clock {
  /** Both clocks go on by `ms`. */
  advance(ms: number): void;
  /** Only the wall jumps, as when an admin sets it. */
  jump(ms: number): void;
}

export function fakeClock(wall = Date.parse('2026-11-23T10:15:00+08:00')): FakeClock {
  let mono = 0;
  let offset = wall;
  return {
    mono: () => mono,
    wall: () => offset + mono,
    advance: (ms) => (mono += ms),
    jump: (ms) => (offset += ms),
  };
}
