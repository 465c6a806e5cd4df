import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type Arena, openArena } from '../support/arena.ts';
import { setDatabaseClock } from '../support/database-clock.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

const HOUR_MS = 3_600_000;
const AN_HOUR = 3600;
const ROWS = 16;
/** Two seconds' work is claimed and recorded ahead, so that a jump of the clock finds it waiting. */
const PACED = { 'outbox.ratePerSecond': 16, 'outbox.batchSize': 40 };

const accepted = async (arena: Arena): Promise<number> => (await arena.simulator.stats()).accepted;

/** Rows are being sent, and some of them wait for their turn. */
async function underWay(arena: Arena): Promise<void> {
  const before = await accepted(arena);
  await arena.insert(ROWS);
  await arena.simulator.waitFor((stats) => stats.accepted > before);
}

sideBySide('clocks that are set', (lane) => {
  lane(
    'of the daemon, on sqlite',
    { needs: () => Promise.resolve(), open: () => openArena('sqlite', { values: PACED }) },
    (test) => {
      test('forward and back by hours, also across a start: no serial twice, nothing held', async (arena) => {
        for (const wall of [3 * HOUR_MS, -5 * HOUR_MS, 0]) {
          const daemon = await arena.daemon();
          await underWay(arena);
          await daemon.order({ clock: { wall, mono: 0 } });
          await arena.insert(2);
          await arena.quiet();
          assert.equal(await daemon.stop(), 0, daemon.log());
        }
        await arena.reconciled();
        const serials = (await arena.simulator.ledger()).map(({ serial }) => serial);
        assert.equal(new Set(serials).size, serials.length);
      });

      test('its monotonic clock leaps over the lease: what it holds is no longer its own', async (arena) => {
        const daemon = await arena.daemon();
        await underWay(arena);
        await daemon.order({ clock: { wall: 0, mono: 60_000 } });
        await arena.quiet();
        await arena.reconciled();
        assert.equal(await daemon.stop(), 0, daemon.log());
      });
    },
  );

  for (const client of DIALECTS) {
    const options = {
      needs: (context: Mocha.Context) => needDatabase(client, context),
      open: () => openArena(client, { values: PACED }),
    };
    lane(`of the database, on ${client}`, options, (test) => {
      test('forward by hours: every lease is over at once', async (arena) => {
        await arena.daemon();
        for (let jump = 0; jump < 3; jump++) {
          await underWay(arena);
          await setDatabaseClock(arena.database, client, AN_HOUR);
        }
        await arena.quiet();
        await arena.reconciled();
      });

      test('forward by hours, with a second daemon that takes over', async (arena) => {
        const first = await arena.daemon();
        const second = arena.place({ instance: 'second' }).startUnder({});
        await second.said('daemon.started');
        for (let jump = 0; jump < 5; jump++) {
          await underWay(arena);
          await setDatabaseClock(arena.database, client, AN_HOUR);
          await pause(300); // jumps at many moments, while both are at work
        }
        await arena.quiet();
        for (const daemon of [first, second]) assert.equal(await daemon.stop(), 0, daemon.log());
        await arena.reconciled();
      });

      test('back by hours, then the daemon is killed: its next start does not wait for the old leases', async (arena) => {
        const daemon = await arena.daemon();
        await underWay(arena);
        await setDatabaseClock(arena.database, client, -AN_HOUR);
        await daemon.kill();
        await arena.daemon();
        await arena.quiet();
        await arena.reconciled();
      });
    });
  }
});
