import assert from 'node:assert/strict';
import type { Dialect } from '../../src/db/dialect.ts';
import { openEngine, storeOf } from '../../src/db/open.ts';
import { claimAll, OWNER, rowResult, serial, submitOf, submitResult } from '../support/rows.ts';
import { PHONE, type Fixture } from './fixture.ts';

/** What an answer of the platform does to rows and records. */
export function settleCases(f: Fixture): void {
  describe('settle', () => {
    it('writes many answers at once, each to its row and its submission', async () => {
      await f.insert(30);
      const mine = await claimAll(f.a, 'idA.b1.1');
      await f.a.open(mine.map(submitOf), 'idA.b1', 60_000);
      const states = ['SENT', 'FAILED', 'HELD'] as const;
      const results = mine.map((m, i) =>
        rowResult(m, { status: states[i % 3] ?? 'SENT', taskId: `t${i}`, code: String(i % 3) }),
      );
      const records = mine.map((m, i) =>
        submitResult(m, { state: i % 3 === 0 ? 'ACCEPTED' : 'DONE', taskId: `t${i}`, code: String(i % 3) }),
      );
      assert.equal(await f.a.settle(results, records), 30);
      for (const [i, m] of mine.entries()) {
        const row = await f.stateOf(m.row.id);
        assert.deepEqual(
          [row['status'], row['task_id'], row['result_code'], row['attempts']],
          [states[i % 3], `t${i}`, String(i % 3), 1],
        );
        assert.equal(row['sent_at'] !== null, i % 3 === 0);
      }
      const submits = await f.a.submitsOf(mine.map((m) => m.serial));
      assert.deepEqual(
        submits.map((s) => s.taskId),
        mine.map((_, i) => `t${i}`),
      );
      assert.deepEqual(submits.filter((s) => s.state === 'ACCEPTED').length, 10);
    });

    it('does not touch a row that has gone on to another serial', async () => {
      const mine = await f.opened();
      assert.equal(await f.a.settle([rowResult({ ...mine, serial: serial() })], []), 0);
      assert.equal((await f.stateOf(mine.row.id))['status'], 'SENDING');
    });

    it('overrules a cancellation that came too late, but only with SENT and FAILED', async () => {
      for (const [status, after] of [
        ['SENT', 'SENT'],
        ['FAILED', 'FAILED'],
        ['NEW', 'CANCELLED'],
        ['HELD', 'CANCELLED'],
      ] as const) {
        const mine = await f.opened();
        await f.set(mine.row.id, "status = 'CANCELLED'");
        await f.a.settle([rowResult(mine, { status })], [submitResult(mine)]);
        assert.equal((await f.stateOf(mine.row.id))['status'], after);
      }
    });

    it('holds a row whose text was changed while it was being sent, whatever the answer; the rest of its call goes on', async () => {
      for (const status of ['SENT', 'FAILED'] as const) {
        await f.insert(3);
        const mine = await claimAll(f.a, `idA.b1.${status}`);
        const [edited, called, rest] = mine;
        assert.ok(edited && called && rest);
        await f.a.open(mine.map(submitOf), 'idA.b1', 60_000);
        await f.set(edited.row.id, "content = 'another'");
        await f.set(called.row.id, "phone = '13000000002'");
        const changed = await f.a.settle(
          mine.map((m) => rowResult(m, { status })),
          mine.map((m) => submitResult(m)),
        );
        assert.equal(changed, 3);
        for (const { row, serial: of } of [edited, called]) {
          const now = await f.stateOf(row.id);
          assert.deepEqual(
            [now['status'], now['result_code'], now['serial_no'], now['prev_serial'], now['attempts']],
            ['HELD', 'EDITED', null, of, 1],
          );
        }
        assert.deepEqual([(await f.stateOf(rest.row.id))['status']], [status]);
      }
    });

    it('sends a changed row anew where the answer was not now', async () => {
      const mine = await f.opened();
      await f.set(mine.row.id, "content = 'another'");
      await f.a.settle([rowResult(mine, { status: 'NEW', code: '18' })], [submitResult(mine, { state: 'DONE' })]);
      assert.equal((await claimAll(f.a, 'idA.b1.9'))[0]?.row.content, 'another');
    });

    it('keeps the age of a row that comes back without a delay', async () => {
      const mine = await f.opened();
      await f.set(mine.row.id, "created_at = '2026-01-01 00:00:00'");
      await f.a.settle([rowResult(mine, { status: 'NEW', code: null })], [submitResult(mine, { state: 'VOID' })]);
      const [row] = await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
      assert.ok((row?.ageMs ?? 0) > 86_400_000);
    });

    it('takes nothing but an acceptance from who no longer owns the submission', async () => {
      for (const status of ['NEW', 'HELD', 'SENDING'] as const) {
        const mine = await f.opened(-1000);
        const [taken] = await f.b.takeOpen('idB.b1.1', 60_000, 10);
        assert.equal(taken?.serial, mine.serial);
        const stale = [rowResult(mine, { status, code: '18' })];
        assert.equal(await f.a.settle(stale, [submitResult(mine, { state: 'DONE', code: '18' })]), 0);
        assert.equal((await f.stateOf(mine.row.id))['status'], 'SENDING');
        assert.equal((await f.a.submitsOf([mine.serial]))[0]?.state, 'OPEN');
        assert.equal(await f.a.settle([rowResult(mine)], [submitResult(mine)]), 1, 'what was accepted is accepted');
        assert.equal((await f.a.submitsOf([mine.serial]))[0]?.state, 'ACCEPTED');
      }
    });

    it('believes a receipt that was there first', async () => {
      for (const [code, after] of [
        ['0', 'DELIVERED'],
        ['12', 'UNDELIVERED'],
      ] as const) {
        const mine = await f.opened();
        const [found] = await f.a.receiptRows([{ serial: mine.serial, phone: PHONE, code }]);
        assert.equal(found?.status, 'SENDING');
        await f.a.applyReceipts([{ id: mine.row.id, serial: mine.serial, code }]);
        assert.equal((await f.stateOf(mine.row.id))['status'], 'SENDING');
        await f.a.settle([rowResult(mine, { status: code === '0' ? 'SENT' : 'NEW' })], [submitResult(mine)]);
        assert.equal((await f.stateOf(mine.row.id))['status'], after);
      }
    });

    it('puts a row back for later, alone if need be', async () => {
      const mine = await f.settled(
        { status: 'NEW', code: '33', delayMs: 60_000, solo: true, posts: 0 },
        { state: 'VOID' },
      );
      const row = await f.stateOf(mine.row.id);
      assert.deepEqual([row['status'], row['solo'], row['attempts'], row['serial_no']], ['NEW', 1, 0, mine.serial]);
      assert.ok(String(row['due_at']) > String(row['created_at']));
    });

    it('gives up the serial of an edited row', async () => {
      const mine = await f.opened();
      await f.a.settle([rowResult(mine, { status: 'HELD', code: 'EDITED' })], []);
      const row = await f.stateOf(mine.row.id);
      assert.deepEqual([row['status'], row['serial_no'], row['prev_serial']], ['HELD', null, mine.serial]);
      const reset = await f.settled({}, {});
      await f.set(reset.row.id, "status = 'NEW'");
      assert.equal(await f.a.holdReset([reset.serial], { code: 'EDITED', text: '被改回' }), 1);
      const held = await f.stateOf(reset.row.id);
      assert.deepEqual([held['status'], held['serial_no'], held['prev_serial']], ['HELD', null, reset.serial]);
      assert.deepEqual(
        (await f.a.story(reset.row.id))?.submits.map((s) => s.serial),
        [reset.serial],
      );
    });

    it('keeps an acceptance whatever is said later, and counts answers without meaning', async () => {
      const mine = await f.opened();
      await f.a.settle(
        [rowResult(mine, { status: 'SENDING', code: '20' })],
        [submitResult(mine, { state: 'OPEN', code: '20', unknownCode: true })],
      );
      const [open] = await f.a.submitsOf([mine.serial]);
      assert.deepEqual([open?.state, open?.unknownCodes, open?.settledAt], ['OPEN', 1, null]);
      await f.a.settle([rowResult(mine)], [submitResult(mine)]);
      await f.a.settle([rowResult(mine, { status: 'SENDING' })], [submitResult(mine, { state: 'OPEN' })]);
      assert.equal((await f.a.submitsOf([mine.serial]))[0]?.state, 'ACCEPTED');
      assert.equal((await f.stateOf(mine.row.id))['status'], 'SENT');
    });

    it('counts an answer once, however often it is written', async () => {
      const [mine, other] = [await f.opened(), await f.opened()];
      const both = [mine, other];
      const unknown = (owner: string): Promise<number> =>
        f.a.settle(
          both.map((m, i) => rowResult(m, { owner, status: 'SENDING', code: '20', taskId: `t${i}` })),
          both.map((m) => submitResult(m, { owner, state: 'OPEN', code: '20', unknownCode: true, nextInMs: -1000 })),
        );
      assert.equal(await unknown(OWNER), 2);
      assert.equal(await unknown(OWNER), 0);
      const counted = async (): Promise<unknown[]> => [
        (await f.stateOf(mine.row.id))['attempts'],
        (await f.a.submitsOf([mine.serial]))[0]?.unknownCodes,
      ];
      assert.deepEqual(await counted(), [1, 1]);
      assert.equal((await f.a.takeOpen('idA.b1.7', 60_000, 10)).length, 2);
      assert.equal(await unknown('idA.b1.7'), 2);
      assert.deepEqual(await counted(), [2, 2]);
    });

    it('means the same in whatever order a statement’s assignments are made', async () => {
      const engine = openEngine(f.db.options);
      const updateJoin: Dialect['updateJoin'] = (u) => {
        // MySQL promises no order where two tables are joined; which order a server happens to take shows nothing
        for (const [column, value] of u.set) {
          for (const [other] of u.set) {
            if (other !== column) assert.doesNotMatch(value.text, new RegExp(`(?<!v\\.)\\b${other}\\b`), column);
          }
        }
        return engine.dialect.updateJoin({ ...u, set: u.set.toReversed() });
      };
      const dialect: Dialect = { ...engine.dialect, updateJoin };
      const store = storeOf({ ...engine, dialect }, f.db.options);
      await f.insert(2);
      const first = await claimAll(store, 'idA.b1.1');
      await store.open(first.map(submitOf), 'idA.b1', 60_000);
      await store.settle(
        first.map((m, i) => rowResult(m, { status: 'NEW', code: '7', taskId: `t${i}` })),
        first.map((m, i) => submitResult(m, { state: 'DONE', taskId: `t${i}` })),
      );
      const second = await claimAll(store, 'idA.b1.2');
      const states = async (): Promise<unknown[]> => Promise.all(second.map(async ({ row }) => f.stateOf(row.id)));
      const shown = (row: unknown): unknown[] => {
        const { status, serial_no, prev_serial, requeued, age_from, result_code } = row as Record<string, unknown>;
        return [status, serial_no, prev_serial, requeued, age_from !== null, result_code];
      };
      assert.deepEqual(
        (await states()).map(shown),
        second.map((m, i) => ['SENDING', m.serial, first[i]?.serial, 2, false, null]),
      );
      await store.open(second.map(submitOf), 'idA.b1', 60_000);
      await store.settle(
        second.map((m, i) => rowResult(m, { status: 'HELD', code: 'EDITED', taskId: `t${i}` })),
        [],
      );
      assert.deepEqual(
        (await states()).map(shown),
        second.map((m) => ['HELD', null, m.serial, 0, false, 'EDITED']),
      );
      const { row, serial: of } = second[0] ?? assert.fail();
      await store.refuse('idA.b1.3', [{ id: row.id, status: 'REJECTED', code: 'EMPTY', text: '无内容' }]);
      await store.applyReceipts([{ id: row.id, serial: of, code: '0' }]);
      await store.countLateReceipts(new Map([[of, 1]]));
      await engine.close();
    });
  });
}
