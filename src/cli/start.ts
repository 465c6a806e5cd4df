import { runDaemon } from '../daemon/daemon.ts';
import { systemClock } from '../lib/clock.ts';
import { problemText } from '../config/problem.ts';
import { textOf } from '../lib/errors.ts';
import { createLog, type Log } from '../lib/log.ts';
import { loadFor, type CliCommand, type Loaded } from './command.ts';
import { needFile } from './database.ts';
import { startDetached } from './detach.ts';
import { exitCodeOf, usage } from './failure.ts';
import { runAsShadow } from './shadow.ts';

export const startCommand: CliCommand<{ detach?: boolean; shadow?: boolean }> = {
  name: 'start',
  about: {
    zh: '在前台运行守护进程直到停止；--detach 转到后台',
    en: 'run the daemon in the foreground until stopped (for a service manager); --detach for a shell',
  },
  setUp(command, t) {
    command.option(
      '--detach',
      t({ zh: '转到后台运行，启动成功后返回', en: 'run in the background; returns once it is up' }),
    );
    command.option(
      '--shadow',
      t({
        zh: '影子运行：只读表，说出会怎么做；不发送，不写库',
        en: 'read the tables and say what would be done; sends and writes nothing',
      }),
    );
  },
  async run(context, _args, { detach = false, shadow = false }) {
    if (shadow && detach) throw usage('--shadow 不能与 --detach 同用', '--shadow does not go with --detach');
    if (shadow) return runAsShadow(context);
    const loaded = loadFor(context, 'all');
    if (detach) return startDetached(context, loaded);
    // under a service manager standard error is not a terminal, and the files have it all
    const console = loaded.config.log.dir === null || process.stderr.isTTY;
    const log = openLog(loaded, console);
    try {
      needFile(loaded.config);
      return await runDaemon(loaded.config, { log, clock: systemClock, version: context.version });
    } catch (error) {
      log.error('daemon.failed', textOf(error));
      if (console) return exitCodeOf(error); // said already
      throw error;
    } finally {
      await log.close();
    }
  },
};

function openLog({ config, warnings }: Loaded, console: boolean): Log {
  const log = createLog({ ...config.log, locale: config.locale, console });
  for (const warning of warnings) log.warn('config.warning', problemText(warning), { line: warning.line });
  return log;
}
