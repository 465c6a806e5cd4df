import type { Config } from '../config/settings.ts';
import { plural, type Text } from '../lib/text.ts';
import { beijingText } from '../policy/calendar.ts';
import type { Shadow } from './shadow.ts';
import type { Refused } from './tally.ts';

/** What the daemon would have done since the start; for `--json` as it is. */
export interface ShadowReport {
  readonly seconds: number;
  readonly messages: number;
  readonly calls: number;
  readonly parts: number;
  /** Yuan; null: policy.pricePerPart is not set. */
  readonly cost: number | null;
  /** What these parts take at outbox.ratePerSecond; null: no limit. */
  readonly secondsAtRate: number | null;
  readonly refused: readonly Refused[];
  /** Rows that wait for a time set by a rule; times of Beijing. */
  readonly deferred: readonly {
    readonly code: string;
    readonly rows: number;
    readonly from: string;
    readonly until: string;
  }[];
  /** Rows whose send_at has not come, counted up to 10000. */
  readonly scheduled: number;
  /** OPEN, PAUSED, LATCHED, MANUAL; null: no daemon has used the channel yet. */
  readonly channel: string | null;
}

export function reportOf(
  { outbox, policy }: Config,
  { total, deferred, channel }: Shadow,
  { scheduled, ranMs }: { scheduled: number; ranMs: number },
): ShadowReport {
  const { messages, calls, parts, refused } = total;
  return {
    seconds: Math.round(ranMs / 1000),
    ...{ messages, calls, parts },
    cost: policy.pricePerPart === null ? null : Math.round(parts * policy.pricePerPart * 100) / 100,
    secondsAtRate: outbox.ratePerSecond === null ? null : Math.ceil(parts / outbox.ratePerSecond),
    refused,
    deferred: deferred.map(({ code, rows, fromMs, untilMs }) => ({
      ...{ code, rows },
      ...{ from: beijingText(fromMs), until: beijingText(untilMs) },
    })),
    ...{ scheduled, channel: channel?.state ?? null },
  };
}

interface Counts {
  readonly messages: number;
  readonly calls: number;
  readonly parts: number;
  readonly refusals: number;
  readonly deferrals: number;
}

export const minuteText = ({ messages, calls, parts, refusals, deferrals }: Counts): Text => ({
  zh: `近一分钟：会发送 ${messages} 条（${calls} 次调用，计费 ${parts} 条），拒绝或挂起 ${refusals} 条，推迟 ${deferrals} 条`,
  en: `last minute: would send ${plural(messages, 'message')} (${plural(calls, 'call')}, ${plural(parts, 'part')}), refuse or hold ${refusals}, defer ${deferrals}`,
});

export const looked = (rows: number): Text => ({
  zh: `看了 ${rows} 行`,
  en: `decided about ${plural(rows, 'row')}`,
});

export const STARTED: Text = {
  zh: '影子运行：只读表，不发送，不写库，不收回执和来信；按 Ctrl+C 结束并给出汇总',
  en: 'shadow run: reads the tables, sends nothing, writes nothing, fetches neither receipts nor messages; Ctrl+C ends it and prints the sum',
};

/** What no look at the tables can tell. */
export const CANNOT_KNOW: readonly Text[] = [
  {
    zh: '平台会怎么答复（它自己的黑名单、敏感词、余额），有没有回执',
    en: 'what the platform would have answered (its own blacklist, words, balance), and which receipts would have come',
  },
  {
    zh: '两次查看之间写入又被别的程序取走的行',
    en: 'rows that were inserted and taken by another program between two looks',
  },
  {
    zh: '市民来信及其答复：取走就收不到了，所以不取',
    en: 'what citizens wrote, and the answers to it: fetching would consume it',
  },
  {
    zh: '状态目录里的发送流水账：数据库忘了提交（主备切换、恢复备份）的行在这里看不出来',
    en: 'the journal in the state directory: rows whose submission the database has forgotten (fail-over, restored backup) look new here',
  },
  {
    zh: '正在发送而结果不明的提交会如何了结',
    en: 'how submissions end whose outcome is not known yet',
  },
];
