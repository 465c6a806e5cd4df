import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { inboxPass, type InboxParts } from '../../src/inbound/loop.ts';
import { UNREADABLE_TRIES } from '../../src/inbound/unreadable.ts';
import { DaemonError, DbError, PlatformError } from '../../src/lib/errors.ts';
import { encodeGbk } from '../../src/platform/gbk.ts';
import { readReply } from '../../src/platform/wire.ts';
import { openState, type State } from '../../src/state/open.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { type LogLine, recordedLog } from '../support/log.ts';
import { temporaryDir } from '../support/temporary.ts';

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
  let db: FreshDatabase;
  let store: Store;
  /** What the platform has, handed out again until confirmed. */
  let waiting: Buffer[];
  let fetches: number;
  let confirmed: string[];
  let confirmCode: string;
  let lines: LogLine[];
  let parts: InboxParts;

  const contents = async (): Promise<unknown[]> =>
    (await db.rawQuery('select content from sms_inbox order by id')).map((row) => row['content']);
  /** A trigger of the bureau's that does not like some messages. */
  const refuse = (condition: string): Promise<unknown> =>
    db.rawQuery(
      `create trigger fussy before insert on sms_inbox when ${condition} begin select raise(abort, 'no'); end`,
    );
  const databaseGoes = (): Promise<unknown> => db.rawQuery('alter table sms_mw_seen rename to gone');
  const databaseComesBack = (): Promise<unknown> => db.rawQuery('alter table gone rename to sms_mw_seen');
  const errors = (): LogLine[] => lines.filter(({ level }) => level === 'error');
  /** True while the condition that `event` names lasts. */
  const lasts = (event: string): boolean => lines.findLast((line) => line.event === event)?.level === 'warn';
  const pass = (): ReturnType<typeof inboxPass> => inboxPass(parts, never);
  const restart = (): void => {
    state.close();
    state = openState(dir);
    parts = { ...parts, state };
  };

  beforeEach(async () => {
    dir = temporaryDir();
    state = openState(dir);
    db = await freshDatabase('sqlite');
    store = await openStore(db.options);
    waiting = [];
    fetches = 0;
    confirmed = [];
    confirmCode = '0';
    const recorded = recordedLog();
    lines = recorded.lines;
    parts = {
      mayFetch: () => Promise.resolve(true),
      accessNo: '106900000000001',
      separators: '#',
      state,
      store,
      log: recorded.log,
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
    };
  });
  afterEach(async () => {
    state.close();
    await store.close();
    await db.drop();
  });

  it('stores, then confirms by the outer id, and asks again at once', async () => {
    waiting = [batch({ id: '1', content: 'sbye#62' }, { id: '2', content: '查询' })];
    assert.deepEqual(await pass(), { took: 2, more: true });
    assert.deepEqual(await contents(), ['sbye#62', '查询']);
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

  it('does not read an answer that the disk has changed; the platform hands it out again', async () => {
    waiting = [batch({ id: '1', content: 'a' })];
    state.spool.put('reply', batch({ id: '1', content: 'a' }));
    const other = new DatabaseSync(join(dir, 'state.db'));
    other.exec(`update spool set raw = cast(replace(cast(raw as text), '"a"', '"b"') as blob)`);
    other.close();
    assert.equal((await pass()).took, 1);
    assert.deepEqual(await contents(), ['a']);
    assert.deepEqual(
      errors().map((e) => e.event),
      ['state.damaged'],
    );
  });

  it('confirms nothing while the database is down, keeps the answer over a restart, and stores it first of all', async () => {
    waiting = [batch({ id: '1', content: 'a' })];
    await databaseGoes();
    await assert.rejects(pass(), isKind('schema'));
    restart();
    await assert.rejects(pass(), isKind('schema'));
    assert.equal(fetches, 1, 'nothing more is fetched meanwhile');
    assert.deepEqual(confirmed, []);
    await databaseComesBack();
    assert.equal((await pass()).took, 1);
    assert.deepEqual(confirmed, ['1']);
    assert.deepEqual(await contents(), ['a']);
    assert.deepEqual(state.spool.pending('reply'), []);
  });

  it('takes a lost or refused confirm for what it is: a repeat', async () => {
    waiting = [batch({ id: '1', content: 'a' })];
    confirmCode = '20';
    await assert.rejects(pass(), isKind('failed'));
    confirmCode = '0';
    assert.deepEqual(await pass(), { took: 0, more: false }, 'no hot loop on a batch that brought nothing new');
    assert.deepEqual(confirmed, ['1', '1']);
    assert.deepEqual(await contents(), ['a']);
  });

  it('gives a platform error code to the pace, and a closed gate too', async () => {
    waiting = [encodeGbk('result=11&description=提交速度太快')];
    await assert.rejects(pass(), (error) => isKind('failed')(error) && (error as DaemonError).facts['code'] === '11');
    assert.deepEqual(state.spool.pending('reply'), []);
    const blocked = new PlatformError('blocked', { zh: '', en: 'latched' });
    parts = { ...parts, platform: { ...parts.platform, reply: () => Promise.reject(blocked) } };
    await assert.rejects(pass(), isKind('blocked'));
  });

  it('fetches nothing while it is another daemon’s turn', async () => {
    parts = { ...parts, mayFetch: () => Promise.resolve(false) };
    assert.deepEqual(await pass(), { took: 0, more: false });
    assert.equal(fetches, 0);
  });

  it('does not start a fetch once it is told to stop', async () => {
    assert.deepEqual(await inboxPass(parts, AbortSignal.abort()), { took: 0, more: false });
    assert.equal(fetches, 0);
  });

  it('stores a message that the database refuses as far as possible, whole in quarantine, alarmed once, and confirms', async () => {
    waiting = [batch({ id: '1', content: 'a' }, { id: '2', content: '余额龑#62' }, { id: '3', content: 'c' })];
    await refuse(`new.content glob '*[^ -~]*'`);
    confirmCode = '20';
    await assert.rejects(pass());
    confirmCode = '0';
    await pass();
    assert.deepEqual(await contents(), ['a', '???#62', 'c']);
    const [entry, ...others] = state.quarantine.list();
    assert.deepEqual(others, []);
    assert.match(state.quarantine.get(entry!.id)!.raw.toString(), /余额龑#62/);
    assert.deepEqual(
      errors().map((e) => e.event),
      ['inbox.poorer'],
    );
    assert.doesNotMatch(JSON.stringify(lines), /余额|13000000001|#62/);
  });

  it('does not send what is too long to the database, nor lose its end', async () => {
    const long = 'x'.repeat(1500);
    waiting = [batch({ id: '1', content: long }, { id: '2', content: 'b', mdn: 'x'.repeat(30) })];
    await pass();
    assert.deepEqual(await contents(), ['x'.repeat(1000), 'b']);
    assert.deepEqual(
      state.quarantine.list().map((e) => e.reason),
      ['content', 'phone'],
    );
    assert.ok(state.quarantine.get(state.quarantine.list()[0]!.id)!.raw.includes(long));
    assert.equal(errors().length, 2);
    assert.equal(waiting.length, 0);
  });

  it('confirms past a message that cannot be stored at all', async () => {
    waiting = [batch({ id: '1', content: 'a' }, { id: '2', content: 'poison', mdn: '13000000009' })];
    await refuse(`new.phone = '13000000009'`);
    assert.deepEqual(await pass(), { took: 2, more: true });
    assert.deepEqual(await contents(), ['a']);
    assert.equal(state.quarantine.list().length, 1);
    assert.deepEqual(
      errors().map((e) => e.event),
      ['inbox.quarantined'],
    );
    assert.deepEqual(confirmed, ['2']);
  });

  describe('unreadable answers', () => {
    const torn = (n: number): Buffer =>
      encodeGbk(`result=0&confirm_time=&id=9&replys=[{"mdn":"13000000001","content":"torn ${n}`);

    it('are fetched again, and after ten equal ones quarantined and confirmed, restarts not counting', async () => {
      waiting = [torn(1)];
      for (let i = 1; i < UNREADABLE_TRIES; i++) {
        assert.deepEqual(await pass(), { took: 0, more: false });
        restart();
      }
      assert.deepEqual([confirmed, state.quarantine.list(), errors()], [[], [], []]);
      assert.ok(lasts('inbox.unreadable'));
      assert.deepEqual(await pass(), { took: 0, more: true });
      assert.deepEqual(confirmed, ['9']);
      const [entry] = state.quarantine.list();
      assert.deepEqual(state.quarantine.get(entry!.id)!.raw, torn(1));
      assert.equal(errors().length, 1);
      assert.ok(!lasts('inbox.unreadable'));
    });

    it('count only while they are the same in a row', async () => {
      for (let i = 0; i < 30; i++) {
        waiting = [i % 3 === 2 ? batch({ id: `b${i}`, content: 'fine' }) : torn(1)];
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
      assert.deepEqual(await contents(), ['a']);
      assert.deepEqual(confirmed, []);
    });

    it('without an id to confirm are quarantined and alarmed once, and said as a state', async () => {
      waiting = [encodeGbk('result=0&confirm_time=&id=&replys=oops')];
      for (let i = 0; i < 2 * UNREADABLE_TRIES; i++) await pass();
      assert.deepEqual(confirmed, []);
      assert.equal(state.quarantine.list().length, 1);
      assert.equal(errors().length, 1);
      assert.ok(lasts('inbox.unconfirmed'));
    });
  });
});
