import type { Clock } from '../lib/clock.ts';

/**
 * More rows than this past their age at once are the mark of an outage, not of one late notice: they wait for a person
 * (contract §2.3, Age).
 */
export const STORM_ROWS = 100;
/** Claims are made in batches, and one by one while the account is being proven: what comes within this counts as at once. */
const AT_ONCE_MS = 60_000;

/** Are rows past their age single ones, or a storm? */
export class StormWatch {
  readonly #clock: Clock;
  readonly #onStorm: () => void;
  #recent: { readonly at: number; readonly rows: number }[] = [];
  #countedAt = -Infinity;
  #until = -Infinity;

  /** `onStorm` is told when one begins. */
  constructor(clock: Clock, onStorm: () => void) {
    this.#clock = clock;
    this.#onStorm = onStorm;
  }

  /** These are past their age, and `waiting` tells how many there are in all, these included. True: too many to be let go. */
  async add(rows: number, waiting: () => Promise<number>): Promise<boolean> {
    if (rows === 0) return false;
    const now = this.#clock.mono();
    this.#recent = [...this.#recent.filter(({ at }) => at > now - AT_ONCE_MS), { at: now, rows }];
    let many = this.#recent.reduce((sum, each) => sum + each.rows, 0) > STORM_ROWS;
    if (!many && now >= this.#until && now - this.#countedAt >= AT_ONCE_MS) {
      this.#countedAt = now;
      many = (await waiting()) > STORM_ROWS;
    }
    if (many && now >= this.#until) this.#onStorm();
    if (many) this.#until = now + AT_ONCE_MS;
    return now < this.#until;
  }
}
