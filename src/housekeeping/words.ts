import { spanText } from '../lib/span.ts';
import type { Text } from '../lib/text.ts';
import type { KeepingCounts } from './pass.ts';

const WORDS: Readonly<Record<keyof KeepingCounts, Text>> = {
  moved: { zh: '移入历史', en: 'moved to the history' },
  deleted: { zh: '历史到期删除', en: 'deleted from the history' },
  masked: { zh: '历史遮盖号码、抹去内容', en: 'masked in the history' },
  inboxDeleted: { zh: '收件到期删除', en: 'deleted from the inbox' },
  inboxMasked: { zh: '收件遮盖号码、抹去内容', en: 'masked in the inbox' },
};

/** What a pass did, in so many milliseconds, or would do (null). */
export function countsText(counts: KeepingCounts, ms: number | null): Text {
  const kinds = Object.keys(WORDS) as (keyof KeepingCounts)[];
  const some = kinds.filter((kind) => counts[kind] > 0);
  const list = (locale: 'zh' | 'en', between: string, none: string): string =>
    some.length === 0 ? none : some.map((kind) => `${WORDS[kind][locale]} ${counts[kind]}`).join(between);
  const span = ms === null ? null : spanText(ms);
  const took = span ? { zh: `，用时 ${span.zh}`, en: `, in ${span.en}` } : { zh: '', en: '' };
  return {
    zh: `${ms === null ? '将要整理' : '整理'}：${list('zh', '，', '没有到期的行')}${took.zh}`,
    en: `${ms === null ? 'housekeeping would do' : 'housekeeping'}: ${list('en', ', ', 'no row is due')}${took.en}`,
  };
}
