import type { TurnedAway } from '../db/policy-store.ts';
import type { AgeLimits, ClaimItem, OutboxRow, Refusal, Store, Submit } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { DbError } from '../lib/errors.ts';
import { rowText, type Locale, type Text } from '../lib/text.ts';
import { normalisePhone } from '../platform/phone.ts';
import type { Counted } from '../policy/limits.ts';
import type { Policy } from '../policy/policy.ts';
import { check, type Checked, type LocalRefusal, type Rules } from './check.ts';
import { group, type Group } from './group.ts';
import { editedUnder, overruledBy, resetByHand, toRemember } from './overruled.ts';
import type { SerialSource } from './serial.ts';
import { STORM_ROWS, type StormWatch } from './storm.ts';
import { givesWay, overtaken, type UniqueParts } from './unique.ts';

/** What it takes to say what becomes of a row, without touching it. */
export interface DecideParts extends UniqueParts {
  readonly store: Pick<Store, 'inboxPhones' | 'answered' | 'namesakes' | 'submitsOf' | 'overdue'>;
  /** The latest serial that this machine journalled for each key: what a database that forgot commits no longer knows. */
  readonly journalled: (keys: string[]) => ReadonlyMap<string, string>;
  readonly journalKey: (row: OutboxRow) => string;
  readonly rules: Rules;
  readonly storm: StormWatch;
  /** Templates, blacklist, limits, and what else the bureau has laid down. */
  readonly policy?: Pick<Policy, 'refresh' | 'blacklisted' | 'overLimit'>;
  /** Milliseconds since the latest pause ended, from which on ages count; null: there was none. */
  readonly resumedMs: () => number | null;
  readonly locale: Locale;
}

export interface ClaimParts extends DecideParts {
  readonly store: DecideParts['store'] &
    Pick<Store, 'candidates' | 'overrule' | 'claim' | 'claimed' | 'refuse' | 'turnAway' | 'release'>;
  readonly clock: Clock;
  readonly serials: SerialSource;
  readonly callSize: (segments: number) => number;
  readonly leaseMs: number;
  /** Time that one call may take in all; a call must start so early that it ends within the lease. */
  readonly callMs: number;
  readonly nextToken: () => string;
}

export interface Claim {
  readonly groups: readonly Group[];
  /** Rows read; fewer than asked for means that the priority is drained. */
  readonly seen: number;
  /** Rows that are ours and will be submitted. */
  readonly rows: number;
  /** Rows refused or put off, by local code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Those of them that will not go by themselves. */
  readonly ended: number;
}

/**
 * row → claim → check. The check and the grouping read the candidates before anything is written, so that token, serial and
 * normalised number go down in one statement, which takes no row that somebody changed in between; what it got, where that is
 * not all, is read back by its token.
 */
export async function claimRows(
  parts: ClaimParts,
  q: { priority: number; limit: number; timed: boolean; spread: number; maxParts: number },
): Promise<Claim> {
  const p = { ...parts, journalKey: remembered(parts.journalKey) };
  const from = p.clock.mono();
  const startBefore = from + p.leaseMs - p.callMs;
  const rows = await p.store.candidates(q);
  if (rows.length === 0) return { groups: [], seen: 0, rows: 0, refused: new Map(), ended: 0 };

  const checked = withinParts(await decide(p, rows), q.maxParts);
  const planned = plan(p, checked);
  const words = toRemember(checked.map(({ row }) => row));
  if (words.length > 0) await p.store.overrule(words);
  const token = p.nextToken();
  const ids = planned.items.map(({ id }) => id);
  const got = await p.store.claim(token, p.leaseMs, planned.items).catch((error: unknown) => {
    // whether it was written is read next, by the token
    if (error instanceof DbError && error.kind === 'doubtful') return null;
    throw error;
  });
  const claimed = got === ids.length ? new Set(ids) : await p.store.claimed(token, ids);
  const late = await overtaken(p, nameable(checked, claimed));
  const mine = new Set([...claimed].filter((id) => !late.has(id)));

  const refusals = [
    ...planned.refusals.filter((r) => mine.has(r.id)),
    ...[...late].map(([id, finding]) => refusalOf(p, id, finding)),
  ];
  if (refusals.length > 0) await p.store.refuse(token, refusals);
  const over = await overLimit(p, checked, mine);
  const turned = [...planned.turned.filter((r) => mine.has(r.id)), ...over.values()];
  if (turned.length > 0) await p.store.turnAway(token, turned);

  const groups = planned.groups
    .map((g): Group => {
      const kept = g.members.filter(({ member }) => mine.has(member.id) && !over.has(member.id));
      return {
        serial: g.serial,
        channel: p.rules.channel,
        body: g.text,
        extNo: g.extNo,
        templateId: g.templateId,
        priority: q.priority,
        segments: g.segments,
        members: kept.map(({ member }) => member),
        keys: kept.map(({ key }) => key),
        token,
        startBefore,
        notAfter: from + g.sendableMs,
        tries: 1,
        unknownCodes: 0,
        ageMs: 0,
      };
    })
    .filter((g) => g.members.length > 0);

  return {
    groups,
    seen: rows.length,
    rows: groups.reduce((n, g) => n + g.members.length, 0),
    refused: count([...refusals, ...turned].map((r) => r.code)),
    ended: refusals.length + turned.filter(({ status }) => status !== 'NEW').length,
  };
}

function plan(p: ClaimParts, checked: readonly Checked[]) {
  const ready = checked.filter((c) => c.ok);
  const groups = group(ready, p.callSize, (c) => p.journalKey(c.row)).map((g) => ({ ...g, serial: p.serials.next() }));
  const reset = new Set(checked.filter((c) => resetByHand(c.row)).map((c) => c.row.id));
  const marks = new Map(checked.map(({ row }) => [row.id, row.mark]));
  const items: ClaimItem[] = groups.flatMap((g) =>
    g.members.map(({ member: { id, phone, prev } }) => ({
      ...{ id, serial: g.serial, phoneNorm: phone, segments: g.segments },
      ...{ prevSerial: prev, resetByHand: reset.has(id), mark: marks.get(id) ?? '' },
    })),
  );
  const refusals: Refusal[] = [];
  const turned: TurnedAway[] = [];
  for (const c of checked) {
    if (c.ok) continue;
    const { id, prevSerial, mark } = c.row;
    items.push({ id, serial: null, phoneNorm: c.phone, segments: 0, prevSerial, resetByHand: reset.has(id), mark });
    const { status, code, text } = c.refusal;
    if (status === 'NEW') turned.push(turnedAway(p, c.row, c.refusal));
    else refusals.push(refusalOf(p, id, { status, code, text }));
  }
  return { groups, items, refusals, turned };
}

type Refused = Pick<LocalRefusal, 'code' | 'text'> & Pick<Refusal, 'status'>;

const refusalOf = ({ locale }: ClaimParts, id: string, { status, code, text }: Refused): Refusal => ({
  ...{ id, status, code },
  text: rowText(text, locale),
});

function turnedAway(p: DecideParts, row: OutboxRow, finding: LocalRefusal): TurnedAway {
  const { status, code, text, delayMs = 0 } = finding;
  return { id: row.id, status, code, text: rowText(text, p.locale), delayMs, requeued: !resetByHand(row) };
}

/** Codes of rows that came back without having been counted. */
const UNCOUNTED: ReadonlySet<string> = new Set(['RATE_LIMIT', 'QUIET_HOURS', 'DUPLICATE']);

/** It has come back after it was counted. */
export const isCounted = ({ requeued, lastCode }: OutboxRow): boolean => requeued && !UNCOUNTED.has(lastCode ?? '');

/** Counts the rows that are about to go, each once, however often it comes back; those over a limit, by id. */
export async function overLimit(
  p: DecideParts,
  checked: readonly Checked[],
  mine: ReadonlySet<string>,
): Promise<ReadonlyMap<string, TurnedAway>> {
  const fresh = checked.filter(({ row }) => mine.has(row.id) && !isCounted(row));
  const over = await p.policy?.overLimit(fresh.flatMap(counted));
  if (!over?.size) return new Map();
  const rows = new Map(checked.map(({ row }) => [row.id, row]));
  return new Map(
    [...over].flatMap(([id, finding]) => {
      const row = rows.get(id);
      return row ? [[id, turnedAway(p, row, finding)] as const] : [];
    }),
  );
}

const counted = (c: Checked): Counted[] => (c.ok && c.message ? [{ id: c.row.id, message: c.message }] : []);

/** What becomes of these rows, but for what is counted; writes nothing. */
export async function decide(p: DecideParts, rows: readonly OutboxRow[]): Promise<readonly Checked[]> {
  return calmStorm(p, await refusedByHistory(p, rows));
}

/** The check of each row by itself, then what only the database and the journal know. */
async function refusedByHistory(p: DecideParts, rows: readonly OutboxRow[]): Promise<Checked[]> {
  await p.policy?.refresh();
  const most = p.resumedMs() ?? Infinity;
  const look = (): Checked[] => rows.map((row) => check({ ...row, ageMs: Math.min(row.ageMs, most) }, p.rules));
  let checked = look();
  // a template may have been added just before its first row, or quiet hours set aside just before what they had put off
  if (checked.some(mayBeOutdated) && (await p.policy?.refresh(NEWS_AGE_MS))) checked = look();
  const refusals = new Map<string, LocalRefusal>();
  await refuseBlacklisted(p, checked, refusals);
  await refuseOpenSubmissions(p, checked, refusals);
  await refuseForgotten(p, checked, refusals);
  await refuseReplies(p, checked, refusals);
  for (const [id, finding] of await givesWay(p, nameable(checked))) refusals.set(id, finding);
  if (refusals.size === 0) return checked;
  return checked.map((c): Checked => {
    const refusal = refusals.get(c.row.id);
    return c.ok && refusal ? { ok: false, row: c.row, phone: c.phone, refusal } : c;
  });
}

/** Rows that are to go unless another one has their biz_id; where a person has put one back, that was looked at. */
const nameable = (checked: readonly Checked[], among?: ReadonlySet<string>): OutboxRow[] =>
  checked
    .filter(
      (c) => c.ok && !resetByHand(c.row) && !overruledBy(c.row).has('DUPLICATE') && (among?.has(c.row.id) ?? true),
    )
    .map(({ row }) => row);

/** Of rows that fit no template: no more often than this are the tables asked for newer ones. */
const NEWS_AGE_MS = 1000;

const mayBeOutdated = (c: Checked): boolean =>
  !c.ok && ['NO_TEMPLATE', 'TEMPLATE_MISMATCH', 'QUIET_HOURS'].includes(c.refusal.code);

async function refuseBlacklisted(
  p: DecideParts,
  checked: readonly Checked[],
  out: Map<string, LocalRefusal>,
): Promise<void> {
  for (const [id, finding] of (await p.policy?.blacklisted(checked.flatMap(counted))) ?? []) out.set(id, finding);
}

/** Put back to NEW by hand while it was claimed, or its submission had no answer yet: the message may be out already. */
async function refuseOpenSubmissions(
  p: DecideParts,
  checked: readonly Checked[],
  out: Map<string, LocalRefusal>,
): Promise<void> {
  // every end and every return of ours takes the claim off a row
  for (const c of checked) if (c.ok && c.row.inFlight) out.set(c.row.id, RESET_WHILE_OPEN);
  const suspects = checked.filter(
    (c) =>
      c.ok && !c.row.inFlight && c.row.prevSerial !== null && !overruledBy(c.row).has(editedUnder(c.row.prevSerial)),
  );
  if (suspects.length === 0) return;
  const serials = [...new Set(suspects.map((c) => c.row.prevSerial ?? ''))];
  const open = new Set((await p.store.submitsOf(serials)).filter(stillOpen).map((s) => s.serial));
  for (const c of suspects) {
    if (open.has(c.row.prevSerial ?? '')) out.set(c.row.id, RESET_WHILE_OPEN);
  }
}

const stillOpen = (s: Submit): boolean => s.state === 'OPEN';

/**
 * The journal knows a serial for this very row, the row or the database does not: it has lost a commit (fail-over, restored backup). Where
 * the row knows another one, and the record of ours is there, that one was another daemon's later try. A row that a person put back after it was held has been looked at.
 */
async function refuseForgotten(
  p: DecideParts,
  checked: readonly Checked[],
  out: Map<string, LocalRefusal>,
): Promise<void> {
  const ready = checked.filter((c) => c.ok && (c.row.lastCode === null || c.row.requeued));
  const keys = ready.map((c) => p.journalKey(c.row));
  const journalled = p.journalled(keys);
  if (journalled.size === 0) return;
  const suspects = ready.flatMap(({ row }, i) => {
    const serial = journalled.get(keys[i] ?? '');
    return serial === undefined || serial === row.prevSerial ? [] : [{ ...row, serial }];
  });
  if (suspects.length === 0) return;
  const submits = await p.store.submitsOf([...new Set(suspects.map(({ serial }) => serial))]);
  const members = new Map(submits.map((s) => [s.serial, new Set(s.members.map(({ id }) => id))]));
  for (const { id, serial, prevSerial } of suspects) {
    if (prevSerial === null || !members.get(serial)?.has(id)) out.set(id, forgotten(serial));
  }
}

/** An answer goes to the phone that asked, and once. */
async function refuseReplies(
  p: DecideParts,
  checked: readonly Checked[],
  out: Map<string, LocalRefusal>,
): Promise<void> {
  const replies = checked.filter((c) => c.ok).filter((c) => c.row.inboxId !== null);
  if (replies.length === 0) return;
  const phones = await p.store.inboxPhones([...new Set(replies.map((c) => c.row.inboxId ?? ''))]);
  const matching = replies.filter((c) => {
    // the platform may write the citizen's number with 86 before it
    if (normalisePhone(phones.get(c.row.inboxId ?? '') ?? '') === c.phone) return true;
    out.set(c.row.id, INBOX_MISMATCH);
    return false;
  });
  if (matching.length === 0) return;
  const twice = await p.store.answered(matching.map(({ row }) => ({ ...row, inboxId: row.inboxId ?? '' })));
  const seen = new Set<string>();
  for (const c of matching) {
    const { inboxId, content, templateCode, params } = c.row;
    const answer = JSON.stringify([inboxId, content, templateCode, params]);
    if ((twice.has(c.row.id) || seen.has(answer)) && !allowedBefore(c.row)) out.set(c.row.id, DUPLICATE);
    seen.add(answer);
  }
}

/** Asked for again by a person, or it went out before and came back: that was looked at then. */
const allowedBefore = (row: OutboxRow): boolean =>
  row.prevSerial !== null || resetByHand(row) || overruledBy(row).has('DUPLICATE');

async function calmStorm(p: DecideParts, checked: readonly Checked[]): Promise<readonly Checked[]> {
  // of its own age, that is: expire_at was the bureau's word
  const stale = (c: Checked): boolean => !c.ok && c.refusal.code === 'STALE' && !((c.row.expiresInMs ?? 1) <= 0);
  const waiting = (): Promise<number> => p.store.overdue(STORM_ROWS + 1, limitsNow(p), false);
  if (!(await p.storm.add(checked.filter(stale).length, waiting))) return checked;
  return checked.map((c) => (!c.ok && stale(c) ? { ...c, refusal: { ...c.refusal, status: 'HELD' as const } } : c));
}

/** Nothing has reached a limit that is longer than the time since the latest pause. */
function limitsNow({ rules, resumedMs }: DecideParts): AgeLimits {
  const most = resumedMs() ?? Infinity;
  const reached = (ms: number | null): number | null => (ms !== null && ms < most ? ms : null);
  const byCategory = [...rules.maxAgeByCategory].map(([name, ms]) => [name, reached(ms) ?? Infinity] as const);
  return { maxAgeMs: reached(rules.maxAgeMs), maxAgeByCategory: new Map(byCategory) };
}

/** A key is a hash, and asked for twice. */
function remembered(keyOf: ClaimParts['journalKey']): ClaimParts['journalKey'] {
  const keys = new Map<OutboxRow, string>();
  return (row) => {
    const key = keys.get(row) ?? keyOf(row);
    keys.set(row, key);
    return key;
  };
}

/** The longest prefix that the channel can send in time; always at least one row. Refused rows cost nothing. */
function withinParts(checked: readonly Checked[], maxParts: number): readonly Checked[] {
  let parts = 0;
  const end = checked.findIndex((c, i) => {
    parts += c.ok ? c.segments : 0;
    return i > 0 && parts > maxParts;
  });
  return end < 0 ? checked : checked.slice(0, end);
}

function count(codes: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

const held = (code: string, text: Text): LocalRefusal => ({ status: 'HELD', code, text });

const RESET_WHILE_OPEN = held('EDITED', {
  zh: '上一次提交还没有结果时被人工改回 NEW，短信可能已经发出。确认要再发一次，请再次把 status 置为 NEW',
  en: 'set back to NEW by hand while its submission had no answer yet; the message may be out. To send it again, set status to NEW once more',
});

const forgotten = (serial: string): LocalRefusal =>
  held('OUTCOME_UNKNOWN', {
    zh: `本机日志记录此行已用流水号 ${serial} 提交，但数据库不记得（可能发生过主备切换或恢复备份）。核实后把 status 置为 NEW 会再发一次`,
    en: `the local journal says that this row was submitted as ${serial}, the database does not know it (fail-over or restored backup?). Check; status NEW sends it again`,
  });

const INBOX_MISMATCH = held('INBOX_MISMATCH', {
  zh: 'inbox_id 所指上行短信的号码与 phone 不同（或不存在、超过 30 天），未发送，以免把答复发给别人。改正后把 status 置为 NEW',
  en: 'phone is not that of the inbox row in inbox_id (or there is no such row within 30 days); not sent, lest a stranger gets the answer. Correct it, then set status to NEW',
});

const DUPLICATE: LocalRefusal = {
  status: 'REJECTED',
  code: 'DUPLICATE',
  text: {
    zh: '同一条上行短信的相同答复已经发送或正在发送。确要再发，把 status 置为 NEW',
    en: 'the same answer to the same inbox row has been sent or is being sent. To send it again, set status to NEW',
  },
};
