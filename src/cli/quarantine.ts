import { Argument } from 'commander';
import type { Config } from '../config/settings.ts';
import { replayEntry } from '../daemon/replay.ts';
import { DaemonError } from '../lib/errors.ts';
import { localTime } from '../lib/local-time.ts';
import { createLog } from '../lib/log.ts';
import type { Text } from '../lib/text.ts';
import { decodeGbk } from '../platform/gbk.ts';
import { osUser } from '../state/audit.ts';
import { openState, type State } from '../state/open.ts';
import type { QuarantineEntry } from '../state/quarantine.ts';
import { loadFor, type CliCommand, type CommandContext } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say, type Io } from './io.ts';
import { table } from './width.ts';

const ACTIONS = ['list', 'show', 'replay', 'remove'] as const;

export const quarantineCommand: CliCommand = {
  name: 'quarantine',
  about: {
    zh: '隔离区：读不懂或存不下的来信和回执',
    en: 'what could not be read or stored: citizens’ messages and receipts, kept whole',
  },
  setUp(command, t) {
    const action = t({
      zh: 'list 列出；show 显示内容；replay 再读、再存一次；remove 看过后删除',
      en: 'list them; show the content of one; replay: read and store it once more; remove it once it is dealt with',
    });
    command.addArgument(new Argument('<ACTION>', action).choices(ACTIONS));
    command.addArgument(new Argument('[ID]', t({ zh: '隔离区编号', en: 'its number in quarantine' })));
  },
  async run(context, [action, id]) {
    const { config } = loadFor(context, action === 'replay' ? ['database'] : []);
    const state = openState(config.stateDir, { create: false });
    try {
      if (action === 'list') return list(context, state);
      if (id === undefined) throw usage(`${action ?? ''} 后面要有隔离区编号`, `${action ?? ''} wants a number`);
      const entry = state.quarantine.get(id);
      if (entry === null) throw noEntry(id);
      if (action === 'show') return show(context, entry);
      if (action === 'replay') return await replay(context, config, state, entry);
      state.quarantine.remove(id);
      state.audit.append({ who: osUser(context.io.env), action: 'quarantine remove', facts: { id, kind: entry.kind } });
      print(context.io, { removed: id }, () => [say(context.io, { zh: `已删除第 ${id} 号`, en: `${id} is removed` })]);
      return 0;
    } finally {
      state.close();
    }
  },
};

const KINDS: Readonly<Record<string, Text>> = {
  message: { zh: '来信', en: 'message' },
  reply: { zh: '来信应答', en: 'answer of reply.do' },
  receipt: { zh: '回执', en: 'receipts' },
  report: { zh: '回执应答', en: 'answer of report.do' },
  page: { zh: '代替应答的内容', en: 'something in place of an answer' },
};

const REASONS: Readonly<Record<string, Text>> = {
  refused: { zh: '数据库拒绝', en: 'refused by the database' },
  unreadable: { zh: '无法解析', en: 'unreadable' },
  damaged: { zh: '在磁盘上损坏', en: 'damaged on the disk' },
  'no-result': { zh: '没有 result=', en: 'without result=' },
};

/** Other reasons are names of columns that could not take their value. */
const reasonOf = (reason: string): Text =>
  REASONS[reason] ?? { zh: `放不下：${reason}`, en: `does not fit: ${reason}` };

function list({ io }: CommandContext, state: State): number {
  const entries = state.quarantine.list();
  print(io, { entries }, () => (entries.length === 0 ? [say(io, EMPTY)] : lines(io, entries)));
  return 0;
}

function lines(io: Io, entries: readonly QuarantineEntry[]): string[] {
  const head = [
    { zh: '编号', en: 'number' },
    { zh: '内容', en: 'what' },
    { zh: '原因', en: 'why' },
    { zh: '字节', en: 'bytes' },
    { zh: '次数', en: 'times' },
    { zh: '最近一次', en: 'last seen' },
  ];
  const rows = entries.map(({ id, kind, reason, bytes, times, at }) => [
    id,
    say(io, KINDS[kind] ?? { zh: kind, en: kind }),
    say(io, reasonOf(reason)),
    String(bytes),
    String(times),
    localTime(at),
  ]);
  return [...table([head.map((text) => say(io, text)), ...rows]), '', say(io, NEXT)];
}

/** As it came: whoever asks for it wants to read it. */
function show({ io }: CommandContext, entry: QuarantineEntry & { readonly raw: Buffer }): number {
  const { raw, ...facts } = entry;
  const content = entry.kind === 'message' || entry.kind === 'receipt' ? raw.toString() : decodeGbk(raw);
  print(io, { ...facts, content }, () => [content]);
  return 0;
}

async function replay(
  { io }: CommandContext,
  config: Config,
  state: State,
  entry: QuarantineEntry & { readonly raw: Buffer },
): Promise<number> {
  const log = createLog({ level: 'error', dir: null, format: 'text', locale: io.locale, console: false });
  const reading = {
    accessNo: config.platform.accessNo,
    separators: config.inbox.separators.join(''),
    percentDecode: config.platform.percentDecodeReplies,
  };
  const through = await withStore(config, (store) => replayEntry({ store, state, log, ...reading }, entry));
  state.audit.append({ who: osUser(io.env), action: 'quarantine replay', facts: { id: entry.id, through } });
  print(io, { id: entry.id, through }, () => [say(io, through ? THROUGH : STILL)]);
  return through ? 0 : 1;
}

const EMPTY: Text = { zh: '隔离区是空的', en: 'nothing is in quarantine' };
const NEXT: Text = {
  zh: '看内容：yxt-mw quarantine show 编号；再处理一次：replay 编号；不再需要：remove 编号',
  en: 'To read one: yxt-mw quarantine show NUMBER; to try it again: replay NUMBER; once it is dealt with: remove NUMBER',
};
const THROUGH: Text = { zh: '已入库，并移出隔离区', en: 'stored, and no longer in quarantine' };
const STILL: Text = {
  zh: '仍然读不懂或存不下，留在隔离区；能入库的部分已经入库',
  en: 'still unreadable or refused, and still in quarantine; what of it could be stored is stored',
};

const noEntry = (id: string): DaemonError =>
  new DaemonError('failed', {
    zh: `隔离区没有第 ${id} 号：请用 yxt-mw quarantine list 查看`,
    en: `${id} is not in quarantine: see yxt-mw quarantine list`,
  });
