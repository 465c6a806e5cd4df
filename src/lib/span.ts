import type { Text } from './text.ts';

/** How long something took or is away, for people: two units at most, and no more exact than they would say it. */
export function spanText(ms: number): Text {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return { zh: `${whole} 毫秒`, en: `${whole} ms` };
  if (whole < 10_000) {
    const seconds = Math.round(whole / 100) / 10;
    return { zh: `${seconds} 秒`, en: `${seconds} s` };
  }
  const seconds = Math.round(whole / 1000);
  const [days, hours, minutes, rest] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  if (days > 0) return both(days, '天', 'd', hours, '小时', 'h');
  if (hours > 0) return both(hours, '小时', 'h', minutes, '分', 'min');
  if (minutes > 0) return both(minutes, '分', 'min', rest, '秒', 's');
  return { zh: `${rest} 秒`, en: `${rest} s` };
}

function both(a: number, aZh: string, aEn: string, b: number, bZh: string, bEn: string): Text {
  return b === 0
    ? { zh: `${a} ${aZh}`, en: `${a} ${aEn}` }
    : { zh: `${a} ${aZh} ${b} ${bZh}`, en: `${a} ${aEn} ${b} ${bEn}` };
}
