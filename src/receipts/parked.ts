import type { Receipt, Store } from '../db/store.ts';
import type { Log } from '../lib/log.ts';
import { noCounts, settleReceipts, type Counts, type ReceiptStore } from './settle.ts';

export interface ParkedParts {
  readonly store: ReceiptStore & Pick<Store, 'parkedReceipts' | 'unparkReceipts'>;
  readonly log: Pick<Log, 'info'>;
  /** Told what became of those that matched. */
  readonly onReceipts?: (counts: Counts) => void;
  /** A receipt that matched nothing for so long is dropped: `receipts.giveUpAfter`, with some hours to spare. */
  readonly dropAfterMs: number;
}

/** Receipts looked at at once. */
const LIMIT = 500;

/**
 * Matches every parked receipt again: those that came before their row was written back (a fail-over, another daemon's submission), and
 * drops those that nobody asked about for too long (another program on the same account).
 * @throws DbError
 */
export async function parkedRound(p: ParkedParts, stop: AbortSignal): Promise<void> {
  // what has been looked at goes to the end of the line, so the round is over when only known ones come
  const seen = new Set<string>();
  const counts = noCounts();
  let [matched, dropped] = [0, 0];
  while (!stop.aborted) {
    const parked = (await p.store.parkedReceipts(LIMIT)).filter(({ parkedId }) => !seen.has(parkedId));
    if (parked.length === 0) break;
    for (const { parkedId } of parked) seen.add(parkedId);
    const still = new Set((await settleReceipts(p.store, parked, counts)).map(keyOf));
    const old = parked.filter((r) => still.has(keyOf(r)) && r.ageMs > p.dropAfterMs);
    const leaving = [...parked.filter((r) => !still.has(keyOf(r))), ...old];
    await p.store.unparkReceipts(leaving.map(({ parkedId }) => parkedId));
    matched += leaving.length - old.length;
    dropped += old.length;
  }
  p.onReceipts?.(counts);
  if (matched + dropped === 0) return;
  p.log.info(
    'receipts.parked',
    {
      zh: `暂存的回执：${matched} 条已匹配，${dropped} 条始终无对应短信，已丢弃`,
      en: `parked receipts: ${matched} matched at last, ${dropped} dropped, since no message of ours ever matched them`,
    },
    { matched, dropped },
  );
}

const keyOf = ({ serial, phone }: Receipt): string => `${serial},${phone}`;
