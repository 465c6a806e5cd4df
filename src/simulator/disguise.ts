import { createHmac, randomBytes } from 'node:crypto';

/** Characters of daily use, all of them in GBK. */
const HAN = '市民社保卡领取通知办理缴费查询待遇医工伤登记地点时间请到窗口';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const BYTES = 32;

/**
 * Makes phones and texts that belong to nobody, of the same length and kinds of characters. The same one becomes the same one again, and two
 * that differ mostly stay different, so that calls are grouped as on the recorded day; there is no way back, since the key is forgotten.
 */
export class Disguise {
  readonly #key = randomBytes(32);
  readonly #phones = new Map<string, string>();

  /** A number of the range 1300000…, one for each. */
  phone(phone: string): string {
    const own = this.#phones.get(phone) ?? String(13_000_000_001 + this.#phones.size);
    this.#phones.set(phone, own);
    return own;
  }

  text(text: string): string {
    let bytes = Buffer.alloc(0);
    let at = 0;
    let block = 0;
    const next = (list: string): string => {
      if (at === bytes.length) {
        bytes = createHmac('sha256', this.#key).update(`${block++}\n${text}`).digest();
        at = 0;
      }
      return list.charAt((bytes[at++ % BYTES] ?? 0) % list.length);
    };
    return text.replace(/\p{sc=Han}|\p{Nd}|[a-z]|[A-Z]/gu, (char) => {
      if (/\p{Nd}/u.test(char)) return next(DIGITS);
      if (/[a-z]/.test(char)) return next(LETTERS);
      if (/[A-Z]/.test(char)) return next(LETTERS).toUpperCase();
      // one outside the first plane takes two units, and GBK has none of them
      return char.length === 2 ? '𠮷' : next(HAN);
    });
  }

  /** A citizen's message: the keyword stays where it is one of these. */
  message(text: string, keywords: readonly string[]): string {
    const found = keywords.find((word) => text.toUpperCase().startsWith(word.toUpperCase()));
    const kept = found?.length ?? 0;
    return text.slice(0, kept) + this.text(text.slice(kept));
  }
}
