import type { Clock } from '../lib/clock.ts';

const MINUTE = 60;

/** Rows accepted by the platform, as `status` and the heartbeat show them: in the last minute and today (the database's day). */
export class Counters {
  readonly #clock: Clock;
  readonly #perSecond = new Array<number>(MINUTE).fill(0);
  #second = 0;
  #today = 0;
  #day: string | null = null;
  #dayEndsAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Goes on from what an earlier process had counted at `earlier.at`, if that was today. Both times as the database prints them. */
  resume(now: string, earlier: { readonly at: string; readonly sentToday: number } | null): void {
    this.day(now);
    if (earlier?.at.slice(0, 10) === this.#day) this.#today = earlier.sentToday;
  }

  /** The time by the database's clock, as it prints it: a new day starts from 0. */
  day(now: string): void {
    const day = now.slice(0, 10);
    if (day !== this.#day) this.#today = 0;
    this.#day = day;
    this.#dayEndsAt = this.#clock.mono() + Date.parse(`${day}T24:00:00.000Z`) - Date.parse(`${day}T${now.slice(11)}Z`);
  }

  /** True when the database's midnight should have come: time to ask it. */
  get dayIsOver(): boolean {
    return this.#clock.mono() >= this.#dayEndsAt;
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
