import type { Store } from '../../src/db/store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Rules } from '../../src/outbound/check.ts';
import { type Claim, type ClaimParts, claimRows } from '../../src/outbound/claim.ts';
import { serialSource } from '../../src/outbound/serial.ts';
import { StormWatch } from '../../src/outbound/storm.ts';

export const RULES: Rules = {
  ...{ channel: 'main', maxLength: 402, reservedLength: 0, charset: 'gbk', transliterate: true, garbled: 'hold' },
  ...{ signature: { place: 'none', text: '' }, maxAgeMs: null, maxAgeByCategory: new Map() },
};

let tokens = 0;

/** One claim by a daemon of its own, which has journalled nothing. */
export function claimOnce(store: Store, given: Partial<ClaimParts> = {}, limit = 100): Promise<Claim> {
  let second = 0;
  return claimRows(
    {
      ...{ store, clock: systemClock, rules: RULES, locale: 'en' },
      serials: serialSource(systemClock, { read: () => second, write: (to) => (second = to) }),
      ...{ journalled: () => new Map(), journalKey: ({ id }) => id, resumedMs: () => null, callSize: () => 1000 },
      storm: new StormWatch(systemClock, () => undefined),
      ...{ leaseMs: 60_000, callMs: 17_000, nextToken: () => `idA.b1.u${++tokens}` },
      ...given,
    },
    { priority: 5, limit, timed: false, spread: 1, maxParts: Infinity },
  );
}

export const idsOf = ({ groups }: Claim): string[] =>
  groups.flatMap(({ members }) => members.map(({ id }) => id)).sort();
