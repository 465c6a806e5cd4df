import assert from 'node:assert/strict';
import { type Arena, openArena } from '../support/arena.ts';
import { until, within } from '../support/daemon.ts';
import { setDatabaseClock } from '../support/database-clock.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

const FOUR_DAYS = 4 * 86_400;
const receiptsOf = async (arena: Arena, phones: readonly string[]): Promise<(string | null | undefined)[]> =>
  (await arena.rows(phones)).map((row) => row['receipt_code']);

sideBySide('receipts that come early or never, rows set to SENDING', (lane) => {
  for (const client of DIALECTS) {
    const needs = (context: Mocha.Context): Promise<void> => needDatabase(client, context);
    const open = (): Promise<Arena> => openArena(client);

    lane(`a receipt, on ${client}`, { needs, open }, (test) => {
      test('arrives before the answer, and so before the write-back: kept, and shown when that comes', async (arena) => {
        await arena.daemon();
        await arena.simulator.faults([{ call: 'Send', next: 1, fault: 'slow', ms: 1800 }]);
        await arena.receipts(true);
        const phones = await arena.insert(2, () => '社保待遇资格认证提醒');
        await until('receipts in rows that are being sent', async () =>
          (await arena.rows(phones)).every((row) => row['status'] === 'SENDING' && row['receipt_code'] === '0'),
        );
        await arena.all(phones, 'DELIVERED');
        await arena.quiet();
        await arena.reconciled();
      });

      test('never comes for what only code 15 calls accepted: UNKNOWN, and an alarm', async (arena) => {
        const daemon = await arena.daemon();
        // refused, the answer lost, and the platform keeps refused serials, too
        await arena.simulator.options({ rememberRefused: true, sameTextLimit: 0 });
        await arena.simulator.faults([{ call: 'Send', next: 1, fault: 'hang', processed: true }]);
        const phones = await arena.insert(3, () => '社保待遇资格认证提醒');
        await arena.all(phones, 'SENT');
        assert.deepEqual(await receiptsOf(arena, phones), [null, null, null]);
        await setDatabaseClock(arena.database, client, FOUR_DAYS);
        await arena.all(phones, 'UNKNOWN');
        await within('the alarm', daemon.said('"event":"receipts.unproven"'));
        assert.match(daemon.log(), /3 rows counted as sent only by code 15/);
      });
    });

    lane(`a row set to SENDING by hand, on ${client}`, { needs, open }, (test) => {
      test('before it is sent: not sent, for nobody has claimed it; NEW sends it', async (arena) => {
        const daemon = await arena.daemon();
        await arena.simulator.faults([{ call: 'Send', next: 1, fault: 'slow', ms: 1000 }]);
        const [first = '', ...phones] = await arena.insert(3);
        await arena.update([first, ...phones], `send_at = null`);
        await arena.all([first], 'SENT');
        await arena.all(phones, 'SENT');
        assert.equal(await daemon.stop(), 0, daemon.log());
        const idle = await arena.insert(2);
        await arena.update(idle, `status = 'SENDING'`);
        await arena.daemon();
        const other = await arena.insert(1);
        await arena.all(other, 'SENT');
        assert.deepEqual([...new Set((await arena.rows(idle)).map((row) => row['status']))], ['SENDING']);
        await arena.update(idle, `status = 'NEW'`);
        await arena.quiet();
        await arena.reconciled();
      });

      test('after it was sent: not sent again', async (arena) => {
        await arena.daemon();
        const phones = await arena.insert(2);
        await arena.quiet();
        const { accepted } = await arena.simulator.stats();
        await arena.update(phones, `status = 'SENDING'`);
        const other = await arena.insert(2);
        await arena.all(other, 'SENT');
        assert.equal((await arena.simulator.stats()).accepted, accepted + 2);
        await setDatabaseClock(arena.database, client, FOUR_DAYS);
        await arena.all(phones, 'DELIVERED'); // what its receipt said
        await arena.receipts(true);
        assert.equal((await arena.simulator.stats()).accepted, accepted + 2);
      });
    });
  }
});
