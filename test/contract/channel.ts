import assert from 'node:assert/strict';
import type { Fixture } from './fixture.ts';

/** The latch that all daemons share. */
export function channelCases(f: Fixture): void {
  describe('channel', () => {
    it('lets one daemon probe at a time', async () => {
      const taken = await Promise.all([f.a.takeProbe('main', 'idA', 60_000), f.b.takeProbe('main', 'idB', 60_000)]);
      assert.deepEqual(taken.filter(Boolean).length, 1);
      const [winner, loser] = taken[0] ? ['idA', 'idB'] : ['idB', 'idA'];
      await f.b.endProbe('main', loser);
      assert.equal(await f.b.takeProbe('main', loser, 60_000), false);
      await f.a.endProbe('main', winner);
      assert.equal(await f.b.takeProbe('main', loser, -1000), true);
      assert.equal(await f.a.takeProbe('main', winner, 60_000), true);
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
      assert.deepEqual(state, change);
      await f.b.changeChannel('main', { ...change, probes: 2 });
      assert.equal((await f.a.channel('main')).since, since);
    });
  });
}
