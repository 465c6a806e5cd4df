import type { Balance, Tally } from '../db/keeping-store.ts';
import { ACCEPTED } from '../policy/statistics.ts';
import { chargeOf, cheapest, PLANS, type Charge, type Usage } from './tariff.ts';

export interface Bill extends Usage {
  /** 'YYYY-MM'. */
  readonly month: string;
  readonly charges: readonly Charge[];
  /** The plan in force; null: not configured. */
  readonly inForce: Charge | null;
  readonly cheapest: Charge | null;
  readonly balance: Reconciliation;
}

/** What the platform took off its balance beside what was sent, over the days of which both ends are known. */
export interface Reconciliation {
  /** Days compared; 0: no two balances in a row. */
  readonly days: number;
  readonly taken: number;
  readonly sentParts: number;
  /** Positive: the platform has taken more than was sent. */
  readonly difference: number;
  /** Days on which the balance went up: bought, and not comparable. */
  readonly toppedUp: readonly string[];
}

/** The month's messages and what they cost under each plan. */
export function billOf(
  month: string,
  tallies: readonly Tally[],
  balances: readonly Balance[],
  plan: number | null,
): Bill {
  const sent = tallies.filter(({ status }) => ACCEPTED.has(status));
  const ofMonth = sent.filter(({ day }) => day.startsWith(month));
  const sum = (list: readonly Tally[], what: 'parts' | 'rows'): number => list.reduce((n, tally) => n + tally[what], 0);
  const usage = {
    smsParts: sum(
      ofMonth.filter(({ msgType }) => msgType !== 'EXIN'),
      'parts',
    ),
    exins: sum(
      ofMonth.filter(({ msgType }) => msgType === 'EXIN'),
      'rows',
    ),
  };
  const charges = PLANS.map((each) => chargeOf(each, usage));
  return {
    ...{ month, ...usage, charges },
    inForce: charges.find(({ fee }) => fee === plan) ?? null,
    cheapest: cheapest(charges) ?? null,
    balance: reconciled(sent, balances),
  };
}

/** A balance that is read later in the day, by the database's clock, has some of the day's messages off it already. */
export const nearMidnight = (time: string): boolean => time.slice(11, 16) < '00:30';

function reconciled(sent: readonly Tally[], all: readonly Balance[]): Reconciliation {
  const balances = all.filter(({ takenAt }) => nearMidnight(takenAt));
  const parts = new Map<string, number>();
  for (const { day, parts: more } of sent) parts.set(day, (parts.get(day) ?? 0) + more);
  const [toppedUp, compared]: [string[], { taken: number; sent: number }[]] = [[], []];
  for (const [i, { day, messages }] of balances.entries()) {
    const next = balances[i + 1];
    if (next === undefined || next.day !== dayAfter(day)) continue;
    if (next.messages > messages) toppedUp.push(day);
    else compared.push({ taken: messages - next.messages, sent: parts.get(day) ?? 0 });
  }
  const taken = compared.reduce((n, each) => n + each.taken, 0);
  const sentParts = compared.reduce((n, each) => n + each.sent, 0);
  return { days: compared.length, taken, sentParts, difference: taken - sentParts, toppedUp };
}

/** 'YYYY-MM-DD'; days of a calendar, no clock is asked. */
export const dayAfter = (day: string, days = 1): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The first day of a month and of the one after it. */
export function daysOf(month: string): { readonly from: string; readonly to: string } {
  const from = `${month}-01`;
  return { from, to: `${dayAfter(from, 31).slice(0, 7)}-01` };
}
