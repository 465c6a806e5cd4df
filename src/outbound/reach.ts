import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Text } from '../lib/text.ts';

/** Time-outs and cut lines in a row after which the platform counts as down; one refused connection is enough. */
const DOUBTFUL_IN_A_ROW = 5;
const WAIT = { firstMs: 1000, mostMs: 30_000 };

/** Can the platform be reached? Closed with growing waits while it cannot; then one call goes out alone to find out. */
export class Reach {
  readonly #clock: Clock;
  #failures = 0;
  #doubtful = 0;
  #until = 0;
  #why: { code: string; text: Text } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why nothing may be sent now, or null. */
  closed(): { code: string; text: Text } | null {
    return this.#why && this.#clock.mono() < this.#until ? this.#why : null;
  }

  /** Why the platform counts as out of reach, also while it is being tried; null: it answers. */
  get why(): { code: string; text: Text } | null {
    return this.#why;
  }

  /** True while one call at a time goes out, until one is answered. */
  get proving(): boolean {
    return this.#why !== null;
  }

  /** Milliseconds until the next attempt. */
  get waitMs(): number {
    return this.#why ? Math.max(0, this.#until - this.#clock.mono()) : 0;
  }

  /** Surely not sent: no connection. */
  unreached(text: Text): void {
    this.#close('NOT_REACHED', text);
  }

  /** Sent perhaps, no answer. */
  doubtful(text: Text): void {
    if (++this.#doubtful >= DOUBTFUL_IN_A_ROW || this.#why) this.#close('PLATFORM_DOWN', text);
  }

  answered(): void {
    this.#failures = 0;
    this.#doubtful = 0;
    this.#why = null;
  }

  #close(code: string, text: Text): void {
    // calls that were out together fail together: that is one failure
    if (this.closed() === null) this.#until = this.#clock.mono() + backoff(++this.#failures, WAIT);
    this.#why = { code, text };
  }
}
