import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { bitesOf, CHANNEL, keepingOf } from '../daemon/parts.ts';
import type { Store } from '../db/store.ts';
import { keepHouse, keepingDue, noCounts, type KeepingCounts } from '../housekeeping/pass.ts';
import { keepingTurn } from '../housekeeping/turn.ts';
import { countsText } from '../housekeeping/words.ts';
import { systemClock } from '../lib/clock.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Config } from '../config/settings.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say } from './io.ts';

export const housekeepingCommand: CliCommand<{ dryRun?: boolean }> = {
  name: 'housekeeping',
  about: {
    zh: '现在就整理一次：移入历史、到期删除、到期遮盖；守护进程按 housekeeping.cron 自己会做',
    en: 'keeps house once, now: moves to the history, deletes, masks; the daemon does so by housekeeping.cron',
  },
  setUp(command, t) {
    command.argument('<action>', 'run');
    command.option('--dry-run', t({ zh: '只数，不改', en: 'only counts, changes nothing' }));
  },
  async run(context, [action], { dryRun = false }) {
    if (action !== 'run') throw usage('用法：yxt-mw housekeeping run', 'usage: yxt-mw housekeeping run');
    const { io } = context;
    const { config } = loadFor(context, ['database']);
    return withStore(config, async (store) => {
      if (dryRun) {
        const due = await keepingDue(store, keepingOf(config).rules);
        print(io, due, () => [say(io, countsText(due, null))]);
        return 0;
      }
      const from = systemClock.mono();
      const { counts, done } = await runOnce(config, store);
      const ms = Math.round(systemClock.mono() - from);
      print(io, { ...counts, ms, done }, () => [say(io, countsText(counts, ms)), ...(done ? [] : [say(io, STOPPED)])]);
      return done ? 0 : 1;
    });
  },
};

/** Ctrl+C ends it after the transaction that is under way. */
async function runOnce(config: Config, store: Store): Promise<{ counts: KeepingCounts; done: boolean }> {
  const turn = keepingTurn({ store, channel: CHANNEL, owner: `${hostname()}.${randomUUID()}`, clock: systemClock });
  if (!(await turn.mine())) throw taken();
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.on('SIGINT', end).on('SIGTERM', end);
  const counts = noCounts();
  try {
    // whether messages go out is not known here: they get their share of the time
    const pace = { ...bitesOf(config), busy: () => true };
    const parts = { store, ...keepingOf(config), pace, clock: systemClock, mine: () => turn.mine() };
    return { counts, ...(await keepHouse(parts, counts, stop.signal)) };
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await turn.end();
  }
}

const STOPPED = {
  zh: '没有做完：被中断，或由另一个进程接手；再运行一次即接着做',
  en: 'not finished: interrupted, or taken over by another process; run it again to go on',
};

const taken = (): DaemonError =>
  new DaemonError('failed', {
    zh: '另一个进程正在整理；它若已不在，一分钟后再试',
    en: 'another process is keeping house; if it is gone, try again in a minute',
  });
