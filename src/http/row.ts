import { mayDouble } from '../db/decisions.ts';
import type { RowStatus } from '../db/store.ts';
import type { Explanation } from '../explain/index.ts';
import { maskLine } from '../lib/mask.ts';
import type { Text } from '../lib/text.ts';
import type { HttpParts } from './parts.ts';
import { json, refusal, type Reply } from './reply.ts';

/** One row's story, as `yxt-mw explain` tells it. */
export async function rowStory({ config, store, clock }: HttpParts, id: string): Promise<Reply> {
  const { gather } = await import('../explain/gather.ts'); // nobody may ever ask
  const { explain } = await import('../explain/index.ts');
  const facts = await gather(config, store, clock, id);
  if (facts === null) return refusal(404, NO_ROW);
  const { showContent } = config.http;
  const { status, serial_no, prev_serial } = facts.row;
  const twice = mayDouble(String(status) as RowStatus, serialOf(serial_no), serialOf(prev_serial));
  const story = { ...explain(facts, { showContent }), mayDouble: twice };
  return json(200, showContent ? story : masked(story));
}

/** What a sentence quotes of number or text. */
function masked<S extends Explanation>(story: S): S {
  return {
    ...story,
    resultText: story.resultText && maskLine(story.resultText),
    reason: { ...story.reason, text: maskedText(story.reason.text) },
    verdicts: story.verdicts.map((verdict) => ({ ...verdict, text: maskedText(verdict.text) })),
  };
}

const maskedText = ({ zh, en }: Text): Text => ({ zh: maskLine(zh), en: maskLine(en) });

const serialOf = (value: string | number | null | undefined): string | null => (value ? String(value) : null);

const NO_ROW: Text = { zh: '发件表里没有这一行', en: 'the outbox has no such row' };
