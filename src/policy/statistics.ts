import type { Tally } from '../db/policy-store.ts';
import { carrierOf } from './carrier.ts';

export interface Summary {
  readonly name: string;
  readonly rows: number;
  /** Accepted by the platform: these are billed. */
  readonly accepted: number;
  readonly delivered: number;
  readonly undelivered: number;
  /** Not sent: refused by us or by the platform, or too old. */
  readonly refused: number;
  readonly parts: number;
  /** In yuan; null: the price is not configured. */
  readonly cost: number | null;
}

const ACCEPTED = new Set(['SENT', 'DELIVERED', 'UNDELIVERED', 'UNKNOWN']);
const REFUSED = new Set(['REJECTED', 'FAILED', 'EXPIRED']);

/** The tallies by category, and by carrier as the prefix tells it. */
export function summaries(
  tallies: readonly Tally[],
  pricePerPart: number | null,
): { readonly categories: readonly Summary[]; readonly carriers: readonly Summary[] } {
  const by = (name: (tally: Tally) => string): Summary[] =>
    [...Map.groupBy(tallies, name)]
      .map(([each, group]) => summary(each, group, pricePerPart))
      .sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1));
  return { categories: by((t) => t.category), carriers: by((t) => carrierOf(t.prefix)) };
}

function summary(name: string, group: readonly Tally[], pricePerPart: number | null): Summary {
  const count = (of: (status: string) => boolean, what: 'rows' | 'parts' = 'rows'): number =>
    group.filter(({ status }) => of(status)).reduce((sum, tally) => sum + tally[what], 0);
  const parts = count((s) => ACCEPTED.has(s), 'parts');
  return {
    ...{ name, parts, rows: count(() => true), accepted: count((s) => ACCEPTED.has(s)) },
    delivered: count((s) => s === 'DELIVERED'),
    undelivered: count((s) => s === 'UNDELIVERED'),
    refused: count((s) => REFUSED.has(s)),
    cost: pricePerPart === null ? null : Math.round(parts * pricePerPart * 100) / 100,
  };
}
