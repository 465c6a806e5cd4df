import { readRequest } from './request.ts';
import type { Taken } from './match.ts';

export interface Wiped {
  readonly content: string;
  readonly args: string | null;
}

const HIDDEN = '****';

/** What may stay of a message in `sms_inbox`; null: all of it. Where it could not be read, any part may be the secret. */
export function wiped({ keyword, args, rule }: Taken, separators: string): Wiped | null {
  if (rule === null || args === null || !rule.request.arguments.some(({ secret }) => secret)) return null;
  const mark = Array.from(separators).find((char) => char !== ' ') ?? ' ';
  const values = readRequest(rule.request, args, separators);
  const left =
    values === null
      ? HIDDEN
      : rule.request.arguments.map(({ name, secret }) => (secret ? HIDDEN : values[name])).join(mark);
  return { content: `${keyword}${mark}${left}`, args: left };
}
