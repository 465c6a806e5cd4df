import { INVARIANTS, type Violation } from './oracle.ts';
import { actionText, type Plan } from './plan.ts';
import type { Outcome } from './world.ts';

/** A run as one can ask for it again, in `YXT_PLAN`. */
export interface Run {
  readonly scenario: string;
  readonly plan: Plan;
}

/** Points before the first event, and lines at most, that are told. */
const BEFORE = 10;
const MOST_LINES = 80;

/** What went wrong, how to see it again, and what happened around it. */
export function story(run: Run, outcome: Outcome, { invariant, what, after }: Violation): string {
  const from = Math.max(0, Math.min(after, ...Object.keys(run.plan.at).map(Number)) - BEFORE);
  const lines = told(run, outcome).slice(from, after + 1);
  const more = lines.length > MOST_LINES ? ['  …'] : [];
  return [
    `${INVARIANTS[invariant]}: ${what}`,
    `YXT_PLAN='${JSON.stringify(run)}'`,
    ...lines.slice(0, MOST_LINES),
    ...more,
  ].join('\n');
}

/** Every point of a run, a line each, with what happened there. */
export function told({ plan }: Run, { trace }: Outcome): string[] {
  return trace.map((passed, i) => {
    const event = plan.at[i + 1];
    return `  ${i + 1} ${passed}${event ? `   <== ${actionText(event)}` : ''}`;
  });
}
