import { quantile } from '../numbers.ts';
import type { Place } from '../place.ts';
import { clear, insertRows, insertSingly } from '../rows.ts';
import { waitsOf } from '../waits.ts';

export interface Flood {
  /** Most resident memory that was seen, MB. */
  readonly rssMb: number;
  /** Insert → accepted of the urgent rows inserted behind all the others, milliseconds. */
  readonly urgentP99: number;
  readonly pollMs: number;
  /** From SIGTERM to the end of the process, milliseconds. */
  readonly stopMs: number;
}

const POLL_MS = 1000;
const URGENT = 50;
const URGENT_EVERY_MS = 400;

/** A bureau inserts everything it has at once, in one transaction, while the daemon is running; then somebody stops it. */
export async function flood(place: Place, rows: number): Promise<Flood> {
  const { simulator, database } = place;
  await simulator.reset();
  const daemon = await place.start({
    'outbox.ratePerSecond': 200,
    'outbox.pollEvery': `${POLL_MS}ms`,
    'outbox.lease': '2m',
  });
  let most = 0;
  const look = async (): Promise<void> => {
    most = Math.max(most, (await daemon.meter()).rss);
  };
  await insertRows(database, { count: rows });
  await look();
  await simulator.waitFor(({ accepted }) => accepted > 0, 120_000);
  const inserted = new Map<number, number>();
  for (let n = 0; n < URGENT; n++) {
    const next = { count: 1, from: rows + n, priority: 0 };
    for (const [phone, at] of await insertSingly(database, next, URGENT_EVERY_MS)) inserted.set(phone, at);
    await look();
  }
  const { accepted } = await simulator.stats();
  await simulator.waitFor((stats) => stats.accepted >= accepted + 1000, 30_000);
  const waits = await waitsOf(simulator, inserted);
  if (waits.length < URGENT) throw new Error(`${URGENT - waits.length} of ${URGENT} urgent rows have not gone`);
  await look();
  const from = performance.now();
  await daemon.stop();
  const stopMs = performance.now() - from;
  await clear(database);
  return { rssMb: most / 1e6, urgentP99: quantile(waits, 0.99), pollMs: POLL_MS, stopMs };
}
