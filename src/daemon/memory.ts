import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sleep } from '../lib/sleep.ts';

const LOOK_EVERY_MS = 10_000;
/** V8 drops the code of functions that so many collections in a row have found unused: most of what starting up has run. */
const COLLECTIONS = 8;
/** Each of them stops everything for as long as it takes: a citizen who asks meanwhile waits for one of them, not for all. */
const APART_MS = 1000;

/**
 * Gives back, once there is nothing to do, what starting up has taken: an idle daemon makes so little garbage that no collection would
 * ever come, and keeps ten megabytes for good.
 */
export async function leanOnceIdle(busy: () => boolean, stop: AbortSignal): Promise<void> {
  do await sleep(LOOK_EVERY_MS, stop);
  while (busy() && !stop.aborted);
  if (stop.aborted) return;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  for (let n = 0; n < COLLECTIONS && !busy() && !stop.aborted; n++) {
    collect({ type: 'major', flavor: 'last-resort' });
    await sleep(APART_MS, stop);
  }
}
