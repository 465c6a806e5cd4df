import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../place.ts';

export interface Idle {
  /** Share of one core, per cent. */
  readonly cpuPercent: number;
  /** What the machine charges for one piece of work after a second's rest, in pieces without rest: caches gone cold, other guests. */
  readonly restFactor: number;
  readonly statementsPerMinute: number;
  readonly rssMb: number;
}

/** The intervals of the example configuration. */
const EXAMPLE = {
  'outbox.pollEvery': '3s',
  'inbox.pollEvery': '5s',
  'receipts.pollEvery': '30s',
  'outbox.lease': '2m',
};
/** Starting up is over, and so is the clearing up after it. */
const SETTLE_MS = 30_000;

/** Nothing to do for a while. */
export async function idle(place: Place, seconds: number): Promise<Idle> {
  const daemon = await place.start(EXAMPLE);
  const [restFactor] = await Promise.all([restCost(), sleep(SETTLE_MS)]);
  const before = await daemon.meter();
  await sleep(seconds * 1000);
  const after = await daemon.meter();
  await daemon.stop();
  return {
    restFactor,
    cpuPercent: ((after.cpuS - before.cpuS) / seconds) * 100,
    statementsPerMinute: ((after.statements - before.statements) / seconds) * 60,
    rssMb: after.rss / 1e6,
  };
}

const PIECES = 15;

async function restCost(): Promise<number> {
  for (let n = 0; n < 100; n++) work(); // compiled before it counts
  const cost = async (rest: () => Promise<void>): Promise<number> => {
    let spent = 0;
    for (let n = 0; n < PIECES; n++) {
      await rest();
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      spent += user + system;
    }
    return spent;
  };
  return (await cost(() => sleep(1000))) / (await cost(() => Promise.resolve()));
}

/** Of the kind that a daemon does, some two milliseconds of it. */
const work = (): string => JSON.stringify(Array.from({ length: 10_000 }, (_, n) => ({ id: n, text: `row ${n}` })));
