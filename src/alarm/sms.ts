import type { Store } from '../db/store.ts';
import { fit, type Locale } from '../lib/text.ts';
import { bodyOf, titleOf, type Notice, type Way } from './notice.ts';

/** The category of our own messages, by which they are told from those to citizens. */
export const ALARM_CATEGORY = 'ALARM';
/** Before what is for citizens by default, behind replies and codes. */
const PRIORITY = 2;
/** A message about a trouble of yesterday would only confuse. */
const EXPIRES_MS = 2 * 3_600_000;
const LONGEST = 130;

/** These keep the message itself from going out. */
const NEVER: ReadonlySet<Notice['condition']> = new Set(['channel', 'database']);

/** A row of the outbox for each admin. `usable`: false while the channel lets nothing out; then this way has nothing to say. */
export function smsWay(
  phones: readonly string[],
  store: Pick<Store, 'insertOutbox'>,
  usable: () => boolean,
  instance: string,
  locale: Locale,
): Way {
  const told = new WeakMap<object, number>();
  return {
    name: 'sms',
    async send(notice) {
      if (NEVER.has(notice.condition) || !usable()) return;
      // square brackets of this kind would be taken for a second signature
      const text = `${titleOf(notice, instance, locale)} ${bodyOf(notice, locale)}`.replaceAll(/[【】]/g, '');
      for (const phone of phones.slice(told.get(notice) ?? 0)) {
        await store.insertOutbox({
          phone,
          content: fit(text, LONGEST),
          category: ALARM_CATEGORY,
          priority: PRIORITY,
          source: 'yxt-mw',
          expiresInMs: EXPIRES_MS,
        });
        told.set(notice, (told.get(notice) ?? 0) + 1);
      }
    },
  };
}
