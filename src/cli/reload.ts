import { askDaemon } from '../daemon/control.ts';
import { doneText, type Reloaded } from '../daemon/lives.ts';
import { ConfigError, DaemonError } from '../lib/errors.ts';
import { recordDeed } from './audit-line.ts';
import { loadFor, type CliCommand } from './command.ts';
import { print, say } from './io.ts';

/** An orderly stop and a start, each with a limit of its own that is far shorter. */
const PATIENCE_MS = 600_000;

export const reloadCommand: CliCommand = {
  name: 'reload',
  about: {
    zh: '让守护进程重新读入配置文件，不换进程；等它以新配置运行，说明改了哪些键',
    en: 'have the daemon read its configuration file again, in the same process; waits, and says which keys have changed',
  },
  async run(context) {
    const { io } = context;
    const { config } = loadFor(context, []);
    const reloaded = (await askDaemon(config.stateDir, { verb: 'reload' }, PATIENCE_MS)) as Reloaded;
    if (!reloaded.done) {
      if (reloaded.why === 'config') throw new ConfigError('config', reloaded.text);
      throw new DaemonError('failed', reloaded.text);
    }
    recordDeed(config, io, 'reload', { changed: reloaded.changed.join(' ') });
    const { changed, waiting, silentMs } = reloaded;
    print(io, { reloaded: true, changed, waiting, silentMs: Math.round(silentMs) }, () => [
      say(io, doneText(reloaded)),
    ]);
    return 0;
  },
};
