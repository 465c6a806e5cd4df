import { setTimeout as delay } from 'node:timers/promises';

/** Waits `ms`, or until `stop`; never throws. */
export async function sleep(ms: number, stop?: AbortSignal): Promise<void> {
  if (stop?.aborted || ms <= 0) return;
  try {
    await delay(ms, undefined, stop ? { signal: stop } : {});
  } catch {
    // the only reason is `stop`, and the caller looks at it
  }
}
