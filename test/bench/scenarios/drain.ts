import type { LedgerEntry } from '../../../src/simulator/ledger.ts';
import { until } from '../../support/daemon.ts';
import { quantile } from '../numbers.ts';
import type { Place, Running } from '../place.ts';
import { clear, insertRows } from '../rows.ts';

export interface Drained {
  readonly rowsPerSecond: number;
  readonly cpuPer1000: number;
  readonly statementsPer1000: number;
  /** Milliseconds from the moment that the rows may go to their acceptance. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly rssMb: number;
}

/** No limit of rate: how fast can it go? */
export const FULL_SPEED = { 'outbox.ratePerSecond': null, 'outbox.pollEvery': '200ms', 'outbox.lease': '2m' };

/** Rows inserted while the channel is paused go out when it is resumed; ends when each is SENT. */
export async function drain(place: Place, daemon: Running, rows: number, same: boolean): Promise<Drained> {
  const { simulator, database } = place;
  await daemon.pause();
  await insertRows(database, { count: rows, same });
  await simulator.reset();
  const before = await daemon.meter();
  const from = Date.now();
  await daemon.resume();
  await simulator.waitFor((stats) => stats.accepted >= rows, 120_000);
  await settled(place);
  const to = await lastSent(place);
  const after = await daemon.meter();
  const stats = await simulator.stats();
  if (stats.accepted !== rows || stats.doubledMessages > 0) throw new Error(`not each once: ${JSON.stringify(stats)}`);
  const times = acceptedAt(await simulator.ledger()).map((at) => at - from);
  await clear(database);
  return {
    rowsPerSecond: rows / ((to - from) / 1000),
    cpuPer1000: ((after.cpuS - before.cpuS) / rows) * 1000,
    statementsPer1000: ((after.statements - before.statements) / rows) * 1000,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    p99: quantile(times, 0.99),
    rssMb: after.rss / 1e6,
  };
}

async function settled({ database }: Place): Promise<void> {
  await until('every row is written back', async () => {
    const [row] = await database.rawQuery("SELECT COUNT(*) AS n FROM sms_outbox WHERE status IN ('NEW', 'SENDING')");
    return Number(row?.['n']) === 0;
  });
}

/** The database and this process share the machine's clock. */
async function lastSent({ database }: Place): Promise<number> {
  const [row] = await database.rawQuery("SELECT MAX(sent_at) AS at FROM sms_outbox WHERE status = 'SENT'");
  const at = row?.['at'];
  return at instanceof Date ? at.getTime() : Date.parse(String(at).replace(' ', 'T'));
}

const acceptedAt = (ledger: readonly LedgerEntry[]): number[] => ledger.flatMap((e) => e.phones.map(() => e.at));
