import type { Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { keepingTurn } from './turn.ts';
import { keepHouse, noCounts, type KeepingParts } from './pass.ts';
import type { Schedule } from './schedule.ts';
import { countsText } from './words.ts';

const HOUR_MS = 3_600_000;
/** Another daemon is at it: it may die. */
const LOOK_AGAIN_MS = 60_000;

export interface KeeperParts extends Omit<KeepingParts, 'mine'> {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
  readonly schedule: Schedule;
  readonly channel: string;
  /** Whose turn it is, as the others see it. */
  readonly owner: string;
}

/**
 * Housekeeping of a daemon: at the scheduled time, by one daemon of them all. The time stands in the database until a pass has come to its
 * end, so that one that was cut short, or a night without a daemon, is made up for. Resolves with the milliseconds until the next look.
 * @throws DbError
 */
export async function keeperPass(p: KeeperParts, stop: AbortSignal): Promise<number> {
  const { store, channel, schedule } = p;
  const inMs = await store.keepingIn(channel);
  const nextMs = schedule.nextInMs();
  // never planned, or for a later time than the configuration says now
  if (inMs === null || inMs > nextMs + 1000) await store.planKeeping(channel, nextMs);
  const dueMs = Math.min(inMs ?? nextMs, nextMs);
  if (dueMs > 0) return Math.min(dueMs + 100, HOUR_MS);
  const turn = keepingTurn({ store, channel, owner: p.owner, clock: p.clock });
  if (!(await turn.mine())) return LOOK_AGAIN_MS;
  const from = p.clock.mono();
  const counts = noCounts();
  try {
    const { done } = await keepHouse({ ...p, mine: () => turn.mine() }, counts, stop);
    if (!done) return LOOK_AGAIN_MS;
    const again = schedule.nextInMs();
    await store.planKeeping(channel, again);
    return Math.min(again, HOUR_MS);
  } finally {
    const ms = Math.round(p.clock.mono() - from);
    p.log.info('housekeeping.pass', countsText(counts, ms), { ...counts, ms });
    await turn.end();
  }
}
