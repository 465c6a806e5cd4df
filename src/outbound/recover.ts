import type { Store, Submit } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { rowText, type Text } from '../lib/text.ts';
import { normalisePhone } from '../platform/phone.ts';
import { body, type Rules } from './check.ts';
import type { Group } from './group.ts';
import { heldUnknown, HOLD_WANTED, PAST_WINDOW, provenByReceipt, type SettleRules, type Settlement } from './settle.ts';

export interface RecoverParts {
  readonly store: Pick<Store, 'takeOpen' | 'rowsOf'>;
  readonly clock: Clock;
  readonly rules: Rules;
  readonly settleRules: SettleRules;
  readonly journalKey: (row: MemberRow) => string;
  readonly leaseMs: number;
  readonly callMs: number;
  readonly nextToken: () => string;
}

export interface Recovered {
  /** Submissions taken over; as many as asked for means that there may be more. */
  readonly taken: number;
  /** To be posted again, same serial, same numbers, same text. */
  readonly repeats: readonly Group[];
  /** Decided without asking the platform. */
  readonly settled: readonly Settlement[];
}

type MemberRow = Awaited<ReturnType<Store['rowsOf']>>[number];

/**
 * Submissions whose outcome is unknown: their lease is over, or their time for another try has come. Taken over whole, never
 * row by row. What the platform has accepted it answers with 15 (duplicate serial); what it has not, it accepts now.
 */
export async function recoverSubmissions(p: RecoverParts, limit: number): Promise<Recovered> {
  const startBefore = p.clock.mono() + p.leaseMs - p.callMs;
  const token = p.nextToken();
  const submits = await p.store.takeOpen(token, p.leaseMs, limit);
  if (submits.length === 0) return { taken: 0, repeats: [], settled: [] };
  const ids = submits.flatMap((s) => s.members.map((m) => m.id));
  const rows = new Map((await p.store.rowsOf(ids)).map((row) => [row.id, row]));

  const repeats: Group[] = [];
  const settled: Settlement[] = [];
  for (const submit of submits) {
    const members = submit.members
      .map((m) => rows.get(m.id))
      .filter((row) => row?.serial === submit.serial) as MemberRow[];
    const group: Group = { ...submit, token, startBefore, notAfter: Infinity, keys: members.map(p.journalKey) };
    const edited = members.filter((row) => row.status === 'SENDING' && isEdited(row, submit, p.rules));
    if (edited.length > 0) settled.push(holdEdited(group, edited, p.settleRules));
    // whatever is decided for the rest must not touch these: they are being held in the same write
    const rest = members.filter((row) => !edited.includes(row));
    const proven = members.some((row) => row.receiptCode !== null);
    const decision = proven
      ? provenByReceipt(of(group, rest), p.settleRules)
      : decide(of(group, rest), submit, rest, p);
    if (decision) settled.push(decision);
    else repeats.push(group);
  }
  return { taken: submits.length, repeats, settled };
}

/** The same submission, as far as these rows are concerned. */
function of(group: Group, rows: readonly MemberRow[]): Group {
  const ids = new Set(rows.map((row) => row.id));
  return { ...group, members: group.members.filter((m) => ids.has(m.id)) };
}

/** What can be said without the platform; null: ask it again. */
function decide(group: Group, submit: Submit, members: readonly MemberRow[], p: RecoverParts): Settlement | null {
  const { settleRules } = p;
  const waiting = members.filter((row) => row.status === 'SENDING');
  if (waiting.length === 0) return abandoned(group, members, settleRules);
  if (settleRules.unknownOutcome === 'hold') return heldUnknown(group, 'OUTCOME_UNKNOWN', HOLD_WANTED, 0, settleRules);
  if (submit.ageMs >= settleRules.unknownWindowMs) {
    return heldUnknown(group, 'OUTCOME_UNKNOWN', PAST_WINDOW, 0, settleRules);
  }
  if (waiting.some((row) => row.expiresInMs !== null && row.expiresInMs <= 0)) {
    return heldUnknown(group, 'OUTCOME_UNKNOWN', PAST_EXPIRY, 0, settleRules);
  }
  return null;
}

/** Nobody waits for it any more (rows deleted, cancelled, held): not asked again. The record says so, and so do cancelled rows. */
function abandoned({ serial, token }: Group, members: readonly MemberRow[], rules: SettleRules): Settlement {
  const text = rowText(ABANDONED, rules.locale);
  const common = { serial, owner: token, code: 'OUTCOME_UNKNOWN', text, taskId: null } as const;
  const cancelled = members.filter((row) => row.status === 'CANCELLED');
  return {
    rows: cancelled.map(({ id }) => ({ ...common, id, status: 'CANCELLED', delayMs: 0, solo: false, posts: 0 })),
    submit: { ...common, state: 'DONE', nextInMs: 0, unknownCode: false },
  };
}

/** Never two bodies under one serial: what goes out again is the recorded text; the changed row waits for a person. */
function holdEdited(group: Group, edited: readonly MemberRow[], rules: SettleRules): Settlement {
  const { rows } = heldUnknown(of(group, edited), 'EDITED', EDITED, 0, rules);
  return { rows, submit: null };
}

function isEdited(row: MemberRow, submit: Submit, rules: Rules): boolean {
  const member = submit.members.find((m) => m.id === row.id);
  return (
    // of a filled-in template the write-back sees whether the row was edited: the template may have changed since
    (row.templateCode === null && body(row.content ?? '', rules) !== submit.body) ||
    normalisePhone(row.phone) !== member?.phone ||
    (row.extNo === '' ? null : row.extNo) !== submit.extNo
  );
}

const PAST_EXPIRY: Text = { zh: '结果未明时已过 expire_at', en: 'expire_at passed before the outcome was known' };
const EDITED: Text = {
  zh: '提交途中内容、号码或扩展号被修改',
  en: 'text, phone or extension was changed while it was being sent',
};
const ABANDONED: Text = {
  zh: '结果不明时被取消、挂起或删除，不再询问平台：短信可能已经发出，需要时凭流水号向平台核对',
  en: 'cancelled, held or deleted while the outcome was unknown; not asked again: it may have gone out, ask the platform by the serial where it matters',
};
