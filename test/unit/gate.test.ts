import assert from 'node:assert/strict';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { DbError, PlatformError } from '../../src/lib/errors.ts';
import { CODES } from '../../src/platform/codes.ts';
import { type Closed, Gate, gated, msToBeijingMidnight } from '../../src/platform/gate.ts';
import { openHttpPlatform } from '../../src/platform/http.ts';
import type { CallKind, Platform } from '../../src/platform/platform.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';

const MINUTE = 60_000;
const KINDS: readonly CallKind[] = ['send', 'report', 'reply', 'confirm', 'balance'];
const PERSON = ['2', '3', '21', '24', '25'];
const OF_SENDS = ['12', '13', '17'];

/** A call that the platform answers with `code`. */
const answers = (code: string) => () => Promise.resolve({ code });
const ok = answers('0');

/** A call whose answer the test gives when it likes; `left` resolves when it goes out. */
function pending(): { call: () => Promise<{ code: string }>; answer: (code: string) => void; left: Promise<void> } {
  const [code, left] = [Promise.withResolvers<{ code: string }>(), Promise.withResolvers<undefined>()];
  return {
    call: () => {
      left.resolve(undefined);
      return code.promise;
    },
    answer: (value) => code.resolve({ code: value }),
    left: left.promise,
  };
}

async function blocked(gate: Gate, kind: CallKind = 'send'): Promise<string> {
  const error: unknown = await gate.run(kind, () => assert.fail('the call went out')).catch((e: unknown) => e);
  if (!(error instanceof PlatformError) || error.kind !== 'blocked') throw error;
  return String(error.facts['code']);
}

describe('the gate', () => {
  let database: FreshDatabase;
  let store: Store;
  let clock: FakeClock;
  let changes: (string | null)[];

  before(async () => {
    database = await freshDatabase('sqlite');
  });
  after(() => database.drop());
  beforeEach(async () => {
    store = await openStore(database.options);
    await database.rawQuery('delete from sms_mw_channel');
    clock = fakeClock();
    changes = [];
  });
  afterEach(() => store.close());

  /** A daemon's gate; two on one database are two daemons. */
  function open(given: { owner?: string; credentials?: string; store?: Store } = {}): Promise<Gate> {
    return Gate.open({
      name: 'main',
      owner: 'a.1',
      credentials: 'right',
      store,
      clock,
      locale: 'en',
      callMs: 1000,
      onChange: (closed: Closed | null) => changes.push(closed?.code ?? null),
      ...given,
    });
  }
  /** One that has made its first call. */
  async function proven(given: Parameters<typeof open>[0] = {}): Promise<Gate> {
    const gate = await open(given);
    await gate.run('send', ok);
    changes = [];
    return gate;
  }
  /** Time goes by, for the process and for the database. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await database.rawQuery(`update sms_mw_channel set until_at = strftime('%Y-%m-%d %H:%M:%f', until_at, ?)`, [
      `-${ms / 1000} seconds`,
    ]);
  };
  const poll = async (gate: Gate): Promise<void> => gate.see(await store.channel('main'));
  const row = async (): Promise<Record<string, unknown>> => {
    const [channel] = await database.rawQuery('select * from sms_mw_channel');
    return channel ?? {};
  };
  const openKinds = (gate: Gate): CallKind[] => KINDS.filter((kind) => gate.closed(kind) === null);

  describe('after a start', () => {
    it('lets one call out, whichever, and all others after its answer', async () => {
      const gate = await open();
      const first = pending();
      const seen: string[] = [];
      const one = gate.run('reply', first.call).then(() => seen.push('first'));
      await first.left;
      const others = KINDS.map((kind) =>
        gate.run(kind, () => {
          seen.push(kind);
          return ok();
        }),
      );
      await poll(gate);
      assert.ok(gate.proving);
      assert.deepEqual(seen, []);
      first.answer('0');
      await Promise.all([one, ...others]);
      assert.equal(gate.proving, false);
      assert.deepEqual(seen.toSorted(), ['first', ...KINDS].toSorted());
      assert.equal(seen[0], 'first');
    });

    it('goes on with the next when the first is not answered at all', async () => {
      const gate = await open();
      const lost = new PlatformError('doubtful', { zh: '', en: 'no answer' });
      await assert.rejects(
        gate.run('send', () => Promise.reject(lost)),
        lost,
      );
      assert.ok(gate.proving);
      await gate.run('send', ok);
      assert.equal(gate.proving, false);
    });

    it('lets one call out of two daemons', async () => {
      let asked = 0;
      const again = Promise.withResolvers<undefined>();
      const counting: Store = {
        ...store,
        takeTurn: (...turn) => {
          if (++asked === 2) again.resolve(undefined);
          return store.takeTurn(...turn);
        },
      };
      const [a, b] = [await open({ owner: 'a.1' }), await open({ owner: 'b.1', store: counting })];
      const first = pending();
      const proof = a.run('send', first.call);
      await first.left;
      let out = false;
      const second = b.run('send', () => {
        out = true;
        return ok();
      });
      await again.promise; // it has asked for the right, was refused, and asks once more
      assert.equal(out, false);
      first.answer('3');
      await proof;
      await assert.rejects(second, { kind: 'blocked' });
      assert.equal(out, false);
    });

    it('does not wait for ever for a daemon that died while it held the right', async () => {
      assert.ok(await store.takeTurn('probe', 'main', 'dead.1', 200));
      const gate = await open();
      assert.equal((await gate.run('send', ok)).code, '0');
    });

    it('does not make the call with a right that may be over: the database took too long', async () => {
      const slow: Store = {
        ...store,
        takeTurn: async (...right) => {
          const took = await store.takeTurn(...right);
          rights++;
          clock.advance(slowOnce);
          slowOnce = 0;
          return took;
        },
      };
      let slowOnce = 6000;
      let rights = 0;
      const gate = await open({ store: slow });
      await gate.run('send', ok);
      assert.equal(rights, 2);
    });

    it('does not hold back receipts, which exist once, until the database has heard of the proof', async () => {
      const stuck = Promise.withResolvers<boolean>();
      const gate = await open({ store: { ...store, changeChannel: () => stuck.promise } });
      assert.equal((await gate.run('report', ok)).code, '0');
      stuck.resolve(true);
    });
  });

  describe('when the platform refuses the account', () => {
    for (const code of PERSON) {
      it(`${code}: stops every call until a person acts`, async () => {
        const gate = await proven();
        await gate.run('send', answers(code));
        for (const kind of KINDS) assert.equal(await blocked(gate, kind), code);
        await pass(30 * 24 * 60 * MINUTE);
        assert.deepEqual(openKinds(gate), []);
        assert.deepEqual(changes, [code]);
        assert.match(gate.closed('send')?.text.en ?? '', /every call has stopped.*yxt-mw resume/);
      });
    }

    it('does so whichever call is refused, in all daemons, and after a restart', async () => {
      for (const kind of KINDS) {
        await database.rawQuery('delete from sms_mw_channel');
        const [a, b] = [await proven({ owner: 'a.1' }), await proven({ owner: 'b.1' })];
        await a.run(kind, answers('3'));
        await poll(b);
        const restarted = await open({ owner: 'a.2' });
        for (const gate of [a, b, restarted]) assert.deepEqual(openKinds(gate), [], kind);
      }
    });

    it('makes 1 call of 32 parallel ones with a wrong password, at the real client and the simulator', async () => {
      const simulator = await startSimulator({ settings: { password: 'another-one' } });
      const platform = openHttpPlatform({
        ...{ url: simulator.url, spCode: '000000', loginName: 'demo', password: 'demo-password' },
        ...{ timeoutMs: 5000, connectTimeoutMs: 5000, concurrency: 32, proxy: null, allowInsecure: false },
        ...{
          charset: 'gbk',
          percentDecodeReplies: false,
          tls: { ca: Buffer.from(simulator.ca), minVersion: 'TLSv1.2' },
        },
      });
      try {
        const guarded: Platform = gated(platform, await open());
        const calls = Array.from({ length: 32 }, (_, i) => {
          if (i % 8 === 0) return guarded.report();
          if (i % 8 === 1) return guarded.reply();
          return guarded.send({
            serial: `202611231015${i + 10000000}`,
            text: '您好',
            phones: ['13800130001'],
            extNo: null,
            templateId: null,
          });
        });
        const ends = await Promise.allSettled(calls);
        assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
        for (let restart = 0; restart < 10; restart++) {
          await assert.rejects(gated(platform, await open()).balance(), { kind: 'blocked' });
        }
        assert.equal(simulator.stats().failedLogins, 1);
      } finally {
        await platform.close();
        await simulator.close();
      }
    });

    it('lets one call prove changed credentials, and tells the old ones nothing by it', async () => {
      const old = await proven({ credentials: 'wrong' });
      await old.run('send', answers('3'));
      const changed = await open({ owner: 'b.1', credentials: 'right' });
      assert.ok(changed.proving);
      assert.equal(changed.closed('send'), null);
      await changed.run('send', ok);
      assert.deepEqual([(await row())['state'], changed.proving], ['OPEN', false]);
      // the daemon with the wrong ones must not take the other's success for its own
      await poll(old);
      assert.equal(await blocked(old), '3');
    });

    it('tries no further credentials once three have been refused, also when they come in turns', async () => {
      let logins = 0;
      const refused = (): Promise<{ code: string }> => {
        logins++;
        return Promise.resolve({ code: '3' });
      };
      for (const credentials of ['one', 'two', 'one', 'two', 'three', 'one', 'four', 'right']) {
        const gate = await open({ owner: `${credentials}.${logins}`, credentials });
        await gate.run('send', refused).catch(() => undefined);
      }
      assert.equal(logins, 3);
      const gate = await open({ owner: 'r.1', credentials: 'right' });
      assert.match(gate.closed('reply')?.text.en ?? '', /refused 3 different credentials.*yxt-mw resume/);
      await gate.resume();
      assert.equal((await gate.run('send', ok)).code, '0');
    });

    it('keeps no password in the database', async () => {
      const gate = await proven({ credentials: 'secret-word' });
      await gate.run('send', answers('3'));
      assert.doesNotMatch(JSON.stringify(await row()), /secret-word/);
      assert.match(String((await row())['credentials']), /^[0-9a-f]{32}\$[0-9a-f]{32}$/);
    });

    it('is opened by an admin, here or at another daemon, and proven anew by one call', async () => {
      const [a, b] = [await proven({ owner: 'a.1' }), await proven({ owner: 'b.1' })];
      await a.run('send', answers('3'));
      await poll(b);
      await b.resume();
      await poll(a);
      for (const gate of [a, b]) assert.deepEqual([openKinds(gate), gate.proving], [KINDS, true]);
      await a.run('send', answers('3'));
      await poll(b);
      assert.equal(await blocked(b), '3');
    });
  });

  describe('when money, service or address are missing', () => {
    for (const code of OF_SENDS) {
      it(`${code}: stops sends only, and probes them after 5, 10, 20 … 60 minutes`, async () => {
        const gate = await proven();
        await gate.run('send', answers(code));
        for (const minutes of [5, 10, 20, 40, 60, 60]) {
          assert.deepEqual(openKinds(gate), ['report', 'reply', 'confirm', 'balance']);
          await pass(minutes * MINUTE - 1);
          assert.equal(await blocked(gate), code);
          await pass(1);
          assert.equal(gate.closed('send'), null);
          assert.ok(gate.proving);
          await gate.run('send', answers(code));
        }
        await pass(60 * MINUTE);
        await gate.run('send', ok);
        assert.deepEqual([openKinds(gate), gate.proving], [KINDS, false]);
        assert.equal((await row())['state'], 'OPEN');
        assert.deepEqual([changes[0], changes.at(-1)], [code, null]);
      });
    }

    it('5: stops every call, which are probed in the same way', async () => {
      const gate = await proven();
      await gate.run('reply', answers('5'));
      assert.deepEqual(openKinds(gate), []);
      await pass(5 * MINUTE);
      assert.deepEqual(openKinds(gate), KINDS);
      await gate.run('reply', answers('5'));
      await pass(5 * MINUTE);
      assert.deepEqual(openKinds(gate), []);
      await pass(5 * MINUTE);
      await gate.run('reply', ok);
      assert.deepEqual([openKinds(gate), gate.proving], [KINDS, false]);
    });

    it('lets one call out when the time is over, not a burst', async () => {
      const gate = await proven();
      await gate.run('send', answers('13'));
      await pass(5 * MINUTE);
      const probe = pending();
      const first = gate.run('send', probe.call);
      await probe.left;
      const second = gate.run('send', () => assert.fail('a second call went out'));
      await gate.run('reply', ok); // which proves nothing about sends
      probe.answer('13');
      await first;
      await assert.rejects(second, { kind: 'blocked' });
    });

    it('counts the answers of calls that were out together once', async () => {
      const gate = await proven();
      const calls = Array.from({ length: 32 }, pending);
      const ends = calls.map((each) => gate.run('send', each.call));
      for (const each of calls) each.answer('13');
      await Promise.all(ends);
      assert.equal((await row())['probes'], 0);
      await pass(5 * MINUTE);
      assert.equal(gate.closed('send'), null);
    });

    it('does not take what a report or a reply says for a word about sending', async () => {
      const gate = await proven();
      for (const code of [...OF_SENDS, '16', '18', '18', '18', '11', '20', '']) await gate.run('report', answers(code));
      assert.deepEqual(openKinds(gate), KINDS);
    });

    it('goes on counting over a restart', async () => {
      const gate = await proven();
      await gate.run('send', answers('13'));
      await pass(5 * MINUTE);
      await gate.run('send', answers('13'));
      const restarted = await open({ owner: 'a.2' });
      await restarted.run('reply', ok);
      assert.equal(await blocked(restarted), '13');
      await pass(10 * MINUTE);
      await restarted.run('send', answers('13'));
      await pass(20 * MINUTE - 1000);
      assert.equal(await blocked(restarted), '13');
    });
  });

  describe('16, the cap of the day', () => {
    it('resumes at midnight in Beijing, with one call', async () => {
      clock = fakeClock(Date.parse('2026-11-23T21:30:00+08:00'));
      const gate = await proven();
      await gate.run('send', answers('16'));
      assert.deepEqual(openKinds(gate), ['report', 'reply', 'confirm', 'balance']);
      await pass(150 * MINUTE - 1);
      assert.equal(await blocked(gate), '16');
      await pass(1);
      assert.ok(gate.closed('send') === null && gate.proving);
    });

    it('does not lose the day when our midnight is earlier than the platform’s', async () => {
      clock = fakeClock(Date.parse('2026-11-24T00:00:00.500+08:00'));
      const gate = await proven();
      await gate.run('send', answers('16'));
      await pass(5 * MINUTE);
      assert.equal(gate.closed('send'), null);
    });

    it('knows how long it is until then', () => {
      const at = (time: string): number => msToBeijingMidnight(Date.parse(time)) / MINUTE;
      assert.deepEqual(
        [at('2026-11-23T23:59:00+08:00'), at('2026-11-23T15:59:00Z'), at('2026-11-23T16:00:00Z')],
        [1, 1, 24 * 60],
      );
    });
  });

  describe('18, charging failed', () => {
    it('pauses sending the third time in a row, not before', async () => {
      const gate = await proven();
      for (const code of ['18', '18', '0', '18', '18']) await gate.run('send', answers(code));
      assert.equal(gate.closed('send'), null);
      await gate.run('send', answers('18'));
      assert.equal(await blocked(gate), '18');
      assert.equal(gate.closed('report'), null);
    });

    it('and again when the probe meets it, for longer, also after a restart', async () => {
      const gate = await proven();
      for (let i = 0; i < 3; i++) await gate.run('send', answers('18'));
      await pass(5 * MINUTE);
      await gate.run('send', answers('18'));
      assert.equal(await blocked(gate), '18');
      const restarted = await open({ owner: 'a.2' });
      await pass(10 * MINUTE);
      await restarted.run('send', answers('18'));
      assert.equal(await blocked(restarted), '18');
      await pass(20 * MINUTE);
      await restarted.run('send', ok);
      assert.equal(restarted.closed('send'), null);
    });
  });

  describe('paused by hand', () => {
    it('sends nothing; receipts and citizens’ messages go on, in all daemons and after a restart', async () => {
      const [a, b] = [await proven({ owner: 'a.1' }), await proven({ owner: 'b.1' })];
      await a.pause('flood of complaints');
      await poll(b);
      const restarted = await open({ owner: 'a.2' });
      await restarted.run('report', ok);
      for (const gate of [a, b, restarted]) {
        assert.equal(await blocked(gate), 'CHANNEL_PAUSED');
        assert.match(gate.closed('send')?.text.en ?? '', /by hand: flood of complaints\. "yxt-mw resume"/);
        for (const kind of ['report', 'reply', 'confirm', 'balance'] as const) await gate.run(kind, ok);
      }
      assert.equal((await row())['state'], 'MANUAL');
      await b.resume();
      await poll(a);
      assert.deepEqual(openKinds(a), KINDS);
    });

    describe('by a command that has waited', () => {
      const written = async (command: string): Promise<string> => {
        await database.rawQuery('insert into sms_mw_command (command) values (?)', [command]);
        await new Promise((done) => setTimeout(done, 5)); // what comes next is said later
        return String((await database.rawQuery('select max(id) as id from sms_mw_command'))[0]?.['id']);
      };

      it('is opened unless somebody has paused since', async () => {
        const gate = await proven();
        await gate.pause('first');
        const [resume, again] = [await written('RESUME'), await written('RESUME')];
        assert.equal(await gate.resume(resume), true);
        assert.deepEqual(openKinds(gate), KINDS);
        assert.equal(gate.proving, true);
        await (await proven({ owner: 'b.1' })).pause('on the page of another');
        assert.equal(await gate.resume(again), false);
        assert.equal(await blocked(gate), 'CHANNEL_PAUSED');
        assert.match(gate.closed('send')?.text.en ?? '', /on the page of another/);
      });

      it('is not paused once somebody has resumed since, though it was open before', async () => {
        const gate = await proven();
        const pause = await written('PAUSE');
        await gate.resume();
        assert.equal(await gate.pause('late', pause), false);
        assert.deepEqual(openKinds(gate), KINDS);
        assert.equal(await gate.pause('later', await written('PAUSE')), true);
        assert.equal(await blocked(gate), 'CHANNEL_PAUSED');
      });

      it('does not lose what comes in between: an answer of the platform, a word here and now', async () => {
        let meanwhile: (() => Promise<unknown>) | null = null;
        const slow: Store = {
          ...store,
          changeChannel: async (...change) => {
            const changed = await store.changeChannel(...change);
            const work = change[2] === 'now' || change[2] === undefined ? null : meanwhile;
            meanwhile = work === null ? meanwhile : null;
            await work?.();
            return changed;
          },
        };
        const gate = await proven({ store: slow });
        meanwhile = () => gate.run('send', answers('13'));
        assert.equal(await gate.pause('drill', await written('PAUSE')), true);
        assert.match(gate.closed('send')?.text.en ?? '', /by hand: drill.*Besides, the platform said 13/);
        assert.deepEqual([(await row())['state'], (await row())['code']], ['MANUAL', '13']);
        const resume = await written('RESUME');
        meanwhile = () => gate.pause('no');
        assert.equal(await gate.resume(resume), false);
        assert.equal((await row())['state'], 'MANUAL');
        assert.match(gate.closed('send')?.text.en ?? '', /by hand: no/);
      });
    });

    it('stays paused whatever the platform answers meanwhile', async () => {
      const gate = await proven();
      await gate.pause('until Monday');
      await gate.run('reply', answers('5'));
      assert.deepEqual(openKinds(gate), []);
      await pass(5 * MINUTE);
      await gate.run('reply', ok);
      assert.deepEqual(openKinds(gate), ['report', 'reply', 'confirm', 'balance']);
      assert.deepEqual([(await row())['state'], (await row())['reason']], ['MANUAL', 'until Monday']);
      await gate.run('reply', answers('3'));
      for (const each of [gate, await open({ owner: 'a.2' })]) {
        assert.deepEqual(openKinds(each), []);
        assert.match(each.closed('send')?.text.en ?? '', /until Monday.*Besides, the platform said 3/);
      }
      const changed = await open({ owner: 'b.1', credentials: 'corrected' });
      assert.deepEqual(openKinds(changed), ['report', 'reply', 'confirm', 'balance']);
    });

    it('says also what the platform has stopped, before or after', async () => {
      const gate = await proven();
      const out = pending();
      const last = gate.run('send', out.call);
      await gate.pause('flood');
      out.answer('13');
      await last;
      assert.match(gate.closed('send')?.text.en ?? '', /by hand: flood.*Besides, the platform said 13/);
      await gate.pause('still');
      assert.match(gate.closed('send')?.text.en ?? '', /by hand: still.*Besides, the platform said 13/);
      await gate.resume();
      assert.deepEqual(openKinds(gate), KINDS);
    });

    it('takes nothing away from what the platform has stopped', async () => {
      const gate = await proven();
      await gate.run('send', answers('3'));
      await gate.pause(null);
      assert.deepEqual(openKinds(gate), []);
      await database.rawQuery('delete from sms_mw_channel');
      const probed = await proven();
      await probed.run('reply', answers('5'));
      await pass(4 * MINUTE);
      await probed.pause(null);
      assert.deepEqual(openKinds(probed), []);
      await pass(MINUTE);
      assert.deepEqual(openKinds(probed), ['report', 'reply', 'confirm', 'balance']);
    });
  });

  describe('of several answers', () => {
    it('keeps the strongest stop, in whichever order they come', async () => {
      for (const codes of [
        ['13', '5', '3'],
        ['3', '5', '13'],
        ['5', '3', '13'],
        ['13', '3', '16'],
      ]) {
        await database.rawQuery('delete from sms_mw_channel');
        const gate = await proven();
        const calls = codes.map(() => pending());
        const ends = calls.map((each) => gate.run('send', each.call));
        for (const [i, each] of calls.entries()) {
          each.answer(codes[i] ?? '');
          await ends[i];
        }
        assert.equal(await blocked(gate, 'reply'), '3', codes.join());
        assert.deepEqual([(await row())['state'], (await row())['code']], ['LATCHED', '3']);
      }
    });

    it('does not let a probe’s success undo a latch that another call has earned meanwhile', async () => {
      const gate = await proven();
      await gate.run('send', answers('13'));
      await pass(5 * MINUTE);
      const probe = pending();
      const ended = gate.run('send', probe.call);
      await probe.left;
      await gate.run('reply', answers('24'));
      probe.answer('0');
      await ended;
      assert.equal(await blocked(gate), '24');
    });
  });

  describe('and the database', () => {
    it('is not fooled by a poll that was under way when the account was refused', async () => {
      for (const resumed of [false, true]) {
        await database.rawQuery('delete from sms_mw_channel');
        const gate = await proven();
        if (resumed) await gate.resume();
        const stale = await store.channel('main');
        await gate.run('send', answers('3'));
        await gate.see(stale);
        assert.equal(await blocked(gate), '3');
      }
    });

    it('nor by one that is being looked at when the answer comes', async () => {
      const gate = await proven();
      await database.rawQuery('delete from sms_mw_channel');
      await proven({ owner: 'b.1' });
      const open_ = await store.channel('main'); // with the same credentials under another salt, which takes time to see
      const seen = gate.see(open_);
      await gate.run('send', answers('3'));
      await seen;
      assert.equal(await blocked(gate), '3');
    });

    it('latches here and now while it is away, and tells it when it is back', async () => {
      const gone = new DbError('lost', { zh: '', en: 'gone' });
      let away = false;
      const gate = await proven({
        store: { ...store, changeChannel: (...c) => (away ? Promise.reject(gone) : store.changeChannel(...c)) },
      });
      away = true;
      await gate.run('send', answers('3'));
      assert.equal(await blocked(gate), '3');
      await assert.rejects(poll(gate), gone);
      assert.equal(await blocked(gate), '3');
      assert.equal((await row())['state'], 'OPEN');
      away = false;
      await poll(gate);
      assert.equal((await row())['state'], 'LATCHED');
    });

    it('has the latest change last, also when writes are slow', async () => {
      const first = Promise.withResolvers<undefined>();
      let writes = 0;
      const gate = await proven({
        store: {
          ...store,
          changeChannel: async (...change) => {
            if (++writes === 2) await first.promise;
            return store.changeChannel(...change);
          },
        },
      });
      const paused = gate.pause('first');
      const resumed = gate.resume();
      first.resolve(undefined);
      await Promise.all([paused, resumed]);
      assert.equal((await row())['state'], 'OPEN');
    });

    it('does not lose an answer because the right to probe cannot be given back', async () => {
      const gone = new DbError('lost', { zh: '', en: 'gone' });
      const gate = await open({ store: { ...store, endTurn: () => Promise.reject(gone) } });
      assert.equal((await gate.run('send', ok)).code, '0');
    });

    it('makes no call while the latch cannot be read', async () => {
      const gone = new DbError('lost', { zh: '', en: 'gone' });
      const gate = await open({ store: { ...store, takeTurn: () => Promise.reject(gone) } });
      await assert.rejects(
        gate.run('send', () => assert.fail('the call went out')),
        gone,
      );
    });
  });

  it('says of every account code what it is and what to do, in both languages', async () => {
    for (const [code, { rule, meaning, remedy }] of CODES) {
      if (rule.kind !== 'account') continue;
      await database.rawQuery('delete from sms_mw_channel');
      const gate = await proven();
      await gate.run('send', answers(code));
      const text = gate.closed('send')?.text;
      assert.ok(text && text.zh.includes(meaning.zh) && text.zh.includes(remedy.zh), code);
      assert.ok(text.en.includes(meaning.en) && text.en.includes(remedy.en), code);
    }
  });
});
