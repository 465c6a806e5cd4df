import type { LedgerEntry } from './ledger.ts';
import { receiptStatus } from './receipts.ts';
import type { Reply } from './replies.ts';
import type { SimulatorSettings } from './settings.ts';

/** A message as one of the phones on the page shows it. */
export interface PhoneMessage {
  readonly seq: number;
  /** `to`: the citizen received it, `from`: the citizen sent it. */
  readonly direction: 'to' | 'from';
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Extension digits of the access number. */
  readonly extNo: string;
  /** Billed parts. */
  readonly parts: number;
  /** `0` delivered, another receipt status, '' while none is due. */
  readonly status: string;
}

export interface Phone {
  readonly number: string;
  /** Newest first. */
  readonly messages: readonly PhoneMessage[];
}

interface Kept {
  readonly message: Omit<PhoneMessage, 'status'>;
  /** Its receipt counts from here. */
  readonly from: number;
}

const PHONES = 12;
const MESSAGES = 40;

/**
 * The phones of the page with their latest messages, bounded: a million messages take no more room than these. Phones that
 * have written are kept apart, so that 100,000 notices going out do not push the one conversation off the page.
 */
export class Phones {
  #seq = 0;
  readonly #writers = new Map<number, Kept[]>();
  readonly #readers = new Map<number, Kept[]>();

  received(entry: LedgerEntry, text: string, sendAt: number | null): void {
    const { at, extNo, parts, phones } = entry;
    for (let i = 0; i < phones.length; i++) {
      const phone = phones[i] ?? 0;
      // of a large group, only the last could stay
      if (i < phones.length - PHONES && !this.#writers.has(phone)) continue;
      const message = { seq: this.#seq++, direction: 'to', text, at, extNo, parts } as const;
      keep(this.#writers.has(phone) ? this.#writers : this.#readers, phone, { message, from: sendAt ?? at });
    }
  }

  sent(reply: Reply, extNo: string): void {
    const phone = Number(reply.phone);
    const before = this.#readers.get(phone);
    if (before && !this.#writers.has(phone)) {
      this.#readers.delete(phone);
      this.#writers.set(phone, before);
    }
    const message = {
      seq: this.#seq++,
      direction: 'from',
      text: reply.content,
      at: reply.at,
      extNo,
      parts: 1,
    } as const;
    keep(this.#writers, phone, { message, from: reply.at });
  }

  /** Those that have written first, and of each kind the latest first. */
  list(now: number, settings: SimulatorSettings): Phone[] {
    const due = now - settings.receiptDelayMs;
    const show = ([phone, kept]: [number, Kept[]]): Phone => ({
      number: String(phone),
      messages: kept.toReversed().map(({ message, from }) => {
        const known = message.direction === 'to' && settings.receipts && from <= due;
        return { ...message, status: known ? (receiptStatus(phone, settings) ?? '') : '' };
      }),
    });
    return [...[...this.#writers].reverse(), ...[...this.#readers].reverse()].map(show);
  }
}

/** Adds to a phone's messages and makes it the latest one. */
function keep(phones: Map<number, Kept[]>, phone: number, kept: Kept): void {
  const messages = phones.get(phone) ?? [];
  messages.push(kept);
  if (messages.length > MESSAGES) messages.shift();
  phones.delete(phone); // to the end: a Map remembers the order of insertion
  phones.set(phone, messages);
  if (phones.size > PHONES) {
    for (const oldest of phones.keys()) {
      phones.delete(oldest);
      break;
    }
  }
}
