import type { Clock } from '../lib/clock.ts';

const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 60;
/** Of fewer receipts a percentage says nothing. */
const LEAST = 100;

/** Receipts of the last hour, by what they say. */
export class DeliveryRate {
  readonly #clock: Clock;
  #minutes: { readonly minute: number; delivered: number; undelivered: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add({ delivered, undelivered }: { readonly delivered: number; readonly undelivered: number }): void {
    const minute = Math.floor(this.#clock.mono() / MINUTE_MS);
    const last = this.#minutes.at(-1);
    if (last?.minute === minute) {
      last.delivered += delivered;
      last.undelivered += undelivered;
    } else this.#minutes.push({ minute, delivered, undelivered });
  }

  /** Percent delivered, and of how many; null: too few to say. */
  rate(): { readonly percent: number; readonly receipts: number } | null {
    const from = Math.floor(this.#clock.mono() / MINUTE_MS) - WINDOW_MINUTES;
    this.#minutes = this.#minutes.filter(({ minute }) => minute > from);
    const delivered = this.#minutes.reduce((sum, each) => sum + each.delivered, 0);
    const receipts = this.#minutes.reduce((sum, each) => sum + each.undelivered, delivered);
    return receipts < LEAST ? null : { percent: (100 * delivered) / receipts, receipts };
  }
}
