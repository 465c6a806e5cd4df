import type { Deed, OperateStore, Selection, SqlCommand } from '../db/operate-store.ts';
import type { RowStatus } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { DaemonError, DbError } from '../lib/errors.ts';
import { spanText } from '../lib/span.ts';
import { fit, pick, plural, type Locale, type Text } from '../lib/text.ts';
import type { AuditEntry } from '../state/audit.ts';
import { bites, carryOut, DEEDS } from './deeds.ts';
import { doneText } from './words.ts';

export interface CommandParts {
  readonly store: OperateStore;
  readonly clock: Clock;
  readonly locale: Locale;
  /** This daemon's label. */
  readonly instance: string;
  /** New with each call. */
  readonly nextOwner: () => string;
  /** Both by the command of this number; false: somebody has paused or resumed since it was written. */
  readonly pause: (reason: string | null, command: string) => Promise<boolean>;
  readonly resume: (command: string) => Promise<boolean>;
  /** Told after rows have become NEW, so that they go at once. */
  readonly onNew: () => void;
  readonly audit: (entry: AuditEntry) => void;
  readonly log: (text: Text, command: SqlCommand) => void;
}

const LEASE_MS = 60_000;
/** Whoever gave a command longer ago than this has seen to it otherwise, or forgotten it: nothing is to happen by surprise. */
const STALE_MS = 24 * 3_600_000;
/** While rows are being changed: how often it is looked whether somebody wants to pause. */
const LOOK_MS = 5000;

const WHOLE = ['PAUSE', 'RESUME'] as const;
const ON_ROWS = ['CANCEL', 'RELEASE', 'DISCARD', 'RETRY'] as const satisfies readonly Deed[];

const isWhole = ({ command }: SqlCommand): boolean => (WHOLE as readonly string[]).includes(command);

type Answer = { readonly status: 'DONE' | 'FAILED'; readonly text: Text };
const done = (text: Text): Answer => ({ status: 'DONE', text });
const failed = (zh: string, en: string): Answer => ({ status: 'FAILED', text: { zh, en } });

/**
 * Carries out what stands open in `sms_mw_command`, oldest first, each by one daemon; one that dies in the middle is followed by another,
 * which goes on where it was. `only`: commands of these kinds.
 * @throws DbError of the kinds that may be over later
 */
export async function commandPass(p: CommandParts, stop: AbortSignal, only?: readonly string[]): Promise<void> {
  while (!stop.aborted) {
    const owner = p.nextOwner();
    const command = await p.store.takeCommand(owner, p.instance, LEASE_MS, STALE_MS, only);
    if (command === null) return;
    const answer = await answered(p, command, owner, stop);
    if (answer === null) continue;
    p.log(answer.text, command);
    p.audit({
      who: `sql:${command.createdBy ?? '?'}`,
      action: command.command.toLowerCase(),
      facts: { command: command.id, ...named(command), result: `${answer.status} ${pick(answer.text, 'en')}` },
    });
    await p.store.endCommand(command.id, owner, answer.status, fit(pick(answer.text, p.locale), 400));
  }
}

const named = ({ rowId, bizId, category, reason }: SqlCommand): Record<string, string> =>
  Object.fromEntries(Object.entries({ rowId, bizId, category, reason }).filter((pair) => pair[1] !== null)) as Record<
    string,
    string
  >;

/** null: another daemon has it by now. */
async function answered(p: CommandParts, c: SqlCommand, owner: string, stop: AbortSignal): Promise<Answer | null> {
  try {
    return refusal(p, c) ?? (await obeyed(p, c, owner, stop));
  } catch (error) {
    if (error instanceof DaemonError && error.kind === 'fenced') return null;
    // it would be no other the next time
    if (error instanceof DbError && ['denied', 'data', 'schema'].includes(error.kind))
      return failed(error.text.zh, error.text.en);
    throw error;
  }
}

function refusal(p: CommandParts, c: SqlCommand): Answer | null {
  if (c.ageMs > STALE_MS && c.lastRow === null) {
    const age = spanText(c.ageMs);
    return c.instance !== null && c.instance !== p.instance
      ? failed(
          `实例 ${c.instance} 过了 ${age.zh}还没有来取：请核对 instance，再写一条`,
          `no daemon ${c.instance} has come for it in ${age.en}: check instance and insert it again`,
        )
      : failed(
          `写入已有 ${age.zh}，超过 24 小时的命令不再执行：仍要执行请再写一条`,
          `inserted ${age.en} ago: what is older than 24 hours is not carried out; if it is still wanted, insert it again`,
        );
  }
  const rows = c.rowId !== null || c.bizId !== null || c.category !== null;
  if (isWhole(c)) {
    return rows
      ? failed(
          `${c.command} 针对整个通道：请把 row_id、biz_id、category 留空`,
          `${c.command} is about the whole channel: leave row_id, biz_id and category empty`,
        )
      : null;
  }
  if (!(ON_ROWS as readonly string[]).includes(c.command)) {
    const known = [...WHOLE, ...ON_ROWS].join(', ');
    return failed(
      `没有命令 ${fit(c.command, 40)}，可用的有：${known}`,
      `unknown command ${fit(c.command, 40)}; there are: ${known}`,
    );
  }
  return rows
    ? null
    : failed(`${c.command} 须给出 row_id、biz_id 或 category`, `${c.command} wants row_id, biz_id or category`);
}

async function obeyed(p: CommandParts, c: SqlCommand, owner: string, stop: AbortSignal): Promise<Answer> {
  // whoever had it may have done it before he died; of two that were written in the same millisecond the number tells which came later
  if (isWhole(c) && c.takenOver) {
    const since = await p.store.doneAfter(c.id);
    if (WHOLE.some((kind) => since.has(kind))) return OVERTAKEN;
  }
  if (c.command === 'PAUSE') {
    const paused = await p.pause(c.reason, c.id);
    return paused ? done({ zh: '已暂停发送', en: 'sending is paused' }) : OVERTAKEN;
  }
  if (c.command === 'RESUME') {
    const resumed = await p.resume(c.id);
    return resumed ? done({ zh: '已恢复发送', en: 'sending is resumed' }) : OVERTAKEN;
  }
  return onRows(p, c, c.command as (typeof ON_ROWS)[number], owner, stop);
}

async function onRows(
  p: CommandParts,
  c: SqlCommand,
  deed: (typeof ON_ROWS)[number],
  owner: string,
  stop: AbortSignal,
): Promise<Answer> {
  const { from, usually, sends } = DEEDS[deed];
  const selection: Selection = {
    ...(c.rowId !== null && { ids: [c.rowId] }),
    ...(c.bizId !== null && { bizId: c.bizId }),
    ...(c.category !== null && { category: c.category }),
    statuses: c.rowId === null ? usually : from,
  };
  let lookAt = p.clock.mono() + LOOK_MS;
  const meanwhile = async (): Promise<void> => {
    if (p.clock.mono() < lookAt) return;
    await commandPass(p, stop, WHOLE);
    lookAt = p.clock.mono() + LOOK_MS;
  };
  const fence = { command: c.id, owner, leaseMs: LEASE_MS };
  const result = await carryOut({ store: p.store, deed, selection, fence, after: c.lastRow, meanwhile });
  const changed = result.changed + c.changed;
  if (sends && changed > 0) p.onNew();
  const others =
    c.rowId !== null && changed === 0 ? await whyNot(p.store, c.rowId, deed) : await tooLate(p.store, selection, deed);
  if (changed === 0 && others !== null) return { status: 'FAILED', text: others };
  if (changed === 0 && result.refused.length === 0) {
    return failed(
      `没有符合条件的行（${selection.statuses.join('、')}）`,
      `no row matches (${selection.statuses.join(', ')})`,
    );
  }
  const text = doneText(deed, { ...result, changed });
  return done(others === null ? text : { zh: `${text.zh}；${others.zh}`, en: `${text.en}; ${others.en}` });
}

const OVERTAKEN = failed(
  '写入之后又有人（用命令行、状态页或 SQL）暂停或恢复过：以后说的为准。仍要执行请再写一条',
  'somebody has paused or resumed since it was inserted (by command, on the page or by SQL): what was said last counts; if it is still wanted, insert it again',
);

/** Why the one row that was meant is as it was. */
async function whyNot(store: OperateStore, id: string, deed: Deed): Promise<Text> {
  const { rows } = await store.pickRows({ ids: [id], statuses: EVERY }, '-1', 1);
  const [row] = rows;
  const wanted = DEEDS[deed].from;
  if (row === undefined) return { zh: `没有第 ${id} 行`, en: `there is no row ${id}` };
  if (wanted.includes(row.status)) {
    return {
      zh: `第 ${id} 行的 biz_id 或 category 不符，或改不了`,
      en: `row ${id} has another biz_id or category, or cannot be changed`,
    };
  }
  return {
    zh: `第 ${id} 行现在是 ${row.status}，不是 ${wanted.join('、')}：来不及，或不适用`,
    en: `row ${id} is ${row.status} by now and none of ${wanted.join(', ')}: too late, or not meant for it`,
  };
}

/** Rows of a cancellation that are on their way. */
async function tooLate(store: OperateStore, selection: Selection, deed: Deed): Promise<Text | null> {
  if (deed !== 'CANCEL') return null;
  let rows = 0;
  for await (const bite of bites(store, { ...selection, statuses: ['SENDING'] })) rows += bite.length;
  return rows === 0
    ? null
    : { zh: `${rows} 行正在发送，来不及`, en: `${plural(rows, 'row is', 'rows are')} being sent: too late` };
}

const EVERY: readonly RowStatus[] = [...DEEDS.RETRY.from, 'NEW', 'HELD', 'SENDING', 'SENT'];
