import assert from 'node:assert/strict';
import {} from 'node:fs';
import { join } from 'node:path';
import { buildQueries, type Queries } from '../../src/daemon/queries.ts';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { storeMessages } from '../../src/inbound/store.ts';
import { openState, type State } from '../../src/state/open.ts';
import { type Bureau, CARD, CITIZEN, openBureau, PASSWORD, querySettings, strictRule } from '../support/bureau.ts';
import { fakeClock } from '../support/clock.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { type LogLine, recordedLog } from '../support/log.ts';
import { temporaryDir } from '../support/temporary.ts';
import { configIn } from '../support/config-file.ts';

const never = new AbortController().signal;
const GOOD = `SBYE#${CARD}*${PASSWORD}`;

/** From a message to the row of its answer, on real databases; the clock of the business side is the test's. */
describe('query rule', () => {
  let dir: string;
  let db: FreshDatabase;
  let store: Store;
  let state: State;
  let bureau: Bureau;
  let queries: Queries;
  let lines: LogLine[];
  let woken: number;
  let troubles: (string | null)[];
  let texts: number;
  const clock = fakeClock();

  const open = (values: Record<string, unknown> = {}, rule: object = {}): void => {
    const all = { ...querySettings(bureau, rule), 'queryOptions.failures': 3, ...values };
    const config = configIn(dir, all);
    const recorded = recordedLog();
    lines = recorded.lines;
    const built = buildQueries(config, {
      ...{ store, clock, log: recorded.log },
      onTrouble: (error) => troubles.push(error?.text.en ?? null),
      onAnswer: () => woken++,
    });
    assert.ok(built);
    queries = built;
  };
  beforeEach(async () => {
    dir = temporaryDir();
    db = await freshDatabase('sqlite');
    store = await openStore(db.options);
    state = openState(join(dir, 'state'));
    bureau = openBureau(3);
    woken = 0;
    troubles = [];
    texts = 0;
  });
  afterEach(async () => {
    await queries.close();
    await store.close();
    await db.drop();
    state.close();
    bureau.remove();
  });

  /** Citizens write, one after another within the same answer of the platform. */
  async function arrive(...messages: [content: string, phone?: string][]): Promise<void> {
    const replies = messages.map(([content, phone = CITIZEN]) => ({
      id: String(++texts),
      phone,
      content,
      accessNo: '106900000000001',
      receivedAt: '2026-11-23 10:00:00',
    }));
    const reading = { accessNo: '106900000000001', separators: '#* ,，', takes: queries.takes };
    await storeMessages({ ...reading, store, state, log: recordedLog().log }, replies);
  }
  const answers = async (): Promise<string[]> =>
    (await db.rawQuery('select content from sms_outbox order by id')).map((row) => String(row['content']));
  const inbox = async (): Promise<string[]> =>
    (await db.rawQuery('select status, content, args from sms_inbox order by id')).map((row) =>
      [row['status'], row['content'], row['args']].join(' | '),
    );
  async function ask(content: string, phone?: string): Promise<string | null> {
    const before = (await answers()).length;
    await arrive([content, phone ?? CITIZEN]);
    await queries.pass(never);
    return (await answers())[before] ?? null;
  }

  it('answers who has phone, card and password, and keeps neither card nor password', async () => {
    open();
    await arrive([`ｓｂｙｅ＃${CARD}＊${PASSWORD}`]);
    assert.match((await inbox())[0] ?? '', /^AUTO \| ｓｂｙｅ/);
    await queries.pass(never);
    assert.deepEqual(await answers(), ['张**，尾号0001的社保卡余额1234.56元。']);
    assert.deepEqual(await inbox(), ['AUTO | SBYE#****#**** | ****#****']);
    assert.equal(woken, 1);
    const said = JSON.stringify(lines);
    assert.match(said, /ANSWERED/);
    assert.ok(!said.includes(CARD) && !said.includes(PASSWORD) && !said.includes(CITIZEN));
    const [row] = await db.rawQuery('select * from sms_outbox');
    assert.deepEqual(
      [row?.['phone'], row?.['category'], row?.['priority'], row?.['inbox_id']],
      [CITIZEN, 'REPLY', 0, 1],
    );
  });

  it('says the same to whoever has one of them wrong', async () => {
    open();
    const wrong = [
      await ask(`SBYE#${CARD}*654321`),
      await ask(`SBYE#6222000000000009*${PASSWORD}`),
      await ask(GOOD, '13900000009'),
      await ask(GOOD, '13900000002'),
    ];
    assert.deepEqual(new Set(wrong), new Set(['没有查到相关信息，请核对后重新发送。']));
  });

  it('shows the format to whoever missed it, and keeps nothing of what they wrote', async () => {
    open();
    assert.equal(await ask(`SBYE#${CARD}`), '格式不对，请发送：SBYE#卡号*密码');
    assert.deepEqual(await inbox(), ['AUTO | SBYE#**** | ****']);
  });

  it('locks phone and card after three wrong guesses, also within one batch, for its time and for that card only', async () => {
    open({ 'queryOptions.perPhonePerDay': 50 });
    await arrive(...Array.from({ length: 9 }, (_, i): [string] => [`SBYE#${CARD}*00000${i}`]), [GOOD]);
    await queries.pass(never);
    const given = await answers();
    assert.equal(given.filter((text) => text.startsWith('没有查到')).length, 3);
    assert.equal(given.filter((text) => text.startsWith('查询失败次数过多')).length, 7);
    assert.equal(await ask(GOOD), '查询失败次数过多，请60分钟后再试。');
    bureau.exec(`UPDATE card SET phone = '${CITIZEN}' WHERE card_no = '6222000000000002'`);
    assert.match((await ask(`SBYE#6222000000000002*${PASSWORD}`)) ?? '', /尾号0002/);
    assert.match((await ask(GOOD, '13900000003')) ?? '', /没有查到/);
    await db.rawQuery("update sms_mw_query set ended_at = strftime('%Y-%m-%d %H:%M:%f', ended_at, '-59 minutes')");
    assert.equal(await ask(GOOD), '查询失败次数过多，请1分钟后再试。');
    await db.rawQuery("update sms_mw_query set ended_at = strftime('%Y-%m-%d %H:%M:%f', ended_at, '-2 minutes')");
    assert.match((await ask(GOOD)) ?? '', /尾号0001/);
  });

  it('locks by the phone alone where nothing but a password is asked for, and keeps no checksum of it', async () => {
    const { password } = strictRule.args;
    const rule = {
      ...{ format: '{password}', args: { password }, reply: '余额{balance|money}元' },
      sql: 'SELECT balance FROM card WHERE phone = :phone AND password = :password',
    };
    open({}, rule);
    for (const guess of ['000000', '000001', '000002']) await ask(`SBYE#${guess}`);
    assert.match((await ask(`SBYE#${PASSWORD}`)) ?? '', /^查询失败次数过多/);
    const kept = await db.rawQuery('select distinct subject from sms_mw_query');
    assert.deepEqual(
      kept.map(({ subject }) => subject),
      [''],
    );
  });

  it('counts failures anew after a success', async () => {
    open({ 'queryOptions.perPhonePerDay': 50 });
    for (const password of ['1', '2']) await ask(`SBYE#${CARD}*00000${password}`);
    assert.match((await ask(GOOD)) ?? '', /1234/);
    for (const password of ['3', '4']) await ask(`SBYE#${CARD}*00000${password}`);
    assert.match((await ask(GOOD)) ?? '', /1234/);
  });

  it('ends for the day after its limit, and says so once', async () => {
    open({ 'queryOptions.perPhonePerDay': 2 });
    assert.match((await ask(GOOD)) ?? '', /1234/);
    assert.match((await ask(GOOD)) ?? '', /1234/);
    assert.match((await ask(GOOD)) ?? '', /次数已用完/);
    assert.equal(await ask(GOOD), null);
    assert.equal(await ask('SBYE#1'), null);
    assert.match((await ask(`SBYE#6222000000000002*${PASSWORD}`, '13900000002')) ?? '', /尾号0002/);
    assert.ok((await inbox()).every((row) => row.startsWith('AUTO') && !row.includes(CARD)));
  });

  it('leaves machines, and what no rule knows, to the legacy system', async () => {
    open();
    for (const phone of ['106900000000001', '95588', '12333', '10086', ''])
      assert.equal(await ask(GOOD, phone), null, phone);
    for (const text of ['CX#1', '您好', '', '#', 'SBYEX#1']) assert.equal(await ask(text), null, text);
    assert.ok((await inbox()).every((row) => row.startsWith('NEW')));
  });

  it('helps who knows no keyword, once a day, and not with the legacy system’s', async () => {
    open({ 'queryOptions.replies.help': '查余额请发 SBYE#卡号*密码', 'queryOptions.legacyKeywords': ['TD'] });
    assert.equal(await ask('您好，我正在开会'), '查余额请发 SBYE#卡号*密码');
    assert.equal(await ask('您好，我正在开会'), null);
    assert.equal(await ask('td', '13900000002'), null);
    assert.match((await ask(`SB EY#${CARD}*${PASSWORD}`, '13900000003')) ?? '', /^查余额/);
    assert.deepEqual(await inbox(), [
      'AUTO | 您好，我正在开会 | 我正在开会',
      'AUTO | 您好，我正在开会 | 我正在开会',
      'NEW | td | ',
      'AUTO | SB EY#********* | EY#*********',
    ]);
  });

  it('waits for a business database that is down, answers when it is back, once', async () => {
    open();
    bureau.exec('ALTER TABLE card RENAME TO gone');
    assert.equal(await ask(GOOD), null);
    assert.match(troubles.join(), /^business database bureau: .*answered later$/);
    assert.match((await inbox())[0] ?? '', /^AUTO/);
    bureau.exec('ALTER TABLE gone RENAME TO card');
    await db.rawQuery('update sms_mw_query set next_at = taken_at');
    await queries.pass(never);
    await queries.pass(never);
    assert.equal((await answers()).length, 1);
    assert.equal(troubles.at(-1), null);
  });

  const GIVEN_UP = { new: ['NEW', 0], reply: ['AUTO', 1], silent: ['AUTO', 0] } as const;
  for (const [giveUp, [status, count]] of Object.entries(GIVEN_UP)) {
    it(`gives up after its time: ${giveUp}`, async () => {
      open({}, { giveUp });
      bureau.exec('ALTER TABLE card RENAME TO gone');
      await ask(GOOD);
      await db.rawQuery(
        "update sms_mw_query set next_at = taken_at, taken_at = strftime('%Y-%m-%d %H:%M:%f', taken_at, '-6 minutes')",
      );
      await queries.pass(never);
      const [row = ''] = await inbox();
      assert.ok(row.startsWith(status), row);
      assert.equal(row.includes(CARD), giveUp === 'new');
      assert.equal((await answers()).length, count);
    });
  }

  it('gives back what it has no rule for any more', async () => {
    open();
    await arrive([GOOD]);
    await queries.close();
    open({}, { keywords: ['YE'] });
    await queries.pass(never);
    assert.deepEqual(await inbox(), [`NEW | ${GOOD} | ${CARD}*${PASSWORD}`]);
    assert.deepEqual(await answers(), []);
  });

  it('answers in characters that the platform carries', async () => {
    open();
    bureau.exec("UPDATE card SET name = '𠮷䶮😀'");
    assert.match((await ask(GOOD)) ?? '', /^\*\*\*，尾号0001/);
  });

  it('cuts a long list to what fits, and says that there is more', async () => {
    bureau.exec('CREATE TABLE paid (phone TEXT, month TEXT, amount NUMERIC)');
    for (let m = 1; m <= 60; m++) bureau.exec(`INSERT INTO paid VALUES ('${CITIZEN}', '2026-${(m % 12) + 1}', ${m}.5)`);
    open(
      {},
      {
        keywords: ['XD'],
        format: '',
        args: {},
        sql: 'SELECT month, amount FROM paid WHERE phone = :phone ORDER BY amount',
        reply: '缴费：{#rows}{month|month}{amount|money}元；{/rows}',
        maxRows: 40,
        maxParts: 2,
      },
    );
    const text = (await ask('xd')) ?? '';
    assert.match(text, /^缴费：(2026年\d+月\d+\.50元；){5,}更多请到网上办事大厅或窗口查询。$/);
    assert.ok(text.length <= 134);
  });
});
