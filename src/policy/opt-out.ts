import type { InboxMessage, Store } from '../db/store.ts';
import { fold } from '../inbound/fold.ts';
import { DbError } from '../lib/errors.ts';
import { normalisePhone } from '../platform/phone.ts';

const REASON_LENGTH = 100;

/**
 * Puts the senders of messages that are one of these keywords, and nothing else, on the blacklist. It may be asked twice. What the
 * database refuses to take there is told to `onRefused`: it must not keep the messages from being stored.
 */
export function optOut(
  store: Pick<Store, 'addToBlacklist'>,
  keywords: readonly string[],
  onRefused: (error: DbError) => void,
): (messages: readonly InboxMessage[]) => Promise<void> {
  const wanted = new Set(keywords.map((keyword) => fold(keyword).trim().toUpperCase()));
  return async (messages) => {
    const leaving = messages.flatMap(({ phone: from, keyword, args, receivedAt }) => {
      const phone = normalisePhone(from);
      if (phone === null || args !== null || keyword === null || !wanted.has(bare(keyword))) return [];
      const reason = `${keyword} ${receivedAt ?? ''}`.trim().slice(0, REASON_LENGTH);
      return [{ phone, reason, origin: 'OPTOUT' } as const];
    });
    try {
      await store.addToBlacklist(leaving);
    } catch (error) {
      if (!(error instanceof DbError && error.kind === 'data')) throw error;
      onRefused(error);
    }
  };
}

/** Citizens end it with a full stop, and put it into the quotes that they read. */
const bare = (keyword: string): string => keyword.replace(/[\s。.！!“”"'‘’]/g, '');
