import { Buffer } from 'node:buffer';
import { fieldsOf, resultOf, unescape } from './fields.ts';
import { decodeGbk, encodeFormGbk } from './gbk.ts';
import { type Loose, readLooseArray } from './json.ts';
import { normalisePhone } from './phone.ts';
import type {
  Answer,
  BalanceAnswer,
  CallKind,
  ReplyAnswer,
  ReplyMessage,
  ReportAnswer,
  SendAnswer,
  SendRequest,
} from './platform.ts';

/** How text travels in `Send.do`; everything else is GBK always. `utf8` goes to `SendUTF8.do`, seen with one client only. */
export type Charset = 'gbk' | 'utf8';

export interface Account {
  readonly spCode: string;
  readonly loginName: string;
  readonly password: string;
}

export function pathOf(kind: CallKind, charset: Charset): string {
  switch (kind) {
    case 'send':
      return charset === 'gbk' ? '/Send.do' : '/SendUTF8.do';
    case 'report':
      return '/report.do';
    case 'reply':
      return '/reply.do';
    case 'confirm':
      return '/replyConfirm.do';
    case 'balance':
      return '/SearchNumber.do';
  }
}

/** A value in its form encoding. */
function form(value: string, charset: Charset): string {
  return charset === 'gbk' ? encodeFormGbk(value) : encodeURIComponent(value.toWellFormed());
}

/** The three parameters of every call. They belong into the body only: an address ends up in logs. */
export function accountForm(account: Account, charset: Charset): string {
  const [spCode, loginName, password] = [account.spCode, account.loginName, account.password].map((v) =>
    form(v, charset),
  );
  return `SpCode=${spCode}&LoginName=${loginName}&Password=${password}`;
}

/**
 * `f=1`: numbers that are refused come back in `faillist` and the rest goes out. The two empty fields are what nearly
 * every client of the platform sends.
 */
export function sendForm(request: SendRequest, charset: Charset): string {
  const { serial, text, phones, extNo, templateId } = request;
  const body =
    `&MessageContent=${form(text, charset)}&UserNumber=${phones.join('%2C')}&SerialNumber=${serial}` +
    `&ScheduleTime=&ExtendAccessNum=${extNo === null ? '' : form(extNo, charset)}&f=1`;
  return templateId ? `${body}&templateId=${form(templateId, charset)}` : body;
}

export function confirmForm(lastId: string): string {
  return `&id=${encodeFormGbk(lastId)}`;
}

const PLAIN = ['result', 'description'] as const;
const SEND = [...PLAIN, 'taskid', 'faillist', 'task_id'] as const;
const BALANCE = [...PLAIN, 'number'] as const;
const REPORT = [...PLAIN, 'out'] as const;
const REPLY = [...PLAIN, 'confirm_time', 'id'] as const;

/** Null: this is no answer of the platform. Same for the others below. */
export function readPlain(body: string): Answer | null {
  const code = resultOf(body);
  return code === null ? null : { code, description: fieldsOf(body, PLAIN).description ?? '' };
}

export function readSend(body: string): SendAnswer | null {
  const code = resultOf(body);
  if (code === null) return null;
  const fields = fieldsOf(body, SEND);
  return {
    code,
    description: fields.description ?? '',
    taskId: taskOf(fields.taskid || fields.task_id || ''),
    failed: phonesOf(fields.faillist ?? ''),
  };
}

/** 40 characters are what the column holds. A longer one would be refused there, and with it the answer. */
const taskOf = (field: string): string | null => (/^[^\s\p{Cc}\ufffd]{1,40}$/u.test(field) ? field : null);

export function readBalance(body: string): BalanceAnswer | null {
  const code = resultOf(body);
  if (code === null) return null;
  const fields = fieldsOf(body, BALANCE);
  const number = fields.number ? Number(fields.number) : Number.NaN;
  return { code, description: fields.description ?? '', number: Number.isFinite(number) ? number : null };
}

/** `SERIAL,MOBILE,STATUS;…`; further fields of a record are ignored. */
export function readReport(raw: Uint8Array): ReportAnswer {
  const body = decodeGbk(raw);
  const fields = fieldsOf(body, REPORT);
  const receipts: { serial: string; phone: string; code: string }[] = [];
  const unreadable: string[] = [];
  const code = resultOf(body);
  if (code === null && body.trim() !== '') unreadable.push(body);
  for (const record of code === null ? [] : (fields.out ?? '').split(';')) {
    const [serial = '', mobile = '', status = ''] = record.split(',', 3).map((field) => field.trim());
    const phone = normalisePhone(mobile);
    // 20 characters are what the columns hold; no serial and no status of the platform is longer
    if (phone !== null && isWord(serial) && isWord(status)) receipts.push({ serial, phone, code: status });
    else if (record.trim() !== '') unreadable.push(record);
  }
  return { code: code ?? '', description: fields.description ?? '', receipts, unreadable };
}

function isWord(field: string): boolean {
  return /^[^\s\p{Cc}\ufffd]{1,20}$/u.test(field);
}

/** What of a cut-off report still counts: complete records. The torn one is kept as one that cannot be read. */
export function tornReport(raw: Buffer): Buffer | null {
  if (resultOf(raw.toString('latin1')) === null) return null;
  const end = raw.lastIndexOf(';') + 1;
  if (end === 0) return null;
  return end === raw.length ? raw : Buffer.concat([raw.subarray(0, end), Buffer.from('cut off: '), raw.subarray(end)]);
}

/**
 * `replys` is everything after its name, because citizens write `&` and `=` too. `percentDecode`: the contents carry
 * GBK percent escapes (one client of the platform undoes them, three do not).
 */
export function readReply(raw: Uint8Array, percentDecode: boolean): ReplyAnswer {
  const body = decodeGbk(raw);
  const at = body.indexOf('&replys=');
  const head = at < 0 ? body : body.slice(0, at);
  const fields = fieldsOf(head, REPLY);
  const code = resultOf(head);
  const answer = { code: code ?? '', description: fields.description ?? '' };
  const json = at < 0 ? '' : replysOf(body.slice(at + '&replys='.length));
  if (code === null) return { ...answer, lastId: null, messages: [], unreadable: body.trim() !== '' };
  if (json === '' || json === 'null') return { ...answer, lastId: fields.id || null, messages: [], unreadable: false };

  const { items, rest } = readLooseArray(json);
  const messages: ReplyMessage[] = [];
  for (const item of items) {
    const message = messageOf(item, percentDecode);
    if (message) messages.push(message);
  }
  return {
    ...answer,
    // the outer id is by definition that of the last reply, which stands in where the outer one is missing
    lastId: fields.id || (messages.at(-1)?.id ?? null),
    messages,
    unreadable: rest === null || !/^\s*(?:&|$)/u.test(rest) || messages.length < items.length,
  };
}

function replysOf(value: string): string {
  const json = value.trim();
  return /^%5B/iu.test(json) ? unescape(json) : json;
}

function messageOf(item: Loose, percentDecode: boolean): ReplyMessage | null {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(item)) {
    // `callMdn` in SOAP, `callmdn` here
    if (typeof value === 'string' || value === null) fields.set(key.toLowerCase(), value ?? '');
  }
  // empty, it is still a message; without the field it is something else
  const mdn = fields.get('mdn')?.trim();
  if (mdn === undefined) return null;
  const content = fields.get('content') ?? '';
  return {
    id: fields.get('id')?.trim() || null,
    accessNo: fields.get('callmdn')?.trim() ?? '',
    phone: normalisePhone(mdn) ?? mdn,
    content: percentDecode ? unescape(content) : content,
    receivedAt: timeOf(fields.get('reply_time') ?? ''),
  };
}

const TIME = /^\s*(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*$/u;

function timeOf(written: string): string | null {
  const [, year, month, day, hour, minute, second] = TIME.exec(written) ?? [];
  if (!year) return null;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const read = new Date(time);
  // a 31st of February rolls over instead of failing
  return Number.isNaN(read.getTime()) || read.toISOString() !== time ? null : time.slice(0, 19).replace('T', ' ');
}

function phonesOf(list: string): string[] {
  const phones = new Set<string>();
  for (const item of list.split(/[,;，；\s]+/u)) {
    if (item !== '') phones.add(normalisePhone(item) ?? item);
  }
  return [...phones];
}
