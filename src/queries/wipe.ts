import { fold, splitKeyword } from '../inbound/fold.ts';
import { LIMITS } from '../inbound/message.ts';
import type { Taken } from './match.ts';
import { readRequest } from './request.ts';

/** What is left of a message in `sms_inbox`. */
export interface Wiped {
  readonly content: string;
  readonly keyword: string | null;
  readonly args: string | null;
}

const HIDDEN = '****';
/** Digits of any script, in groups or not: a card or a password sent under a keyword that nobody knows. */
const DIGITS = /\p{N}(?:[\p{Z}\p{Cf}\p{M}-]*\p{N}){3,}/gu;

/** What may stay of a message; null: all of it. Where it could not be read, any part may be the secret. */
export function wiped({ keyword, args, rule }: Taken, content: string, separators: string): Wiped | null {
  if (rule === null) {
    const plain = fold(content);
    const left = plain.replace(DIGITS, HIDDEN);
    if (left === plain) return null;
    const { keyword: first, args: rest } = splitKeyword(left, separators);
    const fits = first !== null && first.length <= LIMITS.keyword;
    return { content: left, keyword: fits ? first : null, args: fits ? rest : null };
  }
  if (args === null || !rule.request.arguments.some(({ secret }) => secret)) return null;
  const mark = Array.from(separators).find((char) => char !== ' ') ?? ' ';
  const values = readRequest(rule.request, args, separators);
  const left =
    values === null
      ? HIDDEN
      : rule.request.arguments.map(({ name, secret }) => (secret ? HIDDEN : values[name])).join(mark);
  return { content: `${keyword}${mark}${left}`, keyword, args: left };
}
