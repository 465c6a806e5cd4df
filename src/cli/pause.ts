import { askDaemon } from '../daemon/control.ts';
import { recordDeed } from './audit-line.ts';
import { loadFor, type CliCommand } from './command.ts';
import { print, say } from './io.ts';

export const pauseCommand: CliCommand<{ reason?: string }> = {
  name: 'pause',
  about: {
    zh: '暂停发送（所有守护进程），回执和来信照常；resume 恢复',
    en: 'stop sending on all daemons; receipts and citizens’ messages go on; "resume" ends it',
  },
  setUp(command, t) {
    command.option('--reason <TEXT>', t({ zh: '原因，会显示在 status 里', en: 'why, shown by status' }));
  },
  async run(context, _args, { reason }) {
    const { config } = loadFor(context, []);
    const data = await askDaemon(config.stateDir, { verb: 'pause', ...(reason !== undefined && { reason }) });
    recordDeed(config, context.io, 'pause', { reason: reason ?? null });
    const text = { zh: '已暂停发送。恢复请运行 yxt-mw resume', en: 'sending is paused; "yxt-mw resume" ends it' };
    print(context.io, data, () => [say(context.io, text)]);
    return 0;
  },
};
