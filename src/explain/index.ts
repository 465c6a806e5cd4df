import { maskPhone, maskText } from '../lib/mask.ts';
import { eventsOf, type StoryEvent } from './events.ts';
import { column, type ExplainFacts } from './facts.ts';
import { reasonOf } from './reason.ts';
import type { Reason } from './verdict.ts';

/** One row's story. No phone, no text, unless asked for. */
export interface Explanation {
  readonly id: string;
  readonly status: string;
  readonly phone: string;
  /** How long the text is, or the text itself. */
  readonly content: string | null;
  readonly segments: number | null;
  /** `result_text` as written into the row, in the language of the daemon. */
  readonly resultText: string | null;
  readonly events: readonly StoryEvent[];
  readonly reason: Reason;
}

/** From facts to story; pure. */
export function explain(facts: ExplainFacts, options: { readonly showContent: boolean }): Explanation {
  const content = column(facts, 'content');
  const segments = facts.row['segments'];
  return {
    id: column(facts, 'id') ?? '',
    status: column(facts, 'status') ?? '',
    phone: maskPhone(column(facts, 'phone') ?? ''),
    content: content === null || options.showContent ? content : maskText(content),
    segments: typeof segments === 'number' ? segments : null,
    resultText: column(facts, 'result_text'),
    events: eventsOf(facts),
    reason: reasonOf(facts),
  };
}
