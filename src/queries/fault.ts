import type { Text } from '../lib/text.ts';

/** What is wrong with a rule, at which of its keys. */
export interface Fault {
  readonly key: string;
  readonly text: Text;
}

export const fault = (key: string, zh: string, en: string): Fault => ({ key, text: { zh, en } });
