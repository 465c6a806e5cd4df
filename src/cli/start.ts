import { runDaemon } from '../daemon/daemon.ts';
import type { Source } from '../daemon/lives.ts';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../config/check.ts';
import { problemText, type Problem } from '../config/problem.ts';
import type { Config } from '../config/settings.ts';
import { textOf } from '../lib/errors.ts';
import { createLog, type Log, type LogOptions } from '../lib/log.ts';
import { loadFor, type CliCommand } from './command.ts';
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
    let options = logOptions(loaded.config);
    const log = createLog(options);
    warnOf(log, loaded.warnings);
    const source: Source = {
      load() {
        const warnings: Problem[] = [];
        const config = loadConfig(loaded.file, { env: context.io.env, warn: (warning) => warnings.push(warning) });
        needFile(config);
        warnOf(log, warnings);
        return config;
      },
      use: (config) => log.reopen((options = logOptions(config))),
    };
    try {
      needFile(loaded.config);
      return await runDaemon(loaded.config, { log, clock: systemClock, version: context.version, source });
    } catch (error) {
      log.error('daemon.failed', textOf(error));
      if (options.console) return exitCodeOf(error); // said already
      throw error;
    } finally {
      await log.close();
    }
  },
};

const logOptions = ({ log, locale }: Config): LogOptions => ({
  ...log,
  locale,
  // under a service manager standard error is not a terminal, and the files have it all
  console: log.dir === null || process.stderr.isTTY,
});

function warnOf(log: Log, warnings: readonly Problem[]): void {
  for (const warning of warnings) log.warn('config.warning', problemText(warning), { line: warning.line });
}
