import { splitKeyword } from '../inbound/fold.ts';
import { normalisePhone } from '../platform/phone.ts';
import type { Rule } from './rule.ts';

/** A message that is ours to answer. */
export interface Taken {
  readonly keyword: string;
  /** What follows the keyword. */
  readonly args: string | null;
  /** null: a keyword that nobody knows, to be answered with the help text. */
  readonly rule: Rule | null;
  /** The sender in 11 digits. */
  readonly phone: string;
}

export interface MatchSettings {
  readonly separators: string;
  /** True: unknown keywords are answered, too. */
  readonly help: boolean;
  /** Keywords that the legacy system knows: they are its own. */
  readonly legacyKeywords: readonly string[];
}

/** As the record calls a keyword that nobody knows. */
export const UNKNOWN_KEYWORD = '?';

/** Says of a message whether a rule takes it, before it is stored and again when it is answered: the same each time. */
export function matcher(
  rules: readonly Rule[],
  settings: MatchSettings,
): (phone: string, content: string) => Taken | null {
  const byKeyword = new Map(rules.flatMap((rule) => rule.keywords.map((keyword) => [keyword, rule] as const)));
  const legacy = new Set(settings.legacyKeywords.map((keyword) => keyword.toUpperCase()));
  return (from, content) => {
    // service numbers (106…, 95…, 12333) are machines: two of them that answer each other never stop
    const phone = normalisePhone(from);
    if (phone === null) return null;
    const { keyword, args } = splitKeyword(content, settings.separators);
    if (keyword === null) return null;
    const rule = byKeyword.get(keyword);
    if (rule !== undefined) return { keyword, args, rule, phone };
    if (!settings.help || legacy.has(keyword)) return null;
    return { keyword: UNKNOWN_KEYWORD, args: null, rule: null, phone };
  };
}
