import { InvalidArgumentError } from 'commander';
import { text as readText } from 'node:stream/consumers';
import type { Store } from '../db/store.ts';
import { alive } from '../explain/facts.ts';
import { gather } from '../explain/gather.ts';
import { explain } from '../explain/index.ts';
import { systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { sleep } from '../lib/sleep.ts';
import type { Text } from '../lib/text.ts';
import { normalisePhone } from '../platform/phone.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { say } from './io.ts';

interface Options {
  readonly category?: string;
  readonly priority?: number;
  readonly wait?: boolean;
  readonly timeout?: number;
}

const ASK_MS = 300;
const DEFAULT_TIMEOUT_MS = 120_000;
const ENDED = new Set(['DELIVERED', 'UNDELIVERED', 'UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'HELD', 'CANCELLED']);
const GOOD = new Set(['SENT', 'DELIVERED']);

export const sendCommand: CliCommand<Options> = {
  name: 'send',
  about: {
    zh: '往发件表写一条短信；加 --wait 则等到有结果',
    en: 'insert one message into the outbox; --wait follows it to its end',
  },
  setUp(command, t) {
    command.argument('<PHONE>', t({ zh: '大陆手机号', en: 'mainland mobile number' }));
    command.argument('<TEXT>', t({ zh: '内容；写 - 则从标准输入读', en: 'the text; - reads standard input' }));
    command.option('--category <NAME>', t({ zh: '类别，默认 NOTICE', en: 'category, default NOTICE' }));
    command.option(
      '--priority <0-9>',
      t({ zh: '优先级，0 最先，默认 5', en: 'priority, 0 first, default 5' }),
      priority,
    );
    command.option(
      '--wait',
      t({ zh: '等到有结果：SENT、DELIVERED 退出码 0', en: 'follow it: exit code 0 for SENT or DELIVERED' }),
    );
    command.option(
      '--timeout <TIME>',
      t({ zh: '最多等多久，默认 2m', en: 'wait no longer than, default 2m' }),
      duration,
    );
  },
  async run(context, [phone = '', given = ''], options) {
    const { io } = context;
    if (normalisePhone(phone) === null) throw usage('PHONE 不是大陆手机号码', 'PHONE is not a mainland mobile number');
    const content = given === '-' ? (await readText(io.stdin)).replace(/\r?\n$/, '') : given;
    if (content.trim() === '') throw usage('短信内容是空的', 'the text is empty');
    const { config } = loadFor(context, ['database']);
    return withStore(config, async (store) => {
      const id = await store.insertOutbox({
        phone,
        content,
        source: 'yxt-mw send',
        ...(options.category !== undefined && { category: options.category }),
        ...(options.priority !== undefined && { priority: options.priority }),
      });
      const noDaemon = alive(await store.daemons()).length === 0;
      if (!io.json) io.out(say(io, { zh: `已写入发件表，编号 ${id}`, en: `inserted into the outbox as row ${id}` }));
      if (noDaemon && !io.json) io.err(say(io, NOBODY));
      if (options.wait !== true) {
        if (io.json) io.out(JSON.stringify({ id }));
        return 0;
      }
      const status = await follow(store, id, options.timeout ?? DEFAULT_TIMEOUT_MS, (each) => {
        if (!io.json) io.out(`  ${each}`);
      });
      const facts = await gather(config, store, systemClock, id);
      if (facts !== null) {
        const explanation = explain(facts, { showContent: false });
        if (io.json) io.out(JSON.stringify(explanation));
        else io.out(say(io, explanation.reason.text));
        if (!io.json && explanation.reason.todo && !GOOD.has(status)) io.out(say(io, explanation.reason.todo));
      }
      return GOOD.has(status) ? 0 : 1;
    });
  },
};

/** The status in which the row ended, or in which it was when the time was over. */
async function follow(
  store: Store,
  id: string,
  timeoutMs: number,
  onChange: (status: string) => void,
): Promise<string> {
  const until = systemClock.mono() + timeoutMs;
  let last = 'NEW';
  for (;;) {
    const status = String((await store.story(id))?.row['status'] ?? 'CANCELLED');
    if (status !== last) onChange(status);
    last = status;
    if (ENDED.has(status) || systemClock.mono() >= until) return status;
    await sleep(ASK_MS);
  }
}

function priority(text: string): number {
  if (!/^\d$/.test(text)) throw new InvalidArgumentError('Allowed choices are 0–9.');
  return Number(text);
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('Allowed choices are 500ms, 30s, 2m, 1h.');
  return ms;
}

const NOBODY: Text = {
  zh: '注意：没有守护进程在运行，要等 yxt-mw start 之后才会发出',
  en: 'note: no daemon is running; it goes out after "yxt-mw start"',
};
