import type { Text } from './text.ts';

/** Largest first, so that formatting picks the shortest exact form. */
const UNITS = [
  ['d', 86_400_000, '天'],
  ['h', 3_600_000, '小时'],
  ['m', 60_000, '分钟'],
  ['s', 1_000, '秒'],
  ['ms', 1, '毫秒'],
] as const;

/** Milliseconds of `500ms`, `3s`, `2m`, `72h`, `30d`; null when `written` is not a duration. */
export function parseDuration(written: string): number | null {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(written);
  if (!match) return null;
  const unit = UNITS.find(([name]) => name === match[2]);
  const ms = Number(match[1]) * (unit?.[1] ?? Number.NaN);
  return Number.isSafeInteger(ms) ? ms : null;
}

/** The exact form in the largest unit that divides `ms`, as a configuration has it: 180000 → `3m`, 1500 → `1500ms`. Fractions are rounded. */
export function formatDuration(ms: number): string {
  const { count, unit } = inUnits(ms);
  return `${count}${unit}`;
}

/** The same in a sentence: 180000 → `3 分钟`, `3m`. */
export function durationText(ms: number): Text {
  const { count, zh } = inUnits(ms);
  return { zh: `${count} ${zh}`, en: formatDuration(ms) };
}

function inUnits(ms: number): { readonly count: number; readonly unit: string; readonly zh: string } {
  const whole = Math.max(0, Math.round(ms));
  const [unit, size, zh] =
    UNITS.find(([, each]) => whole >= each && whole % each === 0) ?? (['ms', 1, '毫秒'] as const);
  return { count: whole / size, unit, zh };
}
