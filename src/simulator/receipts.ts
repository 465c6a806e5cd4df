import type { LedgerEntry } from './ledger.ts';
import type { SimulatorSettings } from './settings.ts';

interface Pending {
  readonly entry: LedgerEntry;
  /** Receipts count from here: acceptance, or the time that sending was put off to. */
  readonly from: number;
  /** Receipts of this submission already handed out. */
  done: number;
}

/** The fate of a message to `phone` as its receipt will tell it; null: no receipt ever. */
export function receiptStatus(phone: number, settings: SimulatorSettings): string | null {
  const number = String(phone);
  if (settings.silentEndings.some((ending) => number.endsWith(ending))) return null;
  for (const [ending, status] of Object.entries(settings.receiptStatus)) if (number.endsWith(ending)) return status;
  return '0';
}

/** Receipts that wait to be fetched. Each is handed out once: the platform has no acknowledgement for them. */
export class Receipts {
  /** Receipts handed out so far. */
  handedOut = 0;
  #queue: Pending[] = [];
  #head = 0;
  #scheduled: Pending[] = [];

  /** Submissions with receipts still to come. */
  get waiting(): number {
    return this.#queue.length - this.#head + this.#scheduled.length;
  }

  add(entry: LedgerEntry, sendAt: number | null): void {
    if (sendAt === null) this.#queue.push({ entry, from: entry.at, done: 0 });
    else this.#scheduled.push({ entry, from: sendAt, done: 0 });
  }

  /** Records `SERIAL,MOBILE,STATUS;` that are due at `now` (wall time), as many as one call may carry. */
  take(now: number, settings: SimulatorSettings): string {
    const due = now - settings.receiptDelayMs;
    const out: string[] = [];
    while (this.#head < this.#queue.length && out.length < settings.maxReceiptsPerCall) {
      const pending = this.#queue[this.#head];
      if (!pending || pending.from > due) break; // in order of acceptance, so whatever follows is not due either
      if (!drain(pending, out, settings)) break;
      this.#head++;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.#scheduled = this.#scheduled.filter((pending) => pending.from > due || !drain(pending, out, settings));
    this.handedOut += out.length;
    return out.join('');
  }
}

/** Moves receipts into `out` until it is full; true when none of this submission is left. */
function drain(pending: Pending, out: string[], settings: SimulatorSettings): boolean {
  const { serial, phones, parts } = pending.entry;
  const perPhone = settings.receiptPerPart ? parts : 1;
  for (; pending.done < phones.length * perPhone; pending.done++) {
    if (out.length >= settings.maxReceiptsPerCall) return false;
    const phone = phones[Math.floor(pending.done / perPhone)] ?? 0;
    const status = receiptStatus(phone, settings);
    if (status !== null) out.push(`${serial},${phone},${status};`);
  }
  return true;
}
