import type { HourCounts } from '../db/board-store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Claim } from '../outbound/claim.ts';
import type { Counts } from '../receipts/settle.ts';
import { Hours } from './hours.ts';
import { Totals } from './totals.ts';

const MINUTE = 60;
const HOUR_MS = 3_600_000;

/**
 * What this process counts: rows accepted by the platform as `status` and the heartbeat show them (in the last minute, and today by
 * the database's day), everything by the hour, and in total since the start.
 */
export class Counters {
  readonly totals = new Totals();
  readonly hours = new Hours();
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

  /** Rows written back, by their new status. */
  settled(counts: ReadonlyMap<string, number>): void {
    for (const [status, rows] of counts) this.totals.settled.add(status, rows);
    this.sent(counts.get('SENT') ?? 0);
    this.#byHour({ refused: counts.get('FAILED') ?? 0 });
  }

  claimed({ refused, ended }: Pick<Claim, 'refused' | 'ended'>): void {
    for (const [code, rows] of refused) this.totals.refused.add(code, rows);
    this.#byHour({ refused: ended });
  }

  receipts(counts: Counts): void {
    for (const [what, n] of Object.entries<number>({ ...counts })) this.totals.receipts.add(what, n);
    this.#byHour({ delivered: counts.delivered, undelivered: counts.undelivered });
  }

  sent(rows: number): void {
    this.#byHour({ sent: rows });
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

  #byHour(counts: Partial<HourCounts>): void {
    if (this.#day === null || Object.values(counts).every((n) => n === 0)) return;
    const left = this.#dayEndsAt - this.#clock.mono();
    const hour = Math.max(0, Math.min(23, 23 - Math.floor((left - 1) / HOUR_MS)));
    this.hours.add(`${this.#day} ${String(hour).padStart(2, '0')}`, counts);
  }

  #advance(): void {
    const now = Math.floor(this.#clock.mono() / 1000);
    for (let s = Math.max(this.#second + 1, now - MINUTE + 1); s <= now; s++) this.#perSecond[s % MINUTE] = 0;
    this.#second = now;
  }
}
