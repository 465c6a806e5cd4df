import type { Text } from '../lib/text.ts';
import type { RuleVerdict } from '../explain/report.ts';
import { say, type Io } from './io.ts';
import { table } from './width.ts';

const FATES: Readonly<Record<RuleVerdict['fate'], Text>> = {
  fine: { zh: '通过', en: 'ok' },
  refused: { zh: '拒绝', en: 'refused' },
  held: { zh: '挂起', en: 'held' },
  waits: { zh: '推迟', en: 'waits' },
};

/** Rule, fate and reason, one rule a line. */
export function verdictLines(io: Pick<Io, 'locale'>, verdicts: readonly RuleVerdict[]): string[] {
  return table(verdicts.map(({ rule, fate, text }) => [`  ${say(io, rule)}`, say(io, FATES[fate]), say(io, text)]));
}
