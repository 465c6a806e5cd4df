import assert from 'node:assert/strict';
import { heartbeat } from '../support/rows.ts';
import type { Fixture } from './fixture.ts';

/** What is found out at the start, and logged. */
export function rowLockCases(f: Fixture): void {
  it('finds out by a try whether locked rows can be told from free ones', async () => {
    await f.a.enrol(heartbeat());
    const expected = f.client === 'sqlite' ? 'none' : 'told';
    assert.equal(await f.a.rowLocks('idA'), expected);
    assert.equal(await f.a.beat(heartbeat()), true, 'nothing stays locked');
  });
}
