import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { askDaemon } from '../../src/daemon/control.ts';
import type { StatusReport } from '../../src/daemon/status.ts';
import { type DaemonPlace, daemonPlace, until } from '../support/daemon.ts';
import { type FreshDatabase, freshDatabase, needDatabase } from '../support/databases.ts';
import { type Closable, type LaneOptions, sideBySide } from '../support/lanes.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';

const RATE = 40;
const HEARTBEAT_MS = 10_000;

/** One outbox and one platform, with places for daemons. */
interface Stage extends Closable {
  readonly simulator: SimulatorHandle;
  readonly place: (instance: string) => DaemonPlace;
  readonly insert: (rows: number) => Promise<void>;
  readonly allEnded: () => Promise<void>;
  readonly statuses: () => Promise<unknown>;
}

async function openStage(): Promise<Stage> {
  const simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 100, latencyMs: 5 } });
  const database: FreshDatabase = await freshDatabase('mysql');
  const places: DaemonPlace[] = [];
  return {
    simulator,
    place(instance) {
      const made = daemonPlace(database, simulator, { instance, 'outbox.ratePerSecond': RATE, 'outbox.lease': '10s' });
      places.push(made);
      return made;
    },
    async insert(rows) {
      for (let from = 0; from < rows; from += 500) {
        const values = Array.from({ length: Math.min(500, rows - from) }, (_, k) => from + k);
        await database.rawQuery(
          `insert into sms_outbox (phone, content) values ${values.map(() => '(?, ?)').join(', ')}`,
          values.flatMap((i) => [`130${String(i).padStart(8, '0')}`, `社保通知第${i}号`]),
        );
      }
    },
    allEnded: () =>
      until(
        'all rows have ended',
        async () => {
          const left = await database.rawQuery(
            `select count(*) as n from sms_outbox where status in ('NEW', 'SENDING')`,
          );
          return Number(left[0]?.['n']) === 0;
        },
        90_000,
      ),
    statuses: () => database.rawQuery('select status, count(*) as n from sms_outbox group by status order by status'),
    async close() {
      for (const place of places) await place.remove();
      await database.drop();
      await simulator.stop();
    },
  };
}

const status = async (at: DaemonPlace): Promise<StatusReport> =>
  (await askDaemon(at.stateDir, { verb: 'status' })) as StatusReport;
const rateOf = async (at: DaemonPlace): Promise<number | null> => (await status(at).catch(() => null))?.rate ?? null;

sideBySide('two daemons on one outbox, as real processes', (lane) => {
  const options: LaneOptions<Stage> = { needs: (context) => needDatabase('mysql', context), open: openStage };

  lane('with one rate', options, (test) => {
    test('share the rate, never exceed it while one joins or dies, and the survivor has all of it within two heartbeats', async ({
      simulator,
      place,
      insert,
      allEnded,
      statuses,
    }) => {
      await insert(1800);
      const [a, b] = [place('a'), place('b')];
      a.start();
      await until('the first has the whole rate', async () => (await rateOf(a)) === RATE);
      await simulator.waitFor(({ accepted }) => accepted > RATE);
      const second = b.start();
      await until(
        'both have half',
        async () => (await rateOf(a)) === RATE / 2 && (await rateOf(b)) === RATE / 2,
        30_000,
      );
      await until('the second sends', async () => (await status(b)).sentToday > 0, 30_000);

      const before = [await status(a), await status(b)];
      const from = performance.now();
      await new Promise((done) => setTimeout(done, 8000)); // a span to measure, not an event to wait for
      const after = [await status(a), await status(b)];
      const seconds = (performance.now() - from) / 1000;
      after.forEach((s, i) => {
        const sent = s.sentToday - (before[i]?.sentToday ?? 0);
        const share = (RATE / 2) * seconds;
        assert.ok(sent <= share + RATE / 2, `${s.instance} sent ${sent} in ${seconds} s`);
        assert.ok(sent >= share * 0.7, `${s.instance} sent only ${sent} in ${seconds} s`);
      });

      await second.kill();
      await until('the survivor has the whole rate', async () => (await rateOf(a)) === RATE, 2 * HEARTBEAT_MS);
      await allEnded();
      const { accepted, doubledMessages, maxPartsPerSecond } = await simulator.stats();
      assert.deepEqual([accepted, doubledMessages], [1800, 0], JSON.stringify(await statuses()));
      assert.ok(maxPartsPerSecond <= RATE, `${maxPartsPerSecond} within one second`);
    });
  });

  lane('of which one is a copy', options, (test) => {
    test('with a copied state directory: the younger stops before it sends anything, says why, and nothing is doubled', async ({
      simulator,
      place,
      insert,
      allEnded,
    }) => {
      const [original, copy] = [place('original'), place('copy')];
      const elder = original.start();
      await elder.said('daemon.started');
      cpSync(original.stateDir, copy.stateDir, { recursive: true, filter: (path) => !path.endsWith('.sock') });
      await insert(700);
      await simulator.waitFor(({ accepted }) => accepted > 10);
      const younger = copy.start();
      assert.equal(await younger.exited, 1);
      assert.match(younger.log(), /our identity is in use by a process that started earlier.*Empty stateDir/);
      assert.doesNotMatch(younger.log(), /outbox\.claimed/);
      assert.match(elder.log(), /another process uses our identity/);
      assert.equal(elder.process.exitCode, null);
      await allEnded();
      const { accepted, doubledMessages, maxPartsPerSecond } = await simulator.stats();
      assert.deepEqual([accepted, doubledMessages], [700, 0]);
      assert.ok(maxPartsPerSecond <= RATE);
      assert.equal(await elder.stop(), 0);
    });
  });

  lane('of which one has a living copy', options, (test) => {
    test('of which the original starts again while a copy of its directory is alive: it takes nothing from the copy', async ({
      simulator,
      place,
      insert,
      allEnded,
    }) => {
      const [original, copy] = [place('original'), place('copy')];
      const first = original.start();
      await first.said('daemon.started');
      assert.equal(await first.stop(), 0);
      cpSync(original.stateDir, copy.stateDir, { recursive: true });
      await insert(600);
      const running = copy.start();
      await simulator.waitFor(({ accepted }) => accepted > 10);
      const again = original.start();
      assert.equal(await again.exited, 1);
      await allEnded();
      const { accepted, doubledMessages, duplicateSerialAttempts } = await simulator.stats();
      assert.deepEqual([accepted, doubledMessages, duplicateSerialAttempts], [600, 0, 0]);
      assert.equal(await running.stop(), 0);
    });
  });
});
