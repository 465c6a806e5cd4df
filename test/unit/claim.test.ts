import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../src/db/open.ts';
import type { RowResult, Store, SubmitResult } from '../../src/db/store.ts';
import { DbError } from '../../src/lib/errors.ts';
import type { Rules } from '../../src/outbound/check.ts';
import { type Claim, type ClaimParts, claimRows } from '../../src/outbound/claim.ts';
import { serialSource } from '../../src/outbound/serial.ts';
import { StormWatch } from '../../src/outbound/storm.ts';
import { journalKey } from '../../src/state/journal.ts';
import { openState, type State } from '../../src/state/open.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { freshOutbox } from '../support/fresh-outbox.ts';
import { phone } from '../support/outbox-table.ts';
import { RULES } from '../support/rules.ts';
import { temporaryDir } from '../support/temporary.ts';

const LEASE = 60_000;
const CALL = 17_000;

describe('a claim', () => {
  const outbox = freshOutbox();
  const { insert, set, row } = outbox;
  let state: State;
  let dir: string;
  let clock: FakeClock;
  let tokens: number;
  beforeEach(() => {
    dir = temporaryDir();
    state = openState(dir);
    clock = fakeClock();
    tokens = 0;
  });
  afterEach(() => {
    state.close();
  });

  let storms = 0;
  function parts(given: Omit<Partial<ClaimParts>, 'rules'> & { rules?: Partial<Rules> } = {}): ClaimParts {
    let second = 0;
    return {
      store: outbox.store,
      clock,
      serials: serialSource(clock, { read: () => second, write: (to) => (second = to) }),
      journalled: (keys) => state.journal.latest(keys),
      journalKey,
      storm: new StormWatch(clock, () => storms++),
      resumedMs: () => null,
      callSize: () => 1000,
      leaseMs: LEASE,
      callMs: CALL,
      nextToken: () => `a.1.${++tokens}`,
      locale: 'en',
      ...given,
      rules: { ...RULES, ...given.rules },
    };
  }
  const claim = (given: Parameters<typeof parts>[0] = {}, q: Partial<Parameters<typeof claimRows>[1]> = {}) =>
    claimRows(parts(given), { priority: 5, limit: 500, timed: false, spread: 1, maxParts: Infinity, ...q });
  const fate = async (id: string): Promise<string> => {
    const { status, result_code: code } = await row(id);
    return `${String(status)} ${String(code)}`;
  };
  const rowsOf = (c: Claim): string[] => c.groups.flatMap((g) => g.members.map((m) => m.id));
  /** As the pump does before it sends: record and journal. */
  const open = async (c: Claim): Promise<void> => {
    await outbox.store.open(c.groups, 'a.1', LEASE);
    state.journal.write(c.groups.flatMap((g) => g.keys.map((key) => ({ key, serial: g.serial }))));
  };

  /** The store of a claim in whose middle, after it has read and before it writes, something is done to the rows. */
  const meddledWith = (deed: () => Promise<void>): Store => ({
    ...outbox.store,
    claim: async (...c) => {
      await deed();
      return outbox.store.claim(...c);
    },
  });
  /** Writes how the one call of a claim ended, in its rows and its record. */
  async function ended(
    c: Claim,
    [status, state, code]: readonly [RowResult['status'], SubmitResult['state'], string],
    owner = 'a.1',
  ): Promise<string> {
    const { serial, members } = c.groups[0]!;
    const of = { serial, owner, code, text: '', taskId: null };
    const posts = state === 'VOID' ? 0 : 1;
    await outbox.store.settle(
      members.map(({ id }) => ({ ...of, id, status, delayMs: 0, solo: false, posts })),
      [{ ...of, state, nextInMs: 1000, unknownCode: false }],
    );
    return serial;
  }

  it('takes what is due, with token, lease, serial, number and parts in the rows, and groups to be sent', async () => {
    const [a, b, c] = await insert(
      { phone: '+86 138-0010-0001' },
      { phone: phone(2) },
      { content: '字'.repeat(71), ext_no: '7', phone: phone(3) },
    );
    const { groups, seen, rows, refused } = await claim();
    assert.deepEqual([seen, rows, refused.size], [3, 3, 0]);
    assert.deepEqual(
      groups.map(({ body, extNo, segments, members, priority, tries }) => [
        body.length,
        extNo,
        segments,
        members,
        priority,
        tries,
      ]),
      [
        [
          2,
          null,
          1,
          [
            { id: a, phone: '13800100001', prev: null },
            { id: b, phone: phone(2), prev: null },
          ],
          5,
          1,
        ],
        [71, '7', 2, [{ id: c, phone: phone(3), prev: null }], 5, 1],
      ],
    );
    const [first] = groups;
    assert.partialDeepStrictEqual(await row(a!), {
      status: 'SENDING',
      claim_token: 'a.1.1',
      serial_no: first?.serial,
      phone_norm: '13800100001',
      segments: 1,
    });
    assert.deepEqual([(await row(b!))['serial_no'], (await row(c!))['segments']], [first?.serial, 2]);
    assert.notEqual(groups[1]?.serial, first?.serial);
    assert.equal((await claim()).seen, 0);
  });

  it('lets calls start only as long as they end within a lease that began before the rows were read', async () => {
    await insert({});
    const slow: Store = {
      ...outbox.store,
      candidates: async (q) => {
        clock.advance(5000);
        return outbox.store.candidates(q);
      },
    };
    const { groups } = await claim({ store: slow });
    assert.equal(groups[0]?.startBefore, LEASE - CALL);
  });

  it('goes on by what it got when it is not known whether it was written', async () => {
    await insert({}, { phone: phone(2) });
    const cut: Store = {
      ...outbox.store,
      claim: async (...c) => {
        await outbox.store.claim(...c);
        throw new DbError('doubtful', { zh: '断线', en: 'cut' });
      },
    };
    assert.equal((await claim({ store: cut })).rows, 2);
  });

  describe('of a row that changes while it is claimed', () => {
    const changes: Record<string, string> = {
      content: "content = '改了'",
      phone: `phone = '${phone(7)}'`,
      extension: "ext_no = '9'",
      template: "template_code = 'T'",
      channel: "channel = 'other'",
      'inbox row': 'inbox_id = 9',
    };
    for (const [what, change] of Object.entries(changes)) {
      it(`(${what}) lets it go as it was, and sends the rest`, async () => {
        const [a, b] = await insert({}, { phone: phone(2) });
        const meddling = meddledWith(() => set(a!, change));
        const c = await claim({ store: meddling });
        assert.deepEqual(rowsOf(c), [b]);
        assert.partialDeepStrictEqual(await row(a!), { status: 'NEW', serial_no: null, claim_token: null });
      });
    }

    it('(cancelled, deleted) does not take it', async () => {
      const [a, b, c] = await insert({}, { phone: phone(2) }, { phone: phone(3) });
      const meddling = meddledWith(async () => {
        await set(a!, "status = 'CANCELLED'");
        await outbox.database.rawQuery('delete from sms_outbox where id = ?', [b!]);
      });
      assert.deepEqual(rowsOf(await claim({ store: meddling })), [c]);
      assert.equal((await row(a!))['status'], 'CANCELLED');
    });

    it('does not refuse it for what it was', async () => {
      const [a] = await insert({ phone: 'x' });
      const meddling = meddledWith(() => set(a!, `phone = '${phone(1)}'`));
      const first = await claim({ store: meddling });
      assert.deepEqual([first.rows, first.refused.size], [0, 0]);
      assert.deepEqual(rowsOf(await claim()), [a]);
    });
  });

  it('of two daemons at once gives each row to one of them', async () => {
    const ids = await insert(...Array.from({ length: 200 }, (_, i) => ({ phone: phone(i), content: `通知 ${i % 7}` })));
    const other = await openStore(outbox.database.options);
    try {
      const both = await Promise.all([claim(), claim({ store: other, nextToken: () => 'b.1.1' })]);
      assert.deepEqual(
        both.flatMap(rowsOf).toSorted((x, y) => Number(x) - Number(y)),
        ids,
      );
    } finally {
      await other.close();
    }
  });

  it('refuses at once what cannot be sent, with code and sentence in the row', async () => {
    const [a, b, c] = await insert({ phone: '12345' }, {}, { content: '张㛃' });
    const { refused, groups } = await claim();
    assert.deepEqual(
      [...refused],
      [
        ['BAD_PHONE', 1],
        ['UNENCODABLE', 1],
      ],
    );
    assert.deepEqual(rowsOf({ groups } as Claim), [b]);
    assert.deepEqual([await fate(a!), await fate(c!)], ['REJECTED BAD_PHONE', 'REJECTED UNENCODABLE']);
    assert.match(String((await row(c!))['result_text']), /㛃 U\+36C3/);
    assert.partialDeepStrictEqual(await row(a!), { claim_token: null, lease_until: null, attempts: 0 });
  });

  it('takes no more parts than can be sent in time, but one row at least', async () => {
    await insert(...[1, 2, 3, 4].map((n) => ({ phone: phone(n), content: '字'.repeat(100) })));
    assert.equal((await claim({}, { maxParts: 5 })).rows, 2);
    assert.equal((await claim({}, { maxParts: 1 })).rows, 1);
    assert.equal((await claim({}, { maxParts: 1 })).rows, 1);
    assert.equal((await claim({}, { maxParts: 1 })).seen, 0);
  });

  describe('of rows past their age', () => {
    const old = { created_at: '2020-01-01 00:00:00.000' };
    const rules = { maxAgeMs: 60_000 };

    it('ends them, up to a hundred', async () => {
      await insert(...Array.from({ length: 100 }, (_, i) => ({ ...old, phone: phone(i) })));
      assert.deepEqual([...(await claim({ rules })).refused], [['STALE', 100]]);
      const [{ n } = {}] = await outbox.database.rawQuery(
        "select count(*) as n from sms_outbox where status = 'EXPIRED'",
      );
      assert.equal(n, 100);
    });

    it('holds them when they are more: an outage, not one late notice', async () => {
      const ids = await insert(...Array.from({ length: 101 }, (_, i) => ({ ...old, phone: phone(i) })), {});
      assert.equal((await claim({ rules })).rows, 1);
      assert.equal(await fate(ids[0]!), 'HELD STALE');
      // a person who puts one back has seen its age
      await set(ids[0]!, "status = 'NEW'");
      assert.deepEqual(rowsOf(await claim({ rules })), [ids[0]]);
    });

    it('holds them though they are claimed one by one, with one alarm', async () => {
      const ids = await insert(...Array.from({ length: 101 }, (_, i) => ({ ...old, phone: phone(i) })));
      const storm = new StormWatch(clock, () => storms++);
      const before = storms;
      for (let i = 0; i < 3; i++) await claim({ rules, storm }, { limit: 1 });
      assert.deepEqual([await fate(ids[0]!), await fate(ids[2]!), storms - before], ['HELD STALE', 'HELD STALE', 1]);
    });

    it('counts their age from the end of the latest pause, when that is later', async () => {
      await insert({ ...old, phone: phone(1) });
      assert.equal((await claim({ rules, resumedMs: () => 59_000 })).rows, 1);
      const [id] = await insert({ ...old, phone: phone(2) });
      assert.equal((await claim({ rules, resumedMs: () => 61_000 })).rows, 0);
      assert.equal(await fate(id!), 'EXPIRED STALE');
    });

    it('ends them however many they are when expire_at says so', async () => {
      const [id] = await insert(...Array.from({ length: 101 }, () => ({ expire_at: '2020-01-01 00:00:00' })));
      await claim({ rules });
      assert.equal(await fate(id!), 'EXPIRED STALE');
    });
  });

  describe('of a row that a person has set back to NEW', () => {
    it('while its submission is open: holds it, the message may be out; sends it when told once more', async () => {
      const [id] = await insert({});
      const first = await claim();
      await open(first);
      await set(id!, "status = 'NEW'");
      const second = await claim();
      assert.deepEqual([second.rows, await fate(id!)], [0, 'HELD EDITED']);
      await set(id!, "status = 'NEW'");
      const third = await claim();
      assert.deepEqual(rowsOf(third), [id]);
      assert.equal(third.groups[0]?.members[0]?.prev, first.groups[0]?.serial);
    });

    it('while it was claimed and nothing recorded yet: holds it, for its call may be about to leave', async () => {
      const [id] = await insert({});
      await claim();
      await set(id!, "status = 'NEW'");
      assert.equal((await claim()).rows, 0);
      assert.equal(await fate(id!), 'HELD EDITED');
      await set(id!, "status = 'NEW'");
      assert.deepEqual(rowsOf(await claim()), [id]);
    });

    it('holds it also when its submission has ended without it', async () => {
      for (const state of ['ACCEPTED', 'DONE'] as const) {
        const [id] = await insert({ phone: phone(state.length) });
        const first = await claim();
        await open(first);
        await set(id!, "status = 'NEW'");
        const serial = first.groups[0]!.serial;
        const end = { owner: 'a.1', code: '0', text: '', taskId: null, nextInMs: 1000, unknownCode: false };
        await outbox.store.settle([], [{ ...end, serial, state }]);
        assert.equal((await claim()).rows, 0);
        assert.equal(await fate(id!), 'HELD EDITED');
      }
    });

    it('with a new send_at: waits for it, though the row had been put off before', async () => {
      const [id] = await insert({});
      const token = 'a.1.9';
      const rows = await outbox.store.candidates({ priority: 5, limit: 1, timed: false, spread: 1 });
      const of = { serial: null, phoneNorm: null, segments: 1, prevSerial: null, resetByHand: false };
      await outbox.store.claim(token, LEASE, [{ ...of, id: id!, mark: rows[0]!.mark }]);
      await outbox.store.release(token, [id!], { code: '11', text: 'too fast', delayMs: 1 });
      await pause(20);
      const first = await claim({}, { timed: true });
      await open(first);
      await ended(first, ['SENT', 'ACCEPTED', '0']);
      await set(id!, "status = 'NEW', send_at = '2099-01-01 00:00:00'");
      assert.equal((await claim()).seen, 0);
    });

    it('after it had been sent: sends it again under a fresh serial, and remembers the old one', async () => {
      const [id] = await insert({});
      const first = await claim();
      await open(first);
      const serial = await ended(first, ['SENT', 'ACCEPTED', '0']);
      await set(id!, "status = 'NEW'");
      const second = await claim();
      assert.deepEqual(second.groups[0]?.members, [{ id, phone: phone(1), prev: serial }]);
      assert.notEqual(second.groups[0].serial, serial);
    });
  });

  describe('of a row whose submission only this machine’s journal knows', () => {
    /** A fail-over to a replica that had not got the last commits: the row is as it was inserted. */
    async function forgotten(): Promise<string> {
      const [id] = await insert({});
      await open(await claim());
      await outbox.database.rawQuery('delete from sms_mw_submit');
      await set(id!, "status = 'NEW', serial_no = null, prev_serial = null, claim_token = null, lease_until = null");
      return id!;
    }

    it('holds it: the message may have been sent', async () => {
      const id = await forgotten();
      assert.equal((await claim()).rows, 0);
      assert.equal(await fate(id), 'HELD OUTCOME_UNKNOWN');
      assert.match(String((await row(id))['result_text']), /submitted as \d{20}/);
    });

    it('sends it when a person says so, and another text in its place at once', async () => {
      const id = await forgotten();
      await claim();
      await set(id, "status = 'NEW'");
      assert.deepEqual(rowsOf(await claim()), [id]);
      const other = await forgotten();
      await set(other, "content = '另一条'");
      assert.deepEqual(rowsOf(await claim()), [other]);
    });

    it('is not confused by a later try of another machine, whose serial this journal does not know', async () => {
      const [id] = await insert({});
      const mine = await claim();
      await open(mine);
      await ended(mine, ['NEW', 'DONE', '18']);
      const theirs = await claim();
      await outbox.store.open(theirs.groups, 'b.1', LEASE); // journalled over there
      await ended(theirs, ['NEW', 'DONE', '18'], 'b.1');
      assert.deepEqual(rowsOf(await claim()), [id]);
    });

    it('is not confused by rows that we have put back ourselves', async () => {
      const [id] = await insert({});
      const first = await claim();
      await open(first);
      await ended(first, ['NEW', 'DONE', '11']);
      const second = await claim();
      assert.deepEqual(rowsOf(second), [id]);
      await outbox.store.release(second.groups[0]!.token, [id!], { code: null, text: null, delayMs: 0 });
      assert.deepEqual(rowsOf(await claim()), [id]);
    });
  });

  describe('of an answer to a citizen', () => {
    let inbox: string;
    beforeEach(async () => {
      const message = { platformId: '1', content: 'SBYE', accessNo: '1069', extNo: null, keyword: 'SBYE', args: null };
      const [stored] = await outbox.store.storeInbox([{ ...message, key: 'k1', phone: phone(1), receivedAt: null }]);
      inbox = stored!.id;
    });
    const claimReplies = (given: Parameters<typeof parts>[0] = {}): Promise<Claim> => claim(given, { priority: 0 });

    it('sends it to the phone that asked, however that is written', async () => {
      const [id] = await insert({ inbox_id: inbox, phone: '+86 138 0010 0001' });
      assert.deepEqual(rowsOf(await claimReplies()), [id]);
    });

    it('sends it to the phone that asked, however the platform wrote that', async () => {
      for (const asker of [`86${phone(1)}`, `+86${phone(1)}`]) {
        await outbox.database.rawQuery(`UPDATE sms_inbox SET phone = '${asker}' WHERE id = ${inbox}`);
        const [id] = await insert({ inbox_id: inbox, content: `答复 ${asker}` });
        assert.deepEqual(rowsOf(await claimReplies()), [id]);
      }
    });

    it('holds it for any other phone, or for a question that nobody asked', async () => {
      const ids = await insert({ inbox_id: inbox, phone: phone(2) }, { inbox_id: 999 });
      await claimReplies();
      for (const id of ids) {
        assert.equal(await fate(id), 'HELD INBOX_MISMATCH');
        await set(id, "status = 'NEW'");
      }
      await claimReplies();
      for (const id of ids) assert.equal(await fate(id), 'HELD INBOX_MISMATCH');
      await set(ids[0]!, `status = 'NEW', phone = '${phone(1)}'`);
      assert.deepEqual(rowsOf(await claimReplies()), [ids[0]]);
    });

    it('sends the same answer once, in one claim or in several', async () => {
      const [a, b, other] = await insert(
        { inbox_id: inbox },
        { inbox_id: inbox },
        { inbox_id: inbox, content: '另一答复' },
      );
      assert.deepEqual(rowsOf(await claimReplies()), [a, other]);
      const [c] = await insert({ inbox_id: inbox });
      await claimReplies();
      for (const id of [b!, c!]) assert.equal(await fate(id), 'REJECTED DUPLICATE');
    });

    it('sends it again when a person wants that, also when the platform could not be reached at first', async () => {
      const [, b] = await insert({ inbox_id: inbox }, { inbox_id: inbox });
      await claimReplies();
      await set(b!, "status = 'NEW'");
      const again = await claimReplies();
      assert.deepEqual(rowsOf(again), [b]);
      await open(again);
      await ended(again, ['NEW', 'VOID', 'NOT_REACHED']);
      assert.deepEqual(rowsOf(await claimReplies()), [b]);
    });
  });
});
