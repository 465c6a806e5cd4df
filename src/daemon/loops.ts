import type { Clock } from '../lib/clock.ts';
import type { Pass } from './pace.ts';

/** Whatever a pass waits for has a limit of its own, far shorter than this: one that takes longer hangs. */
const HUNG_MS = 600_000;

/** Watches the loops' passes: an idle loop is well, one that never comes back is not. */
export class Loops {
  readonly #clock: Clock;
  readonly #began = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watched(name: string, pass: Pass): Pass {
    return async (stop) => {
      this.#began.set(name, this.#clock.mono());
      try {
        return await pass(stop);
      } finally {
        this.#began.delete(name);
      }
    };
  }

  /** The loops that hang. */
  hung(): string[] {
    const before = this.#clock.mono() - HUNG_MS;
    return [...this.#began].filter(([, began]) => began < before).map(([name]) => name);
  }
}
