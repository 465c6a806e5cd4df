import assert from 'node:assert/strict';
import type { TemplateRow, TurnedAway } from '../../src/db/policy-store.ts';
import type { Store } from '../../src/db/store.ts';
import { countingsOf, countRows, subjectOf, type Counted, type Limit } from '../../src/policy/limits.ts';
import { claimAll } from '../support/rows.ts';
import { PHONE, type Fixture } from './fixture.ts';

const limit = (most: number): Limit => ({
  ...{ per: 'phone', categories: null, windowMs: 3_600_000, over: 'reject', code: 'RATE_LIMIT' },
  most,
});

/** One message to each of these phones. */
const to = (...phones: string[]): Counted[] =>
  phones.map((phone, i) => ({
    id: String(i),
    message: {
      ...{
        phone,
        content: 'x',
        text: 'x',
        category: 'NOTICE',
        source: null,
        template: null,
        at: 0,
        overruled: new Set(),
      },
    },
  }));

/** How many of these are let through. */
async function sent(store: Store, rows: readonly Counted[], most: number): Promise<number> {
  const limits = [limit(most)];
  const subjects = [...new Set(rows.map(({ message }) => subjectOf(limit(most), message)))];
  return store.countUses(subjects, ({ pieces, nowMs }) => {
    const { over, added } = countRows(countingsOf(rows, limits), pieces, nowMs);
    return { added, result: rows.length - over.size };
  });
}

/** Templates, blacklist, counters, and rows that do not go out. */
export function policyCases(f: Fixture): void {
  describe('policy', () => {
    it('counts across daemons: together they let through what one would', async () => {
      const phones = Array.from({ length: 40 }, (_, i) => `139${String(i % 4).padStart(8, '0')}`);
      const calls = Array.from({ length: 6 }, (_, i) => sent(i % 2 ? f.a : f.b, to(...phones), 7));
      const all = await Promise.all(calls);
      assert.equal(
        all.reduce((a, b) => a + b, 0),
        4 * 7,
      );
      assert.equal(await sent(f.a, to(...phones), 7), 0);
      assert.equal(await sent(f.b, to(...phones), 8), 4);
    });

    it('adds to what is there and says the time of the database', async () => {
      assert.equal(await sent(f.a, to('13900000000', '13900000001'), 5), 2);
      assert.equal(await sent(f.b, to('13900000000'), 5), 1);
      const [row] = to('13900000000');
      const subject = subjectOf(limit(5), row!.message);
      const { nowMs, pieces } = await f.a.usage([subject, 'unknown']);
      assert.equal([...pieces.keys()].join(), subject);
      assert.equal(
        pieces.get(subject)?.reduce((n, { uses }) => n + uses, 0),
        2,
      );
      assert.ok(Math.abs(nowMs - (await f.a.now()).epochMs) < 5000);
      assert.equal(await sent(f.a, to('13900000000', '13900000001', '13900000002'), 5), 3, 'each from another number');
      assert.equal(await sent(f.b, to('13900000000', '13900000000', '13900000000', '13900000001'), 4), 2);
    });

    it('forgets counters of windows that are over, and only those', async () => {
      await sent(f.a, to('13900000000'), 5);
      const added = [{ subject: 'old', piece: 5, uses: 1, endsMs: 1000 }];
      await f.a.countUses(['old'], () => ({ added, result: null }));
      assert.equal(await f.a.pruneUsage(100), 1);
      assert.equal(await f.a.pruneUsage(100), 0);
      assert.equal(await sent(f.a, to('13900000000'), 1), 0);
    });

    it('writes nothing when `decide` fails', async () => {
      const bad = new Error('bad');
      const failing = f.a.countUses(['x'], () => {
        throw bad;
      });
      await assert.rejects(failing, bad);
      assert.equal((await f.a.usage(['x'])).pieces.size, 0);
    });

    it('puts a claimed row off: due later, its age counted from then, its earlier serial kept', async () => {
      const first = await f.settled({ status: 'NEW', code: '7' }, { state: 'DONE' });
      const [mine] = await claimAll(f.a, 'idA.b1.2');
      assert.ok(mine);
      const { id } = mine.row;
      const away = { id, status: 'NEW', code: 'QUIET_HOURS', text: '推迟', delayMs: 60_000, requeued: true } as const;
      assert.equal(await f.a.turnAway('idB.b1.2', [away]), 0, 'not ours');
      assert.equal(await f.a.turnAway('idA.b1.2', [away]), 1);
      assert.equal(await f.a.turnAway('idA.b1.2', [away]), 0, 'once');
      const row = await f.stateOf(id);
      assert.deepEqual(
        [row['status'], row['result_code'], row['result_text'], row['serial_no'], row['prev_serial'], row['requeued']],
        ['NEW', 'QUIET_HOURS', '推迟', null, first.serial, 1],
      );
      assert.ok(row['retry_at'] === row['age_from'] && row['retry_at'] !== null);
      const { due } = await f.a.probe({ recover: false, channel: 'main', aliveMs: 1000 });
      const inMs = [...due.values()][0] ?? 0;
      assert.ok(inMs > 50_000 && inMs <= 60_000, String(inMs));
    });

    it('ends a claimed row as it is told, and leaves others alone', async () => {
      await f.insert(3);
      const mine = await claimAll(f.a, 'idA.b1.1');
      const [a, b, c] = mine.map(({ row }) => row.id) as [string, string, string];
      const away = (id: string, status: TurnedAway['status'], code: string): TurnedAway => ({
        ...{ id, status, code, text: '说明', delayMs: 0, requeued: true },
      });
      assert.equal(await f.a.turnAway('idA.b1.1', [away(b, 'HELD', 'STORM'), away(a, 'REJECTED', 'RATE_LIMIT')]), 2);
      const fates = await Promise.all([a, b, c].map(async (id) => (await f.stateOf(id))['status']));
      assert.deepEqual(fates, ['REJECTED', 'HELD', 'SENDING']);
      const row = await f.stateOf(a);
      assert.deepEqual(
        [row['claim_token'], row['lease_until'], row['requeued'], row['retry_at']],
        [null, null, 0, null],
      );
    });

    it('lets deferred rows go at once when it is told', async () => {
      await f.insert(3);
      const mine = await claimAll(f.a, 'idA.b1.1');
      const away = mine.map(({ row: { id } }, i): TurnedAway => ({
        ...{ id, text: 'x', delayMs: 3_600_000, requeued: true },
        status: 'NEW',
        code: i === 0 ? 'RATE_LIMIT' : 'QUIET_HOURS',
      }));
      await f.a.turnAway('idA.b1.1', away);
      assert.equal((await claimAll(f.a, 'idA.b1.2')).length, 0);
      await f.insert(1, { send_at: '2099-01-01 00:00:00' });
      assert.equal(await f.a.hasten('QUIET_HOURS', 1), 1);
      assert.equal(await f.a.hasten('QUIET_HOURS', 10), 1);
      assert.equal(await f.a.hasten('QUIET_HOURS', 10), 0);
      assert.equal((await claimAll(f.a, 'idA.b1.3')).length, 2);
    });

    it('knows who is on the blacklist, whoever put them there first', async () => {
      assert.equal((await f.a.policyMark()).blacklist, false);
      await f.a.addToBlacklist([]);
      await f.a.addToBlacklist([{ phone: PHONE, reason: 'TD', origin: 'OPTOUT' }]);
      await f.b.addToBlacklist([
        { phone: '13000000002', reason: null, origin: 'MANUAL' },
        { phone: PHONE, reason: 'again', origin: 'MANUAL' },
        { phone: '13000000002', reason: 'twice', origin: 'OPTOUT' },
      ]);
      const listed = await f.a.blacklisted([PHONE, PHONE, '13000000002', '13000000003']);
      assert.deepEqual(listed.get(PHONE), { phone: PHONE, reason: 'TD', origin: 'OPTOUT' });
      assert.equal(listed.size, 2);
      assert.equal((await f.a.blacklisted([])).size, 0);
      assert.equal((await f.b.policyMark()).blacklist, true);
      await assert.rejects(f.db.rawQuery("INSERT INTO sms_blacklist (phone) VALUES ('+86 13000000004')"));
    });

    it('keeps templates and words as they are written', async () => {
      const t = (code: string, over: Partial<TemplateRow> = {}): TemplateRow => ({
        ...{ code, category: null, body: `{name}您好 ${code}`, platformId: null, enabled: true },
        ...over,
      });
      assert.deepEqual(await f.a.putTemplates([t('b'), t('A', { category: 'CODE', platformId: '123' })], false), []);
      assert.deepEqual(await f.a.putTemplates([t('a'), t('A', { body: 'other' })], false), ['A'], 'a is not A');
      assert.deepEqual(await f.a.putTemplates([t('A', { body: '新', enabled: false })], true), []);
      await f.db.rawQuery("INSERT INTO sms_blocked_word (word) VALUES ('贷款')");
      const { mark } = await f.b.policyMark();
      assert.equal((await f.a.policyMark()).mark, mark);
      const { templates, words } = await f.b.policyTables();
      assert.deepEqual(words, ['贷款']);
      const sorted = [...templates].sort((x, y) => (x.code < y.code ? -1 : 1));
      assert.deepEqual(sorted, [t('A', { body: '新', enabled: false }), t('a'), t('b')]);
      assert.deepEqual(await f.a.templates(), templates);
      const marks = [mark];
      for (const change of [
        "UPDATE sms_template SET enabled = 0 WHERE code = 'a'",
        "UPDATE sms_blocked_word SET word = '办证'",
      ]) {
        await f.db.rawQuery(change);
        marks.push((await f.b.policyMark()).mark);
      }
      assert.equal(new Set(marks).size, 3, 'every change is seen');
    });

    it('sets a rule aside for a while', async () => {
      await f.a.override('QUIET_HOURS', '台风', 60_000);
      const [first] = (await f.b.policyMark()).overrides;
      assert.deepEqual([first?.rule, first?.reason], ['QUIET_HOURS', '台风']);
      assert.ok(first && first.untilInMs > 50_000 && first.untilInMs <= 60_000);
      await f.a.override('QUIET_HOURS', '结束', 0);
      assert.deepEqual((await f.b.policyMark()).overrides, []);
    });
  });
}
