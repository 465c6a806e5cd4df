import type { Action, Plan } from './plan.ts';
import type { Outcome } from './world.ts';

/** More points than this has only a run that mostly waits. */
const MOST = 300;
/** So many of them at its beginning and at its end are worth a run each. */
const EDGE = 30;

/** The points at which something can go wrong that matters: from the first row on, until nothing is left to do. */
export function pointsOf({ busy: [from, to] }: Outcome): number[] {
  const all = Array.from({ length: to - from + 1 }, (_, i) => from + 1 + i);
  return all.length <= MOST ? all : [...all.slice(0, EDGE), ...all.slice(-EDGE)];
}

/** Passing this point changes nothing that outlives the process. */
const LEAVES_NO_TRACE = /: SELECT|, done$|, answered$/;

/**
 * One run for each point, with the action there. `distinct`: only where something lasting has happened since the point before; for
 * the only daemon there is, being killed anywhere in between comes to the same.
 */
export function singles(calm: Outcome, action: Action, before: Plan['at'] = {}, distinct = false): Plan[] {
  const after = Math.max(0, ...Object.keys(before).map(Number));
  const fresh = (point: number): boolean => !LEAVES_NO_TRACE.test(calm.trace[point - 2] ?? '');
  return pointsOf(calm)
    .filter((point) => point > after && (!distinct || fresh(point)))
    .map((point) => ({ at: { ...before, [point]: action }, order: 0 }));
}
