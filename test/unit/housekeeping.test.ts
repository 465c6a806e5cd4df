import assert from 'node:assert/strict';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { balancePass } from '../../src/daemon/balance.ts';
import { Bites } from '../../src/housekeeping/bites.ts';
import { keeperPass, type KeeperParts } from '../../src/housekeeping/keeper.ts';
import { isCron, openSchedule } from '../../src/housekeeping/schedule.ts';
import { keepingTurn } from '../../src/housekeeping/turn.ts';
import { countsText } from '../../src/housekeeping/words.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { type LogLine, recordedLog } from '../support/log.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const never = new AbortController().signal;

describe('housekeeping', () => {
  describe('its schedule', () => {
    it('takes five fields, and nothing that is not one', () => {
      const taken = ['30 2 * * *', '*/10 0-5 * * 1-5', '0 3 1 * *'].map(isCron);
      const refused = ['0 30 2 * * *', '2:30 * * *', '90 2 * * *', '', 'midnight'].map(isCron);
      assert.deepEqual([taken, refused], [taken.map(() => true), refused.map(() => false)]);
    });

    it('goes by the clock of Beijing', () => {
      const schedule = openSchedule('30 2 * * *');
      // the two clocks are read one after the other
      const at = new Date(Math.round((Date.now() + schedule.nextInMs()) / 60_000) * 60_000);
      assert.deepEqual([at.getUTCHours(), at.getUTCMinutes()], [18, 30]);
      schedule.close();
    });
  });

  describe('its pace', () => {
    /** A clock that moves only while a transaction runs. */
    const bites = (msPerRow: number, aimMs = 20) => {
      let now = 0;
      const pace = { aimMs, rests: 1, busy: () => false };
      const all = new Bites(pace, { mono: () => now });
      return {
        all,
        take: () => all.take((rows) => ((now += rows * msPerRow), Promise.resolve(rows)), AbortSignal.abort()),
      };
    };

    it('makes transactions as large as they may be, and no larger', async () => {
      for (const [msPerRow, rows] of [
        [0.1, 200],
        [0.005, 1000], // the most
        [10, 10], // the fewest
      ] as const) {
        const { all, take } = bites(msPerRow);
        for (let i = 0; i < 20; i++) await take();
        assert.ok(Math.abs(all.rows - rows) <= rows * 0.05, `${msPerRow} ms a row: ${all.rows}`);
      }
    });

    it('learns nothing of many rows from few', async () => {
      const { all } = bites(0);
      const before = all.rows;
      await all.take(() => Promise.resolve(1), never);
      assert.equal(all.rows, before);
    });

    it('leaves most of the time to a channel that is busy', async () => {
      const busy = new Bites({ aimMs: 20, rests: 2, busy: () => true }, systemClock);
      const from = performance.now();
      await busy.take(async () => (await new Promise((done) => setTimeout(done, 60)), 1), never);
      assert.ok(performance.now() - from >= 175, 'it works 60 ms and rests twice as long');
    });
  });

  describe('of a daemon', () => {
    let db: FreshDatabase;
    let store: Store;
    let lines: LogLine[];
    let parts: KeeperParts;
    let nextMs: number;

    beforeEach(async () => {
      db = await freshDatabase('sqlite');
      store = await openStore(db.options);
      const recorded = recordedLog();
      lines = recorded.lines;
      nextMs = 5 * HOUR;
      parts = {
        ...{ store, clock: systemClock, channel: 'main', owner: 'idA' },
        log: recorded.log,
        schedule: { nextInMs: () => nextMs, close: () => undefined },
        rules: { moveAfterMs: 30 * DAY, giveUpAfterMs: 3 * DAY, keepDays: 180, maskDays: null },
        pace: { aimMs: 20, rests: 1, busy: () => false },
      };
    });
    afterEach(async () => {
      await store.close();
      await db.drop();
    });

    const planned = async (): Promise<number> => Math.round(((await store.keepingIn('main')) ?? NaN) / HOUR);
    const old = (n: number): Promise<unknown> =>
      db.rawQuery(
        `insert into sms_outbox (phone, content, status, created_at) values ${Array.from({ length: n }, () => "('13000000001', 'x', 'DELIVERED', datetime('now', '-60 days'))").join(',')}`,
      );
    const moved = async (): Promise<number> => (await db.rawQuery('select id from sms_outbox_history')).length;

    it('waits for the time that it has planned', async () => {
      await old(5);
      assert.equal(await keeperPass(parts, never), HOUR, 'it looks again within the hour');
      assert.deepEqual([await planned(), await moved(), lines], [5, 0, []]);
    });

    it('takes an earlier time from the configuration', async () => {
      await store.planKeeping('main', 20 * HOUR);
      await keeperPass(parts, never);
      assert.equal(await planned(), 5);
    });

    it('makes up for a night in which no daemon ran, once', async () => {
      await old(5);
      await store.planKeeping('main', -3 * DAY);
      await keeperPass(parts, never);
      assert.deepEqual([await planned(), await moved()], [5, 5]);
      assert.deepEqual(
        lines.map(({ event, moved: rows }) => [event, rows]),
        [['housekeeping.pass', 5]],
      );
      await keeperPass({ ...parts, owner: 'idB' }, never);
      assert.equal(lines.length, 1);
    });

    it('leaves it to the one that is at it', async () => {
      await old(5);
      await store.planKeeping('main', -1000);
      const other = keepingTurn({ store, channel: 'main', owner: 'idB', clock: systemClock });
      assert.equal(await other.mine(), true);
      assert.equal(await keeperPass(parts, never), 60_000);
      assert.deepEqual([await moved(), lines], [0, []]);
      await other.end();
      await keeperPass(parts, never);
      assert.equal(await moved(), 5);
    });

    it('stays due when it is stopped', async () => {
      await old(200);
      await store.planKeeping('main', -1000);
      await keeperPass(parts, AbortSignal.abort());
      assert.ok(((await store.keepingIn('main')) ?? 0) < 0);
      const [row] = await db.rawQuery("select keep_by from sms_mw_channel where name = 'main'");
      assert.equal(row?.['keep_by'], null, 'for whoever comes next');
    });
  });

  it('says what it did, and nothing of what it did not', () => {
    const counts = { moved: 12, deleted: 0, masked: 3, inboxDeleted: 0, inboxMasked: 0 };
    assert.equal(
      countsText(counts, 1500).en,
      'housekeeping: moved to the history 12, masked in the history 3, in 1.5 s',
    );
    assert.equal(countsText(counts, null).zh, '将要整理：移入历史 12，历史遮盖号码、抹去内容 3');
    assert.match(countsText({ ...counts, moved: 0, masked: 0 }, 5).en, /no row is due/);
  });

  it('notes the balance once, soon after midnight', async () => {
    const noted: number[] = [];
    let calls = 0;
    const balance = () => (calls++, Promise.resolve({ code: '0', description: '', number: 4711 }));
    let text = '2026-11-26 23:40:00.000';
    const store = {
      now: () => Promise.resolve({ text, epochMs: 0 }),
      noteBalance: (messages: number) => (noted.push(messages), Promise.resolve()),
      balances: () => Promise.resolve(noted.map((messages) => ({ day: '2026-11-26', messages, takenAt: '' }))),
    };
    assert.equal(await balancePass({ balance }, store), 21 * 60_000, 'the day is nearly over');
    assert.equal(calls, 0);
    text = '2026-11-27 00:01:00.000';
    assert.equal(await balancePass({ balance }, store), HOUR);
    await balancePass({ balance }, store);
    assert.deepEqual([noted, calls], [[4711], 1]);
  });
});
