import { createHash } from 'node:crypto';
import type { Meta } from '../state/meta.ts';

/** Equal unreadable answers after which waiting for a better one is over: meanwhile nobody else's message gets through. */
export const UNREADABLE_TRIES = 10;

const KEY = 'inbox.unreadable';

/** How many times in a row this very answer has come; on disk, so that a restart does not begin anew. */
export function countUnreadable(meta: Meta, raw: Buffer): number {
  const hash = createHash('sha256').update(raw).digest('hex');
  const last = JSON.parse(meta.get(KEY) ?? 'null') as { hash: string; count: number } | null;
  const count = last?.hash === hash ? last.count + 1 : 1;
  meta.set(KEY, JSON.stringify({ hash, count }));
  return count;
}

/** A readable answer has come, or the unreadable one is confirmed. */
export function forgetUnreadable(meta: Meta): void {
  if (meta.get(KEY) !== null) meta.remove(KEY);
}
