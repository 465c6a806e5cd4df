import assert from 'node:assert/strict';
import { type Arena, openArena } from '../support/arena.ts';
import { until } from '../support/daemon.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

const ROWS = 30;
/** One call at a time and few a second: most of what is claimed, and some of what is recorded, waits in the process. */
const SLOW = { 'outbox.concurrency': 1, 'outbox.batchSize': 20, 'outbox.ratePerSecond': 8 };

const sending = async ({ database }: Arena): Promise<number> => {
  const [row] = await database.rawQuery(`select count(*) as n from sms_outbox where status = 'SENDING'`);
  return Number(row?.['n']);
};

sideBySide('daemons that die, sleep and meet', (lane) => {
  for (const client of DIALECTS) {
    const needs = (context: Mocha.Context): Promise<void> => needDatabase(client, context);
    const open = (): Promise<Arena> => openArena(client, { values: SLOW });

    lane(`killed, on ${client}`, { needs, open }, (test) => {
      test('the other one takes over its leases', async (arena) => {
        const first = await arena.daemon();
        const second = arena.place({ instance: 'second' }).startUnder({});
        await second.said('daemon.started');
        await arena.simulator.faults([{ call: 'Send', next: 1, fault: 'hang', processed: true }]);
        await arena.insert(ROWS);
        await until('the first one has rows', async () => (await sending(arena)) > 0);
        await arena.simulator.waitFor(({ faults }) => (faults.hang ?? 0) > 0);
        await first.kill();
        await arena.quiet({ daemon: second });
        await arena.reconciled();
        assert.equal(await second.stop(), 0, second.log());
      });

      test('one fetches what citizens write, and when it is killed, the other one does', async (arena) => {
        const first = await arena.daemon();
        const second = arena.place({ instance: 'second' }).startUnder({});
        // mostly the second one, which comes late; on a slow machine it may be the other way round
        const both = [first, second].map((daemon) => daemon.said('fetch.standby').then(() => daemon));
        const waits = await Promise.race(both);
        void Promise.allSettled(both); // the other one never says it
        const fetches = waits === second ? first : second;
        await arena.citizensWrite(3);
        await arena.quiet({ daemon: fetches });
        await fetches.said('inbox.stored');
        assert.doesNotMatch(waits.log(), /inbox\.stored/);
        await fetches.kill();
        await arena.citizensWrite(3);
        await arena.quiet({ daemon: waits });
        await waits.said('inbox.stored');
        await arena.reconciled();
        assert.equal(await waits.stop(), 0, waits.log());
      });
    });

    lane(`suspended, on ${client}`, { needs, open }, (test) => {
      test('longer than its lease, it wakes with calls that are no longer its own', async (arena) => {
        const first = await arena.daemon();
        await arena.simulator.faults([{ call: 'Send', next: 1, fault: 'hang', processed: true }]);
        await arena.insert(ROWS);
        await arena.simulator.waitFor(({ faults }) => (faults.hang ?? 0) > 0);
        assert.ok((await sending(arena)) > 1, 'more than the call under way is claimed');
        first.freeze();
        const second = arena.place({ instance: 'second' }).startUnder({});
        await arena.quiet({ daemon: second });
        first.thaw();
        const later = await arena.insert(4);
        await arena.quiet({ daemon: second });
        await arena.all(later, 'DELIVERED');
        await arena.reconciled();
        for (const daemon of [first, second]) assert.equal(await daemon.stop(), 0, daemon.log());
        await arena.reconciled();
      });
    });

    lane(`replaced one after the other, on ${client}`, { needs, open }, (test) => {
      test('on a schema that the next version has extended already: sending goes on throughout', async (arena) => {
        const { rawQuery } = arena.database;
        await rawQuery('alter table sms_outbox add column of_next_version varchar(20)');
        await rawQuery('alter table sms_mw_submit add column of_next_version integer not null default 0');
        const places = ['a', 'b'].map((instance) => arena.place({ instance }));
        const daemons = places.map((place) => place.startUnder({}));
        for (const daemon of daemons) await daemon.said('daemon.started');
        for (const [i, place] of places.entries()) {
          await arena.insert(ROWS);
          assert.equal(await daemons[i]?.stop(), 0, daemons[i]?.log());
          const { accepted } = await arena.simulator.stats();
          await arena.insert(2);
          await arena.simulator.waitFor((stats) => stats.accepted > accepted, 30_000); // by the one that is still there
          const next = (daemons[i] = place.startUnder({}));
          await next.said('daemon.started');
        }
        await arena.quiet({ daemon: daemons[0]! });
        await arena.reconciled();
        for (const daemon of daemons) assert.equal(await daemon.stop(), 0, daemon.log());
      });
    });

    lane(`started twice, on ${client}`, { needs, open }, (test) => {
      test('in one place: the second one is told so and ends, the first one goes on', async (arena) => {
        const first = await arena.daemon();
        const twin = arena.home.startUnder({});
        assert.equal(await twin.exited, 1, twin.log());
        assert.match(twin.log(), /another yxt-mw is using/);
        await arena.insert(4);
        await arena.quiet({ daemon: first });
        await arena.reconciled();
      });
    });
  }
});
