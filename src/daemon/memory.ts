import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sleep } from '../lib/sleep.ts';

const LOOK_EVERY_MS = 20_000;
/** One frees what starting up has left; the code of functions that stay unused goes in the next ones. More give nothing back. */
const COLLECTIONS = 3;
/** Each of them stops everything for as long as it takes: a citizen who asks meanwhile waits for one of them, not for all. */
const APART_MS = 1000;

/**
 * Keeps the HTTP parser as its first compiler leaves it. The second one takes nine megabytes for it, which the C library never gives
 * back, and no more calls a second come of it. To be said before the first connection.
 */
export function keepParserSmall(): void {
  // what the first implies is worked out only when V8 starts, hence the other two
  for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
}

/**
 * Gives back, once there is nothing to do, what starting up has taken: an idle daemon makes so little garbage that no collection would
 * ever come, and keeps forty megabytes for good.
 */
export async function leanOnceIdle(busy: () => boolean, stop: AbortSignal): Promise<void> {
  const stopped = (): boolean => stop.aborted;
  do await sleep(LOOK_EVERY_MS, stop);
  while (busy() && !stopped());
  if (stopped()) return;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  for (let n = 0; n < COLLECTIONS && !busy() && !stopped(); n++) {
    collect({ type: 'major', flavor: 'last-resort' });
    await sleep(APART_MS, stop);
  }
}
