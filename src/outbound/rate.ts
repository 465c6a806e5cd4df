import type { Clock } from '../lib/clock.ts';

/** A call's hold on the window; `answered` starts the second after which its parts are free again. */
export interface Permit {
  answered(): void;
}

const SECOND = 1000;
/** Timers may fire a hair early and clocks are read a hair apart; without it two calls can arrive 999.9 ms apart. */
const MARGIN_MS = 2;
/** How much of a burst's time may go into spacing its calls evenly; the contract allows 1 % in all. */
const SMOOTHING = 0.004;
const LEAST_FACTOR = 0.1;
const RECOVER_EVERY_MS = 10_000;

/**
 * The channel's rate (contract §3.4). We see when a call leaves and when it is answered; it arrives in between. So its parts are
 * taken from the moment it leaves until one second after its answer: then no sliding second *at the platform* can hold more
 * than `rate`, whatever the network does. The price is rate / (1 + answer time), which the contract's bound counts in.
 *
 * A window alone lets calls out in clumps; even spacing alone makes a burst longer than allowed (its first second would be
 * spent on spacing). So spacing grows with the burst: none at its start, even after some minutes, never costing over 0.4 %.
 */
export class RateWindow {
  readonly #clock: Clock;
  #rate: number | null;
  #factor = 1;
  #factorAt = 0;
  #holdUntil = 0;
  #holds = 0;
  /** Parts in flight plus parts answered less than their hold ago. */
  #busy = 0;
  /** Parts whose return time is known, in order of return. */
  readonly #returning: { at: number; parts: number }[] = [];
  #burstFrom = 0;
  #lastCall = -Infinity;
  #lastParts = 0;

  constructor(clock: Clock, rate: number | null) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** Parts per second that may go out now; null: no limit. */
  get rate(): number | null {
    if (this.#rate === null) return null;
    if (this.#factor < 1 && this.#clock.mono() - this.#factorAt > RECOVER_EVERY_MS) {
      this.#factor = Math.min(1, this.#factor + 0.1);
      this.#factorAt = this.#clock.mono();
    }
    return Math.max(1, this.#rate * this.#factor);
  }

  /** This daemon's share, after others came or went. */
  setRate(rate: number | null): void {
    this.#rate = rate;
  }

  /** Numbers that one call may carry for a text of `segments` parts: a tenth of the rate, 1,000 without one, at least one. */
  callSize(segments: number): number {
    if (this.#rate === null) return 1000;
    return Math.max(1, Math.min(1000, Math.floor(this.#rate / 10 / segments)));
  }

  /** Milliseconds until a call of `parts` may leave; 0: now; Infinity: not before another answer. */
  wait(parts: number): number {
    const now = this.#clock.mono();
    const held = this.#holdUntil - now;
    const rate = this.rate;
    if (rate === null) return Math.max(0, held);
    this.#collect(now);
    return Math.max(0, held, this.#spacing(now, rate), this.#room(now, rate, parts));
  }

  take(parts: number): Permit {
    const now = this.#clock.mono();
    if (this.#busy === 0) this.#burstFrom = now;
    this.#busy += parts;
    this.#lastCall = now;
    this.#lastParts = parts;
    let done = false;
    return {
      answered: () => {
        if (done) return;
        done = true;
        const hold = Math.max(1, parts / (this.rate ?? Infinity)) * SECOND + MARGIN_MS;
        this.#return({ at: this.#clock.mono() + hold, parts });
      },
    };
  }

  /** The platform said "too fast" (11, 33): half the rate for a while, and a pause that doubles until `fine`. */
  slower(): void {
    const now = this.#clock.mono();
    if (now < this.#holdUntil) return; // answers of calls that were out together count once
    this.#factor = Math.max(LEAST_FACTOR, this.#factor / 2);
    this.#factorAt = now;
    this.#holdUntil = now + Math.min(30, 2 ** this.#holds++) * SECOND;
  }

  fine(): void {
    this.#holds = 0;
  }

  #spacing(now: number, rate: number): number {
    if (this.#busy === 0) return 0;
    const evenness = Math.min(1, (SMOOTHING * (now - this.#burstFrom)) / SECOND);
    return this.#lastCall + (this.#lastParts / rate) * SECOND * evenness - now;
  }

  #room(now: number, rate: number, parts: number): number {
    // more parts than the rate: alone, and charged on (the hold in `take` is then longer than a second)
    let need = this.#busy + Math.min(parts, rate) - rate;
    if (need <= 1e-9) return 0;
    for (const r of this.#returning) {
      need -= r.parts;
      if (need <= 1e-9) return r.at - now;
    }
    return Infinity;
  }

  #return(entry: { at: number; parts: number }): void {
    let i = this.#returning.length;
    while (i > 0 && (this.#returning[i - 1]?.at ?? 0) > entry.at) i--;
    this.#returning.splice(i, 0, entry);
    this.#collect(this.#clock.mono());
  }

  #collect(now: number): void {
    let n = 0;
    for (const r of this.#returning) {
      if (r.at > now) break;
      this.#busy -= r.parts;
      n++;
    }
    if (n > 0) this.#returning.splice(0, n);
  }
}
