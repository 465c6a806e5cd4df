import type { Body, Hole } from './template.ts';

/** Where a text leaves a template: up to `at` it could still have become one of its texts. */
export interface Departure {
  readonly at: number;
  /** What should stand there: `{name}` with what follows, or literal text; '' the end. */
  readonly expected: string;
}

/**
 * Whether the text is one that the template can make. Walks all ways through the holes at once, as sets of places: the time grows
 * with length times holes whatever stands in the text, which no backtracking expression promises.
 */
export const matches = (body: Body, text: string): boolean => straight(body, text) || walk(body, text) === null;

/** One pass that takes each literal at its first place: whatever it finds is a match, and nearly every match is found so. */
function straight({ literals, holes }: Body, text: string): boolean {
  let at = literals[0]?.length ?? 0;
  if (!text.startsWith(literals[0] ?? '')) return false;
  for (let i = 0; i < holes.length; i++) {
    const { min, max, digits } = holes[i] as Hole;
    const literal = literals[i + 1] ?? '';
    const last = i === holes.length - 1;
    const end = last ? text.length - literal.length : text.indexOf(literal, at + min);
    if (end < at + min || end - at > max || (last && !text.endsWith(literal))) return false;
    if (digits) for (let k = at; k < end; k++) if (!isDigit(text.charCodeAt(k))) return false;
    at = end + literal.length;
  }
  return at === text.length;
}

/** Where a text that does not match leaves the template; null: it matches. */
export function follow(body: Body, text: string): Departure | null {
  const stop = walk(body, text);
  if (stop === null) return null;
  const { literals, holes } = body;
  if (stop.at >= 0) return { at: stop.at, expected: (literals[0] ?? '').slice(stop.at) };
  const hole = holes[stop.hole];
  const literal = literals[stop.hole + 1] ?? '';
  const near = hole && nearestPlace(hole, stop.starts, literal, text);
  if (near) return near;
  return { at: stop.starts.at(-1) ?? 0, expected: `{${hole?.name ?? ''}}${literal}` };
}

/** `at` ≥ 0: within the first literal, or after it where nothing may follow; else the hole that leads nowhere, and where it begins. */
interface Stop {
  readonly at: number;
  readonly hole: number;
  readonly starts: readonly number[];
}

function walk({ literals, holes }: Body, text: string): Stop | null {
  const first = literals[0] ?? '';
  if (!text.startsWith(first)) return { at: commonLength(text, first), hole: 0, starts: [] };
  if (holes.length === 0) return text.length === first.length ? null : { at: first.length, hole: 0, starts: [] };
  let starts = [first.length];
  for (const [i, hole] of holes.entries()) {
    const literal = literals[i + 1] ?? '';
    const ends = placesOf(literal, text, i === holes.length - 1);
    const next = reached(hole, starts, ends, text).map((end) => end + literal.length);
    if (next.length === 0) return { at: -1, hole: i, starts };
    starts = next;
  }
  return null;
}

/** What follows the hole stands somewhere in part: there the text leaves the template. */
function nearestPlace(hole: Hole, starts: readonly number[], literal: string, text: string): Departure | null {
  const ends = Array.from({ length: text.length + 1 }, (_, i) => i);
  let best: Departure | null = null;
  let most = 0;
  for (const end of reached(hole, starts, ends, text)) {
    const common = commonLength(text.slice(end), literal);
    if (common > most) [most, best] = [common, { at: end + common, expected: literal.slice(common) }];
  }
  return best;
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
