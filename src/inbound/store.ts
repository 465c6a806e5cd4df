import type { InboxMessage, Store } from '../db/store.ts';
import { DbError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Quarantine } from '../state/quarantine.ts';
import type { ReplyMessage } from '../platform/platform.ts';
import { incoming, poorer, type Incoming, type Reading } from './message.ts';

export interface StoreParts extends Reading {
  readonly store: Pick<Store, 'storeInbox'>;
  readonly state: { readonly quarantine: Quarantine };
  readonly log: Pick<Log, 'info' | 'error' | 'state'>;
  /** Told as soon as messages are committed that a query rule took. */
  readonly onQueries?: () => void;
  /** Takes note of who does not want to be written to any more. */
  readonly optOut?: (messages: readonly InboxMessage[]) => Promise<void>;
}

/** Messages per transaction. */
const CHUNK = 500;

/**
 * Stores every message that was not seen before, and returns how many those were. When this returns each of them is in the
 * table, or in quarantine, or in both: the answer may be confirmed.
 * @throws DbError of every kind but `data`: nothing may be confirmed
 */
export async function storeMessages(p: StoreParts, replies: readonly ReplyMessage[]): Promise<number> {
  const messages = incoming(replies, p);
  let stored = 0;
  for (const m of messages) {
    if (m.faults.length > 0) reportPoorer(p, setAside(p, m, m.faults.join(',')));
  }
  for (let from = 0; from < messages.length; from += CHUNK) {
    stored += await storeChunk(p, messages.slice(from, from + CHUNK));
  }
  return stored;
}

async function storeChunk(p: StoreParts, chunk: readonly Incoming[]): Promise<number> {
  // first, so that a crash in between leads to a repeat and not to an opt-out that is lost
  await p.optOut?.(chunk.map((m) => m.message));
  const all = await stored(
    p,
    chunk.map((m) => m.message),
  );
  if (all !== null) return all;
  let count = 0;
  for (const m of chunk) count += (await stored(p, [m.message])) ?? (await storePoorer(p, m));
  return count;
}

/** The database refuses this very message: into quarantine as it is, into the table as far as it goes. */
async function storePoorer(p: StoreParts, m: Incoming): Promise<number> {
  const entry = setAside(p, m, 'refused');
  for (const version of poorer(m.message)) {
    const count = await stored(p, [version]);
    if (count === null) continue;
    reportPoorer(p, entry);
    return count;
  }
  reportLost(p, entry);
  return entry.fresh ? 1 : 0;
}

/** How many were new; null when the database refuses the content of one of them. */
async function stored(p: StoreParts, messages: readonly InboxMessage[]): Promise<number | null> {
  try {
    const { length } = await p.store.storeInbox(messages);
    if (length > 0 && messages.some(({ query }) => query)) p.onQueries?.();
    return length;
  } catch (error) {
    if (error instanceof DbError && error.kind === 'data') return null;
    throw error;
  }
}

interface Entry {
  readonly id: string;
  readonly fresh: boolean;
  readonly why: string;
}

function setAside(p: StoreParts, m: Incoming, why: string): Entry {
  // the key is part of it: of two equal messages each has its own entry, a repeat of one has not
  const raw = Buffer.from(JSON.stringify({ key: m.message.key, ...m.reply }));
  return { ...p.state.quarantine.put('message', raw, why), why };
}

function reportPoorer(p: StoreParts, { id, fresh, why }: Entry): void {
  if (!fresh) return;
  p.log.error(
    'inbox.poorer',
    {
      zh: `一条上行短信无法原样入库，已尽量保存，完整内容在隔离区第 ${id} 号：请运行 yxt-mw quarantine show ${id}`,
      en: `a citizen's message could not be stored as it is; stored as far as possible, in full in quarantine as ${id}: see yxt-mw quarantine show ${id}`,
    },
    { quarantine: id, why },
  );
}

function reportLost(p: StoreParts, { id, fresh, why }: Entry): void {
  if (!fresh) return;
  p.log.error(
    'inbox.quarantined',
    {
      zh: `一条上行短信被数据库拒绝，只存于隔离区第 ${id} 号：请运行 yxt-mw quarantine show ${id}，检查 sms_inbox 的约束与触发器，再运行 yxt-mw quarantine replay ${id}`,
      en: `the database refuses a citizen's message; it is only in quarantine as ${id}: see yxt-mw quarantine show ${id}, check constraints and triggers of sms_inbox, then run yxt-mw quarantine replay ${id}`,
    },
    { quarantine: id, why },
  );
}
