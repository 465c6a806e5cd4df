import assert from 'node:assert/strict';
import type { DaemonRow, Submit } from '../../src/db/store.ts';
import { type ExplainFacts, msFrom } from '../../src/explain/facts.ts';
import { explain } from '../../src/explain/index.ts';
import { codeFacts } from '../../src/explain/words.ts';
import type { ReasonKind } from '../../src/explain/verdict.ts';

const NOW = '2026-11-23 10:00:00.000';
const SERIAL = '26112300000000000001';
const EARLIER = '26112300000000000000';
const DUE = '2000-01-01 00:00:00.000';

const daemon = (over: Partial<DaemonRow> = {}): DaemonRow => ({
  identity: 'a',
  boot: 'b',
  instance: 'node-1',
  host: 'host-1',
  pid: 7,
  version: '0.1.0',
  state: 'RUNNING',
  channelState: 'OPEN',
  lastError: null,
  trouble: null,
  sentMinute: 0,
  sentToday: 0,
  startedAt: '2026-11-23 09:00:00.000',
  heartbeatAt: '2026-11-23 09:59:58.000',
  silentMs: 2000,
  waiting: 0,
  oldestWaitingMs: null,
  scheduled: 0,
  ...over,
});

const submit = (over: Partial<Submit> = {}): Submit => ({
  serial: SERIAL,
  channel: 'main',
  body: '您的社保卡已制好',
  extNo: null,
  templateId: null,
  priority: 5,
  segments: 1,
  members: [{ id: '12', phone: '13000000001', prev: null }],
  state: 'OPEN',
  tries: 1,
  unknownCodes: 0,
  resultCode: null,
  resultText: null,
  taskId: null,
  ageMs: 5000,
  lateReceipts: 0,
  firstTryAt: '2026-11-23 09:59:55.000',
  lastTryAt: '2026-11-23 09:59:55.000',
  settledAt: null,
  ...over,
});

interface Given {
  readonly row?: Record<string, string | number | null>;
  readonly submits?: readonly Submit[];
  readonly facts?: Partial<ExplainFacts>;
}

function facts({ row = {}, submits = [], facts: other = {} }: Given): ExplainFacts {
  return {
    row: {
      id: '12',
      phone: '13000000001',
      content: '您的社保卡已制好',
      category: 'NOTICE',
      priority: 5,
      eff_priority: 5,
      status: 'NEW',
      created_at: '2026-11-23 09:59:50.000',
      due_at: DUE,
      ...row,
    },
    submits,
    now: NOW,
    closed: { send: null, all: null },
    daemons: [daemon()],
    ahead: { higher: 0, earlier: 0, cap: 100_000 },
    rules: { pollMs: 3000, giveUpAfterMs: 259_200_000, unknownWindowMs: 86_400_000, ratePerSecond: 200 },
    ...other,
  };
}

const latched = { zh: '平台返回 3，全部调用已停', en: 'the platform said 3; every call has stopped' };
const SENDING = { status: 'SENDING', serial_no: SERIAL };
const SENT = {
  status: 'SENT',
  serial_no: SERIAL,
  sent_at: '2026-11-23 09:59:56.000',
  result_code: '0',
  task_id: '229100000001',
};
const accepted = submit({ state: 'ACCEPTED', resultCode: '0', taskId: '229100000001', settledAt: SENT.sent_at });

/** State, what is expected, and words that must be there in both languages. */
const STATES: readonly [string, Given, ReasonKind, RegExp][] = [
  [
    'not due yet',
    { row: { due_at: '2026-11-23 12:00:00.000', send_at: '2026-11-23 12:00:00.000' } },
    'scheduled',
    /2026-11-23 12:00:00.*2 (小时|h)/,
  ],
  [
    'waiting for its next try',
    { row: { due_at: '2026-11-23 10:01:00.000', retry_at: '2026-11-23 10:01:00.000', result_code: '18' } },
    'retrying',
    /10:01:00.*18/,
  ],
  [
    'put off by a rule',
    { row: { due_at: '2026-11-24 08:00:00.000', retry_at: '2026-11-24 08:00:00.000', result_code: 'QUIET_HOURS' } },
    'deferred',
    /(推迟到|deferred until) 2026-11-24 08:00:00.*QUIET_HOURS/,
  ],
  ['no daemon ever', { facts: { daemons: [] } }, 'noDaemon', /从未启动|none was ever/],
  ['a dead daemon', { facts: { daemons: [daemon({ silentMs: 7_200_000 })] } }, 'noDaemon', /2 (小时|h).*node-1/],
  ['a stopped daemon', { facts: { daemons: [daemon({ state: 'STOPPED' })] } }, 'noDaemon', /node-1/],
  ['a closed channel', { facts: { closed: { send: latched, all: latched } } }, 'channelClosed', /3/],
  [
    'a daemon in trouble',
    { facts: { daemons: [daemon({ trouble: { zh: '平台：拒绝', en: 'platform: refused' } })] } },
    'trouble',
    /node-1.*(拒绝|refused)/,
  ],
  ['others ahead', { facts: { ahead: { higher: 300, earlier: 700, cap: 100_000 } } }, 'queued', /1000.*300.*200/],
  ['about to be claimed', {}, 'next', /3 (秒|s)/],
  ['left lying', { row: { created_at: '2026-11-23 09:00:00.000' } }, 'stuck', /1 (小时|h)/],
  ['claimed', { row: SENDING }, 'claimed', /领取|claimed/],
  ['asked and not answered yet', { row: SENDING, submits: [submit()] }, 'answerPending', /5 (秒|s)/],
  [
    'outcome unknown',
    { row: { ...SENDING, result_code: '20' }, submits: [submit({ tries: 3, resultCode: '20' })] },
    'outcomeUnknown',
    /20.*3/,
  ],
  [
    'outcome unknown and nobody to ask',
    { row: SENDING, submits: [submit()], facts: { daemons: [] } },
    'outcomeUnknown',
    /从未启动|none was ever/,
  ],
  ['accepted', { row: SENT, submits: [accepted] }, 'awaitingReceipt', /4 (秒|s)/],
  [
    'accepted, and receipts cannot be fetched',
    { row: SENT, submits: [accepted], facts: { closed: { send: latched, all: latched } } },
    'awaitingReceipt',
    /3/,
  ],
  ['in review', { row: { ...SENT, result_code: '26' }, submits: [accepted] }, 'review', /审核|review/],
  [
    'delivered',
    { row: { ...SENT, status: 'DELIVERED', receipt_code: '0' }, submits: [accepted] },
    'delivered',
    /送达|delivered/,
  ],
  [
    'undelivered',
    { row: { ...SENT, status: 'UNDELIVERED', receipt_code: 'MK:0001' }, submits: [accepted] },
    'undelivered',
    /MK:0001/,
  ],
  ['no receipt', { row: { ...SENT, status: 'UNKNOWN' }, submits: [accepted] }, 'noReceipt', /3 (天|d)/],
  ['failed', { row: { status: 'FAILED', serial_no: SERIAL, result_code: '7' } }, 'failed', /7/],
  ['rejected', { row: { status: 'REJECTED', result_code: 'BAD_PHONE' } }, 'rejected', /BAD_PHONE/],
  ['expired', { row: { status: 'EXPIRED', result_code: 'STALE' } }, 'expired', /STALE/],
  ['held', { row: { status: 'HELD', result_code: 'GARBLED' } }, 'held', /GARBLED/],
  [
    'held for an unknown outcome',
    {
      row: { status: 'HELD', serial_no: SERIAL, result_code: '20' },
      submits: [submit({ state: 'HELD', resultCode: '20' })],
    },
    'held',
    /20/,
  ],
  ['cancelled', { row: { status: 'CANCELLED' } }, 'cancelled', /取消|cancelled/],
];

describe('explain', () => {
  for (const [name, given, kind, words] of STATES) {
    it(`gives the one reason of a row that is ${name}`, () => {
      const { reason } = explain(facts(given), { showContent: false });
      assert.equal(reason.kind, kind);
      assert.match(reason.text.zh, words);
      assert.match(reason.text.en, words);
    });
  }

  it('says what to do wherever a person can do something', () => {
    const needsNobody = new Set<ReasonKind>([
      'delivered',
      'next',
      'claimed',
      'answerPending',
      'scheduled',
      'channelClosed',
    ]);
    for (const [name, given, kind] of STATES) {
      const { todo } = explain(facts(given), { showContent: false }).reason;
      assert.equal(todo === null, needsNobody.has(kind), name);
    }
  });

  it('warns that a scheduled row has nobody to send it', () => {
    const given = { row: { due_at: '2026-11-23 12:00:00.000', send_at: '2026-11-23 12:00' }, facts: { daemons: [] } };
    assert.match(explain(facts(given), { showContent: false }).reason.todo?.zh ?? '', /yxt-mw start/);
  });

  it('does not blame a paused send for missing receipts', () => {
    const given = { row: SENT, submits: [accepted], facts: { closed: { send: latched, all: null } } };
    assert.doesNotMatch(explain(facts(given), { showContent: false }).reason.text.en, /every call/);
  });

  it('tells every try of the row in the order of time, with the time between', () => {
    const first = submit({
      serial: EARLIER,
      state: 'DONE',
      resultCode: '11',
      firstTryAt: '2026-11-23 09:59:51.000',
      lastTryAt: '2026-11-23 09:59:51.000',
      settledAt: '2026-11-23 09:59:51.250',
      lateReceipts: 2,
    });
    const second = submit({
      state: 'ACCEPTED',
      tries: 2,
      resultCode: '15',
      firstTryAt: '2026-11-23 09:59:53.000',
      lastTryAt: '2026-11-23 09:59:55.000',
      settledAt: '2026-11-23 09:59:56.000',
      members: [
        { id: '12', phone: '13000000001', prev: EARLIER },
        { id: '13', phone: '13000000002', prev: null },
      ],
    });
    const row = {
      ...SENT,
      status: 'DELIVERED',
      result_code: '15',
      receipt_code: '0',
      receipt_at: '2026-11-23 09:59:58.000',
    };
    const { events } = explain(facts({ row, submits: [second, first] }), { showContent: false });
    const told = events.map(({ at, afterMs, text }) => `${at.slice(17)} ${afterMs ?? '-'} ${text.en}`);
    assert.equal(told.length, 8);
    assert.match(told[0] ?? '', /^50\.000 - inserted: category NOTICE, priority 5/);
    assert.match(told[1] ?? '', new RegExp(`^51\\.000 1000 submission 1: serial ${EARLIER}$`));
    assert.match(told[2] ?? '', /^51\.250 250 the platform answered 11 \(submitted too fast\)$/);
    assert.match(told[3] ?? '', /^51\.250 0 2 late receipts/);
    assert.match(told[4] ?? '', new RegExp(`^53\\.000 1750 submission 2: serial ${SERIAL}, with 1 other row$`));
    assert.match(told[5] ?? '', /^55\.000 2000 taken up again under the same serial \(try 2/);
    assert.match(told[6] ?? '', /^56\.000 1000 accepted by the platform: 15/);
    assert.match(told[7] ?? '', /^58\.000 2000 receipt 0 \(delivered\)$/);
  });

  it('says that this number was refused in a call that was accepted', () => {
    const row = { ...SENT, status: 'FAILED', result_code: '6', sent_at: null };
    const { events } = explain(facts({ row, submits: [accepted] }), { showContent: false });
    assert.match(events.at(-1)?.text.en ?? '', /refused this number: 6/);
  });

  it('repeats what the row says only where that says more than the reason, and is not overtaken', () => {
    const says = (row: Record<string, string>): string | null =>
      explain(facts({ row }), { showContent: false }).resultText;
    const waits = '平台已接收。等待回执';
    for (const status of ['SENT', 'DELIVERED', 'UNDELIVERED', 'UNKNOWN', 'CANCELLED']) {
      assert.equal(says({ ...SENT, status, receipt_code: '0', result_text: waits }), null, status);
    }
    const { meaning, remedy } = codeFacts('7');
    for (const locale of ['zh', 'en'] as const) {
      const plain = `${meaning[locale]}. ${remedy[locale].slice(0, -1)}`;
      assert.equal(says({ status: 'FAILED', result_code: '7', result_text: plain }), null);
      const quoting = `${meaning[locale]} (the platform: no. 9)`;
      assert.equal(says({ status: 'FAILED', result_code: '7', result_text: quoting }), quoting);
    }
    const named = '平台的编码没有这些字符：😀';
    assert.equal(says({ status: 'REJECTED', result_code: 'UNENCODABLE', result_text: named }), named);
  });

  it('shows neither phone nor text, unless asked for the text', () => {
    for (const [, given] of STATES) {
      const masked = JSON.stringify(explain(facts(given), { showContent: false }));
      assert.doesNotMatch(masked, /13000000001|社保卡已制好/);
    }
    const shown = explain(facts({}), { showContent: true });
    assert.equal(shown.content, '您的社保卡已制好');
    assert.equal(shown.phone, '130****0001');
    const { content, characters } = explain(facts({}), { showContent: false });
    assert.deepEqual([content, characters], [null, 8]);
  });

  it('shows what a template makes of a row, and names it', () => {
    const row = { content: null, template_code: 'CARD', params: '{"name":"张三"}' };
    const given = facts({ row, facts: { filledIn: '张三您好' } });
    const { template, content, characters } = explain(given, { showContent: false });
    assert.deepEqual([template, content, characters], ['CARD', null, 4]);
    assert.equal(explain(given, { showContent: true }).content, '张三您好');
    const spoilt = explain(facts({ row: { ...row, content: '此列不算' }, facts: { filledIn: null } }), {
      showContent: true,
    });
    assert.deepEqual([spoilt.template, spoilt.content, spoilt.characters], ['CARD', null, null]);
    assert.equal(explain(facts({}), { showContent: true }).template, null);
  });

  it('reads times as every engine and every hand writes them', () => {
    assert.equal(msFrom('2026-11-23 10:00:00', '2026-11-23 10:00:00.250'), 250);
    assert.equal(msFrom('2026-11-23', '2026-11-23T01:00'), 3_600_000);
    assert.equal(msFrom(null, NOW), null);
    assert.equal(msFrom('soon', NOW), null);
  });
});
