import type { TroubledRow } from '../db/board-store.ts';
import type { RowStatus } from '../db/store.ts';
import { compareIds } from '../db/rows.ts';
import { codeFacts } from '../explain/words.ts';
import type { Text } from '../lib/text.ts';

/** Rows that share a cause. */
export interface Problem {
  readonly status: RowStatus;
  /** `result_code`, or the receipt where that is the cause. */
  readonly code: string;
  readonly rows: number;
  /** There may be more of them than `rows`. */
  readonly more: boolean;
  /** The newest of them. */
  readonly ids: readonly string[];
  readonly meaning: Text;
  readonly remedy: Text;
}

const SHOWN_IDS = 5;
const MOST = 30;

/** Those that wait for a person first, of whom up to `mostHeld` were looked at; then the most frequent. */
export function problemsOf(rows: readonly TroubledRow[], mostHeld: number): Problem[] {
  const cut = rows.filter(({ status }) => status === 'HELD').length >= mostHeld;
  const groups = Map.groupBy(rows, (row) => `${row.status} ${causeOf(row)}`);
  const problems = [...groups.values()].map((group): Problem => {
    const [first] = group as [TroubledRow, ...TroubledRow[]];
    const code = causeOf(first);
    return {
      ...{ status: first.status, code, rows: group.length, more: cut && first.status === 'HELD' },
      ids: group
        .map(({ id }) => id)
        .sort((a, b) => compareIds(b, a))
        .slice(0, SHOWN_IDS),
      ...wordsOf(first.status, code),
    };
  });
  const weight = ({ status, rows: n }: Problem): number => (status === 'HELD' ? 1e9 : 0) + n;
  return problems.sort((a, b) => weight(b) - weight(a)).slice(0, MOST);
}

const causeOf = ({ status, code, receiptCode }: TroubledRow): string =>
  (status === 'UNDELIVERED' ? receiptCode : status === 'UNKNOWN' ? null : code) ?? '';

function wordsOf(status: RowStatus, code: string): Pick<Problem, 'meaning' | 'remedy'> {
  switch (status) {
    case 'UNDELIVERED':
      return UNDELIVERED;
    case 'UNKNOWN':
      return NO_RECEIPT;
    case 'NEW':
    case 'SENDING':
    case 'SENT':
    case 'DELIVERED':
    case 'FAILED':
    case 'REJECTED':
    case 'EXPIRED':
    case 'HELD':
    case 'CANCELLED':
      return code === '' && status === 'HELD' ? BY_HAND : codeFacts(code);
  }
}

const BY_HAND = {
  meaning: { zh: '没有写明原因', en: 'nobody has said why' },
  remedy: {
    zh: '多半是有人手工把 status 置为 HELD：先弄清缘由，再放行或弃发。',
    en: 'Most likely somebody has set status to HELD by hand: find out why, then release or discard them.',
  },
};

const UNDELIVERED = {
  meaning: { zh: '未送达', en: 'not delivered' },
  remedy: {
    zh: '多为关机、停机或空号：核对号码；同一代码很多时请向平台询问。',
    en: 'Mostly switched off, suspended or not in use: check the numbers; where one code is frequent ask the platform.',
  },
};

const NO_RECEIPT = {
  meaning: { zh: '一直没有回执', en: 'no receipt came' },
  remedy: {
    zh: '多数已经送达；要核实请凭 serial_no 向平台查询。',
    en: 'Most of them have arrived; to be sure ask the platform by serial_no.',
  },
};
