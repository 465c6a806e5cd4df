import type { Clock } from '../lib/clock.ts';

/**
 * More rows than this past their age at once are the mark of an outage, not of one late notice: they wait for a person
 * (contract §2.3, Age).
 */
const MOST = 100;
/** Claims are made in batches; what comes within this counts as at once. */
const AT_ONCE_MS = 60_000;

/** Counts rows past their age over the claims of a minute. */
export class StormWatch {
  readonly #clock: Clock;
  #recent: { readonly at: number; readonly rows: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts these, too. True: with those just before they are too many to be let go. */
  add(rows: number): boolean {
    if (rows === 0) return false;
    const now = this.#clock.mono();
    this.#recent = [...this.#recent.filter(({ at }) => at > now - AT_ONCE_MS), { at: now, rows }];
    return this.#recent.reduce((sum, each) => sum + each.rows, 0) > MOST;
  }
}
