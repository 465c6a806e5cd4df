import assert from 'node:assert/strict';
import type { Store } from '../../src/db/store.ts';
import type { Fixture } from './fixture.ts';

/** The latch that all daemons share. */
export function channelCases(f: Fixture): void {
  describe('channel', () => {
    for (const what of ['probe', 'fetch'] as const) {
      it(`gives the turn to ${what} to one daemon at a time`, async () => {
        const take = (store: Store, owner: string, ms = 60_000): Promise<boolean> =>
          store.takeTurn(what, 'main', owner, ms);
        const taken = await Promise.all([take(f.a, 'idA'), take(f.b, 'idB')]);
        assert.equal(taken.filter(Boolean).length, 1);
        const [winner, loser] = taken[0] ? ['idA', 'idB'] : ['idB', 'idA'];
        await f.b.endTurn(what, 'main', loser);
        assert.equal(await take(f.b, loser), false);
        assert.equal(await take(f.a, winner, -1000), true, 'whose turn it is may take it again');
        assert.equal(await take(f.b, loser), true, 'the other one when it is over');
        await f.b.endTurn(what, 'main', loser);
        assert.equal(await take(f.a, winner), true, 'or given up');
        assert.equal(await take(f.a, winner, 3_600_000), true);
        assert.equal(await take(f.b, loser), true, 'or ends so late that the clock must have been set back since');
      });
    }

    it('keeps the two turns apart', async () => {
      assert.equal(await f.a.takeTurn('probe', 'main', 'idA', 60_000), true);
      assert.equal(await f.b.takeTurn('fetch', 'main', 'idB', 60_000), true);
    });

    it('keeps the channel, and since when', async () => {
      assert.equal((await f.a.channel('main')).state, 'OPEN');
      const change = {
        state: 'LATCHED',
        scope: 'all',
        code: '3',
        reason: '密码错误',
        untilInMs: null,
        credentials: 'salt$hash',
        probes: 1,
      } as const;
      await f.a.changeChannel('main', change);
      const { since, ...state } = await f.b.channel('main');
      assert.deepEqual(state, { ...change, resumedMs: null });
      await f.b.changeChannel('main', { ...change, probes: 2 });
      assert.equal((await f.a.channel('main')).since, since);
    });

    describe('by a person', () => {
      const word = (state: 'OPEN' | 'MANUAL') =>
        ({ state, scope: 'send', code: null, reason: null, untilInMs: null, credentials: null, probes: 0 }) as const;
      const written = async (createdAt?: string): Promise<{ command: string }> => {
        const [names, values] = createdAt === undefined ? ['', []] : [', created_at', [createdAt]];
        await f.db.rawQuery(
          `INSERT INTO sms_mw_command (command${names}) VALUES (?${createdAt === undefined ? '' : ', ?'})`,
          ['RESUME', ...values],
        );
        const [row] = await f.db.rawQuery('SELECT CAST(MAX(id) AS CHAR(20)) AS id FROM sms_mw_command');
        return { command: String(row?.['id']).trim() };
      };
      const stateNow = async (): Promise<string> => (await f.b.channel('main')).state;
      /** So that the next time of the database is a later one. */
      const tick = () => new Promise((done) => setTimeout(done, 5));

      it('lets what was said last count, whenever it is carried out', async () => {
        const early = await written();
        await tick();
        assert.equal(await f.a.changeChannel('main', word('MANUAL'), 'now'), true);
        assert.equal(await f.b.changeChannel('main', word('OPEN'), early), false);
        assert.equal(await stateNow(), 'MANUAL');
        await tick();
        const late = await written();
        assert.equal(await f.b.changeChannel('main', word('OPEN'), late), true);
        assert.equal(await f.b.changeChannel('main', word('OPEN'), late), true, 'a second time, by who takes it over');
        assert.equal(await f.b.changeChannel('main', word('MANUAL'), early), false);
        assert.equal(await stateNow(), 'OPEN');
      });

      it('takes a pause while it is paused for a word of its own, and an answer of the platform for none', async () => {
        await f.a.changeChannel('main', word('MANUAL'), 'now');
        await tick();
        const resume = await written();
        await tick();
        await f.a.changeChannel('main', { ...word('MANUAL'), code: '13' });
        assert.equal(await f.a.changeChannel('main', word('OPEN'), resume), true);
        await f.a.changeChannel('main', word('MANUAL'), 'now');
        await tick();
        const another = await written();
        await tick();
        await f.a.changeChannel('main', word('MANUAL'), 'now');
        assert.equal(await f.a.changeChannel('main', word('OPEN'), another), false);
      });

      it('is not led astray by clocks that are wrong', async () => {
        const future = await written('2099-01-01 00:00:00');
        assert.equal(await f.a.changeChannel('main', word('MANUAL'), future), true);
        await tick();
        assert.equal(await f.a.changeChannel('main', word('OPEN'), await written()), true, 'it was no later than now');
        await f.db.rawQuery("UPDATE sms_mw_channel SET said_at = '2099-01-01 00:00:00'");
        assert.equal(await f.a.changeChannel('main', word('MANUAL'), await written()), true, 'the clock was set back');
      });
    });

    it('tells how long ago the latest pause ended', async () => {
      const open = { scope: 'send', code: null, reason: null, untilInMs: null, credentials: null, probes: 0 } as const;
      await f.a.changeChannel('main', { ...open, state: 'OPEN' });
      assert.equal((await f.a.channel('main')).resumedMs, null, 'it has not been paused yet');
      await f.a.changeChannel('main', { ...open, state: 'MANUAL' });
      await f.a.changeChannel('main', { ...open, state: 'OPEN' });
      const { resumedMs } = await f.b.channel('main');
      assert.ok(resumedMs !== null && resumedMs >= 0 && resumedMs < 60_000);
    });
  });
}
