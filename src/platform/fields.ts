import { decodeGbk, encodeGbk } from './gbk.ts';

/** A `result` is a short word; anything longer is not an answer of the platform. */
const RESULT = /(?:^|&)\s*result=\s*([-\w.]{1,20})\s*(?:&|$)/u;
const ESCAPE = /%[0-9a-fA-F]{2}/u;

/** `result` of an answer wherever it stands, or null when this is no answer (a web page, nothing, garbage). */
export function resultOf(body: string): string | null {
  if (body.trimStart().startsWith('<')) return null;
  return RESULT.exec(body)?.[1] ?? null;
}

/**
 * The named fields of `key=value&key=value`. Only these keys end the description, which is free text and holds `&` and `=` of
 * its own (code 29: `…不是数字&accnum=`); every other value ends at the next `&`. The first of a key counts. Values are
 * trimmed, percent escapes undone.
 */
export function fieldsOf<K extends string>(body: string, keys: readonly K[]): Partial<Record<K, string>> {
  const starts = keys.map((key) => ({ key, at: startOf(body, key) })).filter(({ at }) => at >= 0);
  const fields: Partial<Record<K, string>> = {};
  for (const { key, at } of starts) {
    const from = at + key.length + 1;
    let end = body.length;
    if (key !== 'description') end = body.indexOf('&', from);
    else for (const next of starts) if (next.at > at && next.at <= end) end = next.at - 1;
    fields[key] = unescape(body.slice(from, end < 0 ? body.length : end).trim());
  }
  return fields;
}

function startOf(body: string, key: string): number {
  const name = `${key}=`;
  const lead = body.length - body.trimStart().length;
  if (body.startsWith(name, lead)) return lead;
  const at = body.indexOf(`&${name}`);
  return at < 0 ? -1 : at + 1;
}

/**
 * Undoes percent escapes of GBK bytes if the value has any and all of it then reads as text; otherwise they were meant
 * literally. Unescaped letters may be the second byte of a character, so bytes are joined first and read afterwards.
 */
export function unescape(value: string): string {
  if (!ESCAPE.test(value)) return value;
  const bytes: number[] = [];
  const source = encodeGbk(value);
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] ?? 0;
    if (byte === 0x2b) bytes.push(0x20);
    else if (byte === 0x25 && ESCAPE.test(source.toString('latin1', i, i + 3))) {
      bytes.push(Number.parseInt(source.toString('latin1', i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(byte);
  }
  const text = decodeGbk(Uint8Array.from(bytes));
  return text.includes('\ufffd') ? value : text;
}
