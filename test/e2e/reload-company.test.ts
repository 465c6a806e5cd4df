import assert from 'node:assert/strict';
import { askDaemon } from '../../src/daemon/control.ts';
import type { StatusReport } from '../../src/daemon/status.ts';
import { type Arena, openArena } from '../support/arena.ts';
import { type DaemonPlace, type RunningDaemon, until } from '../support/daemon.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';
import { yxt } from '../support/yxt.ts';

const RATE = 40;
const HEARTBEAT_MS = 10_000;

const rateOf = async ({ stateDir }: DaemonPlace): Promise<number | null> =>
  ((await askDaemon(stateDir, { verb: 'status' }).catch(() => null)) as StatusReport | null)?.rate ?? null;

/** Inserts rows as they go out, and has citizens write, until it is told to stop. */
function flow(arena: Arena): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const [row] = await arena.database.rawQuery(`select count(*) as n from sms_outbox where status = 'NEW'`);
      if (Number(row?.['n']) < RATE) await arena.insert(RATE / 2);
      await arena.citizensWrite(1);
      await new Promise((done) => setTimeout(done, 200));
    }
  };
  const over = run();
  return {
    async stop() {
      stopped.abort();
      await over;
    },
  };
}

const stored = async ({ database }: Arena, phone: string): Promise<boolean> =>
  (await database.rawQuery('select id from sms_inbox where phone = ?', [phone])).length === 1;

sideBySide('reload beside another daemon', (lane) => {
  for (const client of DIALECTS) {
    const needs = (context: Mocha.Context): Promise<void> => needDatabase(client, context);
    const open = (): Promise<Arena> => openArena(client, { values: { 'outbox.ratePerSecond': RATE } });

    lane(`on ${client}`, { needs, open }, (test) => {
      test('again and again while rows flow: each sent once, the rate shared and never exceeded, nothing that citizens write or receipts say lost', async (arena) => {
        const { simulator, home } = arena;
        await arena.receipts(true);
        const first = await arena.daemon();
        const second = arena.place({ instance: 'second' });
        const other = second.start();
        await other.said('daemon.started');
        const shares = (mine: number, others: number): Promise<void> =>
          until(
            `${mine} and ${others} a second`,
            async () => (await rateOf(home)) === mine && (await rateOf(second)) === others,
            3 * HEARTBEAT_MS,
          );
        await shares(RATE / 2, RATE / 2);

        const rows = flow(arena);
        try {
          await reloadedWith(arena, first, { 'outbox.pollEvery': '150ms', 'outbox.concurrency': 4 });
          await shares(RATE / 2, RATE / 2);
          await reloadedWith(arena, first, { instance: 'renamed', 'outbox.ratePerSecond': RATE / 2 });
          await shares(RATE / 4, RATE / 2);
          await reloadedWith(arena, first, { 'receipts.pollEvery': '300ms' });
          await shares(RATE / 2, RATE / 2);
          assert.equal(await first.stop(), 0, first.log());
          await until('the other has the whole rate', async () => (await rateOf(second)) === RATE, 2 * HEARTBEAT_MS);
          const { accepted } = await simulator.stats();
          await simulator.waitFor((stats) => stats.accepted > accepted + RATE);
        } finally {
          await rows.stop();
        }
        await arena.quiet({ daemon: other });
        const { accepted, citizens } = await arena.reconciled();
        assert.ok(accepted > 2 * RATE && citizens > 20, `${accepted} and ${citizens}: it did not flow`);
        const { doubledMessages, duplicateSerialAttempts, maxPartsPerSecond } = await simulator.stats();
        assert.deepEqual([doubledMessages, duplicateSerialAttempts], [0, 0]);
        assert.ok(maxPartsPerSecond <= RATE, `${maxPartsPerSecond} within one second`);
        const [unmatched] = await arena.database.rawQuery('select count(*) as n from sms_mw_receipt');
        assert.equal(Number(unmatched?.['n']), 0, 'no receipt is left over');
        assert.equal(await other.stop(), 0, other.log());
      });
    });
  }
});

/** Reloads the daemon at home with this in its configuration. The other one sends and fetches meanwhile. */
async function reloadedWith(
  arena: Arena,
  daemon: RunningDaemon,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { home, simulator } = arena;
  home.configure(values);
  const { code, err, out } = await yxt(['reload', '--json', '--config', home.configFile]);
  assert.equal(code, 0, err);
  const { changed } = JSON.parse(out) as { changed: string[] };
  for (const key of Object.keys(values)) assert.ok(changed.includes(key), `${key}: ${changed.join(' ')}`);
  // it holds back for some seconds now: what goes out and comes in is the other one's work
  const [phone = ''] = await arena.citizensWrite(1);
  const { accepted } = await simulator.stats();
  await simulator.waitFor((stats) => stats.accepted > accepted + 10);
  await until('somebody fetches', () => stored(arena, phone), HEARTBEAT_MS);
  assert.equal(daemon.process.exitCode, null);
}
