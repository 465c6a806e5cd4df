import type { Clock } from '../lib/clock.ts';

/** The last second that may have been used, kept in the state directory; must be on disk when `write` returns. */
export interface HighWater {
  read(): number;
  write(second: number): void;
}

export interface SerialSource {
  /** 20 digits, never given out before and never again. */
  next(): string;
  /** After a collision at the platform: another slot, so that the next serials cannot meet the same stranger. */
  newSlot(): void;
}

const PER_SECOND = 10_000;
const SLOTS = 100_000;
/** Seconds reserved ahead in one write, so that the state directory is written once a minute and not once a serial. */
const RESERVE = 60;
const BEIJING_MS = 8 * 3_600_000;

/**
 * `yyMMdd` `second of the day, 5` `slot, 5` `counter, 4`, Beijing time. Unique without asking anybody: within one process the
 * (second, counter) pair only grows, also when the clock steps back; across restarts the high-water mark does the same; across
 * processes, cloned machines and recreated databases the slot is random per start. Row ids play no part: they may start again.
 */
export function serialSource(clock: Clock, highWater: HighWater, random: () => number = Math.random): SerialSource {
  let second = highWater.read();
  let reserved = second;
  let counter = PER_SECOND;
  let slot = 0;

  const newSlot = (): void => {
    slot = Math.floor(random() * SLOTS);
  };
  newSlot();

  const advance = (to: number): void => {
    if (to >= reserved) {
      highWater.write(to + RESERVE); // first: when the disk refuses, nothing of this second may be given out
      reserved = to + RESERVE;
    }
    second = to;
    counter = 0;
  };

  return {
    newSlot,
    next() {
      const now = Math.floor(clock.wall() / 1000);
      if (now > second) advance(now);
      else if (counter >= PER_SECOND) advance(second + 1);
      const at = new Date(second * 1000 + BEIJING_MS);
      const day = at.toISOString().slice(2, 10).replaceAll('-', '');
      const ofDay = at.getUTCHours() * 3600 + at.getUTCMinutes() * 60 + at.getUTCSeconds();
      return day + digits(ofDay, 5) + digits(slot, 5) + digits(counter++, 4);
    },
  };
}

const digits = (n: number, width: number): string => String(n).padStart(width, '0');
