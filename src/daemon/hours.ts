import type { Hour, HourCounts } from '../db/board-store.ts';

/** What this process has counted in each hour, until it is written down. */
export class Hours {
  readonly #hours = new Map<string, Hour>();
  readonly #changed = new Set<string>();

  /** `hour` as the database would say it: '2026-11-26 09'. */
  add(hour: string, counts: Partial<HourCounts>): void {
    const before = this.#hours.get(hour) ?? { hour, sent: 0, delivered: 0, undelivered: 0, refused: 0 };
    this.#hours.set(hour, {
      hour,
      sent: before.sent + (counts.sent ?? 0),
      delivered: before.delivered + (counts.delivered ?? 0),
      undelivered: before.undelivered + (counts.undelivered ?? 0),
      refused: before.refused + (counts.refused ?? 0),
    });
    this.#changed.add(hour);
  }

  /** Hours that have changed since they were written; `written` must be told of these very ones. */
  unwritten(): readonly Hour[] {
    return [...this.#changed].map((hour) => this.#hours.get(hour)).filter((hour) => hour !== undefined);
  }

  /** Of the hours before the latest of these no more is to come. */
  written(hours: readonly Hour[]): void {
    for (const each of hours) if (this.#hours.get(each.hour) === each) this.#changed.delete(each.hour);
    const latest = [...this.#hours.keys()].reduce((a, b) => (a > b ? a : b), '');
    for (const hour of this.#hours.keys()) {
      if (hour !== latest && !this.#changed.has(hour)) this.#hours.delete(hour);
    }
  }
}
