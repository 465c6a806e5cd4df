import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buildQueries } from '../../src/daemon/queries.ts';
import { openStore } from '../../src/db/open.ts';
import { storeMessages } from '../../src/inbound/store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { normalisePhone } from '../../src/platform/phone.ts';
import { openState } from '../../src/state/open.ts';
import { openBureau, phoneOf, querySettings } from '../support/bureau.ts';
import { configIn } from '../support/config-file.ts';
import { freshDatabase } from '../support/databases.ts';
import { recordedLog } from '../support/log.ts';
import { seeded } from '../support/seed.ts';
import { hostile } from './hostile.ts';

export interface Fuzzed {
  readonly messages: number;
  readonly stored: number;
  readonly taken: number;
  readonly answers: number;
  readonly balances: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

const BATCH = 500;
const CARDS = 400;
/** Everything that the business database holds. */
function contents(file: string): unknown[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare('select * from card order by card_no').all();
  } finally {
    db.close();
  }
}

const never = new AbortController().signal;

/** Hostile messages through storing and answering, on real databases; throws where a promise is broken. */
export async function fuzz(messages: number, say: (done: number) => void = () => undefined): Promise<Fuzzed> {
  const dir = mkdtempSync(join(tmpdir(), 'yxt-fuzz-'));
  const database = await freshDatabase('sqlite');
  const store = await openStore(database.options);
  const state = openState(join(dir, 'state'));
  const bureau = openBureau(CARDS);
  const { log, lines } = recordedLog();
  try {
    const values = {
      ...querySettings(bureau),
      'queryOptions.perPhonePerDay': 400,
      'queryOptions.replies.help': '请发 SBYE#卡号*密码',
    };
    const config = configIn(dir, values);
    const queries = buildQueries(config, {
      ...{ store, clock: systemClock, log },
      onTrouble: assert.ifError,
      onAnswer: () => undefined,
    });
    assert.ok(queries);
    const reading = {
      accessNo: config.platform.accessNo,
      separators: config.inbox.separators.join(''),
      takes: queries.takes,
    };
    const random = seeded('hostile messages');
    const before = contents(bureau.file);
    let stored = 0;
    for (let from = 0; from < messages; from += BATCH) {
      const replies = Array.from({ length: Math.min(BATCH, messages - from) }, (_, i) => ({
        ...hostile(random, CARDS),
        id: String(from + i),
        accessNo: config.platform.accessNo,
        receivedAt: '2026-11-23 10:00:00',
      }));
      stored += await storeMessages({ ...reading, store, state, log }, replies);
      while ((await store.waitingQueries(1)).length > 0) await queries.pass(never);
      say(from + replies.length);
    }
    await queries.close();
    assert.deepEqual(contents(bureau.file), before, 'the business database has changed');
    const query = database.rawQuery;
    const count = async (where: string): Promise<number> =>
      Number((await query(`select count(*) as n from ${where}`))[0]?.['n']);
    assert.equal(stored, messages, 'every message is stored');
    assert.equal(await count('sms_inbox'), messages);
    assert.equal(
      await count("sms_inbox where status not in ('NEW', 'AUTO') or (status = 'AUTO' and handled_at is null)"),
      0,
    );
    const twice = await query('select inbox_id from sms_outbox group by inbox_id having count(*) > 1');
    assert.deepEqual(twice, [], 'answered twice');
    assert.equal(await count("sms_outbox o join sms_inbox i on i.id = o.inbox_id where i.status <> 'AUTO'"), 0);
    const answers = await query('select phone, content from sms_outbox');
    let balances = 0;
    for (const { phone, content } of answers as { phone: string; content: string }[]) {
      assert.notEqual(normalisePhone(phone), null, 'a machine was answered');
      const [, balance] = /余额(\d+\.\d\d)元/.exec(content) ?? [];
      if (balance === undefined) continue;
      balances++;
      assert.equal(normalisePhone(phone), phoneOf(Math.round(Number(balance) - 1234.56)), 'somebody else’s balance');
    }
    const secret = await count(
      "sms_inbox where status = 'AUTO' and (content like '%6222000000%' or args like '%6222000000%')",
    );
    assert.equal(secret, 0, 'a card number was kept');
    assert.doesNotMatch(JSON.stringify(lines), /62220000000|SBYE#/, 'the log tells too much');
    const outcomes = Map.groupBy(await store.queryCounts(2), ({ outcome }) => outcome);
    const sums = Object.fromEntries(
      [...outcomes].map(([outcome, each]) => [outcome, each.reduce((all, { count: n }) => all + n, 0)]),
    );
    return { messages, stored, taken: await count('sms_mw_query'), answers: answers.length, balances, outcomes: sums };
  } finally {
    await store.close();
    await database.drop();
    state.close();
    bureau.remove();
    rmSync(dir, { recursive: true, force: true });
  }
}
