import { Argument } from 'commander';
import type { Notice } from '../alarm/notice.ts';
import { waysOf } from '../daemon/alarms.ts';
import { systemClock } from '../lib/clock.ts';
import { textOf } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { print, say } from './io.ts';

export const alarmCommand: CliCommand = {
  name: 'alarm',
  about: { zh: '告警：经所配的各种方式发一条试验（test）', en: 'alarms: tell a test by every way that is configured' },
  setUp(command, t) {
    command.addArgument(new Argument('<ACTION>', t({ zh: 'test 试验', en: 'test' })).choices(['test']));
  },
  async run(context) {
    const { io } = context;
    const { config } = loadFor(context, ['database', 'alarms']);
    const at = systemClock.wall();
    const notice: Notice = { condition: 'test', state: 'test', text: NOTHING, since: at, at };
    return withStore(config, async (store) => {
      const told: { way: string; trouble: Text | null }[] = [];
      for (const way of waysOf(config, store, () => true)) {
        const trouble = await way.send(notice, new AbortController().signal).then(() => null, textOf);
        told.push({ way: way.name, trouble });
      }
      print(io, { told }, () =>
        told.length === 0
          ? [say(io, ONLY_LOG)]
          : told.map(({ way, trouble }) => `${way}: ${say(io, trouble ?? (way === 'sms' ? IN_OUTBOX : TAKEN))}`),
      );
      return told.every(({ trouble }) => trouble === null) ? 0 : 1;
    });
  },
};

const NOTHING: Text = {
  zh: '这是一条试验，什么也没有发生。收到它说明告警送得到',
  en: 'this is a test, nothing has happened. That it arrives shows that alarms do',
};
const ONLY_LOG: Text = {
  zh: '没有配置告警方式（alarms.webhook、mail、sms），告警只写在日志里',
  en: 'no way is configured (alarms.webhook, mail, sms): alarms stand in the log only',
};
const TAKEN: Text = { zh: '对方已收下', en: 'taken by the other end' };
const IN_OUTBOX: Text = { zh: '已写入发件表，守护进程会发出', en: 'in the outbox, the daemon sends it' };
