import { askDaemon } from '../daemon/control.ts';
import type { StatusReport } from '../daemon/status.ts';
import { plural } from '../lib/text.ts';
import { loadFor, type CliCommand } from './command.ts';
import { print, say } from './io.ts';

export const resumeCommand: CliCommand = {
  name: 'resume',
  about: {
    zh: '恢复发送：结束暂停，或解开因账户问题而停的通道',
    en: 'send again: ends a pause, or opens a channel that an account error had closed',
  },
  async run(context) {
    const { config } = loadFor(context);
    const status = (await askDaemon(config.stateDir, { verb: 'resume' })) as StatusReport;
    const text = {
      zh: `已恢复。先发出一次调用探明账户，其余等它的结果；等待发送 ${status.rows.waiting} 行`,
      en: `resumed. One call goes out first to prove the account, the rest waits for its answer; ${plural(status.rows.waiting, 'row waits', 'rows wait')}`,
    };
    print(context.io, status, () => [say(context.io, text)]);
    return 0;
  },
};
