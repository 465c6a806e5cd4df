import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InboxMessage } from '../../src/db/store.ts';
import { inboxPass, type InboxParts } from '../../src/inbound/loop.ts';
import { DaemonError, DbError, PlatformError } from '../../src/lib/errors.ts';
import type { Text } from '../../src/lib/text.ts';
import { encodeGbk } from '../../src/platform/gbk.ts';
import { readReply } from '../../src/platform/wire.ts';
import { openState, type State } from '../../src/state/open.ts';

const never = new AbortController().signal;
const nothing = encodeGbk('result=0&confirm_time=&id=&replys=');
const isKind = (kind: string) => (error: unknown) =>
  (error instanceof DbError || error instanceof DaemonError || error instanceof PlatformError) && error.kind === kind;

/** An answer of reply.do as the platform writes it. */
function batch(...messages: { id: string; content: string; mdn?: string }[]): Buffer {
  const replys = messages.map(({ id, content, mdn = '13000000001' }) => ({
    callmdn: '106900000000001',
    mdn,
    content,
    reply_time: '2026-11-23 10:14:31',
    id,
  }));
  return encodeGbk(`result=0&confirm_time=&id=${messages.at(-1)?.id ?? ''}&replys=${JSON.stringify(replys)}`);
}

describe('inbound pass', () => {
  let dir: string;
  let state: State;
  /** Rows of the table, by key: what was stored once is never stored again. */
  let inbox: Map<string, InboxMessage>;
  let refuses: (message: InboxMessage) => boolean;
  let databaseError: DbError | null;
  /** What the platform has, handed out again until confirmed. */
  let waiting: Buffer[];
  let fetches: number;
  let confirmed: string[];
  let confirmCode: string;
  let errors: { event: string; line: string }[];
  let states: Map<string, Text | null>;
  let parts: InboxParts;

  const contents = (): (string | null)[] => [...inbox.values()].map((m) => m.content);
  const pass = (): ReturnType<typeof inboxPass> => inboxPass(parts, never);
  const restart = (): void => {
    state.close();
    state = openState(dir);
    parts = { ...parts, state };
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'yxt-inbound-'));
    state = openState(dir);
    inbox = new Map();
    refuses = () => false;
    databaseError = null;
    waiting = [];
    fetches = 0;
    confirmed = [];
    confirmCode = '0';
    errors = [];
    states = new Map();
    parts = {
      accessNo: '106900000000001',
      separators: '#',
      state,
      platform: {
        reply: () => {
          fetches++;
          return Promise.resolve({ raw: waiting[0] ?? nothing, code: '0' });
        },
        readReply: (raw) => readReply(raw, false),
        confirm: (lastId) => {
          confirmed.push(lastId);
          if (confirmCode === '0') waiting.shift();
          return Promise.resolve({ code: confirmCode, description: '' });
        },
      },
      store: {
        // as the real one: all or nothing, what was seen is passed over before anything is refused
        storeInbox: (messages) => {
          if (databaseError) return Promise.reject(databaseError);
          const fresh = messages.filter((m) => !inbox.has(m.key));
          if (fresh.some(refuses)) return Promise.reject(new DbError('data', { zh: '', en: 'refused' }));
          for (const m of fresh) inbox.set(m.key, m);
          return Promise.resolve(fresh.map((m) => ({ key: m.key, id: m.key })));
        },
      },
      log: {
        info: () => undefined,
        error: (event, text, fields) => errors.push({ event, line: JSON.stringify([text, fields]) }),
        state: (key, text) => states.set(key, text),
      },
    };
  });
  afterEach(() => {
    state.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('stores, then confirms by the outer id, and asks again at once', async () => {
    waiting = [batch({ id: '1', content: 'sbye#62' }, { id: '2', content: '查询' })];
    assert.deepEqual(await pass(), { took: 2, more: true });
    assert.deepEqual(contents(), ['sbye#62', '查询']);
    assert.deepEqual(confirmed, ['2']);
    assert.deepEqual(await pass(), { took: 0, more: false });
    assert.deepEqual(confirmed, ['2'], 'nothing is confirmed when nothing came');
    assert.deepEqual(state.spool.pending('reply'), []);
  });

  it('has the raw answer on disk before it is read', async () => {
    waiting = [batch({ id: '1', content: 'a' })];
    parts = {
      ...parts,
      platform: {
        ...parts.platform,
        readReply: (raw) => {
          assert.deepEqual(
            state.spool.pending('reply').map((s) => s.raw),
            [raw],
          );
          return readReply(raw, false);
        },
      },
    };
    assert.equal((await pass()).took, 1);
  });

  it('confirms nothing while the database is down, keeps the answer over a restart, and stores it first of all', async () => {
    waiting = [batch({ id: '1', content: 'a' })];
    databaseError = new DbError('lost', { zh: '', en: 'gone' });
    await assert.rejects(pass(), isKind('lost'));
    restart();
    await assert.rejects(pass(), isKind('lost'));
    assert.equal(fetches, 1, 'nothing more is fetched meanwhile');
    assert.deepEqual(confirmed, []);
    databaseError = null;
    assert.equal((await pass()).took, 1);
    assert.deepEqual(confirmed, ['1']);
    assert.deepEqual(contents(), ['a']);
    assert.deepEqual(state.spool.pending('reply'), []);
  });

  it('takes a lost or refused confirm for what it is: a repeat', async () => {
    waiting = [batch({ id: '1', content: 'a' })];
    confirmCode = '20';
    await assert.rejects(pass(), isKind('failed'));
    confirmCode = '0';
    assert.deepEqual(await pass(), { took: 0, more: false }, 'no hot loop on a batch that brought nothing new');
    assert.deepEqual(confirmed, ['1', '1']);
    assert.deepEqual(contents(), ['a']);
  });

  it('gives a platform error code to the pace, and a closed gate too', async () => {
    waiting = [encodeGbk('result=11&description=提交速度太快')];
    await assert.rejects(pass(), (error) => isKind('failed')(error) && (error as DaemonError).facts['code'] === '11');
    assert.deepEqual(state.spool.pending('reply'), []);
    const blocked = new PlatformError('blocked', { zh: '', en: 'latched' });
    parts = { ...parts, platform: { ...parts.platform, reply: () => Promise.reject(blocked) } };
    await assert.rejects(pass(), isKind('blocked'));
  });

  it('does not start a fetch once it is told to stop', async () => {
    assert.deepEqual(await inboxPass(parts, AbortSignal.abort()), { took: 0, more: false });
    assert.equal(fetches, 0);
  });

  it('stores a message that the database refuses as far as possible, whole in quarantine, alarmed once, and confirms', async () => {
    waiting = [batch({ id: '1', content: 'a' }, { id: '2', content: '余额龑#62' }, { id: '3', content: 'c' })];
    refuses = (m) => /[^ -~]/.test(m.content ?? '');
    confirmCode = '20';
    await assert.rejects(pass());
    confirmCode = '0';
    await pass();
    assert.deepEqual(contents(), ['a', '???#62', 'c']);
    const [entry, ...others] = state.quarantine.list();
    assert.deepEqual(others, []);
    assert.match(state.quarantine.get(entry!.id)!.raw.toString(), /余额龑#62/);
    assert.deepEqual(
      errors.map((e) => e.event),
      ['inbox.poorer'],
    );
    assert.doesNotMatch(errors[0]!.line, /余额|13000000001|62/);
  });

  it('does not send what is too long to the database, nor lose its end', async () => {
    const long = 'x'.repeat(1500);
    waiting = [batch({ id: '1', content: long }, { id: '2', content: 'b', mdn: 'x'.repeat(30) })];
    await pass();
    assert.deepEqual(contents(), ['x'.repeat(1000), 'b']);
    assert.deepEqual(
      state.quarantine.list().map((e) => e.reason),
      ['content', 'phone'],
    );
    assert.ok(state.quarantine.get(state.quarantine.list()[0]!.id)!.raw.includes(long));
    assert.equal(errors.length, 2);
    assert.equal(waiting.length, 0);
  });

  it('confirms past a message that cannot be stored at all', async () => {
    waiting = [batch({ id: '1', content: 'a' }, { id: '2', content: 'poison', mdn: '13000000009' })];
    refuses = (m) => m.phone === '13000000009';
    assert.deepEqual(await pass(), { took: 2, more: true });
    assert.deepEqual(contents(), ['a']);
    assert.equal(state.quarantine.list().length, 1);
    assert.deepEqual(
      errors.map((e) => e.event),
      ['inbox.quarantined'],
    );
    assert.deepEqual(confirmed, ['2']);
  });

  describe('unreadable answers', () => {
    const torn = (n: number): Buffer =>
      encodeGbk(`result=0&confirm_time=&id=9&replys=[{"mdn":"13000000001","content":"torn ${n}`);

    it('are fetched again, and after ten equal ones quarantined and confirmed, restarts not counting', async () => {
      waiting = [torn(1)];
      for (let i = 1; i <= 9; i++) {
        assert.deepEqual(await pass(), { took: 0, more: false });
        if (i % 3 === 0) restart();
      }
      assert.deepEqual([confirmed, state.quarantine.list(), errors], [[], [], []]);
      assert.ok(states.get('inbox.unreadable'));
      assert.deepEqual(await pass(), { took: 0, more: true });
      assert.deepEqual(confirmed, ['9']);
      const [entry] = state.quarantine.list();
      assert.deepEqual(state.quarantine.get(entry!.id)!.raw, torn(1));
      assert.equal(errors.length, 1);
      assert.equal(states.get('inbox.unreadable'), null);
    });

    it('count only while they are the same in a row', async () => {
      for (let i = 0; i < 30; i++) {
        waiting = [i % 10 === 9 ? batch({ id: `b${i}`, content: 'fine' }) : torn(1)];
        await pass();
      }
      for (let i = 0; i < 30; i++) {
        waiting = [torn(i % 2)];
        await pass();
      }
      assert.deepEqual(state.quarantine.list(), []);
      assert.ok(!confirmed.includes('9'));
    });

    it('do not hold up what can be read of them', async () => {
      const half = batch({ id: '1', content: 'a' }).toString('latin1').replace(/\]$/, ',{"mdn":');
      waiting = [Buffer.from(half, 'latin1')];
      assert.deepEqual(await pass(), { took: 1, more: false });
      assert.deepEqual(contents(), ['a']);
      assert.deepEqual(confirmed, []);
    });

    it('without an id to confirm are quarantined and alarmed once, and said as a state', async () => {
      waiting = [encodeGbk('result=0&confirm_time=&id=&replys=oops')];
      for (let i = 0; i < 25; i++) await pass();
      assert.deepEqual(confirmed, []);
      assert.equal(state.quarantine.list().length, 1);
      assert.equal(errors.length, 1);
      assert.ok(states.get('inbox.unconfirmed'));
    });
  });
});
