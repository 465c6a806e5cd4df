/** Bits for pairs of characters: few of them are set by ten thousand words. */
const BITS = 22;

/** A character that stands for itself, for another one, for nothing (0), or that only the whole text can tell. */
const UNCLEAR = 0xffff;
const folded = new Uint16Array(0x10000);
const known = new Uint8Array(0x10000);

/** What most texts need: whether any two neighbours of it begin a word. False is certain, true only means that it must be looked at. */
export class Glance {
  readonly #pairs = new Uint32Array(2 ** (BITS - 5));
  /** Some word is a single character: then every text must be looked at. */
  readonly #single: boolean;

  /** `words` as `plain` has them. */
  constructor(words: Iterable<string>) {
    let single = false;
    for (const word of words) {
      single ||= word.length < 2;
      const bit = pair(word.charCodeAt(0), word.charCodeAt(1));
      this.#pairs[bit >>> 5] = (this.#pairs[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
    this.#single = single;
  }

  mayHold(text: string): boolean {
    if (this.#single) return true;
    let before = 0;
    for (let i = 0; i < text.length; i++) {
      const char = fold(text.charCodeAt(i));
      if (char === UNCLEAR) return true;
      if (char === 0) continue;
      const bit = pair(before, char);
      if (((this.#pairs[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) return true;
      before = char;
    }
    return false;
  }
}

const pair = (a: number, b: number): number => (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) >>> (32 - BITS);

function fold(code: number): number {
  if (known[code] === 0) {
    known[code] = 1;
    folded[code] = foldOf(String.fromCharCode(code));
  }
  return folded[code] ?? UNCLEAR;
}

/** What joins with its neighbours (marks, halves, jamo, a sigma) or becomes several characters is unclear; so are blanks. */
function foldOf(char: string): number {
  if (/[\s\p{M}\p{Cs}\u1100-\u11ff\u3130-\u318f\uffa0-\uffdc\u03a3]/u.test(char)) return UNCLEAR;
  const plain = char
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Cf}/gu, '');
  if (plain === '') return 0;
  return plain.length === 1 && !/[\s\p{M}]/u.test(plain) ? plain.charCodeAt(0) : UNCLEAR;
}
