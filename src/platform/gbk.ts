import iconv from 'iconv-lite';

/**
 * The platform's charset. Encoding follows the strict `cp936` table: the wider web table also holds characters that a
 * Java or Windows server reads as something else. Decoding takes the runtime's decoder, five times as fast as a table
 * in script and equal wherever cp936 defines a character.
 */
const decoder = new TextDecoder('gbk', { ignoreBOM: true });

/** UTF-16 unit → the two bytes cp936 has for it, as one number; 0: none. ASCII is not in it. */
const PAIR = pairTable();
/** Byte → its percent-encoded form. */
const ESCAPED = Array.from({ length: 0x100 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
/** ASCII unit → its form. */
const ASCII = ESCAPED.slice(0, 0x80).map((escaped, unit) => {
  const char = String.fromCharCode(unit);
  return char === ' ' ? '+' : /[-_.*0-9A-Za-z]/.test(char) ? char : escaped;
});

function pairTable(): Uint16Array {
  const table = new Uint16Array(0x10000);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      const char = iconv.decode(Buffer.of(lead, trail), 'cp936');
      if (char.length !== 1 || char === '\ufffd') continue;
      // where two pairs stand for one character, the first of them
      const unit = char.charCodeAt(0);
      if (table[unit] === 0) table[unit] = (lead << 8) | trail;
    }
  }
  return table;
}

function encodable(unit: number): boolean {
  return unit < 0x80 || PAIR[unit] !== 0;
}

/** One unit, percent-encoded. Both bytes are escaped, also where the second is a letter: some servers decode runs of escapes, not bytes. */
function escaped(unit: number): string {
  if (unit < 0x80) return ASCII[unit] as string;
  const pair = PAIR[unit] as number;
  return pair === 0 ? '%3F' : (ESCAPED[pair >> 8] as string) + (ESCAPED[pair & 0xff] as string);
}

/**
 * One form value as percent-encoded GBK bytes. A character that GBK cannot carry becomes `?`, as any GBK encoder would
 * do: ask `unencodable` first.
 */
export function encodeFormGbk(text: string): string {
  let form = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // the low half of a surrogate pair is silent: one character, one question mark
    if (isLow(unit) && i > 0 && isHigh(text.charCodeAt(i - 1))) continue;
    form += escaped(unit);
  }
  return form;
}

/** GBK bytes as text; bytes that are no GBK become U+FFFD. Never throws. */
export function decodeGbk(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** GBK bytes of a text; what GBK cannot carry becomes `?`. For small values off the hot path. */
export function encodeGbk(text: string): Buffer {
  return iconv.encode(text, 'cp936');
}

/** Characters of the text that GBK cannot carry, each once, in order. `€` is one: 0x80 is read differently everywhere. */
export function unencodable(text: string): string[] {
  let found: Set<string> | undefined;
  for (const char of text) {
    if (char.length === 1 && encodable(char.charCodeAt(0))) continue;
    found ??= new Set();
    found.add(char);
  }
  return found ? [...found] : [];
}

/** Characters outside GBK that have a twin in it which no reader tells apart, or that are not seen at all. */
const TWINS: Readonly<Record<string, string>> = {
  '\u00a0': ' ',
  '\u200b': '',
  '\ufeff': '',
  '\u00a5': '\uffe5', // ¥ → ￥
  '\u2022': '\u00b7', // • → ·
  '\u301c': '\uff5e', // 〜 → ～
  '\u00b2': '2',
};
const TWIN = new RegExp(`[${Object.keys(TWINS).join('')}]`, 'gu');

/** The text with harmless stand-ins for what GBK lacks; everything else stays, also where GBK cannot carry it. */
export function transliterate(text: string): string {
  return text.replace(TWIN, (char) => TWINS[char] ?? char);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
