import type { Rules } from '../../src/outbound/check.ts';
import type { SettleRules } from '../../src/outbound/settle.ts';

const HOUR_MS = 3_600_000;

/** What rows are checked by where a test says nothing else: a platform that takes GBK, no signature, no age. */
export const RULES: Rules = {
  channel: 'main',
  maxLength: 402,
  reservedLength: 0,
  signature: { place: 'none', text: '' },
  charset: 'gbk',
  transliterate: true,
  garbled: 'hold',
  maxAgeMs: null,
  maxAgeByCategory: new Map(),
};

/** What answers are settled by where a test says nothing else. */
export const SETTLE_RULES: SettleRules = {
  locale: 'en',
  unknownOutcome: 'resubmit',
  unknownWindowMs: 24 * HOUR_MS,
  giveUpAfterMs: 72 * HOUR_MS,
  retryMs: (tries) => 1000 * tries,
};
