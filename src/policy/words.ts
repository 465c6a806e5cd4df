import { Glance } from './glance.ts';
import { Patterns } from './patterns.ts';
import { remembered } from './remembered.ts';

/** Blocked words, thousands of them, found in one scan over the text. */
export class WordList {
  readonly #patterns: Patterns;
  readonly #glance: Glance;
  /** The first of them that stands in the text; null: none does. */
  readonly find = remembered((text) => this.#look(text));

  constructor(words: Iterable<string>) {
    const list = new Set([...words].map(plain).filter((word) => word !== ''));
    this.#patterns = new Patterns(list);
    this.#glance = new Glance(list);
  }

  get size(): number {
    return this.#patterns.size;
  }

  #look(text: string): string | null {
    return this.size > 0 && this.#glance.mayHold(text) ? this.#patterns.first(plain(text)) : null;
  }
}

const INVISIBLE = /\p{Cf}/gu;
/** Blanks between Chinese characters, put there so that a word is not seen. */
const GAPS = /(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu;

/** Full width folded, lower case, and nothing that hides a word from the eye that would still read it. */
function plain(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().replace(INVISIBLE, '');
  return /\s/.test(folded) ? folded.replace(GAPS, '').trim() : folded;
}

/** One word a line; `#` begins a remark. */
export function wordsIn(file: string): string[] {
  return file
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');
}
