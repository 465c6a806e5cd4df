import { z } from 'zod';
import { CALLS, type CallName } from './virtual-platform.ts';

/**
 * One scripted fault. Which calls it hits: those of `call` that contain `containing`, and of these the `nth` (from 1), the
 * first `next`, `every` so many-th, each with `probability`, or all when none is said. Of several rules the first that fits wins.
 */
export const faultRule = z.strictObject({
  call: z.enum([...CALLS, '*']),
  /** A byte string in the body, for example a number. */
  containing: z.string().min(1).optional(),
  nth: z.int().min(1).optional(),
  next: z.int().min(1).optional(),
  every: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  /**
   * hangup-before: connection destroyed, nothing done · accept-then-hangup: done, then destroyed · hang: never answered ·
   * cut: half an answer, then destroyed · garbage: an answer that is none (`body`) · http-5xx: `status` ·
   * slow: answered after `ms` · code: answered with `code`, whatever the request
   */
  fault: z.enum(['hangup-before', 'accept-then-hangup', 'hang', 'cut', 'garbage', 'http-5xx', 'slow', 'code']),
  /**
   * Whether the request takes effect all the same. Default: yes for accept-then-hangup, cut, garbage, slow and code 26
   * (manual review is an acceptance), no for the others. A code fault that takes effect shows the true answer when that is a refusal.
   */
  processed: z.boolean().optional(),
  /** slow: the request takes effect only after `ms`, long after the client may have given up and tried again. */
  late: z.boolean().optional(),
  ms: z.int().min(0).optional(),
  code: z.string().regex(/^\d+$/).optional(),
  description: z.string().optional(),
  status: z.int().min(500).max(599).optional(),
  body: z.string().optional(),
});
export type FaultRule = z.infer<typeof faultRule>;
export type FaultKind = FaultRule['fault'];

export const faultScript = z.strictObject({
  rules: z.array(faultRule),
  /** Start of the pseudo-random sequence behind `probability`; the same seed gives the same faults. */
  seed: z.int().optional(),
});
export type FaultScript = z.infer<typeof faultScript>;

/** Whether the request takes effect under this rule. */
export function takesEffect(rule: FaultRule): boolean {
  if (rule.processed !== undefined) return rule.processed;
  if (rule.fault === 'code') return rule.code === '26';
  return ['accept-then-hangup', 'cut', 'garbage', 'slow'].includes(rule.fault);
}

/** The script in force, and how often each kind of fault has struck. */
export class Faults {
  struck: Partial<Record<FaultKind, number>> = {};
  #rules: { rule: FaultRule; seen: number }[] = [];
  #random = sequence(1);

  /** Those that can still strike. */
  get rules(): FaultRule[] {
    return this.#rules.filter(({ rule, seen }) => seen < (rule.nth ?? rule.next ?? Infinity)).map(({ rule }) => rule);
  }

  get active(): boolean {
    return this.#rules.length > 0;
  }

  /** Replaces the script; counting starts anew. */
  set(script: FaultScript): void {
    this.#rules = script.rules.map((rule) => ({ rule, seen: 0 }));
    this.#random = sequence(script.seed ?? 1);
  }

  /** The fault that this request meets, or null. */
  take(call: CallName, body: Buffer): FaultRule | null {
    let hit: FaultRule | null = null;
    for (const item of this.#rules) {
      const { rule } = item;
      if (rule.call !== '*' && rule.call !== call) continue;
      if (rule.containing !== undefined && !body.includes(rule.containing, 0, 'latin1')) continue;
      item.seen++;
      if (!hit && this.#fits(rule, item.seen)) hit = rule;
    }
    if (hit) this.struck[hit.fault] = (this.struck[hit.fault] ?? 0) + 1;
    return hit;
  }

  #fits(rule: FaultRule, seen: number): boolean {
    if (rule.nth !== undefined) return seen === rule.nth;
    if (rule.next !== undefined) return seen <= rule.next;
    if (rule.every !== undefined) return seen % rule.every === 0;
    if (rule.probability !== undefined) return this.#random() < rule.probability;
    return true;
  }
}

/** A linear congruential sequence of numbers in [0, 1) (multiplier and increment from Numerical Recipes). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
