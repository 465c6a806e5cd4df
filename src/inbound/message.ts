import { createHash } from 'node:crypto';
import type { InboxMessage } from '../db/store.ts';
import { unencodable } from '../platform/gbk.ts';
import type { ReplyMessage } from '../platform/platform.ts';
import { splitKeyword } from './fold.ts';

/** What the columns of `sms_inbox` take, in UTF-16 units. */
export const LIMITS = {
  platformId: 40,
  phone: 20,
  content: 1000,
  accessNo: 40,
  extNo: 20,
  keyword: 40,
  args: 1000,
} as const;

export interface Reading {
  /** Our access number: what follows it in the number written to is the extension. */
  readonly accessNo: string;
  /** Each character separates a keyword from what follows. */
  readonly separators: string;
  /** The keyword under which a query rule takes a message; absent or null: the legacy system's. */
  readonly takes?: (phone: string, content: string) => string | null;
}

/** A message as it was read, and as it can be stored. */
export interface Incoming {
  readonly reply: ReplyMessage;
  /** In full where `faults` is empty, else as far as possible. */
  readonly message: InboxMessage;
  /** Columns that could not take their value as it was. */
  readonly faults: readonly string[];
}

/** The messages of one answer, each once. */
export function incoming(replies: readonly ReplyMessage[], reading: Reading): Incoming[] {
  const ordinals = new Map<string, number>();
  const byKey = new Map<string, Incoming>();
  for (const reply of replies) {
    const same = sameness(reply);
    const ordinal = ordinals.get(same) ?? 0;
    ordinals.set(same, ordinal + 1);
    const read = fit(reply, keyOf(reply, same, ordinal), reading);
    if (!byKey.has(read.message.key)) byKey.set(read.message.key, read);
  }
  return [...byKey.values()];
}

const digest = (...parts: readonly (string | null)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

const sameness = (r: ReplyMessage): string => digest(r.phone, r.receivedAt, r.content);

/**
 * What a message is told from others by. The platform's id alone is not enough: where it is constant, counted anew or that of
 * another account, two messages would be taken for one and the second lost, so sender and text count too.
 * Without an id, equal messages of one answer are told apart by their order, which a repeat of the answer keeps.
 */
function keyOf(reply: ReplyMessage, same: string, ordinal: number): string {
  return reply.id === null ? `h${digest(same, String(ordinal))}` : `i${digest(reply.id, reply.phone, reply.content)}`;
}

function fit(reply: ReplyMessage, key: string, reading: Reading): Incoming {
  const faults: string[] = [];
  const column = (name: keyof typeof LIMITS, value: string): string => {
    const fitting = cut(storable(value), LIMITS[name]);
    if (fitting !== value) faults.push(name);
    return fitting;
  };
  const { keyword, args } = splitKeyword(reply.content, reading.separators);
  // prose without a separator is no keyword
  const named = keyword !== null && keyword.length <= LIMITS.keyword;
  const accessNo = reply.accessNo.trim() || reading.accessNo;
  const ext = accessNo.startsWith(reading.accessNo) ? accessNo.slice(reading.accessNo.length) : '';
  const phone = reply.phone.trim();
  if (phone === '') faults.push('phone');
  const query = reading.takes?.(phone, reply.content);
  const message: InboxMessage = {
    key,
    platformId: reply.id && column('platformId', reply.id),
    phone: column('phone', phone) || NO_PHONE,
    content: column('content', reply.content) || null,
    accessNo: column('accessNo', accessNo),
    extNo: column('extNo', ext) || null,
    keyword: named ? storable(keyword) : null,
    args: named && args !== null ? cut(storable(args), LIMITS.args) : null,
    receivedAt: reply.receivedAt,
    ...(query && { query }),
  };
  return { reply, message, faults };
}

/** The column is NOT NULL, and for Oracle an empty text is null. */
const NO_PHONE = '?';

/** Half characters and NUL, which some databases refuse and others swallow together with what follows. */
const storable = (value: string): string => value.replace(/[\p{Cs}\0]/gu, '?');

/** At most `units` UTF-16 units, without cutting a character in two. */
function cut(value: string, units: number): string {
  if (value.length <= units) return value;
  const high = value.charCodeAt(units - 1);
  return value.slice(0, high >= 0xd800 && high <= 0xdbff ? units - 1 : units);
}

/**
 * Ever poorer versions of a message that the database has refused, until it takes one: without what a three-byte UTF-8 lacks,
 * without what GBK lacks, in ASCII, and at last without its text.
 */
export function* poorer(message: InboxMessage): Generator<InboxMessage> {
  yield keeping(message, (char) => char.length === 1);
  yield keeping(message, (char) => unencodable(char).length === 0);
  const ascii = keeping(message, (char) => char >= ' ' && char <= '~');
  yield ascii;
  yield { ...ascii, platformId: null, content: null, extNo: null, keyword: null, args: null, receivedAt: null };
}

/** The message with `?` in place of every character that is not kept. */
function keeping(message: InboxMessage, keeps: (char: string) => boolean): InboxMessage {
  const plain = (value: string): string => Array.from(value, (char) => (keeps(char) ? char : '?')).join('');
  const plainOrNull = (value: string | null): string | null => value && plain(value);
  return {
    ...message,
    platformId: plainOrNull(message.platformId),
    phone: plain(message.phone),
    content: plainOrNull(message.content),
    query: null, // what is left of it is no question
    accessNo: plain(message.accessNo),
    extNo: plainOrNull(message.extNo),
    keyword: plainOrNull(message.keyword),
    args: plainOrNull(message.args),
  };
}
