import type { BusinessRow } from '../db/business.ts';
import type { PastQuery, QueryEnd, QueryOutcome, WaitingQuery } from '../db/store.ts';
import { transliterate, unencodable } from '../platform/gbk.ts';
import { daysLimit, knowsHelp, lockedForMs, subjectOf, type Limits } from './limits.ts';
import type { Taken } from './match.ts';
import { readRequest, type Values } from './request.ts';
import type { Rule } from './rule.ts';
import type { Found } from './sources.ts';
import { render, type Facts } from './template.ts';
import { wiped } from './wipe.ts';

/** What is said where a rule has no answer; null: nothing. */
export interface Replies {
  readonly notFound: string | null;
  /** `{format}`: how it should have been written. */
  readonly wrongFormat: string | null;
  /** `{minutes}`: until when. */
  readonly locked: string | null;
  readonly limited: string | null;
  readonly unavailable: string | null;
  readonly help: string | null;
}

export interface AnswerParts {
  readonly take: (phone: string, content: string) => Taken | null;
  readonly history: (phone: string) => Promise<readonly PastQuery[]>;
  readonly ask: (rule: Rule, values: Values, tries: number) => Promise<Found>;
  readonly replies: Replies;
  readonly limits: Limits;
  /** An answer that is older is of no use any more. */
  readonly maxAgeMs: number;
  readonly separators: string;
  /** Characters of a text of so many billed parts, signature apart. */
  readonly room: (parts: number) => number;
  readonly charset: 'gbk' | 'utf8';
  /** A rule whose reply names a column that its query does not give. */
  readonly onMissing: (rule: Rule, column: string) => void;
}

export type Answered = QueryEnd | { readonly laterMs: number };

/** What one waiting message gets: an end, with an answer or without, or another try later. Reads; writes nothing. @throws DbError of the store */
export async function answer(p: AnswerParts, query: WaitingQuery): Promise<Answered> {
  const taken = query.content === null ? null : p.take(query.phone, query.content);
  // the rule is gone, or the bureau has deleted the message
  if (taken === null) return end(query, 'GIVEN_BACK', { giveBack: true });
  const history = await p.history(query.phone);
  const { rule } = taken;
  const day = daysLimit(history, p.limits);
  const say = (outcome: QueryOutcome, text: string | null, subject = ''): QueryEnd =>
    end(query, outcome, {
      text: text && carried(text, p),
      subject,
      wiped: wiped(taken, query.content ?? '', p.separators),
    });
  if (day.used) return say('LIMITED', day.told ? null : p.replies.limited);
  if (rule === null) return knowsHelp(history) ? say('SILENT', null) : say('HELP', p.replies.help);
  const values = readRequest(rule.request, taken.args, p.separators);
  if (values === null) return say('BAD_FORMAT', fill(p.replies.wrongFormat, 'format', rule.request.shown));
  const subject = subjectOf(rule.lockBy === null ? undefined : values[rule.lockBy]);
  const lockedMs = lockedForMs(history, subject, p.limits);
  if (lockedMs > 0) {
    return say('LOCKED', fill(p.replies.locked, 'minutes', String(Math.ceil(lockedMs / 60_000))), subject);
  }
  if (query.ageMs > p.maxAgeMs) return givenUp(p, query, rule, (text) => say('GIVEN_UP', text, subject));
  const found = await p.ask(rule, { ...values, phone: taken.phone }, query.tries);
  if ('laterMs' in found) return found;
  if (found.length === 0) return say('NOT_FOUND', rule.notFound ?? p.replies.notFound, subject);
  const text = reply(p, rule, { ...lower(values), phone: taken.phone }, found);
  return text === null ? { laterMs: MISSING_MS } : say('ANSWERED', text, subject);
}

const MISSING_MS = 30_000;

function reply(p: AnswerParts, rule: Rule, facts: Facts, found: readonly BusinessRow[]): string | null {
  const rows = found.slice(0, rule.maxRows);
  const room = { most: p.room(rule.maxParts), more: rule.more, cut: found.length > rule.maxRows };
  try {
    return render(rule.reply, facts, rows, room);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    p.onMissing(rule, error.message);
    return null;
  }
}

function givenUp(p: AnswerParts, query: WaitingQuery, rule: Rule, say: (text: string | null) => QueryEnd): QueryEnd {
  switch (rule.giveUp) {
    case 'new':
      return end(query, 'GIVEN_UP', { giveBack: true });
    case 'reply':
      return say(p.replies.unavailable);
    case 'silent':
      return say(null);
  }
}

interface Ending {
  readonly text?: string | null;
  readonly subject?: string;
  readonly wiped?: QueryEnd['wiped'];
  readonly giveBack?: boolean;
}

function end({ inboxId, phone }: WaitingQuery, outcome: QueryOutcome, e: Ending): QueryEnd {
  return {
    inboxId,
    outcome,
    subject: e.subject ?? '',
    answer: e.text ? { phone, text: e.text } : null,
    wiped: e.wiped ?? null,
    giveBack: e.giveBack ?? false,
  };
}

const lower = (values: Values): Facts =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));

const fill = (text: string | null, name: string, value: string): string | null =>
  text && text.replaceAll(`{${name}}`, value);

/** A rare character of a name must not cost the citizen the whole answer. */
function carried(text: string, { charset }: AnswerParts): string {
  if (charset !== 'gbk') return text;
  const plain = transliterate(text);
  const missing = new Set(unencodable(plain));
  return missing.size === 0 ? plain : Array.from(plain, (char) => (missing.has(char) ? '*' : char)).join('');
}
