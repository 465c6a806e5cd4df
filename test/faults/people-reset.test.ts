import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { askDaemon } from '../../src/daemon/control.ts';
import { type Arena, openArena } from '../support/arena.ts';
import { until } from '../support/daemon.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

const LEASE_MS = 12_000;
/** A call's time limit, and the wait before it is made again. */
const ASKED_AGAIN_MS = 4500;
const ROWS = 40;
/** All is claimed at once and most of it waits, without a record yet. */
const BACKLOG = { 'outbox.ratePerSecond': 10, 'outbox.lease': '60s' };

/** The platform has taken rows in one call and answered nobody. */
async function takenInSilence(arena: Arena): Promise<string[]> {
  await arena.daemon();
  await arena.simulator.faults([{ call: 'Send', next: 1, fault: 'hang', processed: true }]);
  const { accepted } = await arena.simulator.stats();
  const phones = await arena.insert(2, () => '社保待遇资格认证提醒');
  await arena.simulator.waitFor((stats) => stats.accepted === accepted + phones.length);
  return phones;
}

/** HELD; and when a person who has looked sets NEW once more, sent once more. */
async function heldThenReleased(arena: Arena, phones: string[]): Promise<void> {
  await arena.quiet();
  await arena.reconciled(phones.length);
  assert.deepEqual([...new Set((await arena.rows(phones)).map((row) => row['result_code']))], ['EDITED']);
  for (const phone of phones) arena.byHand.again.set(phone, 1);
  await arena.update(phones, `status = 'NEW'`);
  await arena.quiet();
  await arena.all(phones, 'DELIVERED');
  await arena.reconciled();
}

/** Phones of rows that are claimed and have no submission record yet. */
async function claimedOnly({ database }: Arena): Promise<string[]> {
  const rows = await database.rawQuery(
    `select o.phone as phone from sms_outbox o left join sms_mw_submit s on s.serial_no = o.serial_no
      where o.status = 'SENDING' and s.serial_no is null order by o.id`,
  );
  return rows.map((row) => String(row['phone']));
}

sideBySide('people who set a row to NEW before its outcome is known', (lane) => {
  for (const client of DIALECTS) {
    const needs = (context: Mocha.Context): Promise<void> => needDatabase(client, context);
    const open = (): Promise<Arena> => openArena(client);

    lane(`after a crash, on ${client}`, { needs, open }, (test) => {
      test('the daemon starts again when its lease is over: HELD, and sent again only when asked once more', async (arena) => {
        const phones = await takenInSilence(arena);
        await (await arena.daemon()).kill();
        await arena.update(phones, `status = 'NEW'`);
        await pause(LEASE_MS + 1000); // the length of the outage is the fault
        await arena.daemon();
        await heldThenReleased(arena, phones);
      });
    });

    lane(`in a pause, on ${client}`, { needs, open }, (test) => {
      test('the channel is opened when it is time to ask again: HELD, and sent again only when asked once more', async (arena) => {
        const phones = await takenInSilence(arena);
        await askDaemon(arena.home.stateDir, { verb: 'pause' });
        await arena.update(phones, `status = 'NEW'`);
        await pause(ASKED_AGAIN_MS); // as above
        await askDaemon(arena.home.stateDir, { verb: 'resume' });
        await heldThenReleased(arena, phones);
      });
    });

    lane(`in a backlog, on ${client}`, { needs, open: () => openArena(client, { values: BACKLOG }) }, (test) => {
      test('claimed, but not recorded yet: nothing doubles', async (arena) => {
        await arena.daemon();
        await arena.insert(ROWS, (phone) => `社保通知：${phone}的业务已办结`);
        await until('most rows wait in the process', async () => (await claimedOnly(arena)).length > ROWS / 4);
        for (let round = 0; round < 3; round++) {
          const phones = (await claimedOnly(arena)).filter((_, i) => i % 2 === 0);
          const places = phones.map(() => '?').join(', ');
          if (phones.length > 0)
            await arena.database.rawQuery(
              `update sms_outbox set status = 'NEW' where phone in (${places}) and status = 'SENDING'`,
              phones,
            );
          await pause(700); // several rows' time at this rate
        }
        await arena.quiet();
        const [held] = await arena.database.rawQuery(`select count(*) as n from sms_outbox where status = 'HELD'`);
        await arena.reconciled(Number(held?.['n']));
      });
    });
  }
});
