import type { Store } from '../db/store.ts';
import type { ReceiptLog } from './loop.ts';
import { noCounts, settleReceipts, type ReceiptStore } from './settle.ts';

export interface ParkedParts {
  readonly store: ReceiptStore & Pick<Store, 'parkedReceipts' | 'unparkReceipts'>;
  readonly log: Pick<ReceiptLog, 'info'>;
  /** A receipt that matched nothing for so long is dropped: `receipts.giveUpAfter`, with some hours to spare. */
  readonly dropAfterMs: number;
}

/** Receipts looked at in one pass. */
const LIMIT = 500;

/**
 * Matches parked receipts again: those that came before their row was written back (a fail-over, another daemon's submission), and
 * drops those that nobody asked about for too long (another program on the same account).
 * @returns how many left the table
 */
export async function parkedPass(p: ParkedParts): Promise<number> {
  const parked = await p.store.parkedReceipts(LIMIT);
  if (parked.length === 0) return 0;
  const counts = noCounts();
  const still = new Set(
    (await settleReceipts(p.store, parked, counts)).map(({ serial, phone }) => `${serial},${phone}`),
  );
  const isStill = (r: { serial: string; phone: string }): boolean => still.has(`${r.serial},${r.phone}`);
  const dropped = parked.filter((r) => isStill(r) && r.ageMs > p.dropAfterMs);
  const leaving = [...parked.filter((r) => !isStill(r)), ...dropped];
  if (leaving.length === 0) return 0;
  await p.store.unparkReceipts(leaving.map((r) => r.parkedId));
  const matched = leaving.length - dropped.length;
  p.log.info(
    'receipts.parked',
    {
      zh: `暂存的回执：${matched} 条已匹配，${dropped.length} 条始终无对应短信，已丢弃`,
      en: `parked receipts: ${matched} matched at last, ${dropped.length} dropped, since no message of ours ever matched them`,
    },
    { matched, dropped: dropped.length },
  );
  return leaving.length;
}
