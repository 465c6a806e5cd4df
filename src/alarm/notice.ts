import { localTime } from '../lib/local-time.ts';
import { maskLine } from '../lib/mask.ts';
import { spanText } from '../lib/span.ts';
import { pick, type Locale, type Text } from '../lib/text.ts';

/** What is watched. */
export const CONDITIONS = [
  'channel',
  'database',
  'oldest',
  'delivery',
  'balance',
  'storm',
  'certificate',
  'disk',
  'heartbeat',
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Times are milliseconds since 1970. */
interface Said {
  readonly text: Text;
  readonly since: number;
  readonly at: number;
}

/** That a trouble began, lasts, or is over. */
export interface Alarm extends Said {
  readonly condition: Condition;
  readonly state: 'raised' | 'reminder' | 'cleared';
}

/** Nothing at all, to see whether it arrives; of no condition that a receiver could act upon. */
interface Test extends Said {
  readonly condition: 'test';
  readonly state: 'test';
}

/** One thing to be told. */
export type Notice = Alarm | Test;

/** Somebody who is told. Resolves once it is surely told; throws while it may be tried again. */
export interface Way {
  readonly name: 'webhook' | 'mail' | 'sms';
  send(notice: Notice, stop: AbortSignal): Promise<void>;
}

export const NAMES: Readonly<Record<Condition, Text>> = {
  channel: { zh: '通道停止发送', en: 'channel closed' },
  database: { zh: '数据库不可用', en: 'database down' },
  oldest: { zh: '短信积压过久', en: 'messages wait too long' },
  delivery: { zh: '送达率过低', en: 'delivery rate low' },
  balance: { zh: '余额不足', en: 'balance low' },
  storm: { zh: '防刷闸', en: 'storm brake' },
  certificate: { zh: '证书将到期', en: 'certificate about to expire' },
  disk: { zh: '磁盘空间不足', en: 'disk low' },
  heartbeat: { zh: '守护进程失去心跳', en: 'daemon silent' },
};

const STATES: Readonly<Record<Notice['state'], Text>> = {
  raised: { zh: '告警', en: 'alarm' },
  reminder: { zh: '仍未恢复', en: 'still there' },
  cleared: { zh: '已恢复', en: 'over' },
  test: { zh: '告警试验', en: 'test of alarms' },
};

/** `yxt-mw node-1 告警：余额不足`. */
export function titleOf({ condition, state }: Notice, instance: string, locale: Locale): string {
  if (state === 'test') return `yxt-mw ${instance} ${pick(STATES.test, locale)}`;
  const [what, how] = [pick(NAMES[condition], locale), pick(STATES[state], locale)];
  return `yxt-mw ${instance} ${how}${locale === 'en' ? ': ' : '：'}${what}`;
}

/** The sentence, once it is over that it was so; whatever it quotes, no number of a citizen's leaves the house. */
export function bodyOf({ state, text, since, at }: Notice, locale: Locale): string {
  if (state !== 'cleared') return maskLine(pick(text, locale));
  const span = spanText(at - since);
  return maskLine(
    pick({ zh: `历时 ${span.zh}。当时：${text.zh}`, en: `lasted ${span.en}. It was: ${text.en}` }, locale),
  );
}

/** Local time, to the minute. */
export function minuteOf(ms: number): string {
  return localTime(ms).slice(0, 16);
}
