import { quantile } from '../numbers.ts';
import type { Place } from '../place.ts';
import { insertSingly } from '../rows.ts';
import { waitsOf } from '../waits.ts';

export interface Trickle {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const EVERY_MS = 200;

/** Rows one by one at pollEvery 1s: milliseconds from each one's insert to its acceptance. */
export async function trickle(place: Place, rows: number): Promise<Trickle> {
  const { simulator, database } = place;
  await simulator.reset();
  const daemon = await place.start({ 'outbox.ratePerSecond': 200, 'outbox.pollEvery': '1s', 'outbox.lease': '2m' });
  const inserted = await insertSingly(database, { count: rows }, EVERY_MS);
  await simulator.waitFor((s) => s.accepted >= rows, 30_000);
  const waits = await waitsOf(simulator, inserted);
  await daemon.stop();
  return { p50: quantile(waits, 0.5), p95: quantile(waits, 0.95), p99: quantile(waits, 0.99) };
}
