import { DEEDS, survey, type Done } from '../operate/deeds.ts';
import { doneText, NO_CODE } from '../operate/words.ts';
import type { Text } from '../lib/text.ts';
import type { Figures } from './figures.ts';
import type { HttpParts } from './parts.ts';
import { json, refusal, type Reply } from './reply.ts';
import type { Asked } from './server.ts';

/** Rows that one deed on the page may be about, and those of them that one call changes: an answer within a second or so. */
export const MOST_ROWS = 10_000;
const MOST_A_CALL = 1000;

/** What an admin does on the page; each deed leaves a line in the log and one in the audit log that says who and from where. */
export function actionsOf(
  p: Pick<HttpParts, 'pause' | 'resume' | 'decideHeld' | 'store' | 'log' | 'audit'>,
  figures: Pick<Figures, 'forget'>,
) {
  const record = (
    { who }: Asked,
    action: string,
    done: Text,
    facts: Readonly<Record<string, string | number>> = {},
  ): void => {
    p.log.info(
      `admin.${action}`,
      { zh: `状态页，${who}：${done.zh}`, en: `page, ${who}: ${done.en}` },
      { who, ...facts },
    );
    p.audit({ who: `page:${who}`, action, facts });
  };

  return {
    pause: async (asked: Asked): Promise<Reply> => {
      const { reason } = asked.body;
      if (typeof reason !== 'string' || reason.trim() === '' || reason.length > MOST_REASON)
        return refusal(400, NO_REASON);
      await p.pause(reason.trim());
      record(
        asked,
        'pause',
        { zh: `暂停发送（${reason}）`, en: `sending paused (${reason})` },
        { reason: reason.trim() },
      );
      return json(200, {});
    },

    resume: async (asked: Asked): Promise<Reply> => {
      await p.resume();
      record(asked, 'resume', { zh: '恢复发送', en: 'sending resumed' });
      return json(200, {});
    },

    /** One HELD row: release or discard. */
    one: async (asked: Asked): Promise<Reply> => {
      const [id = '', action = ''] = asked.found;
      const deed = DEED[action as keyof typeof DEED];
      const done = await p.decideHeld(deed, { ids: [id] }, null, 1);
      figures.forget();
      const text = doneText(deed, done);
      if (done.changed === 0) return refusal(409, done.refused.length > 0 ? text : NOT_HELD);
      record(asked, action, { zh: `第 ${id} 行：${text.zh}`, en: `row ${id}: ${text.en}` }, { row: id });
      return json(200, {});
    },

    /** How many rows are held for one cause, before anybody decides about all of them. */
    count: async ({ body: { code } }: Asked): Promise<Reply> => {
      if (!isCode(code)) return refusal(400, UNNAMED);
      const selection = { code, statuses: DEEDS.RELEASE.from };
      const { count, mayDouble } = await survey(p.store, selection, { shown: 0, most: MOST_ROWS });
      return json(200, { rows: count, mayDouble, more: count >= MOST_ROWS });
    },

    /** The rows that are held for one cause, some at a time; `next` in the answer: there may be more behind it. */
    some: async (asked: Asked): Promise<Reply> => {
      const [action = ''] = asked.found;
      const { code, after = null, most = MOST_A_CALL } = asked.body;
      if (!isCode(code) || !isRow(after) || typeof most !== 'number' || !(most >= 1)) return refusal(400, UNNAMED);
      const deed = DEED[action as keyof typeof DEED];
      const done = await p.decideHeld(deed, { code }, after, Math.min(Math.floor(most), MOST_A_CALL));
      figures.forget();
      if (done.changed > 0 || done.refused.length > 0) {
        const text = doneText(deed, done);
        const named = code || NO_CODE;
        const facts = { code: named, statuses: 'HELD', changed: done.changed };
        record(asked, action, { zh: `${named}：${text.zh}`, en: `${named}: ${text.en}` }, facts);
      }
      return json(200, told(done));
    },
  };
}

const DEED = { release: 'RELEASE', discard: 'DISCARD' } as const;

const told = ({ changed, mayDouble, refused, next }: Done): object => ({
  ...{ changed, mayDouble, refused: refused.length, next: next ?? null },
});

/** As long as `result_code`; '': of rows that have none. */
const isCode = (code: unknown): code is string => typeof code === 'string' && code.length <= 20;
const isRow = (id: unknown): id is string | null => id === null || (typeof id === 'string' && /^-?\d{1,18}$/.test(id));

const MOST_REASON = 200;

const NO_REASON: Text = {
  zh: `请写明原因（${MOST_REASON} 字以内）`,
  en: `say why (${MOST_REASON} characters at most)`,
};
const UNNAMED: Text = {
  zh: '须给出 code（result_code，没有结果码的写空串）；after 为行号，most 为正整数',
  en: 'wants code (a result_code, empty for rows that have none); after is the number of a row, most a positive number',
};
const NOT_HELD: Text = {
  zh: '该行已不是 HELD：可能别人已处理过',
  en: 'the row is not HELD any more: somebody else may have dealt with it',
};
