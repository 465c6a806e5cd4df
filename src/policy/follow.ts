import type { Body, Hole } from './template.ts';

/** Where a text leaves a template: up to `at` it could still have become one of its texts. */
export interface Departure {
  readonly at: number;
  /** What should stand there: `{name}` with what follows, or literal text; '' the end. */
  readonly expected: string;
}

/**
 * null: the text is one that the template can make. Walks all ways through the holes at once, as sets of places: the time grows with
 * length times holes whatever stands in the text, which no backtracking expression promises.
 */
export function follow({ literals, holes }: Body, text: string): Departure | null {
  const first = literals[0] ?? '';
  if (!text.startsWith(first)) {
    const at = commonLength(text, first);
    return { at, expected: first.slice(at) };
  }
  if (holes.length === 0) return text.length === first.length ? null : { at: first.length, expected: '' };
  let starts = [first.length];
  for (const [i, hole] of holes.entries()) {
    const literal = literals[i + 1] ?? '';
    const ends = placesOf(literal, text, i === holes.length - 1);
    const next = reached(hole, starts, ends, text).map((end) => end + literal.length);
    if (next.length === 0) return { at: starts.at(-1) ?? 0, expected: `{${hole.name}}${literal}` };
    starts = next;
  }
  return null;
}

/** Where the literal stands, ascending; the last one only counts at the end. */
function placesOf(literal: string, text: string, last: boolean): number[] {
  if (last) return text.endsWith(literal) ? [text.length - literal.length] : [];
  const places: number[] = [];
  for (
    let at = text.indexOf(literal);
    at >= 0 && at <= text.length - literal.length;
    at = text.indexOf(literal, at + 1)
  ) {
    places.push(at);
    if (at === text.length) break;
  }
  return places;
}

/** Those ends at which a value of the hole that began at one of `starts` may be over. Both ascend, and so do the bounds. */
function reached(hole: Hole, starts: readonly number[], ends: readonly number[], text: string): number[] {
  const found: number[] = [];
  let from = 0;
  let run = 0; // where the digits before `seen` begin
  let seen = 0;
  for (const end of ends) {
    if (hole.digits) {
      for (; seen < end; seen++) if (!isDigit(text.charCodeAt(seen))) run = seen + 1;
    }
    const least = Math.max(end - hole.max, hole.digits ? run : 0);
    while (from < starts.length && (starts[from] ?? 0) < least) from++;
    const start = starts[from];
    if (start !== undefined && start <= end - hole.min) found.push(end);
  }
  return found;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function commonLength(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n;
}
