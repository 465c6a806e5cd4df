import type { DbErrorKind } from '../lib/errors.ts';
import type { CallKind } from '../platform/platform.ts';
import type { CallTold } from '../platform/timed.ts';

export interface CallTotals {
  readonly count: number;
  /** From the start of each call to its end, added up. */
  readonly seconds: number;
}

/** What this process has done since it started; the numbers only grow. */
export class Totals {
  /** Rows written back, by their new status. */
  readonly settled = new Tally();
  /** Rows that a local check refused or put off, by code. */
  readonly refused = new Tally();
  /** Receipts by what they did: delivered, undelivered, late, parked, … */
  readonly receipts = new Tally();
  readonly databaseErrors = new Tally<DbErrorKind>();
  readonly #calls = new Map<CallKind, CallTotals>();
  #onCall: CallTold = () => undefined;

  /** Calls of the platform by kind; none of a kind that was never called. */
  get calls(): ReadonlyMap<CallKind, CallTotals> {
    return this.#calls;
  }

  readonly called: CallTold = (kind, result, seconds) => {
    const before = this.#calls.get(kind);
    this.#calls.set(kind, { count: (before?.count ?? 0) + 1, seconds: (before?.seconds ?? 0) + seconds });
    this.#onCall(kind, result, seconds);
  };

  /** `listener` hears of every call from now on. */
  onCall(listener: CallTold): void {
    this.#onCall = listener;
  }
}

/** Counts by name. */
export class Tally<K extends string = string> {
  readonly #counts = new Map<K, number>();

  add(name: K, n = 1): void {
    if (n > 0) this.#counts.set(name, this.of(name) + n);
  }

  of(name: K): number {
    return this.#counts.get(name) ?? 0;
  }

  entries(): readonly (readonly [name: K, count: number])[] {
    return [...this.#counts];
  }
}
