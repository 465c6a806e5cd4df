import assert from 'node:assert/strict';
import { type Arena, openArena } from '../support/arena.ts';
import { EVERY_DIALECT, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';
import type { FaultRule } from '../../src/simulator/faults.ts';
import { STATEMENT } from '../support/statements.ts';

const ROWS = 12;

/** The daemon dies at this statement while it sends; another start; the books. Returns the phones. */
async function dieSending(arena: Arena, when: 'before' | 'after', ...texts: string[]): Promise<string[]> {
  const dead = await arena.dieAt(await arena.daemon(), when, ...texts);
  const phones = await arena.insert(ROWS);
  await dead();
  await recovered(arena);
  return phones;
}

/** The daemon dies while the platform keeps its answer back; another start; the books. */
async function dieWaiting(arena: Arena, rule: FaultRule, work: () => Promise<unknown>): Promise<void> {
  const daemon = await arena.daemon();
  const before = (await arena.simulator.stats()).faults[rule.fault] ?? 0;
  await arena.simulator.faults([rule]);
  await work();
  await arena.simulator.waitFor(({ faults }) => (faults[rule.fault] ?? 0) > before);
  await daemon.kill();
  await arena.simulator.faults([]);
  await recovered(arena);
}

async function recovered(arena: Arena): Promise<void> {
  await arena.daemon();
  await arena.quiet();
  await arena.reconciled();
}

/** Submissions that met themselves at the platform since this number was read. */
const repeats = async (arena: Arena): Promise<number> => (await arena.simulator.stats()).duplicateSerialAttempts;

sideBySide('kill -9 at every step', (lane) => {
  for (const client of EVERY_DIALECT.filter((each) => each !== 'oracle')) {
    const options = { needs: (c: Mocha.Context) => needDatabase(client, c), open: () => openArena(client) };

    lane(`of a row up to the call, on ${client}`, options, (test) => {
      test('before the claim is committed', async (arena) => {
        await dieSending(arena, 'before', STATEMENT.claim);
      });
      test('claim committed, its answer not heard', async (arena) => {
        await dieSending(arena, 'after', STATEMENT.claim);
      });
      test('claim known, before the submission record', async (arena) => {
        await dieSending(arena, 'before', STATEMENT.open);
      });
      test('submission record committed, before the journal', async (arena) => {
        await dieSending(arena, 'after', STATEMENT.open);
      });
      test('journal written, before the call', async (arena) => {
        const before = await repeats(arena);
        await dieSending(arena, 'after', STATEMENT.journal);
        assert.equal(await repeats(arena), before, 'nothing had gone out');
      });
      test('called, the platform has taken nothing', async (arena) => {
        const before = await repeats(arena);
        await dieWaiting(arena, { call: 'Send', fault: 'hang' }, () => arena.insert(ROWS));
        assert.equal(await repeats(arena), before, 'nothing had been taken');
      });
    });

    lane(`of a row from the call on, on ${client}`, options, (test) => {
      test('accepted, before the answer', async (arena) => {
        await dieWaiting(arena, { call: 'Send', fault: 'hang', processed: true }, () => arena.insert(ROWS));
      });
      test('refused, before the answer: refused again', async (arena) => {
        let phones: string[] = [];
        await dieWaiting(arena, { call: 'Send', fault: 'hang', processed: true }, async () => {
          phones = await arena.insert(1, () => '代开发票');
        });
        assert.deepEqual(
          (await arena.rows(phones)).map((row) => [row['status'], row['result_code']]),
          [['FAILED', '7']],
        );
      });
      test('answered, before the write-back', async (arena) => {
        await dieSending(arena, 'before', STATEMENT.settleRows);
      });
      test('in the middle of the write-back', async (arena) => {
        await dieSending(arena, 'after', STATEMENT.settleRows);
      });
      test('before the write-back is committed', async (arena) => {
        await dieSending(arena, 'before', STATEMENT.settleSubmits, STATEMENT.commit);
      });
      test('write-back committed', async (arena) => {
        await dieSending(arena, 'after', STATEMENT.settleSubmits, STATEMENT.commit);
      });
    });

    lane(`of a receipt, on ${client}`, options, (test) => {
      const dieFetching = async (arena: Arena, when: 'before' | 'after', ...texts: string[]): Promise<void> => {
        const daemon = await arena.daemon();
        const phones = await arena.insert(ROWS);
        await arena.all(phones, 'SENT');
        const dead = await arena.dieAt(daemon, when, ...texts);
        await arena.receipts(true);
        await dead();
        await recovered(arena);
        await arena.all(phones, 'DELIVERED');
      };
      test('on disk, before it is applied', (arena) => dieFetching(arena, 'before', STATEMENT.receipts));
      test('applied, raw answer still there', (arena) => dieFetching(arena, 'after', STATEMENT.receipts));
    });

    lane(`of a citizen's message, on ${client}`, options, (test) => {
      const dieFetching = async (arena: Arena, when: 'before' | 'after', ...texts: string[]): Promise<void> => {
        const dead = await arena.dieAt(await arena.daemon(), when, ...texts);
        await arena.citizensWrite(3);
        await dead();
        await arena.citizensWrite(2);
        await recovered(arena);
      };
      test('fetched, not yet on disk', (arena) => dieFetching(arena, 'before', STATEMENT.spool));
      test('on disk, before it is stored', (arena) => dieFetching(arena, 'before', STATEMENT.inbox));
      test('before the commit', (arena) => dieFetching(arena, 'before', STATEMENT.seen, STATEMENT.commit));
      test('committed, raw answer still there', (arena) =>
        dieFetching(arena, 'after', STATEMENT.seen, STATEMENT.commit));
      test('before the platform hears the confirmation', (arena) =>
        dieWaiting(arena, { call: 'replyConfirm', fault: 'hang' }, () => arena.citizensWrite(3)));
      test('before the answer to the confirmation', (arena) =>
        dieWaiting(arena, { call: 'replyConfirm', fault: 'hang', processed: true }, () => arena.citizensWrite(3)));
    });
  }
});
