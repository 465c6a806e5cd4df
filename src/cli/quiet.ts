import { Argument, InvalidArgumentError } from 'commander';
import { parseDuration } from '../lib/duration.ts';
import { spanText } from '../lib/span.ts';
import { plural } from '../lib/text.ts';
import { QUIET_HOURS } from '../policy/policy.ts';
import { recordDeed } from './audit-line.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say } from './io.ts';

interface Options {
  readonly for?: number;
  readonly reason?: string;
}

const BITE = 1000;
const MOST_MS = 7 * 86_400_000;

export const quietCommand: CliCommand<Options> = {
  name: 'quiet',
  about: {
    zh: '静默时段：紧急时放行一段时间（off），提前恢复（on），或看现状',
    en: 'quiet hours: set them aside in an emergency (off), have them again (on), or see how it stands',
  },
  setUp(command, t) {
    const about = t({
      zh: 'off 放行，须给出 --for 和 --reason，已推迟的短信立即发出；on 恢复；status 查看',
      en: 'off wants --for and --reason, and what was deferred goes at once; on; status',
    });
    command.addArgument(new Argument('<ACTION>', about).choices(['off', 'on', 'status']));
    command.option(
      '--for <TIME>',
      t({ zh: '放行多久，如 2h，最长 7d', en: 'for how long, such as 2h, 7d at most' }),
      time,
    );
    command.option('--reason <TEXT>', t({ zh: '原因（记入 sms_mw_override）', en: 'why (kept in sms_mw_override)' }));
  },
  async run(context, [action], options) {
    const { io } = context;
    const { config } = loadFor(context, ['database']);
    const reason = options.reason?.trim() ?? '';
    if (action === 'off' && (options.for === undefined || reason === '' || reason.length > 200)) {
      throw usage('off 须给出 --for（如 2h）和 --reason', 'off wants --for (such as 2h) and --reason');
    }
    return withStore(config, async (store) => {
      let released = 0;
      if (action === 'on') await store.override(QUIET_HOURS, reason || 'on', 0);
      if (action === 'off') {
        await store.override(QUIET_HOURS, reason, options.for ?? 0);
        for (let n = BITE; n === BITE; released += n) n = await store.hasten(QUIET_HOURS, BITE);
      }
      if (action !== 'status')
        recordDeed(config, io, `quiet ${action}`, { reason: reason || null, forMs: options.for ?? null, released });
      const set = (await store.policyMark()).overrides.find(({ rule }) => rule === QUIET_HOURS);
      print(io, { setAside: set ?? null, released }, () => [
        set
          ? say(io, {
              zh: `静默时段已放行，还有 ${spanText(set.untilInMs).zh}：${set.reason}${released > 0 ? `；${released} 行推迟的短信现在发出` : ''}`,
              en: `quiet hours are set aside for ${spanText(set.untilInMs).en}: ${set.reason}${released > 0 ? `; ${plural(released, 'deferred row')} may go now` : ''}`,
            })
          : say(io, { zh: '静默时段按配置执行', en: 'quiet hours are as configured' }),
      ]);
      return 0;
    });
  },
};

function time(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms < 60_000 || ms > MOST_MS) throw new InvalidArgumentError('Allowed choices are 1m – 7d.');
  return ms;
}
