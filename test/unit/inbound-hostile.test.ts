import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { inboxPass, type InboxParts } from '../../src/inbound/loop.ts';
import { UNREADABLE_TRIES } from '../../src/inbound/unreadable.ts';
import { encodeGbk, unencodable } from '../../src/platform/gbk.ts';
import { openHttpPlatform } from '../../src/platform/http.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { readReply } from '../../src/platform/wire.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { openState, type State } from '../../src/state/open.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { recordedLog } from '../support/log.ts';
import { temporaryDir } from '../support/temporary.ts';

const never = new AbortController().signal;

/** What anybody may text: separators of every layer it passes through, control characters, emoji, halves of characters. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...Array.from('&=;,:\'"\\[]{}%+#?<>\0\r\n\t\u001b\u2028\ufeff\ufffd余额好😀𠮷'),
      '\ud83d',
      '\ude00',
    ),
    fc.constantFrom('&replys=', '&id=9&', '"},{"', '%00', '\\u0000', '","mdn":"', 'result=3', '%B2%E9'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
  ),
});
const texts = fc.oneof({ weight: 20, arbitrary: hostile }, { weight: 1, arbitrary: fc.constant('长'.repeat(1100)) });

describe('hostile messages from citizens', function () {
  this.timeout(120_000);
  let dir: string;
  let state: State;
  let db: FreshDatabase;
  let store: Store;
  const parts = (platform: InboxParts['platform']): InboxParts => ({
    ...{ platform, store, state, log: recordedLog().log, mayFetch: () => Promise.resolve(true) },
    accessNo: '106900000000001',
    separators: '#* ',
  });
  const stored = async (): Promise<unknown[]> =>
    (await db.rawQuery('select content from sms_inbox order by platform_id, id')).map((row) => row['content']);

  before(async () => {
    dir = temporaryDir();
    state = openState(dir);
    db = await freshDatabase('sqlite');
    store = await openStore(db.options);
  });
  after(async () => {
    state.close();
    await store.close();
    await db.drop();
  });
  async function clear(): Promise<void> {
    await db.rawQuery('delete from sms_inbox');
    await db.rawQuery('delete from sms_mw_seen');
    for (const { id } of state.quarantine.list()) state.quarantine.remove(id);
  }

  describe('over the wire of a platform that writes JSON', () => {
    let simulator: Simulator;
    let platform: Platform;
    before(async () => {
      simulator = await startSimulator({ settings: { maxRepliesPerCall: 5 } });
      const { spCode, loginName, password } = simulator.settings();
      platform = openHttpPlatform({
        ...{ url: simulator.url, spCode, loginName, password, timeoutMs: 5000, connectTimeoutMs: 3000, concurrency: 1 },
        tls: { ca: Buffer.from(simulator.ca), minVersion: 'TLSv1.2' },
        ...{ proxy: null, allowInsecure: false, charset: 'gbk', percentDecodeReplies: false },
      });
    });
    after(async () => {
      await platform.close();
      await simulator.close();
    });

    it('are each stored once, what GBK carries as it was written, and confirmed; what did not fit is in quarantine, too', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 12 }), async (written) => {
          await clear();
          for (const text of written) simulator.citizenWrites('13000000001', text);
          const p = parts(platform);
          for (let i = 0; i < UNREADABLE_TRIES && simulator.stats().unconfirmedMo > 0; i++) await inboxPass(p, never);
          assert.equal(simulator.stats().unconfirmedMo, 0);
          const rows = await stored();
          assert.equal(rows.length, written.length);
          written.forEach((text, i) => {
            const travels = text.isWellFormed() && unencodable(text).length === 0;
            if (travels && !text.includes('\0') && text.length <= 1000) assert.equal(rows[i] ?? '', text);
          });
          const poor = written.filter((text) => !text.isWellFormed() || text.includes('\0') || text.length > 1000);
          assert.equal(state.quarantine.list().filter(({ kind }) => kind === 'message').length, poor.length);
        }),
        { numRuns: 150 },
      );
    });
  });

  /** One citizen's object as a platform writes that does not escape, or only now and then. */
  const sloppy = fc.tuple(hostile, fc.constantFrom('raw', 'single', 'json', 'trailing', 'bare')).map(([text, how]) => {
    const fields = `"callmdn":"106900000000001","mdn":"13000000002","reply_time":"2026-11-23 10:14:31","id":"7"`;
    switch (how) {
      case 'raw':
        return `{${fields},"content":"${text}"}`;
      case 'single':
        return `{'mdn':'13000000002','content':'${text}','id':'7'}`;
      case 'trailing':
        return `{${fields},"content":${JSON.stringify(text)},}`;
      case 'bare':
        return text;
      case 'json':
        return `{${fields},"content":${JSON.stringify(text)}}`;
    }
  });

  it('neither stop the loop nor cost anybody else a message, however badly the platform writes them down', async () => {
    let id = 1000;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(sloppy, fc.constant(null)), { minLength: 1, maxLength: 6 }),
        async (objects) => {
          await clear();
          const proper: string[] = [];
          const list = objects.map((object) => {
            if (object !== null) return object;
            const content = `查询 ${++id}`;
            proper.push(content);
            return JSON.stringify({ callmdn: '106900000000001', mdn: '13000000001', content, id: String(id) });
          });
          const answer = encodeGbk(`result=0&confirm_time=&id=${id}&replys=[${list.join(',')}]`);
          const confirmed = await served(answer, parts);
          const { messages, unreadable } = readReply(answer, false);
          if (messages.length > 0 || unreadable) assert.deepEqual(confirmed, [String(id)]);
          const rows = await stored();
          for (const content of proper) assert.ok(rows.includes(content), `${content} is missing`);
          if (unreadable) assert.ok(state.quarantine.list().some(({ kind }) => kind === 'reply'));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('may be anything at all: the answer is read, or kept, and the loop goes on', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(hostile, hostile).map(([head, tail]) => encodeGbk(`${head}&replys=${tail}`)),
      hostile.map((tail) => encodeGbk(`result=0&id=5&replys=${tail}`)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (raw) => {
        await clear();
        const answer = Buffer.from(raw);
        const { code, lastId, messages, unreadable } = readReply(answer, false);
        const confirmed = await served(answer, parts);
        const [entry] = state.quarantine.list().filter(({ kind }) => kind === 'reply');
        if (unreadable) assert.deepEqual(state.quarantine.get(entry!.id)?.raw, answer);
        else if (code === '0')
          assert.equal((await stored()).length, new Set(messages.map((m) => JSON.stringify(m))).size);
        if (lastId !== null && (unreadable || (code === '0' && messages.length > 0)))
          assert.equal(confirmed[0], lastId);
        assert.deepEqual(state.spool.pending('reply'), []);
      }),
      { numRuns: 200 },
    );
  });
});

const nothing = encodeGbk('result=0&confirm_time=&id=&replys=');

/** Hands out `answer` until it is confirmed, over as many passes as an unreadable one takes; returns what was confirmed. */
async function served(
  answer: Buffer,
  parts: (platform: InboxParts['platform']) => InboxParts,
): Promise<readonly string[]> {
  const confirmed: string[] = [];
  const p = parts({
    reply: () => Promise.resolve({ raw: confirmed.length > 0 ? nothing : answer, code: '0' }),
    readReply: (raw) => readReply(raw, false),
    confirm: (lastId) => {
      confirmed.push(lastId);
      return Promise.resolve({ code: '0', description: '' });
    },
  });
  for (let i = 0; i <= UNREADABLE_TRIES; i++) {
    // an error code is for the pace of the loop; anything else would be a fault
    await inboxPass(p, never).catch((error: unknown) => assert.match(String(error), /answered reply\.do with code/));
  }
  return confirmed;
}
