import assert from 'node:assert/strict';
import type { InboxMessage } from '../../src/db/store.ts';
import type { Listed } from '../../src/db/policy-store.ts';
import { DbError } from '../../src/lib/errors.ts';
import { splitKeyword } from '../../src/inbound/fold.ts';
import { storeMessages, type StoreParts } from '../../src/inbound/store.ts';
import { optOut } from '../../src/policy/opt-out.ts';

describe('opting out', () => {
  const message = (content: string, phone = '13000000001'): InboxMessage => ({
    ...{ key: 'k', platformId: null, phone, content, accessNo: '1069', extNo: null, receivedAt: '2026-11-26 10:00:00' },
    ...splitKeyword(content, '# '),
  });
  const listed = async (keywords: string[], ...messages: InboxMessage[]): Promise<Listed[]> => {
    const all: Listed[] = [];
    await optOut({ addToBlacklist: (some) => Promise.resolve(void all.push(...some)) }, keywords, (error) =>
      assert.ifError(error),
    )(messages);
    return all;
  };

  it('takes a message that is a keyword and nothing else', async () => {
    for (const text of ['TD', 'td', ' ＴＤ ', 'TD。', '“退订”', '退订！']) {
      assert.deepEqual((await listed(['TD', '退订'], message(text))).length, 1, text);
    }
    for (const text of ['TD 吗', 'TD#1', '怎么退订', 'TDX', '', '。']) {
      assert.deepEqual(await listed(['TD', '退订'], message(text)), [], text);
    }
    assert.deepEqual(await listed([], message('TD')), []);
    assert.equal((await listed(['ｔｄ'], message('TD'))).length, 1, 'the keyword in whatever width');
  });

  it('notes who, when and how, and only phones', async () => {
    const all = await listed(['td'], message('TD', '+8613000000001'), message('TD', '106900000000001'));
    assert.deepEqual(all, [{ phone: '13000000001', reason: 'TD 2026-11-26 10:00:00', origin: 'OPTOUT' }]);
  });

  it('does not hold up messages when the database refuses to note it', async () => {
    const told: string[] = [];
    const saying = (kind: 'data' | 'lost'): Promise<void> =>
      optOut(
        { addToBlacklist: () => Promise.reject(new DbError(kind, { zh: kind, en: kind })) },
        ['TD'],
        ({ kind: k }) => {
          told.push(k);
        },
      )([message('TD')]);
    await saying('data');
    assert.deepEqual(told, ['data']);
    await assert.rejects(saying('lost'), DbError);
  });

  it('is noted before the message is stored: a crash in between leads to a repeat, not to a loss', async () => {
    const steps: string[] = [];
    const parts = (fail: boolean): StoreParts => ({
      accessNo: '1069',
      separators: '#',
      store: {
        storeInbox(messages) {
          steps.push('stored');
          return Promise.resolve(messages.map(({ key }) => ({ key, id: '1' })));
        },
      },
      state: { quarantine: null as never },
      log: { info: () => undefined, error: () => undefined, state: () => undefined },
      optOut: async (messages) => {
        await Promise.resolve();
        steps.push(`noted ${messages.length}`);
        if (fail) throw new Error('database gone');
      },
    });
    const reply = { id: '1', phone: '13000000001', accessNo: '1069', content: 'TD', receivedAt: '2026-11-26 10:00:00' };
    await assert.rejects(storeMessages(parts(true), [reply]), /database gone/);
    await storeMessages(parts(false), [reply]);
    assert.deepEqual(steps, ['noted 1', 'noted 1', 'stored']);
  });
});
