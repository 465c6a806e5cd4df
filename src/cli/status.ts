import { askDaemon } from '../daemon/control.ts';
import type { StatusReport } from '../daemon/status.ts';
import type { DaemonRow } from '../db/store.ts';
import { AppError, DaemonError } from '../lib/errors.ts';
import { spanText } from '../lib/span.ts';
import { plural, type Text } from '../lib/text.ts';
import { rulesOf } from '../daemon/parts.ts';
import { loadFor, type CliCommand, type CommandContext } from './command.ts';
import { withStore } from './database.ts';
import { complaint } from './failure.ts';
import { print, say, type Io } from './io.ts';
import { pidOf } from './process.ts';
import { table } from './width.ts';

export const statusCommand: CliCommand = {
  name: 'status',
  about: {
    zh: '守护进程、通道和队列的状况；有问题先说问题和办法',
    en: 'how daemon, channel and queue are; trouble first, with what to do',
  },
  async run(context) {
    const { io } = context;
    const { config } = loadFor(context, []);
    try {
      const report = (await askDaemon(config.stateDir, { verb: 'status' })) as StatusReport;
      print(io, report, () => runningLines(io, report));
      return 0;
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      if (error.kind !== 'notrunning') throw busy(config.stateDir, error);
      await stopped(context, error);
      return 3;
    }
  },
};

/** It runs, but cannot tell: nearly always the database. */
function busy(stateDir: string, error: DaemonError): DaemonError {
  const pid = pidOf(stateDir) ?? '?';
  return new DaemonError('failed', {
    zh: `守护进程在运行（进程号 ${pid}），但拿不到状况：${error.text.zh}`,
    en: `the daemon is running (pid ${pid}) but cannot tell how it is: ${error.text.en}`,
  });
}

/** What the tables say while nobody answers on this machine. */
async function stopped(context: CommandContext, why: DaemonError): Promise<void> {
  const { io } = context;
  if (!io.json) io.err(complaint(say(io, why.text)));
  try {
    const { config } = loadFor(context, ['database']);
    const { daemons, rows } = await withStore(config, async (store) => ({
      daemons: await store.daemons(),
      rows: {
        ...(await store.waiting(CAP)),
        unseen: await store.unseen(CAP),
        overdue: await store.overdue(CAP, rulesOf(config), true),
      },
    }));
    print(io, { running: false, rows: { ...rows, cap: CAP }, daemons }, () => [
      ...unseenTrouble(rows.unseen).map((text) => `! ${say(io, text)}`),
      ...table(rowLines(io, { ...rows, cap: CAP })),
      ...daemonLines(io, daemons),
      say(io, START),
    ]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (io.json) io.out(JSON.stringify({ running: false, database: error.text }));
    else io.err(complaint(say(io, error.text)));
  }
}

const CAP = 1_000_000;

const START: Text = { zh: '启动请运行 yxt-mw start', en: '"yxt-mw start" starts it' };

function runningLines(io: Io, s: StatusReport): string[] {
  const t = (zh: string, en: string): string => say(io, { zh, en });
  const up = spanText(s.uptime * 1000);
  const wrong = troubles(s).map((text) => `! ${say(io, text)}`);
  const rate = s.rate === null ? t('不限速', 'no rate limit') : t(`每秒 ${s.rate} 条`, `${s.rate} a second`);
  const channel = s.channel.open ? t('开放', 'open') : t('关闭', 'closed');
  const reach = s.channel.reachable ? t('平台可达', 'platform reachable') : t('平台连不上', 'platform not reached');
  const answer =
    s.answerMs === null
      ? ''
      : t(`，平均 ${Math.round(s.answerMs)} 毫秒应答`, `, answers in ${Math.round(s.answerMs)} ms on average`);
  return [
    t(
      `${wrong.length === 0 ? '运行正常' : '运行中，有问题'}：${s.instance}，进程 ${s.pid}，版本 ${s.version}，已运行 ${up.zh}`,
      `${wrong.length === 0 ? 'running well' : 'running, with trouble'}: ${s.instance}, pid ${s.pid}, version ${s.version}, up ${up.en}`,
    ),
    ...wrong,
    '',
    ...table([
      [t('通道', 'channel'), t(`${channel}，${reach}${answer}，${rate}`, `${channel}, ${reach}${answer}, ${rate}`)],
      ...rowLines(io, s.rows),
      [
        t('已发送', 'sent'),
        t(`近一分钟 ${s.sentMinute}，今日 ${s.sentToday}`, `${s.sentMinute} in the last minute, ${s.sentToday} today`),
      ],
      [t('数据库', 'database'), s.database],
    ]),
    ...daemonLines(io, s.daemons),
  ];
}

function troubles(s: StatusReport): Text[] {
  const found = new Map<string, Text>();
  for (const text of [s.channel.reason, s.trouble]) if (text) found.set(text.en, text);
  if (s.rows.held > 0) {
    found.set('held', {
      zh: `有 ${s.rows.held} 行 HELD 等人处理：yxt-mw held 看原因，再 release 或 discard`,
      en: `${plural(s.rows.held, 'row is', 'rows are')} HELD for a person: "yxt-mw held" says why; then release or discard them`,
    });
  }
  for (const text of unseenTrouble(s.rows.unseen)) found.set('unseen', text);
  if (s.quarantined > 0) {
    found.set('quarantine', {
      zh: `隔离区有 ${s.quarantined} 份读不懂或存不下的来信或回执：请运行 yxt-mw quarantine list`,
      en: `${plural(s.quarantined, 'entry is', 'entries are')} in quarantine, messages or receipts that could not be read or stored: see yxt-mw quarantine list`,
    });
  }
  return [...found.values()];
}

function unseenTrouble(rows: number): Text[] {
  if (rows === 0) return [];
  return [
    {
      zh: `有 ${rows} 行永远不会发送：status 不在列表中，或 priority 不在 0–9（本数据库没有执行 CHECK）。请改正这些行和写入它们的程序`,
      en: `${plural(rows, 'row')} will never be sent: status is none of the list, or priority is outside 0–9 (this database does not enforce CHECK). Correct the rows and the program that writes them`,
    },
  ];
}

function rowLines(io: Io, rows: StatusReport['rows']): string[][] {
  const t = (zh: string, en: string): string => say(io, { zh, en });
  const counted = (n: number): string => (n >= rows.cap ? `${n}+` : String(n));
  const oldest = rows.oldestMs === null ? null : spanText(rows.oldestMs);
  const since = oldest === null ? '' : t(`，最早一条已等 ${oldest.zh}`, `, the oldest for ${oldest.en}`);
  const late = pastLimit(rows);
  return [
    [t('等待发送', 'waiting'), `${counted(rows.waiting)}${since}${late === null ? '' : say(io, late)}`],
    [t('未到时间', 'scheduled'), counted(rows.scheduled)],
    [t('发送中', 'sending'), counted(rows.sending)],
    [t('待人处理', 'held'), counted(rows.held)],
    ...(rows.parked === 0
      ? []
      : [
          [
            t('暂存回执', 'parked'),
            t(`${counted(rows.parked)} 份回执尚无对应短信`, `${counted(rows.parked)}, receipts that match no row yet`),
          ],
        ]),
  ];
}

/** To be put behind the number of rows that wait; null: none of them is too old. */
export function pastLimit({ overdue, cap }: StatusReport['rows']): Text | null {
  if (overdue === null || overdue === 0) return null;
  const n = overdue >= cap ? `${overdue}+` : String(overdue);
  return { zh: `，其中 ${n} 行已超过时限`, en: `, ${n} of them older than their limit` };
}

function daemonLines(io: Io, daemons: readonly DaemonRow[]): string[] {
  if (daemons.length === 0) return [say(io, { zh: '没有守护进程登记过', en: 'no daemon has registered yet' })];
  const t = (zh: string, en: string): string => say(io, { zh, en });
  const head = [
    [t('守护进程', 'daemon'), t('主机', 'host'), t('进程', 'pid'), t('状态', 'state')],
    [t('心跳', 'heartbeat'), t('近一分钟', 'last minute'), t('今日', 'today'), t('最近的问题', 'latest trouble')],
  ].flat();
  const rows = daemons.map((d) => [
    d.instance,
    d.host,
    String(d.pid),
    d.state,
    t(`${spanText(d.silentMs).zh}前`, `${spanText(d.silentMs).en} ago`),
    String(d.sentMinute),
    String(d.sentToday),
    d.trouble === null ? '' : say(io, d.trouble),
  ]);
  return ['', ...table([head, ...rows])];
}
