import type { Clock } from '../lib/clock.ts';

const MINUTE = 60;

/** Rows accepted by the platform, as `status` and the heartbeat show them: in the last minute and today (the database's day). */
export class Counters {
  readonly #clock: Clock;
  readonly #perSecond = new Array<number>(MINUTE).fill(0);
  #second = 0;
  #today = 0;
  #day: string | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Goes on from an earlier process's count of the same day. */
  resume(day: string, sentToday: number): void {
    this.#day = day;
    this.#today = sentToday;
  }

  /** Tells which day it is by the database's clock; a new one starts from 0. */
  day(day: string): void {
    if (day !== this.#day) this.#today = 0;
    this.#day = day;
  }

  sent(rows: number): void {
    this.#advance();
    const slot = this.#second % MINUTE;
    this.#perSecond[slot] = (this.#perSecond[slot] ?? 0) + rows;
    this.#today += rows;
  }

  get sentMinute(): number {
    this.#advance();
    return this.#perSecond.reduce((a, b) => a + b, 0);
  }

  get sentToday(): number {
    return this.#today;
  }

  #advance(): void {
    const now = Math.floor(this.#clock.mono() / 1000);
    for (let s = Math.max(this.#second + 1, now - MINUTE + 1); s <= now; s++) this.#perSecond[s % MINUTE] = 0;
    this.#second = now;
  }
}
