import type { Refusal } from './codes.ts';
import type { Form } from './form.ts';
import type { SimulatorSettings } from './settings.ts';

/** A `Send.do` call that passes every rule which needs no memory. */
export interface Submission {
  readonly serial: string;
  readonly text: string;
  /** Numbers to be served, as numbers: 8 bytes instead of a string each. */
  readonly phones: readonly number[];
  /** Numbers refused although the call is accepted (`f=1`). */
  readonly failed: readonly string[];
  readonly extNo: string;
  /** Billed parts of the text for one number. */
  readonly parts: number;
  /** True: `f=1`, wrong numbers do not stop the others. */
  readonly tolerant: boolean;
  /** Milliseconds since 1970 when sending was put off, else null. */
  readonly sendAt: number | null;
}

const SERIAL = /^\d{20}$/;
const MOBILE = /^1[3-9]\d{9}$/;
const DIGITS = /^\d*$/;
/** Schedules closer than this are sent at once. */
const SCHEDULE_LEAD_MS = 5 * 60_000;

/** Reads and checks the parameters; `now` is wall time in milliseconds. Codes 1, 4, 6, 7, 8, 9, 10, 14, 28, 29. */
export function readSubmission(form: Form, settings: SimulatorSettings, now: number): Submission | Refusal {
  const text = form.get('MessageContent');
  const userNumber = form.get('UserNumber');
  if (text === '' || userNumber === '') return { code: '1' };
  const serial = form.get('SerialNumber');
  if (!SERIAL.test(serial)) return { code: '14' };
  const schedule = form.get('ScheduleTime');
  const sendAt = schedule === '' ? null : beijing(schedule);
  if (Number.isNaN(sendAt)) return { code: '4' };
  const extNo = form.get('ExtendAccessNum');
  if (!DIGITS.test(extNo) || extNo.length > settings.extMaxDigits) {
    return { code: '29', tail: `&accnum=${encodeURIComponent(extNo)}` };
  }
  const numbers = userNumber.split(',');
  if (numbers.length > settings.maxNumbers) {
    return { code: '9', description: `接受号码过多，最大${settings.maxNumbers}` };
  }
  if (text.length > settings.maxChars) {
    return { code: '8', description: `内容长度超过上限，最大${settings.maxChars}字符` };
  }
  if (settings.forbiddenWords.some((word) => text.includes(word))) return { code: '7' };
  if (settings.templates && !matchesTemplate(text, form.get('templateId'), settings)) return { code: '28' };

  const tolerant = form.get('f') === '1';
  const phones: number[] = [];
  const failed: string[] = [];
  let blacklisted = 0;
  for (const number of numbers) {
    const black = settings.blacklist.length > 0 && settings.blacklist.includes(number);
    if (black) blacklisted++;
    if (black || !MOBILE.test(number) || settings.refusedNumbers.includes(number)) failed.push(number);
    else phones.push(Number(number));
  }
  // an empty number is a comma too many: a fault of the caller, not of a number, so `f=1` does not excuse it
  if (phones.length === 0 || (failed.length > 0 && !tolerant) || numbers.includes('')) {
    return { code: blacklisted === numbers.length ? '10' : '6', tail: failList(failed) };
  }
  const late = sendAt !== null && sendAt - now >= SCHEDULE_LEAD_MS;
  return { serial, text, phones, failed, extNo, parts: parts(text.length), tolerant, sendAt: late ? sendAt : null };
}

/** `&faillist=…` as the platform writes it: a comma also after the last number. */
export function failList(numbers: readonly string[]): string {
  return `&faillist=${numbers.map((number) => `${number.replace(/[^\w+-]/g, '?')},`).join('')}`;
}

/** 70 characters in a short message, 67 in each part of a long one. */
function parts(length: number): number {
  return length <= 70 ? 1 : Math.ceil(length / 67);
}

/** `yyyyMMddHHmmss` in Beijing time to milliseconds since 1970; NaN when it is no such time. */
function beijing(digits: string): number {
  const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits);
  if (!m) return Number.NaN;
  const iso = `${m[1] ?? ''}-${m[2] ?? ''}-${m[3] ?? ''}T${m[4] ?? ''}:${m[5] ?? ''}:${m[6] ?? ''}`;
  const asUtc = Date.parse(`${iso}Z`);
  // Date.parse accepts 31 February and 24:00 and moves on; what it makes of the text must read the same
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 19) !== iso) return Number.NaN;
  return asUtc - 8 * 3_600_000;
}

function matchesTemplate(text: string, id: string, { templates, requireTemplateId }: SimulatorSettings): boolean {
  const any = id === '' && !requireTemplateId;
  const candidates = (templates ?? []).filter((template) => any || template.id === id);
  return candidates.some((template) => fits(text, template.text.split(/\{[^{}]*\}/)));
}

/** Fixed pieces in their order with at least one character between them; leftmost search, so no backtracking. */
function fits(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at + 1);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.endsWith(last) && text.length - last.length > at;
}
