import type { Config } from '../../src/config/settings.ts';
import type { RowStatus } from '../../src/db/store.ts';
import type { SettingsPatch } from '../../src/simulator/settings.ts';
import type { SendQuirk } from './platform.ts';

export interface ModelRow {
  readonly phone: string;
  readonly content: string;
  readonly priority?: number;
  readonly expireInMs?: number;
  /** Where it may end when nobody touches it; default: anywhere that says "the platform has it". */
  readonly ends?: readonly RowStatus[];
}

/** A small world to begin with. Row numbers follow the order of `rows`, from 1. */
export interface Scenario {
  readonly name: string;
  readonly rows: readonly ModelRow[];
  readonly citizens?: readonly { readonly phone: string; readonly content: string }[];
  readonly settings?: SettingsPatch;
  /** Messages that are paid for a minute later. */
  readonly topUp?: number;
  readonly sends?: Readonly<Record<number, SendQuirk>>;
  readonly repeatReceipts?: boolean;
  /** Daemons with state directories of their own that run from the beginning. Default 1. */
  readonly daemons?: 1 | 2;
  /** Settings that differ from `ground.ts`. */
  readonly outbox?: Partial<Config['outbox']>;
  /** A database that is set back has also forgotten citizens' messages that are confirmed: then nothing can bring them back. */
  readonly restorable?: boolean;
}

const phone = (n: number): string => `1300000000${n}`;
const NOTICE = '社保缴费提醒：本月缴费截止日为25日';
const own = (n: number): ModelRow => ({ phone: phone(n), content: `${NOTICE}（${n}）` });
const same = (n: number): ModelRow => ({ phone: phone(n), content: NOTICE });
const not = (row: ModelRow, ...ends: RowStatus[]): ModelRow => ({ ...row, ends });

/** Most of what is claimed waits for its turn in the process, for longer than polls and joining daemons take. */
const SLOW = { ratePerSecond: 1, lease: 60_000 };

export const SCENARIOS: readonly Scenario[] = [
  { name: 'a group of three', rows: [same(1), same(2), same(3)], restorable: true },
  { name: 'three texts', rows: [own(1), own(2), { ...own(3), priority: 0 }], restorable: true },
  {
    name: 'faillist',
    rows: [same(1), not(same(2), 'FAILED'), same(3), own(4)],
    settings: { refusedNumbers: [phone(2)] },
    restorable: true,
  },
  { name: 'code 20, nothing done', rows: [same(1), same(2), own(3)], sends: { 1: 'code 20, nothing done' } },
  { name: 'code 20, accepted', rows: [same(1), same(2), own(3)], sends: { 1: 'code 20, accepted' } },
  {
    name: 'three times code 20',
    rows: [not(own(1), 'HELD', 'SENT', 'DELIVERED'), not(own(2), 'HELD', 'SENT', 'DELIVERED')],
    sends: {
      1: 'code 20, nothing done',
      2: 'code 20, accepted',
      3: 'code 20, nothing done',
      4: 'code 20, nothing done',
    },
  },
  { name: 'too fast', rows: [same(1), same(2), own(3)], sends: { 1: 'code 11' } },
  { name: 'serial of a stranger', rows: [same(1), same(2), own(3)], sends: { 1: 'serial of a stranger' } },
  {
    name: 'refused here and there',
    rows: [
      not({ phone: '12345', content: NOTICE }, 'REJECTED'),
      not({ phone: phone(2), content: '您的账单已出???' }, 'HELD'),
      not({ ...own(3), expireInMs: -1000 }, 'EXPIRED'),
      not({ phone: phone(4), content: '六合彩' }, 'FAILED'),
      same(5),
    ],
  },
  { name: 'balance used up', rows: [own(1), own(2), own(3)], settings: { balance: 1 }, topUp: 10 },
  {
    name: 'receipts at once, bad ones and repeated',
    rows: [same(1), same(2), { phone: phone(3), content: `${NOTICE}${'。'.repeat(60)}` }],
    settings: { receiptDelayMs: 0, receiptStatus: { '2': 'MK:0001' }, receiptPerPart: true },
    repeatReceipts: true,
  },
  {
    name: 'citizens write',
    rows: [own(1)],
    citizens: [
      { phone: phone(8), content: 'SBYE#1' },
      { phone: phone(9), content: '谢谢' },
      { phone: phone(9), content: '谢谢' },
    ],
    settings: { maxRepliesPerCall: 2 },
  },
  { name: 'two daemons', rows: [same(1), same(2), own(3), own(4)], daemons: 2 },
  {
    name: 'two daemons, too fast',
    rows: [own(1), own(2), own(3)],
    daemons: 2,
    sends: { 1: 'code 11', 2: 'code 11', 3: 'code 11', 4: 'code 11', 5: 'code 11' },
  },
  { name: 'a backlog', rows: [1, 2, 3, 4, 5, 6].map(own), outbox: SLOW },
  {
    name: 'two daemons, a backlog',
    rows: [1, 2, 3, 4, 5, 6].map(own),
    daemons: 2,
    outbox: { ...SLOW, ratePerSecond: 2 },
  },
];

export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (!found) throw new TypeError(`no scenario ${name}`);
  return found;
}
