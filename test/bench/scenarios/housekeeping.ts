import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/daemon.ts';
import type { Place } from '../place.ts';
import { insertHistory, insertRows } from '../rows.ts';

export interface Kept {
  readonly rowsPerSecond: number;
  /** Messages a second that the platform accepts before housekeeping begins, and while it is at it. */
  readonly alone: number;
  readonly beside: number;
}

const RATE = 200;
const ALONE_S = 20;
const STARTS_AFTER_S = ALONE_S + 15;
/** Slower than this nobody waits for. */
const SLOWEST = 1000;
const MOST_MS = 3_600_000;

/** Old rows go to the history while a backlog goes out at the full rate. */
export async function housekeeping(place: Place, rows: number, say: (what: string) => void): Promise<Kept> {
  const { client, database, simulator } = place;
  say(`loading ${rows} ended rows`);
  await insertHistory(database, rows, 60);
  await insertRows(database, { count: RATE * (STARTS_AFTER_S + 30 + Math.ceil(rows / SLOWEST)), from: 5_000_000 });
  const soon = {
    sqlite: `strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime', '+${STARTS_AFTER_S} seconds')`,
    mysql: `NOW(3) + INTERVAL ${STARTS_AFTER_S} SECOND`,
    postgres: `now() + interval '${STARTS_AFTER_S} seconds'`,
  }[client];
  await database.rawQuery(`INSERT INTO sms_mw_channel (name, keep_at) VALUES ('main', ${soon})`);
  const moved = async (): Promise<number> => {
    const [row] = await database.rawQuery('SELECT SUM(row_count) AS n FROM sms_mw_stats');
    return Number(row?.['n'] ?? 0);
  };
  const accepted = async (): Promise<{ at: number; messages: number }> => {
    const { accepted: messages } = await simulator.stats();
    return { at: performance.now(), messages };
  };
  const rate = (a: Awaited<ReturnType<typeof accepted>>, b: typeof a): number =>
    ((b.messages - a.messages) / (b.at - a.at)) * 1000;

  const daemon = await place.start({ 'outbox.ratePerSecond': RATE, 'outbox.lease': '2m' });
  await simulator.waitFor((stats) => stats.accepted >= RATE * 3, 60_000);
  const calm = await accepted();
  await sleep(ALONE_S * 1000);
  const alone = rate(calm, await accepted());
  await until('housekeeping begins', async () => (await moved()) > 0);
  const [from, before] = [await accepted(), await moved()];
  await until('every row has moved', async () => (await moved()) >= rows, MOST_MS);
  const to = await accepted();
  say(`moved in ${Math.round((to.at - from.at) / 1000)} s`);
  await daemon.stop();
  return { rowsPerSecond: ((rows - before) / (to.at - from.at)) * 1000, alone, beside: rate(from, to) };
}
