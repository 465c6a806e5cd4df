import { AhoCorasick } from '@monyone/aho-corasick';

/** Many strings looked for at once (Aho–Corasick): the time depends on the text and what is found in it, not on how many they are. */
export class Patterns {
  readonly size: number;
  readonly #list: readonly string[];
  #built: AhoCorasick | null = null;

  constructor(patterns: Iterable<string>) {
    this.#list = [...patterns];
    this.size = this.#list.length;
  }

  /** Thousands of patterns take a tenth of a second and many megabytes: not before a text comes that must be looked through. */
  get #automaton(): AhoCorasick {
    return (this.#built ??= new AhoCorasick([...this.#list]));
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
