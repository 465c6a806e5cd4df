import { follow, matches, type Departure } from './follow.ts';
import { Patterns } from './patterns.ts';
import { remembered } from './remembered.ts';
import type { Body, Template } from './template.ts';

export interface Nearest {
  readonly template: Template;
  readonly departure: Departure;
}

/** Templates tried before all others. */
const RECENT = 4;

/**
 * Finds the template that a text comes from, among thousands. Each is known by one of its literals, long and shared with few others;
 * one scan over the text tells which of these occur, and only their templates are followed.
 */
export class TemplateMatcher {
  readonly #byAnchor = new Map<string, Template[]>();
  readonly #anchors: Patterns;
  readonly #all: readonly Template[];
  #pairs: Map<string, number[]> | null = null;
  /** The latest found first: messages come in batches of one kind. */
  #recent: readonly Template[] = [];

  constructor(templates: readonly Template[]) {
    this.#all = templates;
    const shared = new Map<string, number>();
    for (const literal of templates.flatMap(({ literals }) => literals)) {
      shared.set(literal, (shared.get(literal) ?? 0) + 1);
    }
    const worth = (literal: string): number => literal.length / (shared.get(literal) ?? 1);
    for (const template of templates) {
      const anchor = template.literals.reduce((best, each) => (worth(each) > worth(best) ? each : best), '');
      this.#byAnchor.set(anchor, [...(this.#byAnchor.get(anchor) ?? []), template]);
    }
    this.#anchors = new Patterns([...this.#byAnchor.keys()].filter((anchor) => anchor !== ''));
  }

  /** The template that the text comes from; null: none. */
  readonly match = remembered((text): Template | null => {
    const found = this.#recent.find((template) => matches(template, text)) ?? this.#find(text);
    if (found && found !== this.#recent[0]) {
      this.#recent = [found, ...this.#recent.filter((each) => each !== found)].slice(0, RECENT);
    }
    return found;
  });

  #find(text: string): Template | null {
    for (const anchor of this.#anchors.all(text)) {
      const found = this.#byAnchor.get(anchor)?.find((template) => matches(template, text));
      if (found) return found;
    }
    return this.#byAnchor.get('')?.find((template) => matches(template, text)) ?? null;
  }

  /** Of a text that matches none: the template with most pairs of neighbouring characters in common, and where the text leaves it. */
  readonly nearest = remembered((text): Nearest | null => {
    this.#pairs ??= pairsOf(this.#all);
    const common = new Uint16Array(this.#all.length);
    for (const pair of neighbours(text)) {
      for (const i of this.#pairs.get(pair) ?? NONE) common[i] = (common[i] ?? 0) + 1;
    }
    let best: Template | null = null;
    let bestScore = 0;
    for (const [i, template] of this.#all.entries()) {
      const score = (common[i] ?? 0) / (text.length + literalLength(template));
      if (score > bestScore) [best, bestScore] = [template, score];
    }
    const departure = best && follow(best, text);
    return best && departure && { template: best, departure };
  });
}

const NONE: readonly number[] = [];

const literalLength = ({ literals }: Body): number => literals.reduce((n, literal) => n + literal.length, 0);

function pairsOf(templates: readonly Template[]): Map<string, number[]> {
  const pairs = new Map<string, number[]>();
  for (const [i, { literals }] of templates.entries()) {
    for (const pair of new Set(literals.flatMap((literal) => [...neighbours(literal)]))) {
      const there = pairs.get(pair);
      if (there) there.push(i);
      else pairs.set(pair, [i]);
    }
  }
  return pairs;
}

function neighbours(text: string): Set<string> {
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) pairs.add(text.slice(i, i + 2));
  return pairs;
}
