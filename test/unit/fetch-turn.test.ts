import assert from 'node:assert/strict';
import { FetchTurn } from '../../src/daemon/fetch-turn.ts';
import type { Store } from '../../src/db/store.ts';
import type { Text } from '../../src/lib/text.ts';
import { fakeClock } from '../support/clock.ts';

const CALL_MS = 17_000;

describe('turn to fetch', () => {
  const clock = fakeClock();
  /** Whose turn the database says it is, and until when. */
  let holder: { owner: string; until: number } | null;
  let asked: number;
  let said: (Text | null)[];
  let alone: boolean;

  const store: Pick<Store, 'takeTurn' | 'endTurn'> = {
    takeTurn(_what, _name, owner, leaseMs) {
      asked++;
      const free = holder === null || holder.owner === owner || holder.until < clock.mono();
      if (free) holder = { owner, until: clock.mono() + leaseMs };
      return Promise.resolve(free);
    },
    endTurn(_what, _name, owner) {
      if (holder?.owner === owner) holder = null;
      return Promise.resolve();
    },
  };
  const daemon = (owner: string): FetchTurn =>
    new FetchTurn({
      ...{ store, clock, owner, channel: 'main', callMs: CALL_MS },
      log: { state: (_key, text) => said.push(text) },
      alone: () => alone,
    });

  beforeEach(() => {
    holder = null;
    asked = 0;
    said = [];
    alone = false;
  });

  it('is always that of a daemon alone, without a statement', async () => {
    alone = true;
    const turn = daemon('a');
    assert.equal(await turn.mine(), true);
    await turn.yield();
    assert.equal(await turn.mine(), true);
    assert.equal(asked, 0);
  });

  it('is one daemon’s of several, which asks the database now and then, never too late', async () => {
    const [a, b] = [daemon('a'), daemon('b')];
    for (let s = 0; s < 120; s++) {
      assert.equal(await a.mine(), true);
      // a call that left now is over before another daemon may begin
      assert.ok((holder?.until ?? 0) >= clock.mono() + CALL_MS);
      assert.equal(await b.mine(), false);
      clock.advance(1000);
    }
    assert.ok(asked - 120 <= 9, `${asked - 120} statements in two minutes`); // b asked with every look of its own
  });

  it('is given back by one that has been left alone with it, for whoever comes next', async () => {
    const [a, b] = [daemon('a'), daemon('b')];
    assert.equal(await a.mine(), true);
    alone = true;
    await a.yield();
    assert.equal(await a.mine(), true, 'whoever is alone goes on');
    alone = false;
    assert.equal(await b.mine(), true);
  });

  it('is taken over when its holder is heard of no more', async () => {
    const [a, b] = [daemon('a'), daemon('b')];
    assert.equal(await a.mine(), true);
    clock.advance(CALL_MS + 15_001);
    assert.equal(await b.mine(), true);
    assert.equal(await a.mine(), false, 'and not taken back by one that wakes');
  });

  it('goes to another one when the platform cannot be reached, and does not come back at once', async () => {
    const [a, b] = [daemon('a'), daemon('b')];
    assert.equal(await a.mine(), true);
    await a.yield();
    assert.equal(await a.mine(), false);
    assert.equal(await b.mine(), true);
    await b.yield();
    clock.advance(30_000);
    assert.equal(await a.mine(), true);
  });

  it('is still ours when nobody else wanted it', async () => {
    const a = daemon('a');
    await a.mine();
    await a.yield();
    clock.advance(30_000);
    assert.equal(await a.mine(), true);
  });

  it('is told of', async () => {
    await daemon('a').mine();
    await daemon('b').mine();
    assert.deepEqual(
      said.map((text) => text?.en ?? null),
      [null, 'another daemon fetches messages and receipts; this one stands by'],
    );
  });
});
