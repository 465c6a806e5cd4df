import { askDaemon } from '../daemon/control.ts';
import { systemClock } from '../lib/clock.ts';
import { DaemonError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';
import { spanText } from '../lib/span.ts';
import { loadFor, type CliCommand } from './command.ts';
import { print, say } from './io.ts';
import { isAlive, pidOf } from './process.ts';

const ASK_MS = 100;
/** Beyond the daemon's own deadline: closing the database, writing the log. */
const SLACK_MS = 15_000;

export const stopCommand: CliCommand = {
  name: 'stop',
  about: {
    zh: '让守护进程收尾后停止，等它真正退出',
    en: 'stop the daemon in order, and wait until it is really gone',
  },
  async run(context) {
    const { io } = context;
    const { config } = loadFor(context, []);
    const pid = pidOf(config.stateDir);
    const began = systemClock.mono();
    const { deadlineMs } = (await askDaemon(config.stateDir, { verb: 'stop' })) as { deadlineMs: number };
    while (pid !== null && isAlive(pid)) {
      if (systemClock.mono() - began > deadlineMs + SLACK_MS) throw stillThere(pid, deadlineMs + SLACK_MS);
      await sleep(ASK_MS);
    }
    const took = spanText(systemClock.mono() - began);
    print(io, { stopped: true, pid }, () => [
      say(io, { zh: `已停止（用了 ${took.zh}）`, en: `stopped (took ${took.en})` }),
    ]);
    return 0;
  },
};

function stillThere(pid: number, ms: number): DaemonError {
  const span = spanText(ms);
  return new DaemonError('failed', {
    zh: `${span.zh}后进程 ${pid} 仍未退出：多半是数据库或磁盘卡住。可以结束该进程（kill -9），未写回的结果下次启动时按流水号核对，不会重发`,
    en: `the process ${pid} is still there after ${span.en}, most likely because of a stuck database or disk. You may kill it (kill -9): the next start settles what was not written by its serials, nothing doubles`,
  });
}
