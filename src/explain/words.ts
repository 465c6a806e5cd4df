import type { Text } from '../lib/text.ts';
import { LOCAL_CODES } from '../outbound/local-codes.ts';
import { CODES } from '../platform/codes.ts';

const NO_MEANING = {
  meaning: { zh: '含义不明的结果码', en: 'a code without known meaning' },
  remedy: { zh: '请向平台询问该结果码。', en: 'Ask the platform what it means.' },
};

/** Meaning and remedy of a code in `result_code`, the platform's or ours. */
export function codeFacts(code: string): { readonly meaning: Text; readonly remedy: Text } {
  return CODES.get(code) ?? LOCAL_CODES.get(code) ?? NO_MEANING;
}

/** `13（短信套餐余量不足）`. */
export function codeWords(code: string): Text {
  const { meaning } = codeFacts(code);
  return { zh: `${code}（${meaning.zh}）`, en: `${code} (${meaning.en})` };
}

/** The platform's receipts say 0 for delivered, anything else is the carrier's own word. */
export function receiptWords(code: string): Text {
  return code === '0'
    ? { zh: '0（已送达）', en: '0 (delivered)' }
    : { zh: `${code}（未送达）`, en: `${code} (not delivered)` };
}
