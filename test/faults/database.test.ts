import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type Arena, openArena } from '../support/arena.ts';
import { type RunningDaemon, until, within } from '../support/daemon.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';
import { needMariadb, scratchMariadb } from '../support/scratch-mariadb.ts';
import { needPostgres, scratchPostgres } from '../support/scratch-postgres.ts';
import type { ScratchDatabase, ScratchServer } from '../support/scratch.ts';
import { scratchSqlite } from '../support/scratch-sqlite.ts';
import { STATEMENT } from '../support/statements.ts';

const LEASE_MS = 12_000;
/** Several claims, several calls at a time, each of some length: whatever happens to the database finds rows at every step. */
const VALUES = { 'outbox.batchSize': 10, 'outbox.concurrency': 4, 'database.statementTimeout': '2s' };
const ROWS = 40;
/** What the log calls a trouble with the database. */
const TROUBLE = /"event":"(open|settle|claim|heartbeat|release)"/;

type Own<S> = Arena & { readonly server: S };

async function openOwn<S extends ScratchDatabase>(
  client: Arena['client'],
  start: () => Promise<S>,
  values: Record<string, unknown> = VALUES,
): Promise<Own<S>> {
  const server = await start();
  const arena = await openArena(client, { database: server.database, values });
  await arena.simulator.options({ latencyMs: 150 });
  return { ...arena, server };
}

/** Inserts rows, each a call of its own, and waits until some of them are out. */
async function underWay(arena: Arena): Promise<RunningDaemon> {
  const daemon = await arena.daemon();
  const { accepted } = await arena.simulator.stats();
  await arena.insert(ROWS);
  await arena.simulator.waitFor((stats) => stats.accepted >= accepted + 6);
  return daemon;
}

/** `fault` befalls a database that is in use and is over when it returns; then all ends as if nothing had been. */
async function survives(arena: Arena, fault: (daemon: RunningDaemon) => Promise<void>): Promise<void> {
  await fault(await underWay(arena));
  await arena.citizensWrite(2);
  await arena.quiet();
  await arena.reconciled();
}

/** The log, from here on, tells of a trouble with the database. */
async function troubled(daemon: RunningDaemon): Promise<void> {
  const from = daemon.log().length;
  await until('the daemon is troubled', () => TROUBLE.test(daemon.log().slice(from)), 20_000).catch(
    (error: unknown) => {
      throw new Error(`no trouble in:\n${daemon.log().slice(from)}`, { cause: error });
    },
  );
}

sideBySide('a database that fails', (lane) => {
  for (const [client, start, needs] of [
    ['sqlite', scratchSqlite, () => Promise.resolve()],
    ['mysql', scratchMariadb, needMariadb],
    ['postgres', scratchPostgres, needPostgres],
  ] as const) {
    lane(`${client}: standing still, full, forgetful`, { needs, open: () => openOwn(client, start) }, (test) => {
      for (const [name, ms] of [
        ['shorter', 3_000],
        ['longer', LEASE_MS + 3_000],
      ] as const) {
        test(`frozen for ${name} than the lease`, (arena) =>
          survives(arena, async () => {
            arena.server.freeze();
            await pause(ms); // the length is the fault
            arena.server.thaw();
          }));
      }

      test('its disk is full', async (arena) => {
        const { disk } = arena.server;
        if (!disk) return; // said by tinyDisk
        await survives(arena, async (daemon) => {
          disk.fill();
          const from = daemon.log().length;
          const text = (phone: string): string => `社保政策调整通知${phone}。`.repeat(20);
          // the bureau may be the one who meets the end of the disk, and keep meeting it: what it could not insert is not there
          let refused = 0;
          while (refused < 10 && !TROUBLE.test(daemon.log().slice(from))) {
            refused = await arena.insert(20, text).then(
              () => 0,
              () => refused + 1,
            );
            await pause(200);
          }
          disk.free();
          await arena.server.start();
        });
      });

      test('fails over to a state that has forgotten commits: HELD, and a person decides', async (arena) => {
        const { server } = arena;
        await (await arena.daemon()).stop();
        const phones = await arena.insert(10);
        await server.stop();
        server.save();
        await server.start();
        const daemon = await arena.daemon();
        await arena.all(phones, 'SENT');
        await daemon.stop();
        await server.stop();
        server.restore();
        await server.start();
        await arena.daemon();
        await arena.all(phones, 'HELD');
        assert.deepEqual(
          [...new Set((await arena.rows(phones)).map((row) => row['result_code']))],
          ['OUTCOME_UNKNOWN'],
        );
        await arena.reconciled(10);
        const [again, gone] = [phones.slice(0, 4), phones.slice(4)];
        await arena.update(again, `status = 'NEW'`);
        await arena.update(gone, `status = 'CANCELLED'`);
        await arena.quiet();
        await arena.all(again, 'DELIVERED');
        for (const phone of phones) arena.byHand.again.set(phone, 1);
        await arena.reconciled();
      });
    });
  }

  for (const [client, start, needs] of [
    ['mysql', scratchMariadb, needMariadb],
    ['postgres', scratchPostgres, needPostgres],
  ] as const) {
    const open = (): Promise<Own<ScratchServer>> => openOwn(client, start);
    lane(`${client}: its server`, { needs, open }, (test) => {
      test('is restarted', (arena) =>
        survives(arena, async () => {
          await arena.server.stop();
          await arena.server.start();
        }));

      test('is killed', (arena) =>
        survives(arena, async () => {
          await arena.server.kill();
          await arena.server.start();
        }));

      test('ends our sessions in the middle of a transaction', (arena) =>
        survives(arena, async () => {
          const hold = arena.databaseLine?.hold('after', [new RegExp(STATEMENT.settleRows)]);
          assert.ok(hold);
          await within('a write-back', hold.reached);
          await arena.server.killSessions();
          hold.cut();
        }));

      test('is read-only for a while', (arena) =>
        survives(arena, async (daemon) => {
          const known = troubled(daemon);
          await arena.server.readOnly(true);
          await known;
          await arena.server.readOnly(false);
        }));

      test('has no connection left', (arena) =>
        survives(arena, async (daemon) => {
          const known = troubled(daemon);
          const letGo = await arena.server.occupy();
          await known;
          await letGo();
        }));
    });
  }

  for (const client of DIALECTS.filter((each) => each !== 'sqlite')) {
    const needs = (context: Mocha.Context): Promise<void> => needDatabase(client, context);
    const open = (): Promise<Arena> => openArena(client, { values: VALUES });
    lane(`${client}: the line to it is cut`, { needs, open }, (test) => {
      const cutAt = async (arena: Arena, when: 'before' | 'after', ...texts: string[]): Promise<void> => {
        await arena.daemon();
        const hold = arena.databaseLine?.hold(
          when,
          texts.map((text) => new RegExp(text, 's')),
        );
        assert.ok(hold);
        await arena.insert(12);
        await within('the line comes there', hold.reached);
        hold.cut();
        await arena.quiet();
        await arena.reconciled();
      };
      test('before COMMIT arrives', (arena) => cutAt(arena, 'before', STATEMENT.settleSubmits, STATEMENT.commit));
      test('after COMMIT, before its answer', (arena) =>
        cutAt(arena, 'after', STATEMENT.settleSubmits, STATEMENT.commit));
      test('after a claim, before its answer', (arena) => cutAt(arena, 'after', STATEMENT.claim));
      test('after a submission record, before its answer', (arena) => cutAt(arena, 'after', STATEMENT.open));
    });
  }
});
