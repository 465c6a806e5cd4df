import type { Config } from '../config/settings.ts';
import { liOf, type Li } from './money.ts';

/** A monthly plan of the platform: its fee is the least that a month costs. */
export interface Plan {
  /** In yuan; the plan is called by it. */
  readonly fee: number;
  /** Of one part of an SMS. */
  readonly smsLi: Li;
  /** Of one e信. */
  readonly exinLi: Li;
}

/** The contract's list of prices (附件1). */
export const PLANS: readonly Plan[] = [
  { fee: 50, smsLi: 100, exinLi: 180 },
  { fee: 100, smsLi: 100, exinLi: 160 },
  { fee: 300, smsLi: 90, exinLi: 150 },
  { fee: 500, smsLi: 80, exinLi: 140 },
  { fee: 1200, smsLi: 70, exinLi: 120 },
  { fee: 2000, smsLi: 60, exinLi: 110 },
  { fee: 5000, smsLi: 50, exinLi: 100 },
];

/** What was sent in a month. */
export interface Usage {
  /** Billed parts of short messages: a long one has several. */
  readonly smsParts: number;
  readonly exins: number;
}

export interface Charge extends Plan {
  /** Messages at the plan's prices. */
  readonly usedLi: Li;
  /** What is to be paid: the fee, or more. */
  readonly payLi: Li;
}

export function chargeOf(plan: Plan, { smsParts, exins }: Usage): Charge {
  const usedLi = smsParts * plan.smsLi + exins * plan.exinLi;
  return { ...plan, usedLi, payLi: Math.max(plan.fee * 1000, usedLi) };
}

/** Of plans that cost the same the one with the smaller fee. */
export const cheapest = (charges: readonly Charge[]): Charge | undefined =>
  charges.toSorted((a, b) => a.payLi - b.payLi || a.fee - b.fee)[0];

/** Price of one part of an SMS; null: neither it nor the plan is configured. */
export function partLi({ billing, policy }: Pick<Config, 'billing' | 'policy'>): Li | null {
  if (policy.pricePerPart !== null) return liOf(policy.pricePerPart);
  return PLANS.find(({ fee }) => fee === billing.plan)?.smsLi ?? null;
}
