import type { BacklogCount, Hour, TroubledRow } from '../db/board-store.ts';
import type { DaemonRow, Store, WaitingRows } from '../db/store.ts';
import { kept } from './kept.ts';
import type { HttpParts } from './parts.ts';

/** Rows are counted up to here: beyond it the exact figure tells nobody more. */
export const CAP = 10_000;
/** Days that the charts go back. */
export const DAYS = 31;

/** Looked at for problems, however many rows there are. */
const NEWEST = 2000;
export const HELD = 2000;

/** What page and metrics read from the database, each asked now and then for all who look. */
export interface Figures {
  version(): Promise<string>;
  now(): ReturnType<Store['now']>;
  daemons(): Promise<DaemonRow[]>;
  waiting(): Promise<WaitingRows>;
  backlog(): Promise<BacklogCount[]>;
  hours(): Promise<Hour[]>;
  troubled(): Promise<TroubledRow[]>;
  /** Rows have been changed by somebody who wants to see it. */
  forget(): void;
}

export function figuresOf({ store, clock }: Pick<HttpParts, 'store' | 'clock'>): Figures {
  const waiting = kept(clock, 3000, () => store.waiting(CAP));
  const backlog = kept(clock, 10_000, () => store.backlog(CAP));
  const troubled = kept(clock, 10_000, () => store.troubledRows(NEWEST, HELD));
  return {
    version: kept(clock, 60_000, () => store.version()),
    now: kept(clock, 1000, () => store.now()),
    daemons: kept(clock, 3000, () => store.daemons()),
    hours: kept(clock, 10_000, () => store.hours(DAYS)),
    ...{ waiting, backlog, troubled },
    forget: () => {
      for (const figure of [waiting, backlog, troubled]) figure.forget();
    },
  };
}
