import { maskPhone } from '../lib/mask.ts';
import { eventsOf, type StoryEvent } from './events.ts';
import { column, type ExplainFacts } from './facts.ts';
import { reasonOf } from './reason.ts';
import type { RuleVerdict } from './report.ts';
import type { Reason } from './verdict.ts';
import { codeFacts } from './words.ts';

/** One row's story. No phone, no text, unless asked for. */
export interface Explanation {
  readonly id: string;
  readonly status: string;
  readonly phone: string;
  /** The template that the text is made from. */
  readonly template: string | null;
  /** The text, if it was asked for. */
  readonly content: string | null;
  /** How long it is, as a reader counts; null: there is none. */
  readonly characters: number | null;
  readonly segments: number | null;
  /** `result_text` as written into the row, in the language of the daemon; null once it has been overtaken by a receipt or a person. */
  readonly resultText: string | null;
  readonly events: readonly StoryEvent[];
  readonly reason: Reason;
  /** What each rule says of the row now; none where it has gone already. */
  readonly verdicts: readonly RuleVerdict[];
}

/** Here the sentence of the last answer is history ("wait for the receipt"), and the reason says what holds now. */
const OVERTAKEN = new Set(['SENT', 'DELIVERED', 'UNDELIVERED', 'UNKNOWN', 'CANCELLED']);

/** What the row itself says, unless the reason says all of that: meaning of the code, and what to do about it. */
function ownWords(facts: ExplainFacts): string | null {
  const text = column(facts, 'result_text');
  const { meaning, remedy } = codeFacts(column(facts, 'result_code') ?? '');
  const known = [meaning, remedy].flatMap(({ zh, en }) => [zh, en]).map((each) => each.replace(/[。.]$/, ''));
  const rest = known.reduce((left, each) => left.replace(each, ''), text ?? '');
  return /[\p{L}\p{N}]/u.test(rest) ? text : null;
}

/** From facts to story; pure. */
export function explain(facts: ExplainFacts, options: { readonly showContent: boolean }): Explanation {
  const template = column(facts, 'template_code') || null;
  const content = template === null ? column(facts, 'content') : (facts.filledIn ?? null);
  const segments = facts.row['segments'];
  const status = column(facts, 'status') ?? '';
  return {
    id: column(facts, 'id') ?? '',
    status,
    phone: maskPhone(column(facts, 'phone') ?? ''),
    template,
    content: options.showContent ? content : null,
    characters: content === null ? null : Array.from(content).length,
    segments: typeof segments === 'number' ? segments : null,
    resultText: OVERTAKEN.has(status) ? null : ownWords(facts),
    events: eventsOf(facts),
    reason: reasonOf(facts),
    verdicts: facts.verdicts ?? [],
  };
}
