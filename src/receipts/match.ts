import type { Receipt, ReceiptRow } from '../db/store.ts';

/** What `Store.applyReceipts` takes; `to` null: the row keeps its status until our own write-back. */
export interface Applied {
  readonly id: string;
  readonly serial: string;
  readonly code: string;
  readonly to: 'DELIVERED' | 'UNDELIVERED' | null;
}

export interface Matched {
  readonly apply: readonly Applied[];
  /** The row has gone on to another try, or waits for one: counted at their submission, never applied. */
  readonly late: readonly Receipt[];
  /** No row carries or carried this serial and phone, as far as the rows given tell. */
  readonly unknown: readonly Receipt[];
  /** Told us nothing new. */
  readonly repeated: number;
}

/** Delivered; every other code means that it was not (the platform does not explain them). */
export const DELIVERED_CODE = '0';

/** What becomes of each receipt, given every row with one of their phones and serials. Contract §2.3: a status only goes forward. */
export function matchReceipts(receipts: readonly Receipt[], rows: readonly ReceiptRow[]): Matched {
  const carrying = new Map(rows.map((row) => [keyOf(row), row]));
  const apply: Applied[] = [];
  const late: Receipt[] = [];
  const unknown: Receipt[] = [];
  const distinct = strongest(receipts);
  let repeated = receipts.length - distinct.length;
  for (const receipt of distinct) {
    const row = carrying.get(keyOf(receipt));
    const fate = row ? fateOf(row, receipt.code) : 'unknown';
    if (fate === 'unknown') unknown.push(receipt);
    else if (fate === 'late') late.push(receipt);
    else if (fate === 'repeat') repeated++;
    else if (row) apply.push({ id: row.id, serial: row.serial, code: receipt.code, to: fate.to });
  }
  return { apply, late, unknown, repeated };
}

export type Fate = { readonly to: Applied['to'] } | 'late' | 'repeat';

/** What a receipt for the serial that the row carries does to it. */
export function fateOf(row: Pick<ReceiptRow, 'status' | 'receiptCode'>, code: string): Fate {
  switch (row.status) {
    case 'NEW':
      // put back by a person: its next claim takes a fresh serial
      return 'late';
    case 'SENDING':
      // before our own write-back, which then reads the code from the row
      return row.receiptCode === DELIVERED_CODE || row.receiptCode === code ? 'repeat' : { to: null };
    case 'DELIVERED':
      return 'repeat';
    case 'UNDELIVERED':
      return code === DELIVERED_CODE ? { to: 'DELIVERED' } : 'repeat';
    case 'SENT':
    case 'UNKNOWN':
    case 'FAILED':
    case 'REJECTED':
    case 'EXPIRED':
    case 'HELD':
    case 'CANCELLED':
    default: // where CHECK is not enforced
      // SENT, or whatever we believed or somebody wrote there: a receipt for the current serial proves that the platform has accepted it
      return { to: code === DELIVERED_CODE ? 'DELIVERED' : 'UNDELIVERED' };
  }
}

/** One receipt per serial and phone: the delivered one if there is one (a long message may bring one per part), else the first. */
function strongest(receipts: readonly Receipt[]): Receipt[] {
  const best = new Map<string, Receipt>();
  for (const receipt of receipts) {
    const key = keyOf(receipt);
    if (!best.has(key) || receipt.code === DELIVERED_CODE) best.set(key, receipt);
  }
  return [...best.values()];
}

const keyOf = (r: Pick<Receipt, 'serial' | 'phone'>): string => `${r.serial},${r.phone}`;
