import type { Clock } from '../lib/clock.ts';

/** A call's hold on the window; `answered` starts the second after which its parts are free again. */
export interface Permit {
  answered(): void;
}

const SECOND = 1000;
/** Timers may fire a hair early and clocks are read a hair apart; without it two calls can arrive 999.9 ms apart. */
const MARGIN_MS = 1;
/** How much of the channel's capacity may go into spacing its calls; a burst may take 1 % longer in all. */
const SMOOTHING = 0.003;
/** Most of it that may be saved up, as time of the whole channel: what a burst out of a trickle may lose at once. */
const SAVED_MS = 20;
/** After a window that was empty for so long a new burst begins. */
const IDLE_MS = 100;
/** Of the rate, what calls of one size may leave unused. */
const UNUSED = 0.006;
const MOST_NUMBERS = 1000;
/** Weight of the newest answer in the mean. */
const ANSWER_WEIGHT = 0.02;
const LEAST_FACTOR = 0.1;
const RECOVER_EVERY_MS = 10_000;

/**
 * The channel's rate (contract §3.4). We see when a call leaves and when it is answered; it arrives in between. So its parts are
 * taken from the moment it leaves until one second after its answer: then no sliding second *at the platform* can hold more
 * than `rate`, whatever the network does. The price is rate / (1 + answer time), which the contract's bound counts in.
 *
 * A window alone lets calls out in clumps, second after second; even spacing from the start would make a burst longer than
 * allowed. So spacing has a budget, a small share of the time that a burst lasts: while it suffices, a call that could leave
 * waits for its even place, and what the channel loses by that is charged. The clump of a burst's first second spreads over
 * some minutes and stays spread.
 */
export class RateWindow {
  readonly #clock: Clock;
  #rate: number | null;
  readonly #sizes = new Map<number, number>();
  #factor = 1;
  #factorAt = 0;
  #holdUntil = 0;
  #holds = 0;
  /** Parts in flight plus parts answered less than their hold ago. */
  #busy = 0;
  #emptyAt = -Infinity;
  /** Parts whose return time is known, in order of return. */
  readonly #returning: { at: number; parts: number }[] = [];
  /** Where the next call's even place is. */
  #evenAt = -Infinity;
  /** Since when there has been room for the call that waits. */
  #roomAt: number | null = null;
  /** Parts × milliseconds that spacing may cost yet. */
  #budget = 0;
  #budgetAt = 0;
  #answerMs: number | null = null;

  constructor(clock: Clock, rate: number | null) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** Parts per second that may go out now, below 1 where many daemons share; null: no limit. */
  get rate(): number | null {
    if (this.#rate === null) return null;
    if (this.#factor < 1 && this.#clock.mono() - this.#factorAt > RECOVER_EVERY_MS) {
      this.#factor = Math.min(1, this.#factor + 0.1);
      this.#factorAt = this.#clock.mono();
    }
    return this.#rate * this.#factor;
  }

  /** Mean milliseconds from a call's leaving to its answer, the latest calls counting most; null before the first. */
  get answerMs(): number | null {
    return this.#answerMs;
  }

  /** This daemon's share, after others came or went. */
  setRate(rate: number | null): void {
    this.#rate = rate;
    this.#sizes.clear();
  }

  /**
   * Numbers that one call may carry for a text of `segments` parts: a tenth of the rate at most, and so many that whole calls
   * leave next to nothing of the rate unused. Without a rate 1,000.
   */
  callSize(segments: number): number {
    if (this.#rate === null) return MOST_NUMBERS;
    let size = this.#sizes.get(segments);
    if (size === undefined) this.#sizes.set(segments, (size = sizeOf(this.#rate, segments)));
    return size;
  }

  /** Milliseconds until a call of `parts` may leave; 0: now; Infinity: not before another answer. */
  wait(parts: number): number {
    const now = this.#clock.mono();
    const held = this.#holdUntil - now;
    const rate = this.rate;
    if (rate === null) return Math.max(0, held);
    this.#collect(now);
    const room = this.#room(now, rate, parts);
    this.#roomAt = room > 0 ? null : (this.#roomAt ?? now);
    return Math.max(0, held, room, room > 0 ? 0 : this.#spacing(now, rate));
  }

  take(parts: number): Permit {
    const now = this.#clock.mono();
    const rate = this.rate ?? Infinity;
    this.#charge(now, rate);
    this.#busy += parts;
    this.#evenAt = now + (parts / rate) * SECOND;
    let done = false;
    return {
      answered: () => {
        if (done) return;
        done = true;
        const took = this.#clock.mono() - now;
        this.#answerMs = this.#answerMs === null ? took : this.#answerMs + (took - this.#answerMs) * ANSWER_WEIGHT;
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

  /** Until the even place, or as long as the budget pays for what could go out meanwhile. */
  #spacing(now: number, rate: number): number {
    const free = rate - this.#busy;
    if (this.#idle(now) || free <= 0) return 0;
    this.#budget = Math.min(SAVED_MS * rate, this.#budget + SMOOTHING * rate * (now - this.#budgetAt));
    this.#budgetAt = now;
    return Math.min(this.#evenAt, (this.#roomAt ?? now) + this.#budget / free) - now;
  }

  #charge(now: number, rate: number): void {
    if (this.#idle(now)) {
      this.#budget = 0;
      this.#budgetAt = now;
    } else if (this.#roomAt !== null) {
      const spaced = Math.max(0, Math.min(now, this.#evenAt) - this.#roomAt);
      this.#budget = Math.max(0, this.#budget - spaced * Math.max(0, rate - this.#busy));
    }
    this.#roomAt = null;
  }

  #idle(now: number): boolean {
    return this.#busy < 1e-9 && now - this.#emptyAt > IDLE_MS;
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
      this.#emptyAt = r.at;
      n++;
    }
    if (n > 0) this.#returning.splice(0, n);
  }
}

/** The largest size of a call that leaves nearly nothing of the rate unused, or else the least. */
function sizeOf(rate: number, segments: number): number {
  const most = Math.max(1, Math.min(MOST_NUMBERS, Math.floor(rate / 10 / segments)));
  let best = most;
  for (let size = most; size > 0 && unused(rate, best * segments) > UNUSED * rate; size--) {
    if (unused(rate, size * segments) < unused(rate, best * segments)) best = size;
  }
  return best;
}

/** Of a second's parts, what calls of `parts` cannot fill. */
const unused = (rate: number, parts: number): number => (parts > rate ? 0 : rate % parts);
