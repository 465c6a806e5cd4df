import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Arena, openArena } from '../support/arena.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

const ROWS = 60_000;
const CHUNK = 2000;
const RATE = 200;
/** What the daemon may hold beside itself, whatever waits: two batches, a thousand answers, and what the collector leaves lying. */
const MOST_GROWTH_MB = 64;
/** The window that was full when the urgent row came, and what goes out until the next look. */
const MOST_BEFORE = 2 * RATE;

/** Resident memory of a process. Linux. */
function rssMb(pid: number): number {
  const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1024;
}

async function statuses({ database }: Arena): Promise<Record<string, number>> {
  const rows = await database.rawQuery('select status, count(*) as n from sms_outbox group by status');
  return Object.fromEntries(rows.map(({ status, n }) => [String(status), Number(n)]));
}

sideBySide('more rows at once than the channel carries in minutes', (lane) => {
  for (const client of DIALECTS) {
    const options = {
      needs: (context: Mocha.Context) => needDatabase(client, context),
      open: () => openArena(client, { values: { 'outbox.ratePerSecond': RATE } }),
    };
    lane(`on ${client}`, options, (test) => {
      test('memory does not grow with what waits, an urgent row overtakes it, and a stop puts all of it back', async (arena) => {
        const { simulator } = arena;
        const daemon = arena.home.start();
        await daemon.said('daemon.started');
        await arena.insert(RATE);
        await simulator.waitFor(({ accepted }) => accepted === RATE);
        const before = rssMb(daemon.process.pid ?? 0);

        for (let n = 0; n < ROWS; n += CHUNK) await arena.insert(CHUNK);
        const { accepted } = await simulator.stats();
        await simulator.waitFor((stats) => stats.accepted >= accepted + 5 * RATE);
        const [urgent = ''] = await arena.insert(1, () => '社保卡挂失验证码');
        await arena.update([urgent], 'priority = 0');
        const from = (await simulator.stats()).accepted;
        await arena.all([urgent], 'SENT');
        const ahead = (await simulator.ledger())
          .flatMap(({ phones }) => phones.map(String))
          .slice(from)
          .indexOf(urgent);
        assert.ok(ahead >= 0 && ahead <= MOST_BEFORE, `${ahead} others went before the urgent row`);
        const grown = rssMb(daemon.process.pid ?? 0) - before;
        assert.ok(grown <= MOST_GROWTH_MB, `grown by ${grown} MB`);

        assert.equal(await daemon.stop(), 0, daemon.log());
        const { NEW = 0, SENT = 0, ...others } = await statuses(arena);
        assert.deepEqual(others, {});
        assert.equal(NEW + SENT, RATE + ROWS + 1);
        assert.equal(SENT, (await simulator.stats()).accepted);
        assert.equal((await simulator.stats()).doubledMessages, 0);
      });
    });
  }
});
