import { InvalidArgumentError, type Command } from 'commander';
import type { Config } from '../config/settings.ts';
import type { Deed, PickedRow, Selection } from '../db/operate-store.ts';
import type { RowStatus, Store } from '../db/store.ts';
import { parseDuration } from '../lib/duration.ts';
import { maskPhone } from '../lib/mask.ts';
import { spanText } from '../lib/span.ts';
import type { Text } from '../lib/text.ts';
import { carryOut, DEEDS, isNarrow, survey, type Survey } from '../operate/deeds.ts';
import { doneText, mayDoubleText, NO_CODE } from '../operate/words.ts';
import { recordDeed } from './audit-line.ts';
import { loadFor, type CliCommand, type CommandContext } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say, type Io } from './io.ts';
import { table } from './width.ts';

interface Options {
  readonly id?: readonly string[];
  readonly bizId?: string;
  readonly category?: string;
  readonly status?: readonly RowStatus[];
  readonly code?: string;
  readonly olderThan?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Rows that are shown; all of them are counted. */
const SHOWN = 50;

/** One of the commands by which a person decides about rows. */
function deedCommand(deed: Deed, about: Text): CliCommand<Options> {
  return {
    name: deed.toLowerCase(),
    about,
    setUp(command, t) {
      filters(command, t);
      if (DEEDS[deed].from.length > 1) statusFilter(command, t, DEEDS[deed].from);
      command.option('--dry-run', t({ zh: '只列出会涉及的行，不执行', en: 'list the rows concerned, do nothing' }));
      command.option(
        '--yes',
        t({ zh: '确认：可能重复发送的、要删除的也执行', en: 'also what may be sent twice, or is deleted' }),
      );
    },
    run: (context, _args, options) => run(context, deed, options),
  };
}

export const heldCommand: CliCommand<Options> = {
  name: 'held',
  about: { zh: '列出等人处理（HELD）的行及原因', en: 'list the rows that wait for a person (HELD), and why' },
  setUp: filters,
  async run(context, _args, options) {
    const { config } = loadFor(context, ['database']);
    return withStore(config, async (store) => {
      const named = selectionOf(options);
      const found = await survey(store, { ...named, statuses: ['HELD'] }, { shown: SHOWN });
      const none = isNarrow(named) ? noneText(['HELD']) : NONE_HELD;
      show(context.io, found, [found.count === 0 ? none : NEXT]);
      return 0;
    });
  },
};

export const rowCommands = [
  deedCommand('RELEASE', {
    zh: '放行 HELD 的行：置为 NEW 发送；结果不明的可能重复，须加 --yes',
    en: 'send HELD rows (HELD to NEW); those of unknown outcome may double and want --yes',
  }),
  deedCommand('DISCARD', { zh: '不发 HELD 的行：置为 CANCELLED', en: 'drop HELD rows (HELD to CANCELLED)' }),
  deedCommand('RETRY', {
    zh: '重发已结束的行：置为 NEW，新流水号；默认只含未送达的',
    en: 'send ended rows again, under a fresh serial; without --status or --id those only that reached nobody',
  }),
  deedCommand('CANCEL', { zh: '取消等待的行：NEW 置为 CANCELLED', en: 'cancel rows that wait (NEW to CANCELLED)' }),
  deedCommand('PURGE', {
    zh: '删除已结束的行，须加 --yes；数据库用户要有 DELETE 权限',
    en: 'delete ended rows, wants --yes; the database user needs DELETE on the outbox',
  }),
];

function filters(command: Command, t: (text: Text) => string): void {
  command.option('--id <ID...>', t({ zh: '行号，可多个', en: 'numbers of rows' }), numbers);
  command.option('--biz-id <ID>', t({ zh: '业务编号', en: 'the bureau’s reference' }));
  command.option('--category <NAME>', t({ zh: '类别', en: 'category' }));
  command.option(
    '--code <CODE>',
    t({ zh: '结果码 result_code；- 为没有结果码的', en: 'result_code; -: rows that have none' }),
  );
  command.option(
    '--older-than <TIME>',
    t({ zh: '写入早于此前，如 7d', en: 'inserted longer ago than this, such as 7d' }),
    time,
  );
}

function statusFilter(command: Command, t: (text: Text) => string, from: readonly RowStatus[]): void {
  const about = t({ zh: `状态：${from.join('、')}`, en: `of these statuses: ${from.join(', ')}` });
  command.option('--status <STATUS...>', about, (value: string, before: readonly RowStatus[] | undefined) => {
    const found = from.find((each) => each === value.toUpperCase());
    if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${from.join(', ')}.`);
    return [...(before ?? []), found];
  });
}

function numbers(value: string, before: readonly string[] = []): string[] {
  if (!/^\d{1,18}$/.test(value)) throw new InvalidArgumentError('Allowed choices are 1 – 999999999999999999.');
  return [...before, value];
}

function time(value: string): number {
  const ms = parseDuration(value);
  if (ms === null) throw new InvalidArgumentError('Allowed choices are 10m, 12h, 7d, ….');
  return ms;
}

const selectionOf = ({ id, bizId, category, code, olderThan }: Options): Omit<Selection, 'statuses'> => ({
  ...(id !== undefined && { ids: id }),
  ...(bizId !== undefined && { bizId }),
  ...(category !== undefined && { category }),
  ...(code !== undefined && { code: code === NO_CODE ? '' : code }),
  ...(olderThan !== undefined && { olderThanMs: olderThan }),
});

async function run(context: CommandContext, deed: Deed, options: Options): Promise<number> {
  const { io } = context;
  const named = selectionOf(options);
  if (!isNarrow(named) && options.status === undefined) throw unnamed(deed);
  const { from, usually, sends } = DEEDS[deed];
  const selection: Selection = { ...named, statuses: options.status ?? (named.ids === undefined ? usually : from) };
  const { config } = loadFor(context, ['database']);
  return withStore(config, async (store) => {
    const found = await survey(store, selection, { shown: SHOWN });
    const doubles = sends ? found.mayDouble : 0;
    const remarks = doubles > 0 ? [mayDoubleText(doubles)] : [];
    if (options.dryRun === true || found.count === 0) {
      show(io, found, found.count === 0 ? [noneText(selection.statuses)] : remarks);
      return found.count === 0 && named.ids !== undefined ? 1 : 0;
    }
    if (options.yes !== true && (doubles > 0 || deed === 'PURGE')) {
      show(io, found, [...remarks, deed === 'PURGE' ? SURE_TO_DELETE : SURE]);
      return 1;
    }
    return act(context, config, store, deed, selection);
  });
}

async function act(
  { io }: CommandContext,
  config: Config,
  store: Store,
  deed: Deed,
  selection: Selection,
): Promise<number> {
  const done = await carryOut({ store, deed, selection });
  const { ids, olderThanMs, ...rest } = selection;
  const facts = {
    ...{ ...rest, statuses: selection.statuses.join(' '), changed: done.changed },
    ...(rest.code === '' && { code: NO_CODE }),
    ...(ids && { ids: ids.slice(0, 20).join(' ') }),
    ...(olderThanMs !== undefined && { olderThanMs }),
  };
  recordDeed(config, io, deed.toLowerCase(), facts);
  print(io, { deed: deed.toLowerCase(), ...done }, () => [say(io, doneText(deed, done))]);
  return done.refused.length === 0 ? 0 : 1;
}

function show(io: Io, { count, mayDouble, rows, causes }: Survey, remarks: readonly Text[]): void {
  const masked = rows.map((row) => ({ ...row, phone: maskPhone(row.phone) }));
  print(io, { count, mayDouble, causes, rows: masked, remarks: remarks.map((each) => say(io, each)) }, () => [
    ...(count === 0 ? [] : lines(io, masked)),
    ...(count > rows.length ? [say(io, { zh: `…… 共 ${count} 行`, en: `… ${count} rows in all` })] : []),
    ...(count > 1 ? [say(io, causesText(causes))] : []),
    ...remarks.map((each) => say(io, each)),
  ]);
}

function lines(io: Io, rows: readonly PickedRow[]): string[] {
  const t = (zh: string, en: string): string => say(io, { zh, en });
  const head = [
    t('行', 'row'),
    t('号码', 'phone'),
    t('类别', 'category'),
    t('状态', 'status'),
    t('已有', 'age'),
    t('原因', 'why'),
  ];
  const cells = rows.map((row) => [
    row.id,
    row.phone,
    row.category,
    row.status,
    say(io, spanText(row.ageMs)),
    [row.code, row.mayDouble && row.status === 'HELD' ? t('（可能重复）', '(may double)') : null, row.text]
      .filter((part) => part !== null)
      .join(' '),
  ]);
  return table([head, ...cells]);
}

function causesText(causes: Survey['causes']): Text {
  const each = causes.slice(0, MOST_CAUSES).map(({ code, rows }) => `${code || NO_CODE} ${rows}`);
  if (causes.length > MOST_CAUSES) each.push('…');
  return { zh: `按原因（--code）：${each.join('，')}`, en: `by cause (--code): ${each.join(', ')}` };
}
const MOST_CAUSES = 20;

const NONE_HELD: Text = { zh: '没有等人处理的行', en: 'no row waits for a person' };
const NEXT: Text = {
  zh: '一行的始末：yxt-mw explain 行号；发送：yxt-mw release --id 行号；不发：yxt-mw discard --id 行号；同一原因的全部：--code 原因',
  en: 'One row’s story: yxt-mw explain ID; to send it: yxt-mw release --id ID; to drop it: yxt-mw discard --id ID; all of one cause: --code CODE',
};
const SURE: Text = {
  zh: '什么也没有做；确认要发请加 --yes',
  en: 'nothing was done; if they are to go all the same, add --yes',
};
const SURE_TO_DELETE: Text = {
  zh: '什么也没有删；确认要删请加 --yes',
  en: 'nothing was deleted; to delete them add --yes',
};

const noneText = (statuses: readonly RowStatus[]): Text => ({
  zh: `没有符合条件的行（${statuses.join('、')}）`,
  en: `no row matches (${statuses.join(', ')})`,
});

function unnamed(deed: Deed): Error {
  const status = DEEDS[deed].from.length > 1 ? ['--status'] : [];
  const options = ['--id', '--biz-id', '--category', '--code', ...status];
  return usage(
    `${deed.toLowerCase()} 须说明是哪些行：${options.join('、')} 或 --older-than`,
    `${deed.toLowerCase()} wants to know which rows: ${options.join(', ')} or --older-than`,
  );
}
