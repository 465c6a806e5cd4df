import assert from 'node:assert/strict';
import { ArrayDml, NationalText, ReturningId } from '../../src/db/dialects/oracle.ts';
import { ListValue } from '../../src/db/dialects/mssql.ts';
import type { Dialect, Engine, Row, Session } from '../../src/db/dialect.ts';
import { storeOf } from '../../src/db/open.ts';
import type { Sql } from '../../src/db/sql.ts';
import type { ChannelChange, QueryEnd, Store } from '../../src/db/store.ts';
import { message } from '../contract/life.ts';
import { heartbeat } from './rows.ts';

/** One row that suits whatever a verb asks: what it needs of it is there. */
const ANY: Row = {
  ...{
    id: '7',
    inbox_id: '9',
    serial_no: '20261123000000000001',
    prev_serial: null,
    mark: '1',
    age_ms: 1,
    requeued: 0,
  },
  ...{ priority: 5, phone: '13000000001', content: 'x', status: 'SENDING', state: 'OPEN', body: 'x', channel: 'main' },
  ...{ members: '[["7","13000000001",null]]', row_count: 1, result_code: '15', doomed: '20261123000000000001' },
  ...{
    channel_state: 'OPEN',
    channel_scope: 'send',
    identity: 'idA',
    boot: 'b0',
    created_at: '2026-11-23 10:00:00.000',
  },
  ...{ biz_id: 'A-1', in_flight: 0 },
  ...{ subject: 'abc', piece: 11, uses: 1, now_ms: 1, picked: '7' },
  ...{ phone_no: '13000000001', segments: 1, tries: 1, unknown_codes: 0, late_receipts: 0 },
};

/** Every statement of every verb, as the dialect writes it, by a store over an engine that only listens. */
export async function everyStatement(dialect: Dialect, schema: string | null = null): Promise<string> {
  const lines: string[] = [];
  let answer: Row = ANY;
  const say = (statement: Sql): void => void lines.push(shown(statement), '');
  const session: Session = {
    all: (statement) => {
      say(statement);
      return Promise.resolve([answer]);
    },
    run: (statement) => {
      say(statement);
      return Promise.resolve(Number(answer['matched'] ?? 1));
    },
    insert: (statement) => {
      say(statement);
      return Promise.resolve('7');
    },
  };
  const engine: Engine = {
    dialect,
    ...session,
    tx: (work) => work(session),
    version: () => Promise.resolve(''),
    close: () => Promise.resolve(),
  };
  await askEverything(engine, schema, (name, row) => {
    lines.push(`-- ${name}`);
    answer = row;
  });
  return lines.join('\n');
}

/** Every verb of a store over this engine, once; `next` is told which, and with what row its questions are to be answered. */
export async function askEverything(
  engine: Engine,
  schema: string | null,
  next: (verb: string, row: Row) => void,
): Promise<void> {
  const store = storeOf(engine, { tables: {}, schema });
  for (const [name, verb] of Object.entries(VERBS)) {
    next(name, { ...ANY, ...verb.row });
    await verb.call(store);
  }
}

/** Bindings by what they are; a list by its columns. */
function shown(statement: Sql): string {
  const places = statement.text.split('?').length - 1;
  const kinds = statement instanceof ArrayDml ? statement.rows[0] : statement.values;
  // the id that RETURNING gives back has a place and no value
  assert.equal(places, (kinds ?? []).length + (statement instanceof ReturningId ? 1 : 0), statement.text);
  const text = statement.text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (FROM|WHERE|SET|UNION ALL|ORDER BY|VALUES) /g, '\n  $1 ');
  return `${text}\n  -- ${(kinds ?? []).map(kindOf).join(', ')}${statement instanceof ArrayDml ? ' (for each row)' : ''}`;
}

function kindOf(value: unknown): string {
  if (value instanceof ListValue) return `list(${value.places.join(' ')})`;
  if (value instanceof NationalText) return 'national';
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}

const ID = '7';
const SERIAL = '20261123000000000001';
const item = {
  id: ID,
  serial: SERIAL,
  phoneNorm: '13000000001',
  segments: 1,
  prevSerial: null,
  mark: '1',
  resetByHand: false,
};
const submit = {
  ...{ serial: SERIAL, channel: 'main', body: 'x', extNo: null, templateId: null, priority: 5, segments: 1 },
  members: [{ id: ID, phone: '13000000001', prev: null }],
};
const result = {
  owner: 'idA.b1',
  id: ID,
  serial: SERIAL,
  code: '0',
  text: 'x',
  taskId: 't',
  delayMs: 0,
  solo: false,
  posts: 1,
} as const;
const record = {
  owner: 'idA.b1',
  serial: SERIAL,
  state: 'ACCEPTED',
  code: '0',
  text: 'x',
  taskId: 't',
  nextInMs: 1,
  unknownCode: false,
} as const;

const queryEnd: QueryEnd = {
  ...{ inboxId: ID, subject: 'ab12cd34', giveBack: false },
  outcome: 'ANSWERED',
  answer: { phone: '13000000001', text: '余额' },
  wiped: { content: '余额#****', keyword: '余额', args: '****' },
};

const counted =
  (piece: number, ...uses: number[]) =>
  () => ({ added: uses.map((each) => ({ subject: 'abc', piece, uses: each, endsMs: 1000 })), result: null });

const template = { code: 'T1', category: 'CODE', body: '验证码{code}', platformId: null, enabled: true };

const MANUAL: ChannelChange = {
  state: 'MANUAL',
  ...{ scope: 'send', code: null, reason: '停电', untilInMs: null, credentials: null, probes: 0 },
};

const HOUR = { hour: '2026-11-23 09', sent: 3, delivered: 2, undelivered: 1, refused: 0 };
const AGES = { moveAfterMs: 1000, giveUpAfterMs: 2000 };
const INBOX_AGES = { keepMs: 1000, maskMs: 500 };

interface Verb {
  call(store: Store): Promise<unknown>;
  readonly row?: Row;
}

const VERBS: Readonly<Record<string, Verb>> = {
  probe: { call: (s) => s.probe({ recover: true, channel: 'main', aliveMs: 1000 }) },
  candidates: { call: (s) => s.candidates({ priority: 5, limit: 500, timed: false, spread: 1 }) },
  'candidates, deferred ones': { call: (s) => s.candidates({ priority: 0, limit: 500, timed: true, spread: 1 }) },
  due: { call: (s) => s.due({ priority: 5, limit: 500, offset: 1000 }) },
  overrule: { call: (s) => s.overrule([{ id: ID, mark: '1', overruled: '1 STORM' }]) },
  claim: { call: (s) => s.claim('idA.b1.1', 60_000, [item]) },
  claimed: { call: (s) => s.claimed('idA.b1.1', [ID]) },
  refuse: { call: (s) => s.refuse('idA.b1.1', [{ id: ID, status: 'REJECTED', code: 'EMPTY', text: '空' }]) },
  release: { call: (s) => s.release('idA.b1.1', [ID], { code: 'NOT_REACHED', text: '连不上', delayMs: 1000 }) },
  rowsOf: { call: (s) => s.rowsOf([ID]) },
  holdReset: { call: (s) => s.holdReset([SERIAL], { code: 'EDITED', text: '被改回' }) },
  open: { call: (s) => s.open([submit], 'idA.b1', 60_000) },
  takeOpen: { call: (s) => s.takeOpen('idA.b1.2', 60_000, 10) },
  submitsOf: { call: (s) => s.submitsOf([SERIAL]) },
  'settle, one answer': { call: (s) => s.settle([{ ...result, status: 'SENT' }], [record]) },
  'settle, several answers': {
    call: (s) =>
      s.settle(
        [
          { ...result, status: 'SENT' },
          { ...result, id: '8', taskId: 'u', status: 'SENT' },
        ],
        [],
      ),
  },
  'settle, outcome unknown': { call: (s) => s.settle([{ ...result, status: 'SENDING' }], []) },
  'settle, put back': { call: (s) => s.settle([{ ...result, status: 'NEW', delayMs: 1000 }], []) },
  recoverRows: { call: (s) => s.recoverRows('idR.b1.1', 100), row: { state: 'ACCEPTED' } },
  'recoverRows, never opened': { call: (s) => s.recoverRows('idR.b1.1', 100), row: { state: null } },
  adoptStrays: { call: (s) => s.adoptStrays() },
  shorten: { call: (s) => s.shorten(1000) },
  adopt: { call: (s) => s.adopt('idA', 'b1', 1000) },
  giveUp: { call: (s) => s.giveUp(100), row: { state: 'ACCEPTED' } },
  inboxPhones: { call: (s) => s.inboxPhones(['9']) },
  answered: { call: (s) => s.answered([{ id: ID, inboxId: '9', content: 'x' }]) },
  namesakes: { call: (s) => s.namesakes(['A-1'], 86_400_000) },
  receiptRows: { call: (s) => s.receiptRows([{ serial: SERIAL, phone: '13000000001', code: '0' }]) },
  applyReceipts: { call: (s) => s.applyReceipts([{ id: ID, serial: SERIAL, code: '0' }]) },
  countLateReceipts: { call: (s) => s.countLateReceipts(new Map([[SERIAL, 1]])) },
  parkReceipts: { call: (s) => s.parkReceipts([{ serial: SERIAL, phone: '13000000001', code: '0' }]) },
  parkedReceipts: { call: (s) => s.parkedReceipts(10) },
  unparkReceipts: { call: (s) => s.unparkReceipts([ID]) },
  storeInbox: {
    call: (s) => s.storeInbox([message('k1'), message('k2', { receivedAt: null })]),
    row: { msg_key: 'k0' },
  },
  'storeInbox, taken by a query rule': {
    call: (s) => s.storeInbox([message('k1', { query: '余额' })]),
    row: { msg_key: 'k0' },
  },
  waitingQueries: { call: (s) => s.waitingQueries(10) },
  queryHistory: { call: (s) => s.queryHistory('13000000001', 1000) },
  'endQuery, answered and wiped': { call: (s) => s.endQuery(queryEnd) },
  'endQuery, given back': {
    call: (s) => s.endQuery({ ...queryEnd, outcome: 'GIVEN_UP', answer: null, wiped: null, giveBack: true }),
  },
  deferQuery: { call: (s) => s.deferQuery(ID, 1000) },
  queryCounts: { call: (s) => s.queryCounts(7) },
  channel: { call: (s) => s.channel('main') },
  changeChannel: {
    call: (s) =>
      s.changeChannel('main', {
        ...{
          state: 'PAUSED',
          scope: 'send',
          code: '13',
          reason: '没钱',
          untilInMs: 1000,
          credentials: null,
          probes: 0,
        },
      } as const),
  },
  'changeChannel, by a person': { call: (s) => s.changeChannel('main', MANUAL, 'now') },
  'changeChannel, by a command': { call: (s) => s.changeChannel('main', MANUAL, { command: '3' }) },
  'takeTurn, to probe': { call: (s) => s.takeTurn('probe', 'main', 'idA.b1', 1000) },
  'takeTurn, to fetch': { call: (s) => s.takeTurn('fetch', 'main', 'idA.b1', 1000) },
  endTurn: { call: (s) => s.endTurn('fetch', 'main', 'idA.b1') },
  enrol: { call: (s) => s.enrol(heartbeat()) },
  beat: { call: (s) => s.beat(heartbeat()) },
  retake: { call: (s) => s.retake(heartbeat()) },
  daemons: { call: (s) => s.daemons() },
  prune: { call: (s) => s.prune(30, 30, 100), row: { doomed: '7' } },
  insertOutbox: { call: (s) => s.insertOutbox({ phone: '13000000001', content: '余额' }) },
  'past, of the outbox': { call: (s) => s.past('outbox', '9', 500) },
  'past, of the inbox': { call: (s) => s.past('inbox', null, 500) },
  'insertOutbox, for a while': {
    call: (s) => s.insertOutbox({ phone: '13000000001', content: '告警', expiresInMs: 1000 }),
  },
  story: { call: (s) => s.story(ID) },
  waiting: { call: (s) => s.waiting(100) },
  unseen: { call: (s) => s.unseen(100), row: { n: 0 } },
  overdue: { call: (s) => s.overdue(100, { maxAgeMs: 1000, maxAgeByCategory: new Map([['CODE', 500]]) }, true) },
  now: { call: (s) => s.now() },
  'pickRows, by number': { call: (s) => s.pickRows({ ids: [ID], statuses: ['HELD'] }, '0', 200) },
  pickRows: {
    call: (s) =>
      s.pickRows({ bizId: 'b', category: 'CODE', code: 'STORM', olderThanMs: 1000, statuses: ['HELD'] }, '0', 200),
  },
  'pickRows, without a code': { call: (s) => s.pickRows({ code: '', statuses: ['HELD'] }, '0', 200) },
  'decide, release': { call: (s) => s.decide('RELEASE', [ID], ['HELD']) },
  'decide, cancel by SQL': {
    call: (s) => s.decide('CANCEL', [ID], ['NEW'], { command: '3', owner: 'idA.b1.c1', leaseMs: 60_000 }),
  },
  'decide, purge': { call: (s) => s.decide('PURGE', [ID], ['FAILED', 'EXPIRED']) },
  takeCommand: {
    call: (s) => s.takeCommand('idA.b1.c1', 'node-1', 60_000, 1000),
    row: { command: 'CANCEL', instance: null },
  },
  doneAfter: { call: (s) => s.doneAfter('3') },
  endCommand: { call: (s) => s.endCommand('3', 'idA.b1.c1', 'DONE', '已取消 1 行') },
  policyMark: { call: (s) => s.policyMark() },
  policyTables: { call: (s) => s.policyTables() },
  blacklisted: { call: (s) => s.blacklisted(['13000000001']) },
  addToBlacklist: { call: (s) => s.addToBlacklist([{ phone: '13000000001', reason: '退订', origin: 'OPTOUT' }]) },
  turnAway: {
    call: (s) =>
      s.turnAway('idA.b1.1', [
        { id: ID, status: 'NEW', code: 'QUIET_HOURS', text: '静默', delayMs: 1000, requeued: true },
      ]),
  },
  hasten: { call: (s) => s.hasten('QUIET_HOURS', 100) },
  usage: { call: (s) => s.usage(['abc']) },
  'countUses, counted before': { call: (s) => s.countUses(['abc'], counted(11, 1)), row: { subject: 'abc' } },
  'countUses, unlike each other': {
    call: (s) => s.countUses(['abc'], counted(11, 1, 2)),
    row: { subject: 'abc', matched: 2 },
  },
  'countUses, for the first time': { call: (s) => s.countUses(['abc'], counted(11, 1)), row: { subject: '' } },
  pruneUsage: { call: (s) => s.pruneUsage(100), row: { subject: 'abc' } },
  'keepHours, counted before': { call: (s) => s.keepHours('idA.b1', [HOUR]) },
  'keepHours, for the first time': { call: (s) => s.keepHours('idA.b1', [HOUR]), row: { matched: 0 } },
  hours: { call: (s) => s.hours(31), row: { told: '2026-11-23 09:00:00.000' } },
  pruneHours: { call: (s) => s.pruneHours(180), row: { told: '2026-11-23 09:00:00.000' } },
  backlog: { call: (s) => s.backlog(100) },
  troubledRows: { call: (s) => s.troubledRows(100, 50) },
  'receiptRows, of what has moved': {
    call: (s) => s.receiptRows([{ serial: SERIAL, phone: '13000000001', code: '0' }], 'history'),
  },
  'applyReceipts, to what has moved': {
    call: (s) => s.applyReceipts([{ id: ID, serial: SERIAL, code: '0' }], 'history'),
  },
  outboxPage: { call: (s) => s.outboxPage('0', 1000, AGES) },
  moveRows: { call: (s) => s.moveRows([ID], AGES), row: { category: 'NOTICE', row_count: 1 } },
  deleteHistory: { call: (s) => s.deleteHistory(1000, 100) },
  maskHistory: { call: (s) => s.maskHistory(1000, 100) },
  dueHistory: { call: (s) => s.dueHistory(1000, 500) },
  inboxPage: { call: (s) => s.inboxPage('0', 1000, INBOX_AGES) },
  deleteInbox: { call: (s) => s.deleteInbox([ID], INBOX_AGES) },
  maskInbox: { call: (s) => s.maskInbox([ID], INBOX_AGES) },
  care: { call: (s) => s.care() },
  keepingIn: { call: (s) => s.keepingIn('main') },
  planKeeping: { call: (s) => s.planKeeping('main', 1000) },
  'takeTurn, to keep house': { call: (s) => s.takeTurn('keep', 'main', 'idA', 1000) },
  statistics: { call: (s) => s.statistics('2026-11-01', '2026-12-01') },
  noteBalance: { call: (s) => s.noteBalance(5000), row: { today: '2026-11-23' } },
  balances: { call: (s) => s.balances('2026-11-01', '2026-12-01') },
  templates: { call: (s) => s.templates() },
  'putTemplates, new': { call: (s) => s.putTemplates([template], false), row: { code: 'other' } },
  'putTemplates, replaced': { call: (s) => s.putTemplates([template], true), row: { code: template.code } },
  override: { call: (s) => s.override('QUIET_HOURS', '台风', 1000) },
};
