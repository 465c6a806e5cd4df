import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/daemon.ts';
import { type FreshDatabase, freshDatabase } from '../../support/databases.ts';
import { quantile } from '../numbers.ts';
import type { Place } from '../place.ts';
import { clear, insertRows, phone } from '../rows.ts';

export interface Queried {
  /** Message at the platform → answer accepted by it, milliseconds. */
  readonly p50: number;
  readonly p95: number;
  /** Queries each answered once. */
  readonly answered: number;
  readonly pollMs: number;
}

const RATE = 200;
const POLL_MS = 1000;
const LATENCY_MS = 30;
const CARDS = 10_000;
const WARM = 20;
/** Numbers of the citizens who ask: far from those of the burst. */
const FIRST = 50_000_000;

const card = (n: number): string => String(6_222_000_000_000_000n + BigInt(n));

/**
 * Citizens ask one by one for the balance of a card, answered by a rule from a database of its own on the same engine; beside it
 * nothing, or a burst of `rows` notices.
 */
export async function query(place: Place, queries: number, rows: number): Promise<Queried> {
  const { simulator, database } = place;
  await simulator.reset();
  await simulator.options({ latencyMs: LATENCY_MS });
  const business = await cards(place);
  try {
    const daemon = await place.start({
      'outbox.ratePerSecond': RATE,
      'outbox.pollEvery': `${POLL_MS}ms`,
      'outbox.lease': '2m',
      'inbox.pollEvery': `${POLL_MS}ms`,
      queries: [RULE],
      queryDatabases: { bureau: { client: place.client, connection: business.options.connection } },
    });
    const asked = new Map<number, number>();
    const ask = async (n: number): Promise<void> => {
      asked.set(Number(phone(n)), Date.now());
      await simulator.mo({ phone: phone(n), content: `SBYE#${card(n % CARDS)}` });
    };
    const accepted = (count: number): Promise<void> =>
      until('every query is answered', async () => (await simulator.stats()).accepted >= count, 120_000);
    // a daemon that has run for a while: nobody waits for what is loaded and compiled with the first query
    for (let n = FIRST - WARM; n < FIRST; n++) await ask(n);
    await accepted(WARM);
    asked.clear();
    if (rows > 0) await insertRows(database, { count: rows });
    const everyMs = rows > 0 ? ((rows / RATE) * 1000 * 0.8) / queries : 200;
    for (let n = FIRST; n < FIRST + queries; n++) {
      await sleep(everyMs * (0.5 + Math.random()));
      await ask(n);
    }
    await accepted(WARM + rows + queries);
    const waits = (await simulator.ledger()).flatMap((e) =>
      e.phones.flatMap((p) => {
        const at = asked.get(p);
        return at === undefined ? [] : [e.at - at];
      }),
    );
    await daemon.stop();
    await clear(database);
    return { p50: quantile(waits, 0.5), p95: quantile(waits, 0.95), answered: waits.length, pollMs: POLL_MS };
  } finally {
    await business.drop();
  }
}

const RULE = {
  keywords: ['SBYE'],
  format: '{card}',
  args: { card: { secret: true } },
  sql: 'SELECT balance FROM card WHERE card_no = :card AND phone = :phone',
  reply: '尾号{card|last4}的社保卡余额{balance|money}元',
};

async function cards({ client }: Place): Promise<FreshDatabase> {
  const business = await freshDatabase(client, { schema: false });
  await business.rawQuery(
    'CREATE TABLE card (card_no VARCHAR(32) PRIMARY KEY, phone VARCHAR(20), balance DECIMAL(12,2))',
  );
  for (let from = 0; from < CARDS; from += 1000) {
    const values = Array.from(
      { length: 1000 },
      (_, i) => `('${card(from + i)}', '${phone(FIRST + from + i)}', ${i}.5)`,
    );
    await business.rawQuery(`INSERT INTO card (card_no, phone, balance) VALUES ${values.join(', ')}`);
  }
  return business;
}
