import assert from 'node:assert/strict';
import { openStore } from '../../src/db/open.ts';
import type { Rules } from '../../src/outbound/check.ts';
import { type Recovered, type RecoverParts, recoverSubmissions } from '../../src/outbound/recover.ts';
import type { SettleRules } from '../../src/outbound/settle.ts';
import { journalKey } from '../../src/state/journal.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { freshOutbox } from '../support/fresh-outbox.ts';
import { phone } from '../support/outbox-table.ts';
import { serial } from '../support/rows.ts';
import { RULES, SETTLE_RULES } from '../support/rules.ts';

describe('recovery of submissions without an answer', () => {
  const outbox = freshOutbox();
  let clock: FakeClock;
  let tokens: number;
  beforeEach(() => {
    clock = fakeClock();
    tokens = 0;
  });

  interface Open {
    readonly serial: string;
    readonly ids: readonly string[];
  }

  /** Rows that went out as one call whose answer never came, and whose lease is over. */
  async function opened(n: number, columns: Record<string, string | null> = {}): Promise<Open> {
    const rows = Array.from({ length: n }, (_, i) => ({ phone: phone(i + 1), content: '缴费提醒', ...columns }));
    const ids = await outbox.insert(...rows);
    const of = serial();
    const candidates = await outbox.store.candidates({ priority: 5, limit: 1000, timed: false, spread: 1 });
    const items = ids.map((id, i) => ({
      id,
      mark: candidates.find((row) => row.id === id)?.mark ?? '',
      serial: of,
      phoneNorm: phone(i + 1),
      segments: 1,
      prevSerial: null,
      resetByHand: false,
    }));
    await outbox.store.claim('dead.1', 1000, items);
    const members = ids.map((id, i) => ({ id, phone: phone(i + 1), prev: null }));
    const text = { body: '缴费提醒', extNo: null, templateId: '1000000000001', segments: 1 };
    const record = { serial: of, channel: 'main', ...text, priority: 5, members };
    await outbox.store.open([record], 'dead', 1000);
    await over();
    return { serial: of, ids };
  }
  const over = (): Promise<unknown> =>
    outbox.database.rawQuery("update sms_mw_submit set next_at = '2000-01-01 00:00:00.000' where state = 'OPEN'");
  const set = (id: string | undefined, assignments: string): Promise<void> => outbox.set(id ?? '', assignments);

  function recover(given: Partial<SettleRules> = {}, rules: Partial<Rules> = {}, limit = 50): Promise<Recovered> {
    const parts: RecoverParts = {
      store: outbox.store,
      clock,
      rules: { ...RULES, ...rules },
      settleRules: { ...SETTLE_RULES, ...given },
      journalKey,
      leaseMs: 60_000,
      callMs: 17_000,
      nextToken: () => `b.1.${++tokens}`,
    };
    return recoverSubmissions(parts, limit);
  }
  /** Writes what was decided, as the settler does; the fates of the rows, and of the submissions. */
  async function written({ settled }: Recovered): Promise<string[]> {
    await outbox.store.settle(
      settled.flatMap((s) => s.rows),
      settled.map((s) => s.submit).filter((s) => s !== null),
    );
    return [...(await outbox.fates()), ...(await outbox.records())];
  }
  const receipt = (o: Open, i: number, code: string): Promise<unknown> =>
    outbox.store.applyReceipts([{ id: o.ids[i] ?? '', serial: o.serial, code }]);

  it('repeats the call exactly: same serial, same numbers, same text, as a further try', async () => {
    const o = await opened(3);
    const { repeats, settled, taken } = await recover();
    assert.deepEqual([taken, settled], [1, []]);
    assert.partialDeepStrictEqual(repeats[0], {
      serial: o.serial,
      body: '缴费提醒',
      extNo: null,
      templateId: '1000000000001',
      members: o.ids.map((id, i) => ({ id, phone: phone(i + 1), prev: null })),
      tries: 2,
      unknownCodes: 0,
      startBefore: 60_000 - 17_000,
    });
    assert.equal(repeats[0]?.keys.length, 3);
  });

  it('takes over nothing whose lease lasts, and at most so many at once', async () => {
    await opened(1);
    await recover();
    assert.equal((await recover()).taken, 0);
    for (let i = 0; i < 4; i++) await opened(1);
    await over();
    const counts = [await recover({}, {}, 2), await recover({}, {}, 2), await recover({}, {}, 2)].map((r) => r.taken);
    assert.deepEqual(counts, [2, 2, 1]);
  });

  it('gives each submission to one of two daemons', async () => {
    const serials = new Set<string>();
    for (let i = 0; i < 20; i++) serials.add((await opened(1)).serial);
    const other = await openStore(outbox.database.options);
    try {
      const parts = { clock, rules: RULES, settleRules: SETTLE_RULES, journalKey, leaseMs: 60_000, callMs: 17_000 };
      const [a, b] = await Promise.all([
        recover(),
        recoverSubmissions({ ...parts, store: other, nextToken: () => 'c.1.1' }, 50),
      ]);
      const taken = [...a.repeats, ...b.repeats].map((g) => g.serial);
      assert.deepEqual([taken.length, new Set(taken)], [20, serials]);
    } finally {
      await other.close();
    }
  });

  describe('asks nobody', () => {
    it('when a receipt has come first: it proves that the platform accepted all of the call', async () => {
      const o = await opened(3);
      await receipt(o, 1, '0');
      const found = await recover();
      assert.deepEqual(found.repeats, []);
      assert.deepEqual(await written(found), ['SENT 0', 'DELIVERED 0', 'SENT 0', 'ACCEPTED 0']);
    });

    it('when a receipt says that it was not delivered', async () => {
      const o = await opened(1);
      await receipt(o, 0, '12');
      assert.deepEqual(await written(await recover()), ['UNDELIVERED 0', 'ACCEPTED 0']);
    });

    it('past outbox.unknownWindow: a person decides', async () => {
      await opened(2);
      await outbox.database.rawQuery("update sms_mw_submit set first_try_at = '2020-01-01 00:00:00.000'");
      const found = await recover();
      assert.deepEqual(found.repeats, []);
      assert.deepEqual(await written(found), ['HELD OUTCOME_UNKNOWN', 'HELD OUTCOME_UNKNOWN', 'HELD OUTCOME_UNKNOWN']);
      assert.match(found.settled[0]?.rows[0]?.text ?? '', /outbox\.unknownWindow.*NEW \(may double\).*CANCELLED/);
    });

    it('past the expire_at of one of its rows, since the call can only go out whole', async () => {
      const o = await opened(2);
      await set(o.ids[1], "expire_at = '2020-01-01 00:00:00'");
      const found = await recover();
      assert.deepEqual(found.repeats, []);
      assert.deepEqual((await written(found)).slice(0, 2), ['HELD OUTCOME_UNKNOWN', 'HELD OUTCOME_UNKNOWN']);
    });

    it('where the configuration says hold', async () => {
      await opened(1);
      const found = await recover({ unknownOutcome: 'hold' });
      assert.deepEqual(found.repeats, []);
      assert.deepEqual(await written(found), ['HELD OUTCOME_UNKNOWN', 'HELD OUTCOME_UNKNOWN']);
      assert.equal(found.settled[0]?.rows[0]?.posts, 0);
    });

    it('when nobody waits for it any more: cancelled, deleted, put back', async () => {
      const o = await opened(3);
      await set(o.ids[0], "status = 'CANCELLED'");
      await outbox.database.rawQuery('delete from sms_outbox where id = ?', [o.ids[1] ?? '']);
      await set(o.ids[2], "status = 'NEW', serial_no = null");
      const found = await recover();
      assert.deepEqual(found.repeats, []);
      assert.deepEqual(await written(found), ['CANCELLED OUTCOME_UNKNOWN', 'NEW null', 'DONE OUTCOME_UNKNOWN']);
    });
  });

  describe('of a row edited on the way', () => {
    const edits = { text: "content = '改了'", number: `phone = '${phone(9)}'`, extension: "ext_no = '5'" };
    for (const [what, edit] of Object.entries(edits)) {
      it(`(${what}) holds it, and repeats the rest of its call unchanged`, async () => {
        const o = await opened(3);
        await set(o.ids[1], edit);
        const found = await recover();
        assert.deepEqual(
          found.repeats.map((g) => [g.serial, g.body, g.members.map((m) => m.phone)]),
          [[o.serial, '缴费提醒', [phone(1), phone(2), phone(3)]]],
        );
        assert.deepEqual(await written(found), ['SENDING null', 'HELD EDITED', 'SENDING null', 'OPEN ']);
        // its receipts belong to the old text: they must not find it
        const [row] = await outbox.database.rawQuery('select serial_no, prev_serial from sms_outbox where id = ?', [
          o.ids[1] ?? '',
        ]);
        assert.deepEqual({ ...row }, { serial_no: null, prev_serial: o.serial });
      });
    }

    it('does not send the old text once more when there is nobody else in the call', async () => {
      const o = await opened(1);
      await set(o.ids[0], edits.text);
      const found = await recover();
      assert.deepEqual(found.repeats, []);
      assert.deepEqual(await written(found), ['HELD EDITED', 'DONE OUTCOME_UNKNOWN']);
    });

    it('holds it whatever is decided about the rest', async () => {
      const o = await opened(2);
      await set(o.ids[1], edits.text);
      await receipt(o, 0, '0');
      assert.deepEqual(await written(await recover()), ['DELIVERED 0', 'HELD EDITED', 'ACCEPTED 0']);
    });

    it('(only in how the number is written) sees no edit', async () => {
      const o = await opened(1);
      await set(o.ids[0], `phone = '+86 ${phone(1)}', biz_id = 'B-2', priority = 1`);
      const found = await recover();
      assert.deepEqual([found.repeats.length, found.settled], [1, []]);
    });
  });

  it('repeats the call although one of several rows was cancelled: it comes too late', async () => {
    const o = await opened(2);
    await set(o.ids[0], "status = 'CANCELLED'");
    const { repeats, settled } = await recover();
    assert.deepEqual([repeats[0]?.members.length, settled], [2, []]);
  });

  it('compares with the text as it went out, signature and stand-ins included', async () => {
    const o = await opened(1);
    const signature = { place: 'prefix', text: '【某市人社局】' } as const;
    await outbox.database.rawQuery("update sms_mw_submit set body = '【某市人社局】缴费 5￥' where serial_no = ?", [
      o.serial,
    ]);
    await set(o.ids[0], "content = '缴费\u00a05¥'");
    assert.equal((await recover({}, { signature })).repeats.length, 1);
  });
});
