import type { Li } from '../billing/money.ts';
import type { Tally } from '../db/keeping-store.ts';

export interface Summary {
  readonly name: string;
  readonly rows: number;
  /** Accepted by the platform: these are billed. */
  readonly accepted: number;
  readonly delivered: number;
  readonly undelivered: number;
  /** Not sent: refused by us or by the platform, or too old. */
  readonly refused: number;
  /** Of what has a receipt, how many of a thousand were delivered; null: no receipt yet. */
  readonly deliveredPerMille: number | null;
  /** From due to accepted, on the average; null: nothing was accepted. */
  readonly waitMs: number | null;
  /** From accepted to receipt, on the average; null: no receipt yet. */
  readonly receiptMs: number | null;
  readonly parts: number;
  /** null: the price is not configured. */
  readonly costLi: Li | null;
}

export const ACCEPTED: ReadonlySet<string> = new Set(['SENT', 'DELIVERED', 'UNDELIVERED', 'UNKNOWN']);
const REFUSED: ReadonlySet<string> = new Set(['REJECTED', 'FAILED', 'EXPIRED']);

/** The tallies by category, by carrier as the prefix tells it, and by day. */
export function summaries(
  tallies: readonly Tally[],
  partLi: Li | null,
): Readonly<Record<'categories' | 'carriers' | 'days', readonly Summary[]>> {
  const by = (name: (tally: Tally) => string): Summary[] =>
    [...Map.groupBy(tallies, name)].map(([each, group]) => summary(each, group, partLi));
  const most = (a: Summary, b: Summary): number => b.rows - a.rows || (a.name < b.name ? -1 : 1);
  return {
    categories: by(({ category }) => category).sort(most),
    carriers: by(({ carrier }) => carrier).sort(most),
    days: by(({ day }) => day).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

export function summary(name: string, group: readonly Tally[], partLi: Li | null): Summary {
  const sum = (of: (status: string) => boolean, what: 'rows' | 'parts' | 'waitMs' | 'receiptMs' = 'rows'): number =>
    group.filter(({ status }) => of(status)).reduce((n, tally) => n + tally[what], 0);
  const accepted = sum((s) => ACCEPTED.has(s));
  const delivered = sum((s) => s === 'DELIVERED');
  const undelivered = sum((s) => s === 'UNDELIVERED');
  const parts = sum((s) => ACCEPTED.has(s), 'parts');
  const mean = (total: number, of: number): number | null => (of === 0 ? null : Math.round(total / of));
  const any = (): boolean => true;
  return {
    ...{ name, rows: sum(any), accepted, delivered, undelivered, parts },
    refused: sum((s) => REFUSED.has(s)),
    deliveredPerMille: mean(delivered * 1000, delivered + undelivered),
    waitMs: mean(sum(any, 'waitMs'), accepted),
    receiptMs: mean(sum(any, 'receiptMs'), delivered + undelivered),
    costLi: partLi === null ? null : parts * partLi,
  };
}
