import assert from 'node:assert/strict';
import { type Arena, openArena } from '../support/arena.ts';
import { until } from '../support/daemon.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

type Fault = Parameters<Arena['simulator']['faults']>[0][number];

/** Long enough for a person to do something meanwhile, short enough for the call to be answered in time. */
const ANSWERED_LATE: Fault = { call: 'Send', next: 1, fault: 'slow', ms: 1200 };
const NEVER_ANSWERED: Fault = { call: 'Send', next: 1, fault: 'hang' };
const TAKEN_NEVER_ANSWERED: Fault = { ...NEVER_ANSWERED, processed: true };

/** Rows of one text, in one call, which has met the fault and is still out. */
async function underWay(arena: Arena, fault: Fault, count: number): Promise<string[]> {
  await arena.daemon();
  const struck = async (): Promise<number> => (await arena.simulator.stats()).faults[fault.fault] ?? 0;
  const before = await struck();
  await arena.simulator.faults([fault]);
  const phones = await arena.insert(count, () => '社保待遇资格认证提醒');
  await arena.simulator.waitFor(({ faults }) => (faults[fault.fault] ?? 0) > before);
  await arena.all(phones, 'SENDING');
  return phones;
}

const codes = async (arena: Arena, phones: readonly string[]): Promise<(string | null | undefined)[]> =>
  (await arena.rows(phones)).map((row) => row['result_code']);

/** How often this phone has been written to, by serials. */
const serialsTo = async (arena: Arena, phone: string): Promise<string[]> =>
  (await arena.simulator.ledger()).filter((call) => call.phones.includes(Number(phone))).map((call) => call.serial);

sideBySide('people who set rows by hand', (lane) => {
  for (const client of DIALECTS) {
    const needs = (context: Mocha.Context): Promise<void> => needDatabase(client, context);
    const open = (): Promise<Arena> => openArena(client);
    const books = async (arena: Arena, held = 0): Promise<void> => {
      await arena.quiet();
      await arena.reconciled(held);
    };
    const sentAgain = ({ byHand: { again } }: Arena, phones: readonly string[]): void => {
      for (const phone of phones) again.set(phone, (again.get(phone) ?? 0) + 1);
    };
    /** HELD as it should be; a person looks, has it sent once more, and that is what happens. */
    const heldThenReleased = async (arena: Arena, phones: string[], code: string, accepted: boolean): Promise<void> => {
      await arena.all(phones, 'HELD');
      assert.deepEqual([...new Set(await codes(arena, phones))], [code]);
      await books(arena, phones.length);
      if (accepted) sentAgain(arena, phones);
      await arena.update(phones, `status = 'NEW'`);
      await books(arena);
      await arena.all(phones, 'DELIVERED');
    };

    lane(`a row sent again, on ${client}`, { needs, open }, (test) => {
      test('twice within 48 hours: each NEW is one submission under a serial of its own', async (arena) => {
        await arena.daemon();
        const phones = await arena.insert(3);
        await books(arena);
        for (const count of [1, 2]) {
          sentAgain(arena, phones);
          await arena.update(phones, `status = 'NEW'`);
          await books(arena);
          await arena.all(phones, 'DELIVERED');
          for (const phone of phones) assert.equal(new Set(await serialsTo(arena, phone)).size, count + 1);
        }
      });
      test('while it is being sent: HELD, and sent again only when asked once more', async (arena) => {
        const phones = await underWay(arena, ANSWERED_LATE, 2);
        await arena.update(phones, `status = 'NEW'`);
        await heldThenReleased(arena, phones, 'EDITED', true);
      });
      test('while its outcome is unknown: HELD, and sent again only when asked once more', async (arena) => {
        const phones = await underWay(arena, TAKEN_NEVER_ANSWERED, 2);
        await (await arena.daemon()).kill();
        await arena.update(phones, `status = 'NEW'`);
        await arena.daemon();
        await heldThenReleased(arena, phones, 'EDITED', true);
      });
      test('with our columns wiped: HELD, for the journal remembers', async (arena) => {
        await arena.daemon();
        const phones = await arena.insert(2);
        await books(arena);
        await arena.update(phones, `status = 'NEW', serial_no = NULL, prev_serial = NULL, result_code = NULL`);
        await heldThenReleased(arena, phones, 'OUTCOME_UNKNOWN', true);
      });
      test('HELD for its text, set to NEW by SQL: sent', async (arena) => {
        await arena.daemon();
        const phones = await arena.insert(1, () => '您的业务已办结???');
        await heldThenReleased(arena, phones, 'GARBLED', false);
      });
      test('HELD for its unknown outcome, set to NEW by SQL: sent', async (arena) => {
        await arena.daemon();
        await arena.simulator.faults([{ call: 'Send', next: 3, fault: 'code', code: '20' }]);
        const phones = await arena.insert(1);
        await heldThenReleased(arena, phones, '20', false);
      });
    });

    lane(`a row cancelled, on ${client}`, { needs, open }, (test) => {
      test('too late: the platform has it, and the row says so', async (arena) => {
        const phones = await underWay(arena, ANSWERED_LATE, 2);
        await arena.update(phones.slice(0, 1), `status = 'CANCELLED'`);
        await arena.all(phones, 'SENT');
        await books(arena);
      });
      test('too late, and the answer is lost: its receipt says so', async (arena) => {
        const phones = await underWay(arena, TAKEN_NEVER_ANSWERED, 1);
        await arena.update(phones, `status = 'CANCELLED'`);
        await arena.receipts(true);
        await arena.all(phones, 'DELIVERED');
        await books(arena);
      });
      test('while its outcome is unknown, and the platform has not taken it: never sent', async (arena) => {
        const phones = await underWay(arena, NEVER_ANSWERED, 1);
        await arena.update(phones, `status = 'CANCELLED'`);
        await books(arena);
        await arena.all(phones, 'CANCELLED');
        assert.deepEqual(await serialsTo(arena, phones[0]!), []);
      });
    });

    lane(`a row of a group in flight, on ${client}`, { needs, open }, (test) => {
      for (const [what, fault] of [
        ['the platform has not taken it', NEVER_ANSWERED],
        ['the platform has taken it', TAKEN_NEVER_ANSWERED],
      ] as const) {
        test(`edited, the answer is lost, ${what}: never two texts under one serial`, async (arena) => {
          const [edited = '', ...others] = await underWay(arena, fault, 4);
          arena.byHand.changed.add(edited);
          await arena.update([edited], `content = '已改'`);
          await arena.all(others, 'SENT');
          await arena.all([edited], 'HELD');
          assert.deepEqual(await codes(arena, [edited]), ['EDITED']);
          await books(arena, 1);
          await arena.update([edited], `status = 'CANCELLED'`);
          sentAgain(arena, [edited]);
        });
      }
      test('edited: it is HELD, whatever the answer; the others go on', async (arena) => {
        const [edited = '', ...others] = await underWay(arena, ANSWERED_LATE, 4);
        arena.byHand.changed.add(edited);
        await arena.update([edited], `content = '已改'`);
        await arena.all(others, 'SENT');
        await arena.all([edited], 'HELD');
        assert.deepEqual(await codes(arena, [edited]), ['EDITED']);
        await books(arena, 1);
        await arena.update([edited], `status = 'CANCELLED'`);
        sentAgain(arena, [edited]);
      });
      test('deleted, the answer is lost: the call is repeated as it was', async (arena) => {
        const [deleted = '', ...others] = await underWay(arena, TAKEN_NEVER_ANSWERED, 4);
        arena.byHand.changed.add(deleted);
        await arena.database.rawQuery('delete from sms_outbox where phone = ?', [deleted]);
        await arena.all(others, 'SENT');
        await books(arena);
      });
    });

    lane(`a citizen's message, on ${client}`, { needs, open }, (test) => {
      test('deleted by the bureau after a lost confirmation: not stored again', async (arena) => {
        await arena.daemon();
        await arena.simulator.faults([{ call: 'replyConfirm', next: 1, fault: 'hang' }]);
        const phones = await arena.citizensWrite(3);
        const stored = async (): Promise<number> => (await arena.database.rawQuery('select id from sms_inbox')).length;
        await until('stored', async () => (await stored()) === 3);
        for (const phone of phones) arena.byHand.read.add(phone);
        await arena.database.rawQuery('delete from sms_inbox');
        await books(arena);
        assert.equal(await stored(), 0);
      });
    });
  }
});
