import type { LedgerEntry } from './ledger.ts';
import { receiptStatus } from './receipts.ts';
import type { Reply } from './replies.ts';
import type { SimulatorSettings } from './settings.ts';

/** A message as one of the phones on the page shows it. */
export interface PhoneMessage {
  readonly seq: number;
  /** `to`: the citizen received it, `from`: the citizen sent it. */
  readonly direction: 'to' | 'from';
  readonly phone: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Extension digits of the access number. */
  readonly extNo: string;
  readonly parts: number;
  /** `0` delivered, another receipt status, '' while none is due. */
  readonly status: string;
}

const SHOWN = 240;

interface Kept {
  readonly message: Omit<PhoneMessage, 'status'>;
  readonly phone: number;
  readonly from: number;
}

/** The latest messages, for the page: a ring, so that a million messages take no more room than these. */
export class Phones {
  #seq = 0;
  readonly #ring: Kept[] = [];

  received(entry: LedgerEntry, text: string, sendAt: number | null): void {
    // the last ones of a large group would overwrite each other: only they are put in at all
    for (const phone of entry.phones.slice(-SHOWN)) {
      this.#keep(
        { direction: 'to', phone: String(phone), text, at: entry.at, extNo: entry.extNo, parts: entry.parts },
        phone,
        sendAt ?? entry.at,
      );
    }
  }

  sent(reply: Reply, extNo: string): void {
    this.#keep(
      { direction: 'from', phone: reply.phone, text: reply.content, at: reply.at, extNo, parts: 1 },
      Number(reply.phone),
      reply.at,
    );
  }

  /** Newest first. */
  list(now: number, settings: SimulatorSettings): PhoneMessage[] {
    return this.#ring
      .map(({ message, phone, from }) => {
        const due = message.direction === 'to' && settings.receipts && from <= now - settings.receiptDelayMs;
        return { ...message, status: due ? (receiptStatus(phone, settings) ?? '') : '' };
      })
      .sort((a, b) => b.seq - a.seq);
  }

  #keep(message: Omit<PhoneMessage, 'status' | 'seq'>, phone: number, from: number): void {
    this.#ring[this.#seq % SHOWN] = { message: { seq: this.#seq, ...message }, phone, from };
    this.#seq++;
  }
}
