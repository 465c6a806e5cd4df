import type { RowResult, Store, SubmitResult } from '../db/store.ts';
import { backoff } from '../lib/backoff.ts';
import { sleep } from '../lib/sleep.ts';
import { rowText, type Locale, type Text } from '../lib/text.ts';
import { Wake } from '../lib/wake.ts';
import type { Settlement } from './settle.ts';

export interface SettlerParts {
  readonly store: Pick<Store, 'settle' | 'holdReset'>;
  readonly locale: Locale;
  /** Told after each commit: rows by their new status. */
  readonly onSettled: (counts: ReadonlyMap<string, number>) => void;
  /** Told on each failure, and with null once it works again. */
  readonly onFailure: (error: unknown) => void;
}

/** Rows in one transaction: long enough to be cheap, short enough for its locks. */
const MOST_ROWS = 1000;
/** Answers are gathered this long: at full speed that makes one transaction of some hundred, and nobody waits for a write-back. */
const GATHER_MS = 50;
const RETRY = { firstMs: 200, mostMs: 10_000 };

/**
 * The write-back. Answers gather while one transaction is on its way and go down together in the next. An answer is never
 * dropped: while the database is away it waits here (the pump stops when too many wait), and if the process dies first, the
 * submission is repeated under its serial and the platform says so.
 */
export class Settler {
  readonly #p: SettlerParts;
  #queue: Settlement[] = [];
  #rows = 0;
  #running: Promise<void> | null = null;
  #hurry: AbortSignal | null = null;
  readonly #enough = new Wake();

  constructor(parts: SettlerParts) {
    this.#p = parts;
  }

  /** Rows whose answer is known and not yet written. */
  get backlog(): number {
    return this.#rows;
  }

  add(settlement: Settlement): void {
    this.#queue.push(settlement);
    this.#rows += weight(settlement);
    if (this.#rows >= MOST_ROWS) this.#enough.now();
    this.#running ??= this.#run();
  }

  /** Until all is written, or `hurry` ends the wait; what is left then is repeated by its serial later. */
  async flush(hurry: AbortSignal): Promise<void> {
    this.#hurry = hurry;
    this.#enough.now();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#queue.length > 0 && !this.#hurry?.aborted) {
      if (this.#hurry === null && this.#rows < MOST_ROWS) await this.#enough.wait(GATHER_MS);
      const batch = this.#take();
      try {
        await this.#write(batch);
        failures = 0;
        this.#rows -= batch.reduce((n, s) => n + weight(s), 0);
      } catch (error) {
        this.#queue = [...batch, ...this.#queue];
        this.#p.onFailure(error);
        await sleep(backoff(++failures, RETRY), this.#hurry ?? undefined);
      }
    }
    this.#running = null; // in the turn that found nothing left, lest an answer of the next finds nobody at work
  }

  #take(): Settlement[] {
    let rows = 0;
    let n = 0;
    while (n < this.#queue.length && (n === 0 || rows < MOST_ROWS)) {
      rows += weight(this.#queue[n++]);
    }
    return this.#queue.splice(0, n);
  }

  async #write(batch: readonly Settlement[]): Promise<void> {
    const rows: RowResult[] = batch.flatMap((s) => s.rows);
    const submits: SubmitResult[] = batch.map((s) => s.submit).filter((s) => s !== null);
    const changed = await this.#p.store.settle(rows, submits);
    if (changed < rows.length) {
      // somebody changed rows under way; those set back to NEW over an accepted submission must not go out again unseen
      const serials = submits.filter((s) => s.state === 'ACCEPTED').map((s) => s.serial);
      if (serials.length > 0) {
        await this.#p.store.holdReset(serials, { code: 'EDITED', text: rowText(RESET_UNDER_WAY, this.#p.locale) });
      }
    }
    this.#p.onSettled(countByStatus(rows));
  }
}

const weight = (s: Settlement | undefined): number => Math.max(1, s?.rows.length ?? 0);

function countByStatus(rows: readonly RowResult[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.status, (counts.get(row.status) ?? 0) + 1);
  return counts;
}

const RESET_UNDER_WAY: Text = {
  zh: '提交途中被人工改回 NEW，而平台已受理那次提交。确认要再发一次，请再次把 status 置为 NEW',
  en: 'set back to NEW by hand while it was being sent, and the platform has accepted it. To send it again, set status to NEW once more',
};
