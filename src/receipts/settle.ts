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
  const { changed, refused } = await store.applyReceipts(matched.apply);
  const phones = new Map(rows.map(({ id, phone }) => [id, phone]));
  const again: Receipt[] = [];
  for (const { id, serial, code, to } of matched.apply) {
    if (refused.has(id)) again.push({ serial, phone: phones.get(id) ?? '', code });
    else counts[to === null ? 'kept' : to === 'DELIVERED' ? 'delivered' : 'undelivered']++;
  }
  counts.repeated += matched.repeated;
  const overtaken =
    changed + refused.size < matched.apply.length ? await overtakenOf(store, matched.apply, phones) : [];
  const moved = await settleMoved(store, [...matched.unknown, ...overtaken], counts);
  again.push(...moved.again);
  const notApplied = moved.unknown;
  // after the applying, because a replay would count again
  const tried = await countLate(store, [...matched.late, ...notApplied]);
  const parked = notApplied.filter((receipt) => !tried.has(receipt.serial));
  counts.late += matched.late.length + notApplied.length - parked.length;
  return [...again, ...parked];
}

/** Of those that nothing in the outbox waits for: their row may have gone to the history. */
async function settleMoved(
  store: ReceiptStore,
  receipts: readonly Receipt[],
  counts: Counts,
): Promise<{ readonly again: Receipt[]; readonly unknown: readonly Receipt[] }> {
  const rows = receipts.length === 0 ? [] : await store.receiptRows(receipts, 'history');
  if (rows.length === 0) return { again: [], unknown: receipts };
  const { apply, unknown, repeated } = matchReceipts(receipts, rows);
  const { refused } = await store.applyReceipts(apply, 'history');
  const phones = new Map(rows.map(({ id, phone }) => [id, phone]));
  const again: Receipt[] = [];
  for (const { id, serial, code, to } of apply) {
    if (refused.has(id)) again.push({ serial, phone: phones.get(id) ?? '', code });
    else counts[to === 'DELIVERED' ? 'delivered' : 'undelivered']++;
  }
  counts.repeated += repeated;
  return { again, unknown };
}

/** Those whose row somebody changed after it was read: it waits for, or is at, another try by now. */
async function overtakenOf(
  store: ReceiptStore,
  applied: readonly { id: string; serial: string; code: string }[],
  phones: ReadonlyMap<string, string>,
): Promise<Receipt[]> {
  const receipts = applied.map(({ id, serial, code }) => ({ serial, phone: phones.get(id) ?? '', code }));
  const { late, unknown } = matchReceipts(receipts, await store.receiptRows(receipts));
  return [...late, ...unknown];
}

async function countLate(store: ReceiptStore, receipts: readonly Receipt[]): Promise<Set<string>> {
  if (receipts.length === 0) return new Set();
  const perSerial = new Map<string, number>();
  for (const { serial } of receipts) perSerial.set(serial, (perSerial.get(serial) ?? 0) + 1);
  return store.countLateReceipts(perSerial);
}
