import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '../db/store.ts';
import type { Log } from '../lib/log.ts';
import { parkedRound, type ParkedParts } from '../receipts/parked.ts';
import type { State } from '../state/open.ts';

export const CHORES_EVERY_MS = 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A database that forgets commits does so within hours (fail-over, restored backup). */
const JOURNAL_KEPT_MS = 48 * HOUR_MS;
const PRUNE_ROWS = 1000;

export interface ChoreParts {
  readonly store: Store;
  readonly state: State;
  readonly log: Log;
  /** Submission records, queries and quarantine are kept so long: people are known by them. */
  readonly keepDays: number;
  /** Citizens' messages are known again for so long. */
  readonly seenForMs: number;
  readonly onReceipts?: ParkedParts['onReceipts'];
  /** Receipts are waited for so long. */
  readonly giveUpAfterMs: number;
}

/** Small regular duties that no other loop has. @throws DbError, DaemonError `state` */
export async function chores(p: ChoreParts, stop: AbortSignal): Promise<void> {
  const { store, state, log, keepDays } = p;
  await inBites(stop, () => state.journal.prune(JOURNAL_KEPT_MS));
  state.quarantine.prune(keepDays * DAY_MS);
  state.tidy();
  await inBites(stop, () => store.prune(Math.min(Math.ceil(p.seenForMs / DAY_MS), keepDays), keepDays, PRUNE_ROWS));
  await inBites(stop, () => store.pruneUsage(PRUNE_ROWS));
  await store.pruneHours(keepDays);
  await store.adoptStrays();
  const told = p.onReceipts && { onReceipts: p.onReceipts };
  await parkedRound({ store, log, ...told, dropAfterMs: p.giveUpAfterMs + 6 * HOUR_MS }, stop);
}

/** Until nothing is left; between two bites, of which those of our own disk never wait for anything, everybody else has a turn. */
async function inBites(stop: AbortSignal, bite: () => number | Promise<number>): Promise<void> {
  while (!stop.aborted && (await bite()) > 0) await turn();
}
