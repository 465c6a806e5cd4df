import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type Arena, openArena } from '../support/arena.ts';
import { until } from '../support/daemon.ts';
import { needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

/** Rarely enough for lines to be idle in between. */
const SELDOM = { 'outbox.pollEvery': '5s', 'inbox.pollEvery': '5s', 'receipts.pollEvery': '5s' };
const ROUNDS = 3;
/** Longer than the line lets a connection be idle, and than a poll. */
const REST_MS = 8_000;
const TROUBLE = /"level":"(error|warn)"/g;

/** Work, then nothing for a while, several times: every row goes once, every message comes once. Returns the lines of trouble in the log. */
async function offAndOn(arena: Arena): Promise<number> {
  const daemon = await arena.daemon();
  const from = daemon.log().length;
  for (let round = 0; round < ROUNDS; round++) {
    const phones = await arena.insert(6);
    await arena.citizensWrite(1);
    const sent = async (): Promise<boolean> => (await arena.rows(phones)).every(({ status }) => status === 'SENT');
    await until('all are sent', sent, 90_000);
    await pause(REST_MS); // the length is the fault
  }
  const trouble = daemon.log().slice(from).match(TROUBLE)?.length ?? 0;
  await arena.quiet({ ms: 120_000 });
  await arena.reconciled();
  return trouble;
}

sideBySide('lines that lose their idle connections (a 网闸 as a TCP proxy, a firewall)', (lane) => {
  for (const client of ['mysql', 'postgres'] as const) {
    const needs = (context: Mocha.Context): Promise<void> => needDatabase(client, context);
    const open = (values: Record<string, unknown>): Promise<Arena> =>
      openArena(client, { values: { ...SELDOM, ...values } });

    lane(
      `${client}: database.idleTimeout is shorter`,
      { needs, open: () => open({ 'database.idleTimeout': '1s' }) },
      (test) => {
        test('nobody notices', async (arena) => {
          await arena.daemon(); // what a start takes on a busy machine is another matter
          arena.databaseLine?.dropIdle(4_000, 'silent');
          // our side closes idle connections to the platform after 4 s, give or take the second that its timers take
          arena.platformLine.dropIdle(7_000, 'silent');
          assert.equal(await offAndOn(arena), 0);
          assert.deepEqual([arena.databaseLine?.dropped, arena.platformLine.dropped], [0, 0]);
        });
      },
    );

    const longer = { 'database.idleTimeout': '10m', 'database.statementTimeout': '1s' };
    lane(`${client}: it is longer`, { needs, open: () => open(longer) }, (test) => {
      for (const how of ['reset', 'silent'] as const) {
        test(`${how === 'reset' ? 'they are reset' : 'nobody is told'}: nothing is lost or doubled, and the log tells of it in few words`, async (arena) => {
          for (const line of [arena.databaseLine, arena.platformLine]) line?.dropIdle(1_500, how);
          arena.databaseLine?.cut();
          const trouble = await offAndOn(arena);
          assert.ok((arena.databaseLine?.dropped ?? 0) > 0);
          assert.ok(trouble <= 6 * ROUNDS, `${trouble} lines of trouble`);
        });
      }
    });
  }
});
