import assert from 'node:assert/strict';
import { chores } from '../../src/daemon/chores.ts';
import { Counters } from '../../src/daemon/counters.ts';
import { FetchPace } from '../../src/daemon/fetch-pace.ts';
import { Heart } from '../../src/daemon/heart.ts';
import { Reporter } from '../../src/daemon/reporter.ts';
import { Stop } from '../../src/daemon/stop.ts';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { DaemonError, DbError, PlatformError } from '../../src/lib/errors.ts';
import type { Start } from '../../src/state/identity.ts';
import { openState } from '../../src/state/open.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { recordedLog } from '../support/log.ts';
import { heartbeat } from '../support/rows.ts';
import { temporaryDir } from '../support/temporary.ts';

const answered = (code: string): DaemonError => new DaemonError('failed', { zh: '', en: '' }, { facts: { code } });

describe('pace of a fetching loop', () => {
  it('asks at once while there is more, else as configured', () => {
    const pace = new FetchPace(5000);
    assert.deepEqual([pace.next(true, 9), pace.next(true, 9), pace.next(false, 0)], [0, 0, 5000]);
    assert.deepEqual([pace.next(false, 300), pace.next(false, 9000)], [4700, 2500], 'from call to call');
  });

  it('slows down while the platform says "too fast", however much there is, and comes back by and by', () => {
    const pace = new FetchPace(5000);
    const waits = [1, 2, 3, 4, 5, 6].map((failures) => pace.afterFailure(failures, answered('11')));
    assert.deepEqual(waits, [10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    const after = Array.from({ length: 14 }, () => pace.next(true, 0));
    assert.equal(after[0], 60_000);
    assert.ok(after.every((wait, i) => i === 0 || wait <= (after[i - 1] ?? 0)));
    assert.equal(after.at(-1), 0, 'as before');
    const slow = new FetchPace(30_000);
    assert.equal(slow.afterFailure(1, answered('11')), 60_000);
    assert.equal(slow.afterFailure(2, answered('11')), 120_000);
    assert.equal(slow.afterFailure(3, answered('11')), 120_000);
  });

  it('never asks sooner after a refusal than after an answer, and soon after a broken line', () => {
    const pace = new FetchPace(30_000);
    assert.equal(pace.afterFailure(1, answered('20')), 30_000);
    assert.ok(pace.afterFailure(1, new PlatformError('unreached', { zh: '', en: '' })) <= 2000);
    assert.ok(pace.afterFailure(9, new DbError('lost', { zh: '', en: '' })) <= 60_000);
    assert.equal(
      pace.afterFailure(9, new PlatformError('blocked', { zh: '', en: '' })),
      30_000,
      'our own gate is free',
    );
  });

  it('holds a fetch while the channel has no room for the answer, and no longer than a second', () => {
    const pace = new FetchPace(1000);
    assert.equal(pace.held(0, 0), 0, 'there is room');
    assert.equal(pace.held(150, 0), 0, 'there will be, once the answer is ready');
    assert.deepEqual([pace.held(230, 0), pace.held(150, 80)], [80, 0], 'until just before');
    // looked at again and again: an answered call may have made room
    assert.deepEqual([pace.held(Infinity, 1000), pace.held(Infinity, 1100), pace.held(10, 1200)], [100, 100, 0]);
    let now = 5000;
    for (let held; (held = pace.held(Infinity, now)) > 0;) now += held;
    assert.equal(now, 6000);
    assert.equal(pace.held(Infinity, now), 100, 'the next one anew');
  });
});

describe('counters', () => {
  it('go on from an earlier process of the same day, and begin anew at the database’s midnight', () => {
    let now = 0;
    const counters = new Counters({ mono: () => now, wall: () => now });
    counters.resume('2026-11-23 23:59:50.000', { at: '2026-11-23 08:00:00.000', sentToday: 7 });
    counters.sent(1);
    assert.deepEqual([counters.sentToday, counters.dayIsOver], [8, false]);
    now = 9_999;
    assert.equal(counters.dayIsOver, false);
    now = 10_000;
    assert.equal(counters.dayIsOver, true);
    counters.day('2026-11-23 23:59:59.999'); // asked a hair too early
    assert.deepEqual([counters.sentToday, counters.dayIsOver], [8, false]);
    now += 1;
    counters.day('2026-11-24 00:00:00.000');
    assert.deepEqual([counters.sentToday, counters.dayIsOver], [0, false]);
    const other = new Counters({ mono: () => now, wall: () => now });
    other.resume('2026-11-24 00:00:01.000', { at: '2026-11-23 23:59:59.000', sentToday: 7 });
    assert.equal(other.sentToday, 0);
  });
});

describe('reporter', () => {
  it('tells of a change of the last trouble once, and forgets what has come to work again', () => {
    const { log, lines } = recordedLog();
    let told = 0;
    const clock = { mono: () => 0, wall: () => 0 };
    const reporter = new Reporter(log, new Counters(clock), 'en', () => told++);
    const lost = new DbError('lost', { zh: '断', en: 'gone' });
    reporter.failure('open', lost);
    reporter.failure('open', lost);
    assert.match(reporter.lastError ?? '', /submission records.*gone/);
    assert.match(reporter.trouble?.zh ?? '', /提交记录写入失败.*断/);
    assert.equal(told, 1);
    reporter.settled(new Map([['SENT', 1]]));
    assert.deepEqual([reporter.lastError, told], [null, 2]);
    reporter.settled(new Map([['SENT', 1]]));
    assert.equal(told, 2);
    assert.equal(lines.filter(({ event }) => event === 'open').length, 2, 'once when it began, once when it ended');
  });

  it('puts the cause before what follows from it', () => {
    const reporter = new Reporter(recordedLog().log, new Counters({ mono: () => 0, wall: () => 0 }), 'en', () => 0);
    reporter.failure('disk', new DaemonError('state', { zh: '满', en: 'the disk is full' }));
    reporter.failure('claim', new DaemonError('state', { zh: '满', en: 'the disk is full' }));
    assert.match(reporter.trouble?.en ?? '', /state directory cannot be written/);
    reporter.channelChanged({ code: '3', text: { zh: '密码', en: 'wrong password' } });
    assert.equal(reporter.trouble?.en, 'wrong password');
  });
});

describe('heart', () => {
  let db: FreshDatabase;
  let store: Store;
  let now: number;
  beforeEach(async () => {
    db = await freshDatabase('sqlite');
    store = await openStore(db.options);
    now = 1000;
  });
  afterEach(async () => {
    await store.close();
    await db.drop();
  });

  const begun = (boot: string, previousBoot: string | null = null, previousHere = false): Start => ({
    boot,
    previousBoot,
    previousHere,
  });
  function heart(start: Start, identity = 'idA'): { heart: Heart; stop: Stop } {
    const clock = { mono: () => now, wall: () => now };
    const stop = new Stop();
    const parts = { store, clock, log: recordedLog().log, counters: new Counters(clock), stop, deadlineMs: 1, start };
    const self = { identity, boot: start.boot, instance: 'a', host: 'h', pid: 1, version: '0' };
    const condition = () => ({ channelState: 'OPEN', lastError: null, trouble: null });
    return { heart: new Heart({ ...parts, self, condition }), stop };
  }
  const silence = (identity: string, seconds: number): Promise<unknown> =>
    db.rawQuery(
      `update sms_mw_status set heartbeat_at = strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime', ?) where identity = ?`,
      [`-${seconds} seconds`, identity],
    );

  /** Whether it has found its predecessor, and how long it holds back. */
  async function enrolled(start: Start, identity?: string): Promise<[boolean, number]> {
    const { heart: one } = heart(start, identity);
    return [await one.enrol(), await one.holdBackMs()];
  }

  it('lets the first daemon send at once, and one beside a living other only once that has noticed', async () => {
    assert.deepEqual(await enrolled(begun('b1')), [false, 0]);
    assert.deepEqual(await enrolled(begun('c1'), 'idB'), [false, 12_000]);
    await silence('idA', 21);
    await silence('idB', 21);
    assert.deepEqual(await enrolled(begun('d1'), 'idC'), [false, 0], 'the dead do not count');
    await store.beat(heartbeat({ identity: 'idC', boot: 'd1', state: 'STOPPED' }));
    assert.deepEqual(await enrolled(begun('e1'), 'idD'), [false, 0], 'nor do the stopped');
  });

  it('knows its own dead predecessor, and takes nobody else for it', async () => {
    await enrolled(begun('b1'));
    assert.deepEqual(await enrolled(begun('b2', 'b1', true)), [true, 0]);
    assert.deepEqual(await enrolled(begun('b3', 'b2', false)), [false, 12_000], 'the original may be alive');
    assert.deepEqual(await enrolled(begun('b4', 'b2', true)), [false, 12_000], 'so may the copy');
  });

  it('joins anew after a silence in which the others had to take it for dead', async () => {
    const { heart: one } = heart(begun('b1'));
    await one.enrol();
    await heart(begun('c1'), 'idB').heart.enrol();
    now += 14_000;
    assert.equal(await one.holdBackMs(), 0, 'a late beat');
    now += 1000;
    assert.equal(await one.holdBackMs(), 12_000);
    now += 12_000;
    assert.equal(await one.holdBackMs(), 0);
    now += 15_000;
    await silence('idB', 21);
    assert.equal(await one.holdBackMs(), 0, 'alone');
  });

  it('of two under one identity the elder goes on and the younger stops', async () => {
    const elder = heart(begun('b1'));
    const younger = heart(begun('b2', 'b1', false));
    await elder.heart.enrol();
    await younger.heart.enrol();
    await elder.heart.beat();
    assert.equal(elder.stop.fault, null);
    await younger.heart.beat();
    assert.equal(younger.stop.fault?.kind, 'fenced');
    await elder.heart.beat();
    assert.equal(elder.stop.fault, null);
    younger.stop.done();
  });

  it('beats every ten seconds, or sooner when asked, but not in bursts', async () => {
    const { heart: one } = heart(begun('b1'));
    await one.enrol();
    assert.equal(await one.pass(), 10_000);
    now += 400;
    assert.equal(await one.pass(), 600);
    now += 600;
    assert.equal(await one.pass(), 10_000);
  });
});

describe('chores', () => {
  it('prune journal and quarantine in bites that let others in, and leave nothing in the write-ahead file', async () => {
    const dir = temporaryDir();
    const db = await freshDatabase('sqlite');
    const store = await openStore(db.options);
    let now = 1_700_000_000_000;
    const state = openState(dir, { clock: { wall: () => now, mono: () => now } });
    try {
      const entries = Array.from({ length: 2000 }, (_, i) => ({ key: i.toString(16).padStart(32, '0'), serial: '1' }));
      state.journal.write(entries);
      const old = state.quarantine.put('message', Buffer.from('old'), 'refused');
      now += 181 * 86_400_000;
      const fresh = state.quarantine.put('message', Buffer.from('new'), 'refused');
      state.journal.write([{ key: 'f'.repeat(32), serial: '2' }]);
      let [turns, over] = [0, false];
      const turn = (): void => {
        turns++;
        if (!over) setImmediate(turn);
      };
      turn();
      const spans = { keepDays: 180, seenForMs: 1, giveUpAfterMs: 1 };
      await chores({ store, state, log: recordedLog().log, ...spans }, new AbortController().signal);
      over = true;
      assert.ok(turns >= 4, `${turns} turns of the event loop during five bites`);
      assert.equal(state.journal.latest(entries.map(({ key }) => key)).size, 0);
      assert.equal(state.journal.latest(['f'.repeat(32)]).size, 1);
      assert.equal(state.quarantine.get(old.id), null);
      assert.notEqual(state.quarantine.get(fresh.id), null);
    } finally {
      state.close();
      await store.close();
      await db.drop();
    }
  });
});
