import type { Store } from '../db/store.ts';
import { incoming, type Reading } from '../inbound/message.ts';
import { storeMessages } from '../inbound/store.ts';
import { DbError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { ReplyMessage } from '../platform/platform.ts';
import { readReply, readReport } from '../platform/wire.ts';
import { noCounts, settleReceipts, type ReceiptStore } from '../receipts/settle.ts';
import type { QuarantineEntry } from '../state/quarantine.ts';
import type { State } from '../state/open.ts';

export interface ReplayParts extends Reading {
  readonly store: ReceiptStore & Pick<Store, 'storeInbox' | 'parkReceipts'>;
  readonly state: Pick<State, 'quarantine'>;
  readonly log: Pick<Log, 'info' | 'error' | 'state'>;
  /** `platform.percentDecodeReplies`. */
  readonly percentDecode: boolean;
}

/**
 * Reads and stores once more what is in quarantine: after a trigger was mended, or with a newer version of this program. What gets
 * through leaves the quarantine, and nothing is stored twice. False: it is still refused, or still makes no sense.
 * @throws DbError of every kind but `data`
 */
export async function replayEntry(p: ReplayParts, entry: QuarantineEntry & { readonly raw: Buffer }): Promise<boolean> {
  const through = await (entry.kind === 'message'
    ? message(p, entry.raw)
    : entry.kind === 'reply'
      ? reply(p, entry.raw)
      : receipts(p, entry.kind === 'receipt' ? Buffer.concat([Buffer.from('result=0&out='), entry.raw]) : entry.raw));
  if (through) p.state.quarantine.remove(entry.id);
  return through;
}

async function message(p: ReplayParts, raw: Buffer): Promise<boolean> {
  const { key, ...written } = JSON.parse(raw.toString()) as ReplyMessage & { readonly key: string };
  const [read] = incoming([written], p);
  // one that did not fit is in the table already, as far as it does
  if (read === undefined || read.faults.length > 0) return false;
  try {
    await p.store.storeInbox([{ ...read.message, key }]);
    return true;
  } catch (error) {
    if (error instanceof DbError && error.kind === 'data') return false;
    throw error;
  }
}

async function reply(p: ReplayParts, raw: Buffer): Promise<boolean> {
  const { messages, unreadable } = readReply(raw, p.percentDecode);
  await storeMessages(p, messages);
  return !unreadable;
}

async function receipts(p: ReplayParts, raw: Buffer): Promise<boolean> {
  const answer = readReport(raw);
  const unknown = await settleReceipts(p.store, answer.receipts, noCounts());
  await p.store.parkReceipts(unknown);
  return answer.unreadable.length === 0;
}
