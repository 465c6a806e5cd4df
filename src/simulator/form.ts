import iconv from 'iconv-lite';

/** What stands behind the percent signs: GBK whatever the Content-Type header says, UTF-8 for `SendUTF8.do`. */
export type FormCharset = 'gbk' | 'utf8';

/** A form body as the platform reads it. */
export interface Form {
  /** Value of a parameter, '' when absent; of repeated parameters the first counts. */
  get(name: string): string;
  /** True when some value was not valid in its charset or not valid percent encoding. */
  readonly garbled: boolean;
}

const PERCENT = 0x25;
const PLUS = 0x2b;

class ParsedForm implements Form {
  garbled = false;
  readonly #body: Buffer;
  readonly #charset: FormCharset;
  readonly #places = new Map<string, number>();
  readonly #ends: number[] = [];
  readonly #starts: number[] = [];

  constructor(body: Buffer, charset: FormCharset) {
    this.#body = body;
    this.#charset = charset;
    const text = body.toString('latin1');
    let start = 0;
    while (start <= text.length) {
      const next = text.indexOf('&', start);
      const end = next < 0 ? text.length : next;
      const equals = text.indexOf('=', start);
      if (equals > start && equals < end) {
        const name = text.slice(start, equals);
        if (!this.#places.has(name)) {
          this.#places.set(name, this.#starts.length);
          this.#starts.push(equals + 1);
          this.#ends.push(end);
        }
      }
      start = end + 1;
    }
  }

  get(name: string): string {
    const place = this.#places.get(name);
    if (place === undefined) return '';
    return this.#decode(this.#starts[place] ?? 0, this.#ends[place] ?? 0);
  }

  /** Decodes from the bytes, not from the text: a slice of a long string keeps the long string alive in the ledger. */
  #decode(start: number, end: number): string {
    const body = this.#body;
    let plain = true;
    for (let i = start; i < end && plain; i++) {
      const byte = body[i] ?? 0;
      plain = byte < 0x80 && byte !== PERCENT && byte !== PLUS;
    }
    if (plain) return body.toString('latin1', start, end);
    const out = Buffer.allocUnsafe(end - start);
    let length = 0;
    let ascii = true;
    for (let i = start; i < end; i++) {
      let byte = body[i] ?? 0;
      if (byte === PLUS) byte = 0x20;
      else if (byte === PERCENT) {
        const high = i + 2 < end ? hex(body[i + 1] ?? 0) : -1;
        const low = i + 2 < end ? hex(body[i + 2] ?? 0) : -1;
        if (high < 0 || low < 0) this.garbled = true;
        else {
          byte = high * 16 + low;
          i += 2;
        }
      }
      if (byte >= 0x80) ascii = false;
      out[length++] = byte;
    }
    if (ascii) return out.toString('latin1', 0, length);
    const bytes = out.subarray(0, length);
    const value = this.#charset === 'gbk' ? iconv.decode(bytes, 'cp936') : bytes.toString('utf8');
    if (value.includes('\uFFFD')) this.garbled = true;
    return value;
  }
}

function hex(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Splits the body at once, decodes a value when it is asked for. Never throws. */
export function parseForm(body: Buffer, charset: FormCharset = 'gbk'): Form {
  return new ParsedForm(body, charset);
}
