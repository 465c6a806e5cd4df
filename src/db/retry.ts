import { backoff, type BackoffRange } from '../lib/backoff.ts';
import { DbError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';

/** How long a statement that met a lock is tried again before its caller hears of it. */
export interface Patience {
  readonly tries: number;
  /** No new try is begun after this. */
  readonly mostMs: number;
  readonly wait: BackoffRange;
}

/** Servers have waited for the lock themselves; what is left is a dead lock, which is over as soon as one of the two gave way. */
export const SERVER_PATIENCE: Patience = { tries: 5, mostMs: 10_000, wait: { firstMs: 20, mostMs: 500 } };

/** SQLite has one writer at a time and no queue: asking often is the only way to get a turn. */
export const SQLITE_PATIENCE: Patience = { tries: 200, mostMs: 5_000, wait: { firstMs: 5, mostMs: 50 } };

export async function patiently<T>(patience: Patience, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      const again = error instanceof DbError && error.kind === 'again';
      if (!again || failures >= patience.tries || performance.now() - start > patience.mostMs) throw error;
      await sleep(backoff(failures, patience.wait));
    }
  }
}
