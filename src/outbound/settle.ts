import type { RowResult, SubmitResult } from '../db/store.ts';
import { rowText, type Locale, type Text } from '../lib/text.ts';
import type { Group } from './group.ts';
import { CODES, type Outcome } from './outcome.ts';

/** What became of one submission, ready to be written. */
export interface Settlement {
  readonly rows: readonly RowResult[];
  /** null: the record stays as it is. */
  readonly submit: SubmitResult | null;
}

export interface SettleRules {
  readonly locale: Locale;
  readonly unknownOutcome: 'resubmit' | 'hold';
  readonly unknownWindowMs: number;
  readonly giveUpAfterMs: number;
  /** Wait before the next try of a submission with unknown outcome, by tries so far. */
  readonly retryMs: (tries: number) => number;
}

/** Readable answers without meaning before a person must look (contract §2.3). */
const MOST_UNKNOWN_CODES = 3;

/**
 * One answer of the platform, applied to a whole group. Pure: what each code does to rows and to the
 * submission record, and nothing else.
 */
export function settlement(group: Group, outcome: Outcome, rules: SettleRules): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return accepted(group, outcome, rules);
    case 'duplicate':
      // only a request that may have been out before can meet itself; a first try met a stranger's serial
      return group.tries > 1
        ? accepted(group, { kind: 'accepted', code: outcome.code, taskId: null, failed: [], text: outcome.text }, rules)
        : backToNew(group, outcome.code, COLLISION, 0, false, rules);
    case 'failed':
      return whole(group, 'FAILED', outcome.code, outcome.text, rules);
    case 'perNumber':
      return perNumber(group, outcome, rules);
    case 'later':
    case 'slower':
      return backToNew(group, outcome.code, outcome.text, outcome.delayMs, false, rules);
    case 'account':
      return backToNew(group, outcome.code, outcome.text, 0, false, rules);
    case 'unknown':
      return unknown(group, { code: outcome.code, text: outcome.text, readable: true }, rules);
  }
}

/** No readable answer: the request may be out. Same serial, same members, later; or a person, when that has lasted too long. */
export function unknown(
  group: Group,
  why: { code: string; text: Text; readable: boolean },
  rules: SettleRules,
): Settlement {
  const codes = group.unknownCodes + (why.readable ? 1 : 0);
  const hold = rules.unknownOutcome === 'hold' || group.ageMs >= rules.unknownWindowMs || codes >= MOST_UNKNOWN_CODES;
  if (hold) return heldUnknown(group, why.readable ? why.code : 'OUTCOME_UNKNOWN', why.text, 1, rules);
  const text = rowText(why.text, rules.locale);
  const code = why.readable ? why.code : 'OUTCOME_UNKNOWN';
  return {
    rows: rowsOf(group, { status: 'SENDING', code, text, posts: 1 }),
    submit: {
      serial: group.serial,
      state: 'OPEN',
      code,
      text,
      taskId: null,
      nextInMs: rules.retryMs(group.tries),
      unknownCode: why.readable,
    },
  };
}

export function heldUnknown(group: Group, code: string, why: Text, posts: number, rules: SettleRules): Settlement {
  const text = rowText(
    {
      zh: `结果不明：${why.zh}。短信可能已发出；确认要再发，把 status 置为 NEW（可能重复）；不发则置为 CANCELLED`,
      en: `outcome unknown: ${why.en}. It may have been sent; to send it again set status to NEW (may double), to drop it CANCELLED`,
    },
    rules.locale,
  );
  return {
    rows: rowsOf(group, { status: 'HELD', code, text, posts }),
    submit: ended(group, 'HELD', code, text),
  };
}

/** Surely never posted: back to NEW, the serial thrown away. */
export function notPosted(
  group: Group,
  code: string | null,
  why: Text,
  delayMs: number,
  rules: SettleRules,
): Settlement {
  const text = code === null ? null : rowText(why, rules.locale);
  return {
    rows: rowsOf(group, { status: 'NEW', code, text, delayMs, posts: 0 }),
    submit: ended(group, 'VOID', code, text),
  };
}

/** A repeat that could not be made now (channel closed): rows and record stay as they are, to be tried later. */
export function postponed(group: Group, code: string | null, why: Text, rules: SettleRules): Settlement {
  return {
    rows: [],
    submit: {
      serial: group.serial,
      state: 'OPEN',
      code,
      text: rowText(why, rules.locale),
      taskId: null,
      nextInMs: rules.retryMs(group.tries),
      unknownCode: false,
    },
  };
}

/** A receipt for this serial is there: the platform has it, whatever became of its answer. */
export function provenByReceipt(group: Group, rules: SettleRules): Settlement {
  return accepted(group, { kind: 'accepted', code: '0', taskId: null, failed: [], text: PROVEN }, rules);
}

function accepted(group: Group, outcome: Extract<Outcome, { kind: 'accepted' }>, rules: SettleRules): Settlement {
  const failed = new Set(outcome.failed);
  const text = rowText(outcome.text, rules.locale);
  const refusedText = rowText(CODES.get('6')?.meaning ?? outcome.text, rules.locale);
  return {
    rows: group.members.map((m) =>
      failed.has(m.phone)
        ? { ...row(group, m.id), status: 'FAILED', code: '6', text: refusedText, taskId: outcome.taskId, posts: 1 }
        : { ...row(group, m.id), status: 'SENT', code: outcome.code, text, taskId: outcome.taskId, posts: 1 },
    ),
    submit: {
      serial: group.serial,
      state: 'ACCEPTED',
      code: outcome.code,
      text,
      taskId: outcome.taskId,
      nextInMs: rules.giveUpAfterMs,
      unknownCode: false,
    },
  };
}

/** A code that is about numbers: those named fail; when none is named among several, each is tried alone. */
function perNumber(group: Group, outcome: Extract<Outcome, { kind: 'perNumber' }>, rules: SettleRules): Settlement {
  const named = new Set(outcome.failed);
  const guilty = group.members.filter((m) => named.has(m.phone) || group.members.length === 1);
  const text = rowText(outcome.text, rules.locale);
  const again = rowText(
    {
      zh: `同批有号码被拒（${outcome.code}），本行将单独重新提交`,
      en: `a number of its call was refused (${outcome.code}); this row is submitted again by itself`,
    },
    rules.locale,
  );
  const ids = new Set(guilty.map((m) => m.id));
  return {
    rows: group.members.map((m) =>
      ids.has(m.id)
        ? { ...row(group, m.id), status: 'FAILED', code: outcome.code, text, posts: 1 }
        : { ...row(group, m.id), status: 'NEW', code: outcome.code, text: again, solo: guilty.length === 0, posts: 1 },
    ),
    submit: ended(group, 'DONE', outcome.code, text),
  };
}

function backToNew(
  group: Group,
  code: string,
  why: Text,
  delayMs: number,
  solo: boolean,
  rules: SettleRules,
): Settlement {
  const text = rowText(why, rules.locale);
  return {
    rows: rowsOf(group, { status: 'NEW', code, text, delayMs, solo, posts: 1 }),
    submit: ended(group, 'DONE', code, text),
  };
}

function whole(group: Group, status: 'FAILED', code: string, why: Text, rules: SettleRules): Settlement {
  const text = rowText(why, rules.locale);
  return { rows: rowsOf(group, { status, code, text, posts: 1 }), submit: ended(group, 'DONE', code, text) };
}

const row = (group: Group, id: string) =>
  ({ id, serial: group.serial, taskId: null, delayMs: 0, solo: false }) as const;

type Common = Pick<RowResult, 'status' | 'code' | 'text' | 'posts'> & Partial<Pick<RowResult, 'delayMs' | 'solo'>>;

const rowsOf = (group: Group, common: Common): RowResult[] =>
  group.members.map((m) => ({ ...row(group, m.id), ...common }));

const ended = (group: Group, state: SubmitResult['state'], code: string | null, text: string | null): SubmitResult => ({
  serial: group.serial,
  state,
  code,
  text,
  taskId: null,
  nextInMs: 0,
  unknownCode: false,
});

const COLLISION: Text = {
  zh: '流水号与本平台账户下别的程序相撞，换新流水号重新提交',
  en: 'the serial met one of another program on this account; submitted again under a fresh one',
};

const PROVEN: Text = {
  zh: '提交应答丢失，但已收到回执，证明平台已受理',
  en: 'the answer was lost, but a receipt proves that the platform accepted it',
};
