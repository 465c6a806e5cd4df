/** How a value is shown: `{balance|money}`. All take text and give text, and leave alone what is not of their kind. */
export const FORMATS = {
  /** 1234.5 → 1234.50, rounded half up, in digits and not in floating point. */
  money,
  /** 张三丰 → 张**, 13900000001 → 139****0001, 6222000000000001 → 6222********0001. */
  mask,
  /** 6222000000000001 → 0001. */
  last4: (value: string): string => Array.from(value).slice(-4).join(''),
  /** 2026-11-23 10:15:00, 20261123 → 2026-11-23. */
  date: (value: string): string => dated(value, ([y, m, d]) => `${y}-${m}-${d}`),
  /** 2026-11-23 → 11月23日. */
  day: (value: string): string => dated(value, ([, m, d]) => `${Number(m)}月${Number(d)}日`),
  /** 2026-11-23, 202611 → 2026年11月. */
  month: (value: string): string => dated(value, ([y, m]) => `${y}年${Number(m)}月`),
  /** 2026-11-23 10:15:00 → 10:15. */
  time: (value: string): string => /(?:^|[ T])(\d{2}:\d{2})/.exec(value)?.[1] ?? value,
} as const satisfies Record<string, (value: string) => string>;

export type Format = keyof typeof FORMATS;

export const isFormat = (name: string): name is Format => Object.hasOwn(FORMATS, name);

/** Those that show no secret. */
export const HIDING: ReadonlySet<string> = new Set<Format>(['mask', 'last4']);

function money(value: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/.exec(value) ?? [];
  if (whole === '' && fraction === '') return value;
  const cents = BigInt(whole || '0') * 100n + BigInt(fraction.padEnd(2, '0').slice(0, 2));
  const rounded = cents + (fraction.charAt(2) >= '5' ? 1n : 0n);
  const minus = sign === '-' && rounded > 0n ? '-' : '';
  return `${minus}${rounded / 100n}.${String(rounded % 100n).padStart(2, '0')}`;
}

function mask(value: string): string {
  const chars = Array.from(value);
  const shown =
    chars.length >= 12 ? [4, 4] : chars.length >= 8 ? [3, 4] : /^[\x20-\x7e]*$/.test(value) ? [0, 0] : [1, 0];
  const [head = 0, tail = 0] = shown;
  const hidden = '*'.repeat(Math.max(0, chars.length - head - tail));
  return chars.slice(0, head).join('') + hidden + (tail > 0 ? chars.slice(-tail).join('') : '');
}

function dated(value: string, show: (parts: [string, string, string]) => string): string {
  const [, y, m, d = '01'] = /^\s*(\d{4})[-/.年]?(\d{1,2})(?:[-/.月]?(\d{1,2}))?/.exec(value) ?? [];
  return y === undefined || m === undefined ? value : show([y, m.padStart(2, '0'), d.padStart(2, '0')]);
}
