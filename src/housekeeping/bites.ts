import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';

const FIRST_ROWS = 50;
const FEWEST_ROWS = 10;
const MOST_ROWS = 1000;

export interface BitePace {
  /** What a transaction may take; the rows of the next one follow from what the last one took. */
  readonly aimMs: number;
  /** While messages go out, the rest after a transaction, as a multiple of what it took. */
  readonly rests: number;
  /** True while messages go out. */
  readonly busy: () => boolean;
}

/** Work in small transactions, sized and spaced by what the last one took, so that nobody else feels them. */
export class Bites {
  #rows = FIRST_ROWS;
  readonly #pace: BitePace;
  readonly #clock: Pick<Clock, 'mono'>;

  constructor(pace: BitePace, clock: Pick<Clock, 'mono'>) {
    this.#pace = pace;
    this.#clock = clock;
  }

  /** How many rows the next transaction should have. */
  get rows(): number {
    return this.#rows;
  }

  /** Runs one, then rests. `work` returns how many rows it had: few of them say nothing about many. @throws what `work` throws */
  async take(work: (rows: number) => Promise<number>, stop: AbortSignal): Promise<number> {
    const from = this.#clock.mono();
    const had = await work(this.#rows);
    const tookMs = Math.max(this.#clock.mono() - from, 0.1);
    const { aimMs, rests, busy } = this.#pace;
    if (tookMs > aimMs || had >= this.#rows / 2) {
      const factor = Math.min(Math.max(aimMs / tookMs, 0.25), 1.5);
      this.#rows = Math.round(Math.min(Math.max(this.#rows * factor, FEWEST_ROWS), MOST_ROWS));
    }
    await sleep(Math.ceil(tookMs * (busy() ? rests : 0.2)), undefined, { signal: stop }).catch(() => undefined);
    return had;
  }
}
