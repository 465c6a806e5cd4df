import type { Text } from '../lib/text.ts';
import { CODES, type AccountStop, type CodeFacts } from '../platform/codes.ts';
import type { SendAnswer } from '../platform/platform.ts';

/**
 * What an answer to `send` means for the rows of its call.
 * accepted: sent, but for the numbers in `failed` · failed: this text or these settings, for good · perNumber: the numbers in
 * `failed` for good; with none named and more than one in the call, each alone again · later: not now · slower: not now, and
 * the channel slows · account: nothing is wrong with the rows · duplicate: the serial is known · unknown: may be either
 */
export type Outcome = { readonly code: string; readonly text: Text } & (
  | { readonly kind: 'accepted'; readonly taskId: string | null; readonly failed: readonly string[] }
  | { readonly kind: 'perNumber'; readonly failed: readonly string[]; readonly history: boolean }
  | { readonly kind: 'later' | 'slower'; readonly delayMs: number }
  | ({ readonly kind: 'account' } & AccountStop)
  | { readonly kind: 'failed' | 'duplicate' | 'unknown' }
);

const NO_MEANING: Omit<CodeFacts, 'sample'> = {
  rule: { kind: 'unknown' },
  meaning: { zh: '平台返回了含义不明的结果码', en: 'the platform answered a code without known meaning' },
  remedy: { zh: '请向平台询问该结果码。', en: 'Ask the platform what the code means.' },
};

/** What an answer to `send` means. A code that nobody knows may be either: never failed, never sent. */
export function classify(answer: SendAnswer): Outcome {
  const { code, taskId, failed } = answer;
  const { rule } = CODES.get(code) ?? NO_MEANING;
  const about = { code, text: outcomeText(answer) };
  switch (rule.kind) {
    case 'accepted':
      return { ...about, kind: rule.kind, taskId, failed };
    case 'perNumber':
      return { ...about, kind: rule.kind, failed, history: rule.history };
    case 'later':
    case 'slower':
      return { ...about, kind: rule.kind, delayMs: rule.delayMs };
    case 'account':
      return { ...about, kind: rule.kind, scope: rule.scope, until: rule.until };
    case 'failed':
    case 'duplicate':
    case 'unknown':
      return { ...about, kind: rule.kind };
  }
}

/**
 * Meaning, what the platform added in its own words, and the remedy. Longer digit runs may be phones and stay out, and so do
 * control characters, which not every database takes.
 */
function outcomeText({ code, description }: SendAnswer): Text {
  const facts = CODES.get(code);
  const { meaning, remedy } = facts ?? NO_MEANING;
  const said =
    description === facts?.sample
      ? ''
      : description
          .replace(/\d{7,}|\p{Cc}+/gu, '…')
          .slice(0, 60)
          .toWellFormed();
  return {
    zh: `${meaning.zh}${said && `（平台：${said}）`}。${remedy.zh.slice(0, -1)}`,
    en: `${meaning.en}${said && ` (the platform: ${said})`}. ${remedy.en.slice(0, -1)}`,
  };
}
