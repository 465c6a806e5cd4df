import type { Clock } from '../lib/clock.ts';

/** A call's hold on the window; `answered` starts the second after which its parts are free again. */
export interface Permit {
  answered(): void;
}

const SECOND = 1000;
/** How far a burst may be behind what the channel can carry before its calls are no longer spaced; the contract allows 1 %. */
const BEHIND = 0.005;
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
 * than `rate`, whatever the network does: the way back of the answer is the margin for clocks that differ a hair. The price is
 * rate / (1 + answer time), which the contract's bound counts in.
 *
 * A window alone lets calls out in clumps, second after second; even spacing from the start would make a burst longer than
 * allowed. So a call that could leave waits for its even place only while the burst is less behind than that: noise counts as
 * well as spacing. The clump of a burst's first second spreads over some minutes and stays spread.
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
  /** When the present burst began, the parts sent in it, its answers and the time they took. */
  #burstAt = 0;
  #sent = 0;
  #answers = 0;
  #answersMs = 0;
  /** Parts sent since the window was last full: more than a window's worth is a trickle, not a burst. */
  #unhindered = 0;
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

  /** This daemon's share, after others came or went. What one that went has sent in its last second still counts at the platform. */
  setRate(rate: number | null): void {
    const gained = rate === null || this.#rate === null ? 0 : rate - this.#rate;
    this.#rate = rate;
    this.#sizes.clear();
    if (gained <= 0) return;
    this.#busy += gained;
    this.#return({ at: this.#clock.mono() + SECOND, parts: gained });
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
    if (room > 0) this.#unhindered = 0;
    return Math.max(0, held, room, this.#spacing(now, rate));
  }

  take(parts: number): Permit {
    const now = this.#clock.mono();
    const rate = this.rate ?? Infinity;
    if (this.#idle(now) || this.#unhindered > rate) {
      this.#burstAt = now;
      this.#sent = this.#busy;
      this.#unhindered = this.#answers = this.#answersMs = 0;
    }
    this.#busy += parts;
    this.#sent += parts;
    this.#unhindered += parts;
    this.#evenAt = now + (parts / rate) * SECOND;
    let done = false;
    return {
      answered: () => {
        if (done) return;
        done = true;
        const took = this.#clock.mono() - now;
        this.#answerMs = this.#answerMs === null ? took : this.#answerMs + (took - this.#answerMs) * ANSWER_WEIGHT;
        this.#answers++;
        this.#answersMs += took;
        const hold = Math.max(1, parts / (this.rate ?? Infinity)) * SECOND;
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

  /** Until the even place of the next call, if the burst can afford it. */
  #spacing(now: number, rate: number): number {
    if (this.#idle(now)) return 0;
    const seconds = (now - this.#burstAt) / SECOND;
    const held = SECOND + this.#answersMs / Math.max(1, this.#answers);
    const carried = rate * (1 + (now - this.#burstAt) / held);
    return carried - this.#sent < BEHIND * rate * seconds ? this.#evenAt - now : 0;
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
