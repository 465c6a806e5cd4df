import type { Deed } from '../db/operate-store.ts';
import { plural, type Text } from '../lib/text.ts';
import type { Done } from './deeds.ts';

const DONE: Readonly<Record<Deed, (rows: number) => Text>> = {
  CANCEL: (n) => ({ zh: `已取消 ${n} 行`, en: `${plural(n, 'row')} cancelled` }),
  RELEASE: (n) => ({ zh: `已放行 ${n} 行`, en: `${plural(n, 'row')} released` }),
  DISCARD: (n) => ({ zh: `已弃发 ${n} 行`, en: `${plural(n, 'row')} discarded` }),
  RETRY: (n) => ({ zh: `已置为重发 ${n} 行`, en: `${plural(n, 'row')} to be sent again` }),
  PURGE: (n) => ({ zh: `已删除 ${n} 行`, en: `${plural(n, 'row')} deleted` }),
};

/** How people name the rows that have no `result_code`, in lists, commands and the audit log. */
export const NO_CODE = '-';

/** What came of it, in one sentence. */
export function doneText(deed: Deed, { changed, mayDouble, refused }: Done): Text {
  const done = DONE[deed](changed);
  const doubles = mayDouble > 0 ? mayDoubleText(mayDouble) : null;
  const left = refused.length > 0 ? leftText(refused) : null;
  return {
    zh: [done.zh, doubles?.zh, left?.zh].filter((part) => part !== undefined).join('；'),
    en: [done.en, doubles?.en, left?.en].filter((part) => part !== undefined).join('; '),
  };
}

export const mayDoubleText = (rows: number): Text => ({
  zh: `其中 ${rows} 行可能已经发出，市民可能收到两次`,
  en: `${plural(rows, 'row')} of these may have gone out before: the citizen may get it twice`,
});

const leftText = (refused: readonly string[]): Text => {
  const ids = refused.slice(0, 5).join(', ') + (refused.length > 5 ? ' …' : '');
  return {
    zh: `${refused.length} 行被触发器、约束或别人的事务挡住，未改：${ids}`,
    en: `${plural(refused.length, 'row')} left as they are, kept by a trigger, a constraint or somebody's transaction: ${ids}`,
  };
};
