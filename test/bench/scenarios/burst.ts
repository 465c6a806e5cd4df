import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../numbers.ts';
import type { Place } from '../place.ts';
import { insertRows, insertSingly } from '../rows.ts';
import { waitsOf } from '../waits.ts';

export interface Burst {
  /** Seconds from the first to the last acceptance. */
  readonly seconds: number;
  /** (N / rate − 1 s) × (1 + mean answer time of the burst in seconds). */
  readonly bound: number;
  readonly answerMs: number;
  readonly mostPerSecond: number;
  /** Insert → accepted of the urgent rows inserted meanwhile, milliseconds. */
  readonly urgentP99: number;
  readonly pollMs: number;
}

const RATE = 200;
const POLL_MS = 1000;
const LATENCY_MS = 30;
const WARM = 1000;
const IDLE_MS = 6000;
const URGENT_EVERY_MS = 400;

/** A policy notice to thousands at 200 a second, and rows of priority 0 in between; `rows` in all, a multiple of the rate. */
export async function burst(place: Place, rows: number): Promise<Burst> {
  const { simulator, database } = place;
  await simulator.reset();
  await simulator.options({ latencyMs: LATENCY_MS });
  const daemon = await place.start({
    'outbox.ratePerSecond': RATE,
    'outbox.pollEvery': `${POLL_MS}ms`,
    'outbox.lease': '2m',
  });
  // a daemon that has been running: the account is proven, the code warm, the window empty and its connections closed again
  await insertRows(database, { count: WARM, from: rows });
  await simulator.waitFor((s) => s.accepted === WARM, 20_000);
  await sleep(IDLE_MS);
  await simulator.reset();
  await simulator.options({ latencyMs: LATENCY_MS });
  const { send: before } = (await daemon.status()).calls;
  const urgent = Math.floor(((rows / RATE) * 1000 * 0.8) / URGENT_EVERY_MS);
  await insertRows(database, { count: rows - urgent });
  await simulator.waitFor((s) => s.accepted > 0, 10_000);
  const inserted = await insertSingly(database, { count: urgent, from: rows - urgent, priority: 0 }, URGENT_EVERY_MS);
  const stats = await simulator.waitFor((s) => s.accepted >= rows, 120_000);
  const waits = await waitsOf(simulator, inserted);
  const { send: after } = (await daemon.status()).calls;
  await daemon.stop();
  const calls = (after?.count ?? 0) - (before?.count ?? 0);
  const answerMs = (((after?.seconds ?? 0) - (before?.seconds ?? 0)) / calls) * 1000;
  return {
    seconds: ((stats.lastAcceptedAt ?? 0) - (stats.firstAcceptedAt ?? 0)) / 1000,
    bound: (rows / RATE - 1) * (1 + answerMs / 1000),
    answerMs,
    mostPerSecond: stats.maxPartsPerSecond,
    urgentP99: quantile(waits, 0.99),
    pollMs: POLL_MS,
  };
}
