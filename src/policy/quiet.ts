import { beijingText, midnightBefore, type Calendar } from './calendar.ts';
import { deferred, type Finding } from './finding.ts';

/** No messages of these categories from one time of day to another, Beijing. */
export interface QuietWindow {
  /** null: every category. */
  readonly categories: ReadonlySet<string> | null;
  /** Minutes since midnight; `to` at or before `from` is that of the next day. */
  readonly from: number;
  readonly to: number;
  /** The days on which it begins. */
  readonly days: 'all' | 'workdays' | 'restdays';
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Longer than any row of holidays; windows that leave no gap do not hold a row for ever. */
const MOST_MS = 31 * DAY_MS;

/** When a message of this category may go, milliseconds since 1970: `at` itself, or the end of the quiet time it falls into. */
export function mayGoAt(at: number, category: string, windows: readonly QuietWindow[], calendar: Calendar): number {
  const own = windows.filter((w) => w.categories === null || w.categories.has(category));
  if (own.length === 0) return at;
  let when = at;
  while (when < at + MOST_MS) {
    const ends = own.map((window) => endOf(window, when, calendar)).filter((end) => end !== null);
    if (ends.length === 0) break;
    when = Math.max(...ends);
  }
  return when;
}

/** When the window that holds this moment ends; null: it does not hold it. */
function endOf(window: QuietWindow, at: number, calendar: Calendar): number | null {
  const length = window.to > window.from ? window.to - window.from : window.to + 24 * 60 - window.from;
  const today = midnightBefore(at);
  for (const day of [today, today - DAY_MS]) {
    const start = day + window.from * MINUTE_MS;
    const end = start + length * MINUTE_MS;
    if (start <= at && at < end && begins(window, day, calendar)) return end;
  }
  return null;
}

function begins({ days }: QuietWindow, day: number, calendar: Calendar): boolean {
  return days === 'all' || (days === 'restdays') === calendar.isRestDay(day);
}

export function quietFinding(at: number, until: number): Finding {
  const when = beijingText(until);
  return deferred(
    'QUIET_HOURS',
    until - at,
    `静默时段，推迟到 ${when}（北京时间）`,
    `quiet hours, deferred until ${when} (Beijing)`,
  );
}

/** `22:30` → 1350, `24:00` → 1440; null: not a time of day. */
export function minutesOf(written: string): number | null {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(written);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
  return minutes <= 24 * 60 ? minutes : null;
}
