import { dayAfter, nearMidnight } from '../billing/bill.ts';
import type { Store } from '../db/store.ts';
import type { Platform } from '../platform/platform.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** So much after midnight, that the day has surely begun for the database as well. */
const AFTER_MS = 60_000;

/**
 * Notes the platform's balance soon after the database's midnight, for `bill` to compare with what was sent; resolves with the
 * milliseconds until the next look. @throws DbError, PlatformError
 */
export async function balancePass(
  platform: Pick<Platform, 'balance'>,
  store: Pick<Store, 'now' | 'balances' | 'noteBalance'>,
): Promise<number> {
  const { text } = await store.now();
  const today = text.slice(0, 10);
  if (nearMidnight(text) && (await store.balances(today, dayAfter(today))).length === 0) {
    const { code, number } = await platform.balance();
    if (code === '0' && number !== null) await store.noteBalance(number);
  }
  return Math.min(msToMidnight(text) + AFTER_MS, HOUR_MS);
}

/** Of a time as the database prints it. */
function msToMidnight(text: string): number {
  return DAY_MS - (Date.parse(`1970-01-01T${text.slice(11)}Z`) % DAY_MS);
}
