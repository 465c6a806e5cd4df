import { hash } from 'node:crypto';
import { durationText, formatDuration } from '../lib/duration.ts';
import type { Text } from '../lib/text.ts';
import { beijingText } from './calendar.ts';
import type { Finding } from './finding.ts';
import type { Message } from './message.ts';

/** So many messages of a kind within a time. */
export interface Limit {
  /** phone: to one number · text: the same text to one number · source: of one `source` · category: of one category. */
  readonly per: 'phone' | 'text' | 'source' | 'category';
  /** null: messages of every category count, together. */
  readonly categories: ReadonlySet<string> | null;
  readonly most: number;
  readonly windowMs: number;
  readonly over: 'reject' | 'defer' | 'hold';
  readonly code: 'RATE_LIMIT' | 'STORM';
}

/** A window is counted in so many pieces; it slides by one of them, and the oldest counts whole, so that it is never too short. */
export const PIECES = 60;
/** The places that one counter needs; older pieces are overwritten. */
export const SLOTS = PIECES + 1;

/** What one piece of a window has seen. */
export interface Piece {
  /** Number of the piece since 1970. */
  readonly piece: number;
  readonly uses: number;
}

/** The new content of one piece. */
export interface Added extends Piece {
  readonly subject: string;
  readonly endsMs: number;
}

export interface Counted {
  readonly id: string;
  readonly message: Message;
}

/** A row with the limits that apply to it. */
export interface Counting extends Counted {
  readonly own: readonly { readonly limit: Limit; readonly subject: string }[];
}

export function countingsOf(rows: readonly Counted[], limits: readonly Limit[]): Counting[] {
  return rows.map(({ id, message }) => {
    const own: { limit: Limit; subject: string }[] = [];
    for (const limit of limits) if (applies(limit, message)) own.push({ limit, subject: subjectOf(limit, message) });
    return { id, message, own };
  });
}

export const applies = ({ categories, per }: Limit, m: Message): boolean =>
  (categories === null || categories.has(m.category)) && (per !== 'source' || (m.source ?? '') !== '');

/** 96 bits: no two of a billion subjects meet. */
const SUBJECT_LENGTH = 16;

/** Under which name the database counts; no phone and no text stands there. */
export function subjectOf(limit: Limit, m: Message): string {
  return hash('sha1', `${kindOf(limit)}\n${whose(limit, m)}`, 'base64url').slice(0, SUBJECT_LENGTH);
}

function whose({ per }: Limit, m: Message): string {
  switch (per) {
    case 'phone':
      return m.phone;
    case 'text':
      return `${m.phone}\n${m.text}`;
    case 'source':
      return m.source ?? '';
    case 'category':
      return m.category;
  }
}

const kinds = new WeakMap<Limit, string>();

/** The same for limits that differ only in their number: they share their counters. */
function kindOf(limit: Limit): string {
  const known = kinds.get(limit);
  if (known !== undefined) return known;
  const categories = limit.categories === null ? '*' : [...limit.categories].sort().join(',');
  const kind = `${limit.per}\n${categories}\n${limit.windowMs}`;
  kinds.set(limit, kind);
  return kind;
}

/** One subject within one window, while the rows of a claim are looked at; limits that differ only in their number share it. */
class Counter {
  readonly #pieceMs: number;
  readonly #now: number;
  readonly #pieces: readonly Piece[];
  readonly #before: number;
  #put = 0;
  #latest: string | null = null;
  #waiting = 0;

  constructor(windowMs: number, pieces: readonly Piece[], nowMs: number) {
    this.#pieceMs = Math.ceil(windowMs / PIECES);
    this.#now = Math.floor(nowMs / this.#pieceMs);
    this.#pieces =
      pieces.length === 0
        ? pieces
        : pieces.filter(({ piece }) => piece >= this.#now - PIECES).sort((a, b) => a.piece - b.piece);
    this.#before = this.#pieces.reduce((sum, { uses }) => sum + uses, 0);
  }

  get used(): number {
    return this.#before + this.#put;
  }

  /** A row counts once, though two limits may ask for it. */
  use(id: string): void {
    if (id === this.#latest) return;
    this.#latest = id;
    this.#put++;
  }

  /** When there is room for one more under a limit of so many, milliseconds since 1970. */
  roomAt(most: number): number {
    let over = this.used + 1 - most;
    const freed = [...this.#pieces, { piece: this.#now, uses: this.#put }].find(({ uses }) => (over -= uses) <= 0);
    return ((freed?.piece ?? this.#now) + SLOTS) * this.#pieceMs;
  }

  /** The same for one row after another: those that wait together must not all come back at once. */
  wait(most: number): number {
    return this.roomAt(most) + Math.floor(this.#waiting++ / most) * this.#pieceMs * PIECES;
  }

  added(subject: string): Added | null {
    if (this.#put === 0) return null;
    const before = this.#pieces.find(({ piece }) => piece === this.#now)?.uses ?? 0;
    const endsMs = (this.#now + SLOTS) * this.#pieceMs;
    return { subject, piece: this.#now, uses: before + this.#put, endsMs };
  }
}

export interface Verdicts {
  readonly over: ReadonlyMap<string, Finding>;
  readonly added: readonly Added[];
}

const NONE: readonly Piece[] = [];

/** Which rows, in their order, are over a limit; those that are not count, in all of their limits. */
export function countRows(
  rows: readonly Counting[],
  pieces: ReadonlyMap<string, readonly Piece[]>,
  nowMs: number,
): Verdicts {
  const counters = new Map<string, Counter>();
  const over = new Map<string, Finding>();
  const counterOf = ({ limit, subject }: Counting['own'][number]): Counter => {
    const known = counters.get(subject);
    if (known) return known;
    const counter = new Counter(limit.windowMs, pieces.get(subject) ?? NONE, nowMs);
    counters.set(subject, counter);
    return counter;
  };
  for (const { id, message, own } of rows) {
    const full: { limit: Limit; counter: Counter }[] = [];
    for (const each of own) {
      const { limit } = each;
      const counter = counterOf(each);
      // a brake does not stop twice what a person has released
      const released = limit.over === 'hold' && message.overruled.has(limit.code);
      if (counter.used >= limit.most && !released) full.push({ limit, counter });
    }
    const finding = full.length === 0 ? null : strictest(full, nowMs);
    if (finding) over.set(id, finding);
    else for (const each of own) counterOf(each).use(id);
  }
  const added: Added[] = [];
  for (const [subject, counter] of counters) {
    const uses = counter.added(subject);
    if (uses) added.push(uses);
  }
  // in one order, so that two daemons wait for each other instead of dead-locking
  return { over, added: added.sort((a, b) => (a.subject < b.subject ? -1 : 1)) };
}

/** Refused before held before deferred; of several that defer, the longest wait. */
function strictest(full: readonly { limit: Limit; counter: Counter }[], nowMs: number): Finding | null {
  for (const over of ['reject', 'hold'] as const) {
    const first = full.find(({ limit }) => limit.over === over);
    if (first) return limitFinding(first.limit, first.counter.roomAt(first.limit.most), nowMs);
  }
  const waits = full.map(({ limit, counter }) => ({ limit, until: counter.wait(limit.most) }));
  const longest = waits.reduce<(typeof waits)[number] | null>((a, b) => (a && a.until >= b.until ? a : b), null);
  return longest && limitFinding(longest.limit, longest.until, nowMs);
}

/** How many of it are used up now, and when there is room again if none is left. */
export function standing(
  limit: Limit,
  pieces: readonly Piece[],
  nowMs: number,
): { used: number; roomAt: number | null } {
  const counter = new Counter(limit.windowMs, pieces, nowMs);
  return { used: counter.used, roomAt: counter.used >= limit.most ? counter.roomAt(limit.most) : null };
}

const SUBJECTS: Readonly<Record<Limit['per'], Text>> = {
  phone: { zh: '同一号码 ', en: 'to one phone' },
  text: { zh: '同一号码相同内容 ', en: 'of one text to one phone' },
  source: { zh: '同一来源（source）', en: 'of one source' },
  category: { zh: '同一类别 ', en: 'of one category' },
};

/** `同一号码 24h 内最多 5 条（CODE）`. */
export function limitWords({ per, categories, most, windowMs }: Limit): Text {
  const subject = SUBJECTS[per];
  const kinds = categories === null ? '' : [...categories].join(', ');
  return {
    zh: `${subject.zh}${durationText(windowMs).zh}内最多 ${most} 条${kinds && `（${kinds}）`}`,
    en: `at most ${most} ${subject.en} in ${formatDuration(windowMs)}${kinds && ` (${kinds})`}`,
  };
}

export function limitFinding(limit: Limit, roomAt: number, nowMs: number): Finding {
  const words = limitWords(limit);
  const when = beijingText(Math.ceil(roomAt / 60_000) * 60_000);
  const { code } = limit;
  switch (limit.over) {
    case 'reject':
      return {
        status: 'REJECTED',
        code,
        text: {
          zh: `${words.zh}，已达上限；${when}（北京时间）之后可把 status 置为 NEW`,
          en: `${words.en}: reached; it may go after ${when} (Beijing), set status to NEW then`,
        },
      };
    case 'hold':
      return {
        status: 'HELD',
        code,
        text: {
          zh: `${words.zh}，已超过，疑似上游重复发送。核实后要发，把 status 置为 NEW；不发则置为 CANCELLED`,
          en: `${words.en}: exceeded, which looks like a fault upstream. To send it all the same set status to NEW, to drop it CANCELLED`,
        },
      };
    case 'defer':
      return {
        status: 'NEW',
        code,
        delayMs: Math.max(1000, roomAt - nowMs),
        text: {
          zh: `${words.zh}，已达上限，推迟到 ${when}（北京时间）`,
          en: `${words.en}: reached, deferred until ${when} (Beijing)`,
        },
      };
  }
}
