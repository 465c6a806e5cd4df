import { backoff } from '../lib/backoff.ts';
import { DaemonError, PlatformError } from '../lib/errors.ts';

const RETRY = { firstMs: 2000, mostMs: 60_000 };
const TOO_FAST = '11';
/** The slowest that "too fast" leads to, however often the platform says it. */
const SLOWEST_MS = 60_000;
/** With every answer that is no complaint the wait shrinks to this part of it. */
const RECOVERY = 0.8;
/** From a fetch until the answer to what it brought is ready to leave. */
const READY_MS = 150;
const MOST_HELD_MS = 1000;
/** What the channel has room for changes with every call that is answered. */
const LOOK_MS = 100;

/** How often a fetching loop asks: as configured, ever slower while the platform says "too fast" (11), and then by and by as before. */
export class FetchPace {
  readonly #everyMs: number;
  #waitMs: number;
  /** Since when a fetch that is due is held; null: none is. */
  #heldSince: number | null = null;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
    this.#waitMs = everyMs;
  }

  /**
   * Milliseconds until the next pass after one that worked and took so long: counted from call to call, but never less than half of it
   * without one. `more`: at once, if the platform does not mind.
   */
  next(more: boolean, tookMs: number): number {
    const calm = this.#waitMs === this.#everyMs;
    const wait = calm && more ? 0 : Math.max(this.#waitMs / 2, this.#waitMs - tookMs);
    this.#waitMs = Math.max(this.#everyMs, this.#waitMs * RECOVERY);
    return wait;
  }

  /**
   * Milliseconds to hold a fetch that is due, while the channel has no room for another call for `roomMs` more: the answer to what it
   * would bring could not leave before that, and who writes meanwhile would have to wait for the fetch after it.
   */
  held(roomMs: number, now: number): number {
    this.#heldSince ??= now;
    const ms = Math.min(roomMs - READY_MS, this.#heldSince + MOST_HELD_MS - now, LOOK_MS);
    if (ms > 0) return ms;
    this.#heldSince = null;
    return 0;
  }

  /** Milliseconds until the next pass after the `failures`-th in a row that did not. */
  afterFailure(failures: number, error: unknown): number {
    // our own gate lets nothing out: that costs nobody anything, and it may open any time
    if (error instanceof PlatformError && error.kind === 'blocked') return this.#everyMs;
    const code = error instanceof DaemonError ? error.facts['code'] : undefined;
    if (code === undefined) return backoff(failures, RETRY);
    if (code === TOO_FAST) this.#waitMs = Math.min(Math.max(SLOWEST_MS, 4 * this.#everyMs), 2 * this.#waitMs);
    return Math.max(this.#waitMs, backoff(failures, RETRY));
  }
}
