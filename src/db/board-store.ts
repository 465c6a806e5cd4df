import type { RowStatus } from './store.ts';

/** Rows counted within one hour. */
export interface HourCounts {
  /** Accepted by the platform. */
  readonly sent: number;
  /** Receipts that came within the hour, whenever the message went. */
  readonly delivered: number;
  readonly undelivered: number;
  /** Refused by the platform or a local check, held by one, or too old. */
  readonly refused: number;
}

export interface Hour extends HourCounts {
  /** By the database's clock: '2026-11-26 09'. */
  readonly hour: string;
}

/** Waiting rows of one category and age. */
export interface BacklogCount {
  readonly category: string;
  readonly age: AgeBand;
  readonly rows: number;
}

/** How long a row has been due: up to a minute, ten, an hour, a day, longer. */
export const AGE_BANDS = ['1m', '10m', '1h', '1d', 'older'] as const;
export type AgeBand = (typeof AGE_BANDS)[number];

/** A row that did not go, or did not arrive. */
export interface TroubledRow {
  readonly id: string;
  readonly status: RowStatus;
  /** `result_code`; null: none. */
  readonly code: string | null;
  /** The receipt, verbatim; null: none came. */
  readonly receiptCode: string | null;
}

/** What the page and the metrics ask. Nothing here grows with the outbox. */
export interface BoardStore {
  /** Sets what one process (`owner`) has counted in these hours; may be said again. */
  keepHours(owner: string, hours: readonly Hour[]): Promise<void>;
  /** The hours of the last days that have counts, over all processes, the earliest first. */
  hours(days: number): Promise<Hour[]>;
  /** Removes what is older. */
  pruneHours(keepDays: number): Promise<void>;
  /** Rows due, no more than the first `cap` in order of sending. */
  backlog(cap: number): Promise<BacklogCount[]>;
  /** Of the newest `newest` rows those in trouble, the newest first, and up to `held` that wait for a person, wherever they are. */
  troubledRows(newest: number, held: number): Promise<TroubledRow[]>;
}
