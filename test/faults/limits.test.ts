import assert from 'node:assert/strict';
import { type Arena, openArena } from '../support/arena.ts';
import { setDatabaseClock } from '../support/database-clock.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

const ROWS = 4;
const TWO_DAYS = 48 * 3600;

/** The platform takes rows, nobody hears of it, and the daemon is dead. Returns the phones. */
async function takenInSilence(arena: Arena): Promise<string[]> {
  const daemon = await arena.daemon();
  await arena.simulator.faults([{ call: 'Send', fault: 'hang', processed: true }]);
  const phones = await arena.insert(ROWS, () => '社保待遇资格认证提醒');
  await arena.all(phones, 'SENDING');
  await arena.simulator.waitFor(({ faults }) => (faults.hang ?? 0) > 0);
  await daemon.kill();
  await arena.simulator.faults([]);
  return phones;
}

async function assertHeld(arena: Arena, phones: readonly string[]): Promise<void> {
  await arena.daemon();
  await arena.all(phones, 'HELD');
  const codes = new Set((await arena.rows(phones)).map((row) => row['result_code']));
  assert.deepEqual([...codes], ['OUTCOME_UNKNOWN']);
  await arena.reconciled(phones.length);
}

/** docs/guarantees.md, "where it ends": what cannot be known ends in HELD, or in sight, not in a second message. */
sideBySide('where the guarantee ends', (lane) => {
  for (const client of DIALECTS) {
    const needs = (context: Mocha.Context): Promise<void> => needDatabase(client, context);

    lane(`an outage longer than unknownWindow, on ${client}`, { needs, open: () => openArena(client) }, (test) => {
      test('the platform has forgotten its serials meanwhile: HELD', async (arena) => {
        const phones = await takenInSilence(arena);
        await arena.simulator.forget();
        await setDatabaseClock(arena.database, client, TWO_DAYS);
        await assertHeld(arena, phones);
      });
    });
  }

  const needs = (): Promise<void> => Promise.resolve();
  const cautious = { 'outbox.unknownOutcome': 'hold' };
  lane('unknownOutcome: hold', { needs, open: () => openArena('sqlite', { values: cautious }) }, (test) => {
    test('nothing is submitted a second time: HELD at once', async (arena) => {
      const phones = await takenInSilence(arena);
      await arena.simulator.forget();
      await assertHeld(arena, phones);
    });
  });

  lane('a platform that remembers refused serials', { needs, open: () => openArena('sqlite') }, (test) => {
    test('refused, the answer lost: SENT by 15, without a receipt ever', async (arena) => {
      await arena.simulator.options({ rememberRefused: true, sameTextLimit: 0 });
      const phones = await takenInSilence(arena);
      await arena.daemon();
      await arena.all(phones, 'SENT');
      assert.deepEqual([...new Set((await arena.rows(phones)).map((row) => row['result_code']))], ['15']);
      assert.equal((await arena.simulator.stats()).accepted, 0);
    });
  });
});
