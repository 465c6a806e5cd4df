import assert from 'node:assert/strict';
import { DbError } from '../../src/lib/errors.ts';
import { claimAll, rowResult, submitOf, submitResult, type Mine } from '../support/rows.ts';
import { PHONE, type Fixture } from './fixture.ts';
import { refusing, withTrigger, type Trigger } from './triggers.ts';

/** A row that a trigger of the bureau's refuses to have changed stops none of the others. */
export function refusedCases(f: Fixture): void {
  describe('a row that cannot be changed', () => {
    const statuses = async (): Promise<Record<string, number>> => {
      const rows = await f.db.rawQuery('SELECT status, COUNT(*) AS n FROM sms_outbox GROUP BY status');
      return Object.fromEntries(rows.map((row) => [String(row['status']), Number(row['n'])]));
    };
    const told = (id: string): void => {
      assert.deepEqual([...new Set(f.refused.map((row) => row.id))], [id]);
      assert.doesNotMatch(JSON.stringify(f.refused), /1300000/);
    };
    /** Nineteen rows and the one, all claimed and recorded. */
    const opened = async (leaseMs = 60_000): Promise<{ mine: Mine[]; id: string; one: Mine }> => {
      const id = await f.insertWithOne();
      const mine = await claimAll(f.a, 'idA.b1.1', { leaseMs });
      await f.a.open(mine.map(submitOf), 'idA.b1', 60_000);
      const one = mine.find(({ row }) => row.id === id);
      assert.ok(one);
      return { mine, id, one };
    };
    const settle = ({ mine }: { mine: Mine[] }): Promise<number> =>
      f.a.settle(
        mine.map((m) => rowResult(m)),
        mine.map((m) => submitResult(m)),
      );

    it('is passed over by the claim, and not offered again at once', async () => {
      const id = await f.insertWithOne();
      await withTrigger(f, refusing("NEW.status = 'SENDING'"), async () => {
        assert.equal((await claimAll(f.a, 'idA.b1.1')).length, 19);
        assert.deepEqual(await statuses(), { NEW: 1, SENDING: 19 });
        assert.deepEqual(await f.a.candidates({ priority: 5, limit: 10, timed: false, spread: 1 }), []);
      });
      told(id);
      assert.equal((await claimAll(f.b, 'idB.b1.1'))[0]?.row.id, id, 'others find it, once it is mended');
    });

    it('does not hide those behind it', async () => {
      await f.insert(6, { biz_id: 'no' });
      await f.insert(6);
      await withTrigger(f, refusing("NEW.status = 'SENDING'"), async () => {
        await claimAll(f.a, 'idA.b1.1', { limit: 3 });
        await claimAll(f.a, 'idA.b1.1', { limit: 3 });
        assert.equal((await claimAll(f.a, 'idA.b1.1', { limit: 3 })).length, 3);
        assert.equal((await claimAll(f.a, 'idA.b1.1', { limit: 3 })).length, 3);
      });
    });

    it('is left as it is by refusals and releases of the others', async () => {
      const id = await f.insertWithOne();
      const mine = await claimAll(f.a, 'idA.b1.1');
      const [refusals, rest] = [mine.slice(0, 10), mine.slice(10)];
      await withTrigger(f, refusing("NEW.status <> 'SENDING'"), async () => {
        const bad = { status: 'REJECTED', code: 'BAD_PHONE', text: '号码不对' } as const;
        const toRefuse = refusals.map(({ row }) => ({ id: row.id, ...bad }));
        assert.equal(await f.a.refuse('idA.b1.1', toRefuse), 9);
        const toRelease = [id, ...rest.map(({ row }) => row.id)];
        assert.equal(await f.a.release('idA.b1.1', toRelease, { code: null, text: null, delayMs: 0 }), 10);
      });
      assert.deepEqual(await statuses(), { NEW: 10, REJECTED: 9, SENDING: 1 });
      told(id);
    });

    it('stays SENDING while the others are written, and can be written once the trigger is mended', async () => {
      const all = await opened(-1000);
      await withTrigger(f, refusing("NEW.status = 'SENT'"), async () => {
        assert.equal(await settle(all), 19);
        assert.deepEqual(await statuses(), { SENDING: 1, SENT: 19 });
        assert.equal(await f.b.recoverRows(100), 0);
      });
      told(all.id);
      assert.ok((await f.a.submitsOf(all.mine.map((m) => m.serial))).every(({ state }) => state === 'ACCEPTED'));
      assert.equal(await f.a.settle([rowResult(all.one)], []), 1);
    });

    it('is written as its submission remembers it, also when its lease was not counted any more', async () => {
      const all = await opened();
      await f.set(all.id, 'lease_until = NULL');
      await withTrigger(f, refusing("NEW.status = 'SENT'"), () => settle(all));
      await f.b.recoverRows(100);
      const row = await f.stateOf(all.id);
      assert.deepEqual([row['status'], row['task_id'], row['result_code']], ['SENT', 'task', '0']);
    });

    it('is given up for UNKNOWN when not even that could be written', async () => {
      const all = await opened();
      await f.set(all.id, 'lease_until = NULL');
      await withTrigger(f, refusing('1 = 1'), () => settle(all));
      await f.db.rawQuery("UPDATE sms_mw_submit SET next_at = '2026-01-01 00:00:00'");
      assert.equal((await f.b.giveUp(100)).rows, 20);
      assert.deepEqual(await statuses(), { UNKNOWN: 20 });
    });

    it('holds up neither recovery nor the giving up of the others', async () => {
      const id = await f.insertWithOne();
      await claimAll(f.a, 'idA.b1.1');
      await withTrigger(f, refusing('1 = 1'), async () => {
        assert.equal(await f.a.adopt('idA', 'b2', 1000), 19);
        told(id);
      });
      await f.set(id, "lease_until = '2026-01-01 00:00:00'");
      await withTrigger(f, refusing('1 = 1'), async () => {
        assert.equal(await f.b.recoverRows(100), 19);
      });
      assert.deepEqual(await statuses(), { NEW: 19, SENDING: 1 });
    });

    it('keeps its submission in sight when the wait for receipts is over', async () => {
      const all = await opened();
      await settle(all);
      await f.db.rawQuery("UPDATE sms_mw_submit SET next_at = '2026-01-01 00:00:00'");
      await withTrigger(f, refusing("NEW.status = 'UNKNOWN'"), async () => {
        assert.equal((await f.a.giveUp(100)).rows, 19);
        assert.equal((await f.a.giveUp(100)).rows, 0, 'not at once again');
      });
      told(all.id);
      assert.equal((await f.a.submitsOf([all.one.serial]))[0]?.state, 'ACCEPTED');
    });

    it('loses no receipt: it is said which could not be written', async () => {
      const all = await opened();
      await settle(all);
      const receipts = all.mine.map((m) => ({ id: m.row.id, serial: m.serial, code: '0' }));
      const { changed, refused } = await withTrigger(f, refusing("NEW.status = 'DELIVERED'"), () =>
        f.a.applyReceipts(receipts),
      );
      assert.deepEqual([changed, refused], [19, new Set([all.id])]);
      told(all.id);
    });

    it('does not keep the others of a reset from being held', async () => {
      const all = await opened();
      await settle(all);
      await f.db.rawQuery("UPDATE sms_outbox SET status = 'NEW'");
      const why = { code: 'EDITED', text: '被改回' };
      const serials = all.mine.map((m) => m.serial);
      assert.equal(await withTrigger(f, refusing("NEW.status = 'HELD'"), () => f.a.holdReset(serials, why)), 19);
      told(all.id);
    });

    it('has its record refused alone', async () => {
      const id = await f.insertWithOne();
      const mine = await claimAll(f.a, 'idA.b1.1');
      const one = mine.find(({ row }) => row.id === id);
      assert.ok(one);
      const trigger: Trigger = {
        on: 'sms_mw_submit',
        at: 'BEFORE INSERT',
        when: `NEW.serial_no = '${one.serial}'`,
        then: null,
      };
      const refused = await withTrigger(f, trigger, () => f.a.open(mine.map(submitOf), 'idA.b1', 60_000));
      assert.deepEqual(refused, { unrecorded: new Set([one.serial]), taken: new Set() });
      assert.equal((await f.a.submitsOf(mine.map((m) => m.serial))).length, 19);
      told(id);
    });

    it('is not to blame where nothing gets through', async () => {
      await f.insert(30, { biz_id: 'no' });
      await withTrigger(f, refusing('1 = 1'), async () => {
        await assert.rejects(claimAll(f.a, 'idA.b1.1'), (error: unknown) => {
          assert.ok(error instanceof DbError);
          assert.equal(error.kind, 'data');
          assert.doesNotMatch(error.message, /1300000/);
          return true;
        });
      });
      assert.deepEqual(f.refused, []);
      assert.equal((await claimAll(f.a, 'idA.b1.2')).length, 30);
    });

    it('of the inbox is refused with its batch, so that the caller takes it apart', async () => {
      const message = { platformId: null, content: 'x', accessNo: '1', extNo: null, keyword: null, args: null };
      const batch = ['k1', 'k2', 'k3'].map((key) => ({ ...message, key, phone: PHONE, receivedAt: null }));
      const trigger: Trigger = { on: 'sms_inbox', at: 'BEFORE INSERT', when: "NEW.msg_key = 'k2'", then: null };
      await withTrigger(f, trigger, async () => {
        await assert.rejects(f.a.storeInbox(batch), (e: unknown) => e instanceof DbError && e.kind === 'data');
        assert.deepEqual(await f.db.rawQuery('SELECT id FROM sms_inbox'), []);
        for (const m of batch) await f.a.storeInbox([m]).catch(() => undefined);
      });
      assert.equal((await f.db.rawQuery('SELECT id FROM sms_inbox')).length, 2);
    });
  });
}
