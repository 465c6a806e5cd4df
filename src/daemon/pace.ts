import type { Wake } from '../lib/wake.ts';

export interface Pace {
  /** The wait after the so manieth failure in a row, in milliseconds. */
  readonly retryMs: (failures: number, error: unknown) => number;
  /** Ends a wait early. */
  readonly wake: Wake;
  /** Told on every failure, and with null when a pass succeeds after one. */
  readonly onFailure: (error: unknown) => void;
}

/** One pass; resolves with the milliseconds until the next is wanted. */
export type Pass = (stop: AbortSignal) => Promise<number>;

/** The only place where a loop sleeps, backs off and counts failures. An error never leads to a hot loop. */
export async function runLoop(pass: Pass, pace: Pace, stop: AbortSignal): Promise<void> {
  const wakeOnStop = (): void => pace.wake.now();
  stop.addEventListener('abort', wakeOnStop, { once: true });
  let failures = 0;
  while (!stop.aborted) {
    let wait: number;
    try {
      wait = await pass(stop);
      if (failures > 0) pace.onFailure(null);
      failures = 0;
    } catch (error) {
      wait = pace.retryMs(++failures, error);
      pace.onFailure(error);
    }
    await pace.wake.wait(wait); // a stop wakes it
  }
  stop.removeEventListener('abort', wakeOnStop);
}
