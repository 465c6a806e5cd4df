import type { Clock } from '../lib/clock.ts';

/** A statement may take its time; beyond that, this much of a difference is drift and no jump. */
const JUMP_MS = 5000;

/**
 * The database's clock, held against our monotonic one. Leases live by the former, and while it jumps (somebody sets it, a fail-over
 * to a machine whose clock is wrong) each of them may seem over, or hours long, with its owner well and at work.
 */
export class ClockWatch {
  readonly #clock: Clock;
  #least = -Infinity;
  #most = Infinity;
  #jumpedAt: number;
  #jumped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#jumpedAt = clock.mono();
  }

  /**
   * What the database's clock said in a statement that we sent at `from` of the monotonic one and whose answer is here now.
   * Returns how far it has jumped: milliseconds, negative when back; 0: it runs evenly.
   */
  see(databaseMs: number, from: number): number {
    // the database has read its clock somewhere between question and answer
    const least = databaseMs - this.#clock.mono();
    const most = databaseMs - from;
    const jump =
      least > this.#most + JUMP_MS ? least - this.#most : most < this.#least - JUMP_MS ? most - this.#least : 0;
    if (jump === 0) {
      // of all answers that agree the quickest ones tell best; drift widens it again with time
      this.#least = Math.max(least, this.#least - JUMP_MS);
      this.#most = Math.min(most, this.#most + JUMP_MS);
      return 0;
    }
    this.#least = least;
    this.#most = most;
    this.#jumpedAt = this.#clock.mono();
    this.#jumped = true;
    return jump;
  }

  /** True: it has jumped before our eyes. */
  get jumped(): boolean {
    return this.#jumped;
  }

  /** Milliseconds since it last jumped, or since we look: of what was before nothing is known. */
  get evenMs(): number {
    return this.#clock.mono() - this.#jumpedAt;
  }
}
