/** A JSON value as the platform means it: numbers stay the digits that were written, so that no id is rounded. */
export type Loose = string | boolean | null | Loose[] | { [key: string]: Loose };

export interface LooseArray {
  readonly items: readonly Loose[];
  /** What follows the closing bracket; null when the array does not end or not all of it makes sense: `items` are what does. */
  readonly rest: string | null;
}

const DEEPEST = 16;
const BLANK = /[\s\ufeff]*/y;
const BARE = /[^\s,:[\]{}"']+/y;
const HEX = /^[0-9a-fA-F]{4}$/;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Unreadable extends Error {}

/** Behind it the next object of an array begins. */
const NEXT = /,\s*(?=\{)/g;

/**
 * Reads an array of JSON, or of what some servers take for it: single quotes, trailing commas, raw control characters,
 * quotes inside a string that nobody escaped. Valid JSON always reads as itself. An object that makes no sense costs nobody but
 * itself: reading goes on with the next one. Never throws.
 */
export function readLooseArray(text: string): LooseArray {
  const items: Loose[] = [];
  const reader = new Reader(text);
  let ended = reads(() => reader.array(items, 0));
  // the array ends with the last bracket; one before it stands in somebody's text
  if (ended && !text.includes(']', reader.at)) return { items, rest: text.slice(reader.at) };
  for (;;) {
    NEXT.lastIndex = ended ? reader.at : reader.itemAt;
    if (NEXT.exec(text) === null) return { items, rest: null };
    reader.at = NEXT.lastIndex;
    ended = reads(() => reader.items(items, 0));
  }
}

function reads(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

class Reader {
  at = 0;
  /** Where the item of the outermost array began that was read last. */
  itemAt = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  array(into: Loose[], depth: number): void {
    this.#expect('[');
    this.items(into, depth);
  }

  /** Up to the closing bracket, and past it. */
  items(into: Loose[], depth: number): void {
    while (!this.#took(']')) {
      if (depth === 0) this.itemAt = this.at;
      into.push(this.#value(depth + 1));
      this.#separator(']');
    }
  }

  #value(depth: number): Loose {
    if (depth > DEEPEST) throw new Unreadable();
    const next = this.#peek();
    if (next === '{') return this.#object(depth);
    if (next === '[') {
      const items: Loose[] = [];
      this.array(items, depth);
      return items;
    }
    if (next === '"' || next === "'") return this.#string();
    const word = this.#word();
    if (word === 'null') return null;
    return word === 'true' ? true : word === 'false' ? false : word;
  }

  #object(depth: number): Loose {
    const fields = new Map<string, Loose>();
    this.#expect('{');
    while (!this.#took('}')) {
      const quote = this.#peek();
      const key = quote === '"' || quote === "'" ? this.#string() : this.#word();
      this.#expect(':');
      const value = this.#value(depth + 1);
      // the first wins: a citizen whose text closes the string must not overwrite the sender in front of it
      if (!fields.has(key)) fields.set(key, value);
      this.#separator('}');
    }
    return Object.fromEntries(fields);
  }

  #string(): string {
    const text = this.#text;
    const quote = text.charAt(this.at++);
    let value = '';
    for (;;) {
      const char = text.charAt(this.at++);
      if (char === '') throw new Unreadable();
      if (char === quote && this.#closes()) return value;
      value += char === '\\' ? this.#escape() : char;
    }
  }

  /** In JSON a string is always followed by one of these; a quote before anything else belongs to the text. */
  #closes(): boolean {
    const after = this.at;
    const next = this.#peek();
    this.at = after;
    return next === '' || ',:]}'.includes(next);
  }

  #escape(): string {
    const char = this.#text.charAt(this.at++);
    if (char !== 'u') return ESCAPES[char] ?? char;
    const digits = this.#text.slice(this.at, this.at + 4);
    if (!HEX.test(digits)) return 'u';
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #word(): string {
    BARE.lastIndex = this.at;
    const word = BARE.exec(this.#text)?.[0];
    if (word === undefined) throw new Unreadable();
    this.at += word.length;
    return word;
  }

  /** A comma, which may also stand before the closing bracket; the bracket itself is left for the caller's loop. */
  #separator(close: string): void {
    if (!this.#took(',') && this.#peek() !== close) throw new Unreadable();
  }

  #expect(char: string): void {
    if (!this.#took(char)) throw new Unreadable();
  }

  #took(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.at++;
    return true;
  }

  /** The next character that is no blank, and moves to it; '' at the end. */
  #peek(): string {
    BLANK.lastIndex = this.at;
    this.at += BLANK.exec(this.#text)?.[0].length ?? 0;
    return this.#text.charAt(this.at);
  }
}
