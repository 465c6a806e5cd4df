import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../place.ts';

export interface Idle {
  /** Share of one core, per cent. */
  readonly cpuPercent: number;
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
  await sleep(SETTLE_MS);
  const before = await daemon.meter();
  await sleep(seconds * 1000);
  const after = await daemon.meter();
  await daemon.stop();
  return {
    cpuPercent: ((after.cpuS - before.cpuS) / seconds) * 100,
    statementsPerMinute: ((after.statements - before.statements) / seconds) * 60,
    rssMb: after.rss / 1e6,
  };
}
