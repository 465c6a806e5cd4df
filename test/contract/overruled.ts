import assert from 'node:assert/strict';
import { systemClock } from '../../src/lib/clock.ts';
import type { Claim } from '../../src/outbound/claim.ts';
import { Calendar } from '../../src/policy/calendar.ts';
import type { Message } from '../../src/policy/message.ts';
import type { PolicyOptions } from '../../src/policy/options.ts';
import { Policy } from '../../src/policy/policy.ts';
import { claimOnce, idsOf, RULES } from '../support/claiming.ts';
import { rowResult, submitOf, submitResult, type Mine } from '../support/rows.ts';
import { PHONE, type Fixture } from './fixture.ts';

const OPTIONS: PolicyOptions = {
  ...{ requireTemplate: false, signature: '', secondSignature: 'send', wordsFile: null, wordsOver: 'hold' },
  ...{
    marketing: null,
    blacklist: false,
    optOutExcept: new Set(),
    quiet: [],
    calendar: new Calendar([]),
    pricePerPart: null,
  },
  limits: [{ per: 'text', categories: null, most: 1, windowMs: 3_600_000, over: 'hold', code: 'STORM' }],
};
const NIGHT: PolicyOptions = { ...OPTIONS, quiet: [{ categories: null, from: 0, to: 24 * 60, days: 'all' }] };
const ANOTHER: Message = {
  ...{ phone: PHONE, content: 'x', text: 'x', category: 'NOTICE', source: null, template: null, at: 0 },
  overruled: new Set(),
};
const LIMITED: PolicyOptions = {
  ...OPTIONS,
  limits: [{ per: 'phone', categories: null, most: 1, windowMs: 3_600_000, over: 'defer', code: 'RATE_LIMIT' }],
};

/** A person's word about a row counts once and for all, for its text. */
export function overruledCases(f: Fixture): void {
  const claim = (options = OPTIONS): Promise<Claim> => {
    const policy = new Policy(options, f.a, systemClock);
    return claimOnce(f.a, { policy, rules: { ...RULES, policy } });
  };
  const fates = async (): Promise<string[]> => {
    const rows = await f.db.rawQuery('SELECT status, result_code FROM sms_outbox ORDER BY id');
    return rows.map((row) => [row['status'], row['result_code']].join(' '));
  };
  const release = (): Promise<unknown> =>
    f.db.rawQuery("UPDATE sms_outbox SET status = 'NEW', retry_at = NULL WHERE status IN ('HELD', 'SENT')");
  const due = (): Promise<unknown> =>
    f.db.rawQuery("UPDATE sms_outbox SET retry_at = NULL WHERE status = 'NEW' AND retry_at IS NOT NULL");
  /** The only row of a claim. */
  const mineOf = async ({ groups }: Claim): Promise<Mine & { token: string }> => {
    const [g] = groups;
    const [row] = await f.a.rowsOf(groups.flatMap(({ members }) => members.map(({ id }) => id)));
    assert.ok(g && row);
    return { row, serial: g.serial, token: g.token };
  };
  const answer = async (claimed: Claim, status: 'NEW' | 'SENT'): Promise<void> => {
    const mine = await mineOf(claimed);
    await f.a.open([submitOf(mine)], 'idA.b1', 60_000);
    const code = status === 'NEW' ? '18' : '0';
    const state = status === 'NEW' ? 'DONE' : 'ACCEPTED';
    assert.equal(await f.a.settle([rowResult(mine, { status, code })], [submitResult(mine, { state })]), 1);
  };

  /** Held for a word and released. */
  const released = async (): Promise<void> => {
    await f.insert(1);
    await f.db.rawQuery("INSERT INTO sms_blocked_word (word) VALUES ('text')");
    assert.deepEqual(idsOf(await claim()), []);
    assert.deepEqual(await fates(), ['HELD BLOCKED_WORD']);
    await release();
  };

  /** Ways of a row back to NEW, and what it shows then. */
  const BACK: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['by quiet hours', 'NEW QUIET_HOURS', () => claim(NIGHT)],
    [
      'by a limit',
      'NEW RATE_LIMIT',
      async () => {
        await new Policy(LIMITED, f.a, systemClock).overLimit([{ id: '0', message: ANOTHER }]);
        return claim(LIMITED);
      },
    ],
    ['by an answer of the platform', 'NEW 18', async () => answer(await claim(), 'NEW')],
    [
      'by a daemon that stops',
      'NEW ',
      async () => {
        const { row, token } = await mineOf(await claim());
        await f.a.release(token, [row.id], { code: null, text: null, delayMs: 0 });
      },
    ],
    [
      'by whoever finds that a daemon has died',
      'NEW ',
      async () => {
        const { row } = await mineOf(await claim());
        await f.set(row.id, 'lease_until = created_at');
        assert.equal(await f.a.recoverRows('idR.b1.1', 10), 1);
      },
    ],
  ];

  describe('a row that a person has released', () => {
    for (const [how, fate, back] of BACK) {
      it(`is not held again for the same after it was given back ${how}`, async () => {
        await released();
        for (const time of [1, 2]) {
          await back();
          assert.deepEqual(await fates(), [fate], `time ${time}`);
          await due();
        }
        assert.equal(idsOf(await claim()).length, 1);
        assert.deepEqual(await fates(), ['SENDING ']);
      });
    }

    it('is held by each rule once, not by two of them in turns', async () => {
      await released();
      await answer(await claim(), 'SENT');
      await f.insert(1);
      await claim();
      assert.deepEqual(await fates(), ['SENT 0', 'HELD BLOCKED_WORD']);
      const second = "UPDATE sms_outbox SET status = 'NEW' WHERE status = 'HELD'";
      await f.db.rawQuery(second);
      await claim();
      assert.deepEqual(await fates(), ['SENT 0', 'HELD STORM']);
      await f.db.rawQuery(second);
      assert.equal(idsOf(await claim()).length, 1);
    });

    it('is held again once its text has been edited', async () => {
      await released();
      await answer(await claim(), 'NEW');
      await f.db.rawQuery("UPDATE sms_outbox SET content = 'other text'");
      assert.deepEqual(idsOf(await claim()), []);
      assert.deepEqual(await fates(), ['HELD BLOCKED_WORD']);
    });

    it('is held again when it is to be sent once more after it was sent', async () => {
      await released();
      await answer(await claim(), 'SENT');
      await release();
      assert.deepEqual(idsOf(await claim()), []);
      assert.deepEqual(await fates(), ['HELD BLOCKED_WORD']);
    });
  });
}
