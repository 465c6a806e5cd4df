import type { OutboxRow } from '../db/store.ts';
import { isMojibake } from '../lib/mojibake.ts';
import type { Text } from '../lib/text.ts';
import { transliterate, unencodable } from '../platform/gbk.ts';
import { segments } from '../platform/parts.ts';
import { normalisePhone } from '../platform/phone.ts';
import type { Finding } from '../policy/finding.ts';
import { categoryOf, type Message } from '../policy/message.ts';
import type { Policy, Written } from '../policy/policy.ts';
import { overruledBy } from './overruled.ts';

/** What the check needs of the configuration. */
export interface Rules {
  /** Name of the channel that serves rows without one. */
  readonly channel: string;
  /** Most UTF-16 units of a text, signature included (the platform's 402). */
  readonly maxLength: number;
  /** Units that the platform adds itself (its signature). */
  readonly reservedLength: number;
  /** `text` with its brackets: 【某市人社局】. */
  readonly signature: { readonly place: 'none' | 'prefix' | 'suffix'; readonly text: string };
  readonly charset: 'gbk' | 'utf8';
  /** Replace what GBK lacks by its harmless twin (NBSP → blank, ¥ → ￥) before refusing. */
  readonly transliterate: boolean;
  readonly garbled: 'hold' | 'send';
  readonly maxAgeMs: number | null;
  readonly maxAgeByCategory: ReadonlyMap<string, number>;
  /** Templates, and rules about what the text says and when it goes. */
  readonly policy?: Pick<Policy, 'write' | 'judge' | 'approvalOf' | 'now'>;
}

/** Either ready to be submitted, or refused with the reason for its row. */
export type Checked =
  | {
      readonly ok: true;
      readonly row: OutboxRow;
      readonly text: string;
      readonly phone: string;
      readonly segments: number;
      /** The platform's number of the template that the text comes from; null: none is known. */
      readonly templateId: string | null;
      /** What limits and blacklist go by; null: there is no policy. */
      readonly message: Message | null;
      /** For so many milliseconds yet; Infinity: for ever. */
      readonly sendableMs: number;
    }
  | { readonly ok: false; readonly row: OutboxRow; readonly phone: string | null; readonly refusal: LocalRefusal };

/** Status NEW: not now, but later. */
export type LocalRefusal = Finding;

/** Everything that can be said of one row without asking anybody. Order: what a DBA would want to hear first. */
export function check(row: OutboxRow, rules: Rules): Checked {
  const phone = normalisePhone(row.phone);
  const refuse = (refusal: LocalRefusal): Checked => ({ ok: false, row, phone, refusal });
  const late = lateness(row, rules);
  if (late) return refuse(late);
  const unsupported = unsupportedFeature(row, rules);
  if (unsupported) return refuse(unsupported);
  if (!phone) return refuse(BAD_PHONE);
  const written = writtenOf(row, rules);
  if ('status' in written) return refuse(written);
  const { content } = written;
  if (carried(content, rules).trim() === '') return refuse(EMPTY);
  const destroyed = rules.garbled === 'hold' && !lookedAt(row) ? garbled(content) : null;
  if (destroyed) return refuse(destroyed);
  const text = body(content, rules);
  const bad = rules.charset === 'gbk' ? unencodable(text) : halves(text);
  if (bad.length > 0) return refuse(unencodableText(bad));
  const length = text.length + rules.reservedLength;
  if (length > rules.maxLength) return refuse(tooLong(length, rules.maxLength));
  const { policy } = rules;
  const message = policy ? messageOf(row, policy.now, phone, text, written) : null;
  const finding = message && policy ? policy.judge(message) : null;
  if (finding) return refuse(finding);
  return {
    ok: true,
    row,
    text,
    phone,
    segments: segments(' '.repeat(rules.reservedLength) + text),
    templateId: message && policy ? policy.approvalOf(message) : null,
    message,
    sendableMs: sendableMs(row, rules),
  };
}

/** The row's own text, or its template filled in; or why it has none. */
export function writtenOf(row: OutboxRow, { policy }: Rules): Written | Finding {
  return policy?.write(row) ?? { content: row.content ?? '', template: null };
}

export function messageOf(
  row: OutboxRow,
  at: number,
  phone: string,
  text: string,
  { content, template }: Written,
): Message {
  return {
    phone,
    text,
    content,
    template,
    at,
    category: categoryOf(row.category, template),
    source: row.source,
    overruled: overruledBy(row),
  };
}

/** The text as it goes to the platform: harmless replacements, then the signature where we are to add it. */
export function body(content: string, rules: Rules): string {
  const text = carried(content, rules);
  const { place, text: name } = rules.signature;
  if (place === 'none' || text.includes(name)) return text;
  return place === 'prefix' ? name + text : text + name;
}

function carried(content: string, rules: Rules): string {
  return rules.transliterate && rules.charset === 'gbk' ? transliterate(content) : content;
}

/** Halves of characters, which UTF-8 cannot carry. */
const halves = (text: string): string[] => [...new Set(text)].filter((char) => !char.isWellFormed());

function lateness(row: OutboxRow, rules: Rules): LocalRefusal | null {
  if (row.expiresInMs !== null && row.expiresInMs <= 0) return EXPIRED;
  const most = mostAge(row, rules);
  return row.ageMs > most ? stale(row.category, row.ageMs, most) : null;
}

/** Milliseconds; Infinity: none. */
function mostAge(row: OutboxRow, rules: Rules): number {
  // a person who puts a row back has seen its age: the clock starts anew
  if (row.lastCode !== null && !row.requeued) return Infinity;
  return rules.maxAgeByCategory.get(row.category) ?? rules.maxAgeMs ?? Infinity;
}

const sendableMs = (row: OutboxRow, rules: Rules): number =>
  Math.min(row.expiresInMs ?? Infinity, mostAge(row, rules) - row.ageMs);

function unsupportedFeature(row: OutboxRow, rules: Rules): LocalRefusal | null {
  if (row.msgType !== 'SMS') {
    return unsupported({
      zh: `msg_type=${row.msgType} 暂不支持，本版本只发送 'SMS'`,
      en: `msg_type=${row.msgType} is not supported; this version sends 'SMS' only`,
    });
  }
  if (row.channel !== null && row.channel !== rules.channel) {
    return unsupported({
      zh: `没有名为 ${row.channel} 的通道，channel 请留空或写 ${rules.channel}`,
      en: `there is no channel ${row.channel}; leave channel empty or write ${rules.channel}`,
    });
  }
  if (row.extNo !== null && row.extNo !== '' && !/^\d+$/.test(row.extNo)) {
    return unsupported({ zh: 'ext_no 只能是数字', en: 'ext_no must be digits only' });
  }
  return null;
}

/** U+FFFD, the classic 锟斤拷, or a run of ??? is what a wrong character set leaves behind; or the bytes, one by one, as letters. */
function garbled(content: string): LocalRefusal | null {
  if (/\uFFFD|锟斤拷|\?{3}/.test(content)) return GARBLED;
  return isMojibake(content) ? MOJIBAKE : null;
}

/** A person has put it back after it was held for this, or it went out before and came back. */
function lookedAt(row: OutboxRow): boolean {
  return overruledBy(row).has('GARBLED') || (row.requeued && row.prevSerial !== null);
}

const unsupported = (text: Text): LocalRefusal => ({ status: 'REJECTED', code: 'UNSUPPORTED', text });

const BAD_PHONE: LocalRefusal = {
  status: 'REJECTED',
  code: 'BAD_PHONE',
  text: {
    zh: 'phone 不是大陆手机号码（11 位，1 开头；允许 +86、86、空格、短横）。改正后把 status 置为 NEW',
    en: 'phone is not a mainland mobile number (11 digits from 1; +86, 86, blanks and hyphens are fine). Correct it, then set status to NEW',
  },
};

const EMPTY: LocalRefusal = {
  status: 'REJECTED',
  code: 'EMPTY',
  text: {
    zh: 'content 为空。写入内容后把 status 置为 NEW',
    en: 'content is empty. Fill it in, then set status to NEW',
  },
};

const EXPIRED: LocalRefusal = {
  status: 'EXPIRED',
  code: 'STALE',
  text: {
    zh: '已过 expire_at，未发送。如仍要发送，请改 expire_at 并把 status 置为 NEW',
    en: 'expire_at has passed, not sent. To send it all the same, change expire_at and set status to NEW',
  },
};

const GARBLED: LocalRefusal = {
  status: 'HELD',
  code: 'GARBLED',
  text: {
    zh: '内容疑似乱码（???、�、锟斤拷）：写入数据库时字符集不对。改正 content 或确认无误后把 status 置为 NEW',
    en: 'the text looks garbled (???, U+FFFD): it was destroyed by a wrong character set on its way into the database. Correct content, or if it is right all the same, set status to NEW',
  },
};

const MOJIBAKE: LocalRefusal = {
  status: 'HELD',
  code: 'GARBLED',
  text: {
    zh: '内容是乱码（ä¸­æ 一类）：写入程序的客户端字符集不对，UTF-8 被当成了 latin1。请让它用 utf8mb4 连接（MySQL：SET NAMES utf8mb4），改正 content 后把 status 置为 NEW',
    en: 'garbled: UTF-8 was taken for latin1. Have the inserting client use utf8mb4 (MySQL: SET NAMES utf8mb4), correct content, then set status to NEW',
  },
};

function unencodableText(characters: readonly string[]): LocalRefusal {
  const shown = characters
    .slice(0, 8)
    .map((c) => `${c} U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
  const list = shown.join(', ');
  return {
    status: 'REJECTED',
    code: 'UNENCODABLE',
    text: {
      zh: `平台的编码没有这些字符：${list}。请换字后把 status 置为 NEW`,
      en: `the platform's charset cannot carry: ${list}. Replace them, then set status to NEW`,
    },
  };
}

function tooLong(length: number, most: number): LocalRefusal {
  return {
    status: 'REJECTED',
    code: 'TOO_LONG',
    text: {
      zh: `内容 ${length} 字，上限 ${most} 字（含签名）。缩短或拆成两条后把 status 置为 NEW`,
      en: `the text has ${length} characters, the limit is ${most} (signature included). Shorten or split it, then set status to NEW`,
    },
  };
}

function stale(category: string, ageMs: number, most: number): LocalRefusal {
  const [age, limit] = [Math.round(ageMs / 1000), Math.round(most / 1000)];
  return {
    status: 'EXPIRED',
    code: 'STALE',
    text: {
      zh: `已等待 ${age} 秒，超过 ${category} 的时限 ${limit} 秒，未发送。如仍要发送，把 status 置为 NEW`,
      en: `waited ${age} s, over the limit of ${limit} s for ${category}; not sent. To send it all the same, set status to NEW`,
    },
  };
}
