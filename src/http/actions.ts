import type { Text } from '../lib/text.ts';
import type { HttpParts } from './parts.ts';
import { json, refusal, type Reply } from './reply.ts';
import type { Asked } from './server.ts';

/** What an admin does on the page; each deed leaves a line in the log and one in the audit log that says who and from where. */
export function actionsOf(p: Pick<HttpParts, 'pause' | 'resume' | 'release' | 'log' | 'audit'>) {
  const record = ({ who }: Asked, action: string, done: Text, facts: Record<string, string> = {}): void => {
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

    release: async (asked: Asked): Promise<Reply> => {
      const [id = ''] = asked.found;
      if (!(await p.release(id))) return refusal(409, NOT_HELD);
      record(asked, 'release', { zh: `放行第 ${id} 行`, en: `row ${id} released` }, { row: id });
      return json(200, {});
    },
  };
}

const MOST_REASON = 200;

const NO_REASON: Text = {
  zh: `请写明原因（${MOST_REASON} 字以内）`,
  en: `say why (${MOST_REASON} characters at most)`,
};
const NOT_HELD: Text = {
  zh: '该行已不是 HELD：可能别人已处理过',
  en: 'the row is not HELD any more: somebody else may have dealt with it',
};
