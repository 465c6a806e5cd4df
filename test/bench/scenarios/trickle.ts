import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../numbers.ts';
import type { Place } from '../place.ts';
import { insertRows, phone } from '../rows.ts';

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
  const inserted = new Map<number, number>();
  for (let n = 0; n < rows; n++) {
    await sleep(EVERY_MS * (0.5 + Math.random()));
    await insertRows(database, { count: 1, from: n });
    inserted.set(Number(phone(n)), Date.now());
  }
  await simulator.waitFor((s) => s.accepted >= rows, 30_000);
  const waits = (await simulator.ledger()).flatMap((e) => e.phones.map((p) => e.at - (inserted.get(p) ?? 0)));
  await daemon.stop();
  return { p50: quantile(waits, 0.5), p95: quantile(waits, 0.95), p99: quantile(waits, 0.99) };
}
