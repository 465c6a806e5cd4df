import type { Text } from '../lib/text.ts';

/** What a rule has against a message. NEW: not now, but after `delayMs`. */
export interface Finding {
  readonly status: 'REJECTED' | 'EXPIRED' | 'HELD' | 'NEW';
  /** A local code (contract §2.4). */
  readonly code: string;
  readonly text: Text;
  readonly delayMs?: number;
}

export const rejected = (code: string, zh: string, en: string): Finding => ({
  status: 'REJECTED',
  code,
  text: { zh, en },
});

export const held = (code: string, zh: string, en: string): Finding => ({ status: 'HELD', code, text: { zh, en } });

export const deferred = (code: string, delayMs: number, zh: string, en: string): Finding => ({
  status: 'NEW',
  code,
  text: { zh, en },
  delayMs,
});
