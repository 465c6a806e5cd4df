import type { Receipt, Store } from '../db/store.ts';
import { matchReceipts } from './match.ts';

export type ReceiptStore = Pick<Store, 'receiptRows' | 'applyReceipts' | 'countLateReceipts'>;

/** Numbers for one log line. */
export interface Counts {
  delivered: number;
  undelivered: number;
  /** Written beside a row whose own write-back is still to come. */
  kept: number;
  repeated: number;
  late: number;
  parked: number;
  unreadable: number;
}

export const noCounts = (): Counts => ({
  delivered: 0,
  undelivered: 0,
  kept: 0,
  repeated: 0,
  late: 0,
  parked: 0,
  unreadable: 0,
});

/**
 * Applies what has a row, counts what is late, and returns what is to be looked at again: it belongs to nothing that we know (yet), or
 * the database refuses to have its row changed.
 */
export async function settleReceipts(
  store: ReceiptStore,
  receipts: readonly Receipt[],
  counts: Counts,
): Promise<Receipt[]> {
  const rows = await store.receiptRows(receipts);
  const matched = matchReceipts(receipts, rows);
  const { refused } = await store.applyReceipts(matched.apply);
  const phones = new Map(rows.map(({ id, phone }) => [id, phone]));
  const again: Receipt[] = [];
  for (const { id, serial, code, to } of matched.apply) {
    if (refused.has(id)) again.push({ serial, phone: phones.get(id) ?? '', code });
    else counts[to === null ? 'kept' : to === 'DELIVERED' ? 'delivered' : 'undelivered']++;
  }
  counts.repeated += matched.repeated;
  // after the applying, because a replay would count again
  const tried = await countLate(store, [...matched.late, ...matched.unknown]);
  const parked = matched.unknown.filter((receipt) => !tried.has(receipt.serial));
  counts.late += matched.late.length + matched.unknown.length - parked.length;
  return [...again, ...parked];
}

async function countLate(store: ReceiptStore, receipts: readonly Receipt[]): Promise<Set<string>> {
  if (receipts.length === 0) return new Set();
  const perSerial = new Map<string, number>();
  for (const { serial } of receipts) perSerial.set(serial, (perSerial.get(serial) ?? 0) + 1);
  return store.countLateReceipts(perSerial);
}
