import { spanText } from '../lib/span.ts';
import type { Text } from '../lib/text.ts';
import { column, type ExplainFacts } from './facts.ts';
import { reason, type Reason, type ReasonKind } from './verdict.ts';
import { codeFacts, codeWords, receiptWords } from './words.ts';

/** Of a row that goes nowhere by itself any more: how it ended, or what a person has to decide. */
export function ended(facts: ExplainFacts, status: string): Reason {
  switch (status) {
    case 'DELIVERED':
      return reason('delivered', { zh: '已送达', en: 'delivered' }, null);
    case 'UNDELIVERED':
      return undelivered(facts);
    case 'UNKNOWN':
      return reason(
        'noReceipt',
        {
          zh: `平台已受理，但 ${spanText(facts.rules.giveUpAfterMs).zh}内没有回执，是否送达不知道`,
          en: `accepted by the platform, but no receipt came within ${spanText(facts.rules.giveUpAfterMs).en}; whether it was delivered is not known`,
        },
        {
          zh: '可凭流水号向平台查询。把 status 置为 NEW 会再发一次（可能重复）。',
          en: 'Ask the platform by the serial. Setting status to NEW sends it again (may double).',
        },
      );
    case 'CANCELLED':
      return reason(
        'cancelled',
        { zh: '已被人工取消，未发送', en: 'cancelled by hand, not sent' },
        { zh: '仍要发送：把 status 置为 NEW。', en: 'To send it all the same, set status to NEW.' },
      );
    default:
      return refused(facts, status);
  }
}

function undelivered(facts: ExplainFacts): Reason {
  const words = receiptWords(column(facts, 'receipt_code') ?? '?');
  return reason(
    'undelivered',
    {
      zh: `平台已受理，运营商没有送达：回执 ${words.zh}`,
      en: `accepted by the platform, but the carrier did not deliver it: receipt ${words.en}`,
    },
    {
      zh: '多为关机、停机或空号；核对号码后可把 status 置为 NEW 再发一次。',
      en: 'Mostly a phone that is off, suspended or not in use; check the number, then set status to NEW to send it again.',
    },
  );
}

const REFUSED: Readonly<Record<string, { kind: ReasonKind; text: Text }>> = {
  FAILED: { kind: 'failed', text: { zh: '平台拒绝，不再发送', en: 'refused by the platform for good' } },
  REJECTED: {
    kind: 'rejected',
    text: { zh: '本地检查未通过，没有提交给平台', en: 'refused by a local check, never submitted' },
  },
  EXPIRED: { kind: 'expired', text: { zh: '已过期，没有发送', en: 'too old, not sent' } },
};
const HELD: { kind: ReasonKind; text: Text } = {
  kind: 'held',
  text: { zh: '等待人工决定', en: 'waits for a person to decide' },
};

function refused(facts: ExplainFacts, status: string): Reason {
  const { kind, text } = REFUSED[status] ?? HELD;
  const code = column(facts, 'result_code');
  if (code === null) return reason(kind, text, HELD_TODO);
  const words = codeWords(code);
  const uncertain = status === 'HELD' && facts.submits[0]?.state === 'HELD';
  return reason(
    kind,
    { zh: `${text.zh}：${words.zh}`, en: `${text.en}: ${words.en}` },
    uncertain ? HELD_TODO : codeFacts(code).remedy,
  );
}

const HELD_TODO: Text = {
  zh: '短信可能已经发出，请先凭流水号向平台核对：再发把 status 置为 NEW（可能重复），不发置为 CANCELLED。',
  en: 'It may have gone out: ask the platform by the serial first; then set status to NEW to send it again (may double), or to CANCELLED.',
};
