import type { CliCommand } from './command.ts';

interface Options {
  readonly keep?: boolean;
}

export const demoCommand: CliCommand<Options> = {
  name: 'demo',
  about: {
    zh: '在 SQLite 和模拟平台上演示：发通知、收来信、答复、回执',
    en: 'everything at once on SQLite and a simulated platform: notices, a query, its reply, receipts',
  },
  setUp(command, t) {
    command.option('--keep', t({ zh: '演示后继续运行，直到 Ctrl+C', en: 'leave it running afterwards, until Ctrl+C' }));
  },
  async run({ io }, _args, { keep = false }) {
    const { runDemo } = await import('../demo/main.ts'); // the daemon does not carry it
    const { untilSignal } = await import('../simulator/main.ts');
    const ok = await runDemo({ keep, json: io.json, locale: io.locale, out: io.out, stop: untilSignal() });
    return ok ? 0 : 1;
  },
};
