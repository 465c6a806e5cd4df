import { AhoCorasick } from '@monyone/aho-corasick';

/** Many strings looked for at once (Aho–Corasick): the time depends on the text and what is found in it, not on how many they are. */
export class Patterns {
  readonly size: number;
  readonly #automaton: AhoCorasick;

  constructor(patterns: Iterable<string>) {
    const list = [...patterns];
    this.size = list.length;
    this.#automaton = new AhoCorasick(list);
  }

  /** The one that ends first in the text; null: none is there. */
  first(text: string): string | null {
    return this.all(text)[0] ?? null;
  }

  /** Each that is there, once. */
  all(text: string): string[] {
    // the library's own `hasKeywordInText` misses characters beyond U+FFFF
    return this.size === 0 ? [] : [...new Set(this.#automaton.matchInText(text).map(({ keyword }) => keyword))];
  }
}
