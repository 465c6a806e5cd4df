import type { BacklogCount } from '../db/board-store.ts';

/** The bureau may invent categories; more than these cannot be told apart on a chart. */
const MOST_CATEGORIES = 12;
const REST = '*';

/** The categories with the longest queues; what is left goes together as `*`. */
export function boundedBacklog(counts: readonly BacklogCount[]): BacklogCount[] {
  const perCategory = new Map<string, number>();
  for (const { category, rows } of counts) perCategory.set(category, (perCategory.get(category) ?? 0) + rows);
  const longest = [...perCategory].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([category]) => category);
  const named = new Set(longest.slice(0, MOST_CATEGORIES));
  const together = new Map<string, BacklogCount>();
  for (const { category, age, rows } of counts) {
    const name = named.has(category) ? category : REST;
    const key = `${age} ${name}`;
    together.set(key, { category: name, age, rows: rows + (together.get(key)?.rows ?? 0) });
  }
  return [...together.values()];
}
