import { askDaemon } from '../daemon/control.ts';
import type { StatusReport } from '../daemon/status.ts';
import { plural, type Text } from '../lib/text.ts';
import { recordDeed } from './audit-line.ts';
import { loadFor, type CliCommand } from './command.ts';
import { print, say } from './io.ts';
import { pastLimit } from './status.ts';

export const resumeCommand: CliCommand<{ dryRun?: boolean }> = {
  name: 'resume',
  about: {
    zh: '恢复发送：结束暂停，或解开因账户问题而停的通道',
    en: 'send again: ends a pause, or opens a channel that an account error had closed',
  },
  setUp(command, t) {
    command.option(
      '--dry-run',
      t({
        zh: '只看积压了多少、其中多少已超过时限，不恢复',
        en: 'only tells what has gathered and how much of it is too old',
      }),
    );
  },
  async run(context, _args, { dryRun = false }) {
    const { config } = loadFor(context, []);
    const status = (await askDaemon(config.stateDir, { verb: dryRun ? 'status' : 'resume' })) as StatusReport;
    if (!dryRun) recordDeed(config, context.io, 'resume', {});
    print(context.io, status, () => {
      const gathered = say(context.io, gatheredText(status));
      return dryRun ? [gathered] : [gathered, say(context.io, RESUMED)];
    });
    return 0;
  },
};

function gatheredText({ rows }: StatusReport): Text {
  const late = pastLimit(rows);
  const fate: Text = late
    ? {
        zh: `${late.zh}：恢复后时限重新起算，照常发送（过了 expire_at 的记为 EXPIRED）；不该再发的请先把 status 置为 CANCELLED`,
        en: `${late.en}: their age counts anew from the resumption, so they are sent (past expire_at they end EXPIRED); set to CANCELLED first what should not go any more`,
      }
    : { zh: '', en: '' };
  return {
    zh: `等待发送 ${rows.waiting} 行${fate.zh}`,
    en: `${plural(rows.waiting, 'row waits', 'rows wait')}${fate.en}`,
  };
}

const RESUMED: Text = {
  zh: '已恢复。先发出一次调用探明账户，其余等它的结果',
  en: 'resumed. One call goes out first to prove the account, the rest waits for its answer',
};
