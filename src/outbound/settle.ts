import type { RowResult, SubmitResult } from '../db/store.ts';
import { rowText, type Locale, type Text } from '../lib/text.ts';
import { CODES } from '../platform/codes.ts';
import type { Group } from './group.ts';
import type { Outcome } from './outcome.ts';

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
/** Lest a platform that calls every serial a duplicate is asked about fresh ones without pause. */
const COLLISION_DELAY_MS = 2000;

/**
 * One answer of the platform, applied to a whole group. Pure: what each code does to rows and to the
 * submission record, and nothing else.
 *
 * On a repeat the first try may have been accepted: an answer that speaks only of now (busy, account closed, sent too often)
 * leaves that open, and a fresh serial would send the message twice.
 */
export function settlement(group: Group, outcome: Outcome, rules: SettleRules): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return accepted(group, outcome, rules);
    case 'duplicate':
      // only a request that may have been out before can meet itself; a first try met a stranger's serial
      return group.tries > 1
        ? accepted(group, { kind: 'accepted', code: outcome.code, taskId: null, failed: [], text: outcome.text }, rules)
        : backToNew(group, outcome.code, COLLISION, COLLISION_DELAY_MS, rules);
    case 'failed':
      return failed(group, outcome.code, outcome.text, rules);
    case 'perNumber':
      return group.tries > 1 ? perNumberAgain(group, outcome, rules) : perNumber(group, outcome, rules);
    case 'later':
    case 'slower':
      return notNow(group, outcome, outcome.delayMs, rules);
    case 'account':
      return notNow(group, outcome, 0, rules);
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
  const code = why.readable ? why.code : 'OUTCOME_UNKNOWN';
  if (rules.unknownOutcome === 'hold') return heldUnknown(group, code, HOLD_WANTED, 1, rules);
  if (group.ageMs >= rules.unknownWindowMs) return heldUnknown(group, code, PAST_WINDOW, 1, rules);
  if (why.readable && group.unknownCodes + 1 >= MOST_UNKNOWN_CODES) {
    return heldUnknown(group, code, unknownAgain(code), 1, rules);
  }
  return stillOpen(group, code, why.text, 0, why.readable, rules);
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
      owner: group.token,
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
      owner: group.token,
      state: 'ACCEPTED',
      code: outcome.code,
      text,
      taskId: outcome.taskId,
      nextInMs: rules.giveUpAfterMs,
      unknownCode: false,
    },
  };
}

/** Asked again later: by itself under a fresh serial, or, while an earlier try is in doubt, under the same one. */
function notNow(group: Group, outcome: Outcome, delayMs: number, rules: SettleRules): Settlement {
  const { code, text } = outcome;
  if (group.tries === 1) return backToNew(group, code, text, delayMs, rules);
  const doubt = {
    zh: `此前一次提交结果不明，再次询问时：${text.zh}`,
    en: `an earlier try has an unknown outcome; asked again: ${text.en}`,
  };
  return stillOpen(group, code, doubt, delayMs, false, rules);
}

function stillOpen(
  group: Group,
  code: string,
  why: Text,
  delayMs: number,
  unknownCode: boolean,
  rules: SettleRules,
): Settlement {
  const text = rowText(why, rules.locale);
  const nextInMs = Math.max(delayMs, rules.retryMs(group.tries));
  return {
    rows: rowsOf(group, { status: 'SENDING', code, text, posts: 1 }),
    submit: {
      serial: group.serial,
      owner: group.token,
      state: 'OPEN',
      code,
      text,
      taskId: null,
      nextInMs,
      unknownCode,
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

/**
 * The same about a repeat. A wrong number was wrong before and fails; of the rest, and where the refusal may come from our own
 * first try, nobody can say what became of it: a person looks.
 */
function perNumberAgain(
  group: Group,
  outcome: Extract<Outcome, { kind: 'perNumber' }>,
  rules: SettleRules,
): Settlement {
  const { code } = outcome;
  const held = heldUnknown(group, code, CODES.get(code)?.meaning ?? outcome.text, 1, rules);
  if (outcome.history) return held;
  const { rows, submit } = perNumber(group, outcome, rules);
  if (rows.every((r) => r.status === 'FAILED')) return { rows, submit };
  return { rows: rows.map((r, i) => (r.status === 'FAILED' ? r : (held.rows[i] ?? r))), submit: held.submit };
}

function backToNew(group: Group, code: string, why: Text, delayMs: number, rules: SettleRules): Settlement {
  const text = rowText(why, rules.locale);
  return {
    rows: rowsOf(group, { status: 'NEW', code, text, delayMs, posts: 1 }),
    submit: ended(group, 'DONE', code, text),
  };
}

function failed(group: Group, code: string, why: Text, rules: SettleRules): Settlement {
  const text = rowText(why, rules.locale);
  return { rows: rowsOf(group, { status: 'FAILED', code, text, posts: 1 }), submit: ended(group, 'DONE', code, text) };
}

const row = ({ serial, token }: Group, id: string) =>
  ({ id, serial, owner: token, taskId: null, delayMs: 0, solo: false }) as const;

type Common = Pick<RowResult, 'status' | 'code' | 'text' | 'posts'> & Partial<Pick<RowResult, 'delayMs'>>;

const rowsOf = (group: Group, common: Common): RowResult[] =>
  group.members.map((m) => ({ ...row(group, m.id), ...common }));

const ended = (group: Group, state: SubmitResult['state'], code: string | null, text: string | null): SubmitResult => ({
  serial: group.serial,
  owner: group.token,
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

export const HOLD_WANTED: Text = { zh: '配置为 outbox.unknownOutcome: hold', en: 'outbox.unknownOutcome is hold' };

export const PAST_WINDOW: Text = {
  zh: '超过 outbox.unknownWindow 仍没有结果',
  en: 'no answer within outbox.unknownWindow',
};

const unknownAgain = (code: string): Text => ({
  zh: `平台三次返回含义不明的结果，最近一次为 ${code}`,
  en: `the platform has answered three times without a known outcome, the last time ${code}`,
});
