import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import type { Text } from '../lib/text.ts';
import type { ShadowReport } from '../shadow/report.ts';
import { loadFor, type CommandContext } from './command.ts';
import { needFile } from './database.ts';
import { print, say, type Io } from './io.ts';
import { table } from './width.ts';

/** `start --shadow`. Its log goes to standard error only: the files are the daemon's. */
export async function runAsShadow(context: CommandContext): Promise<number> {
  const { config } = loadFor(context, ['database']);
  const { io } = context;
  const log = createLog({
    ...config.log,
    format: io.json ? 'json' : 'text',
    dir: null,
    locale: io.locale,
    console: true,
  });
  try {
    needFile(config);
    const { CANNOT_KNOW } = await import('../shadow/report.ts'); // the daemon does not carry it
    const { runShadow } = await import('../shadow/run.ts');
    const report = await runShadow(config, { log, clock: systemClock });
    const unknown = CANNOT_KNOW.map((text) => say(io, text));
    print(io, { ...report, unknown }, () => linesOf(io, report, unknown));
    return 0;
  } finally {
    await log.close();
  }
}

function linesOf(io: Io, report: ShadowReport, unknown: readonly string[]): string[] {
  const t = (zh: string, en: string): string => say(io, { zh, en });
  const { messages, calls, parts, cost, secondsAtRate, refused, deferred, scheduled, channel } = report;
  const sums: (readonly [Text, string])[] = [
    [{ zh: '会发送', en: 'would send' }, String(messages)],
    [{ zh: '调用', en: 'in calls' }, String(calls)],
    [{ zh: '计费条数', en: 'billed parts' }, String(parts)],
    ...(cost === null ? [] : [[{ zh: '费用（元）', en: 'yuan' }, cost.toFixed(2)] as const]),
    ...(secondsAtRate === null
      ? []
      : [[{ zh: '按限速需要（秒）', en: 'seconds at the rate' }, String(secondsAtRate)] as const]),
    [{ zh: '未到发送时间', en: 'not due yet' }, String(scheduled)],
    [{ zh: '通道', en: 'channel' }, channel ?? t('还没有进程用过', 'not used yet')],
  ];
  return [
    ...table(sums.map(([name, value]) => [say(io, name), value])),
    ...(refused.length === 0 ? [] : ['']),
    ...table(
      refused.map(({ status, code, rows, ids }) => [
        ...[status, code, String(rows)],
        t(`如第 ${ids.join('、')} 行`, `such as row ${ids.join(', ')}`),
      ]),
    ),
    ...(deferred.length === 0 ? [] : ['']),
    ...table(
      deferred.map(({ code, rows, from, until }) => [
        ...[t('推迟', 'deferred'), code, String(rows)],
        from === until ? t(`到 ${until}`, `until ${until}`) : t(`到 ${from} 至 ${until}`, `until ${from} … ${until}`),
      ]),
    ),
    '',
    t('不能知道的：', 'What this cannot know:'),
    ...unknown.map((line) => `- ${line}`),
  ];
}
