import { InvalidArgumentError } from 'commander';
import type { CliCommand } from './command.ts';
import { complaint } from './failure.ts';

interface Options {
  readonly port?: number;
  readonly controlPort?: number;
  readonly dir?: string;
  readonly rate?: number;
}

export const simulatorCommand: CliCommand<Options> = {
  name: 'simulator',
  about: {
    zh: '在本机模拟一信通平台，有网页：看手机收到什么，替人来信',
    en: 'the platform on this machine over TLS, with a page that shows the phones and writes as a citizen',
  },
  setUp(command, t) {
    const upTo = (most: number) => (text: string) => {
      if (!/^\d{1,6}$/.test(text) || Number(text) > most)
        throw new InvalidArgumentError(`Allowed choices are 0–${most}.`);
      return Number(text);
    };
    const port = upTo(65_535);
    command
      .option('--port <PORT>', t({ zh: '平台接口端口，默认 9600', en: 'port of the interface, default 9600' }), port)
      .option('--control-port <PORT>', t({ zh: '网页端口，默认 9601', en: 'port of the page, default 9601' }), port)
      .option(
        '--dir <DIR>',
        t({ zh: '证书目录，默认 ./simulator', en: 'folder of its certificates, default ./simulator' }),
      )
      .option(
        '--rate <N>',
        t({ zh: '每秒超过 N 条答复 11；默认不限', en: 'code 11 above N a second; default: no limit' }),
        upTo(999_999),
      );
  },
  async run({ io }, _args, options) {
    const { simulatorCommand: simulate } = await import('../simulator/main.ts'); // the daemon does not carry it
    return simulate({ ...options, json: io.json }, { ...io, err: (line) => io.err(complaint(line)) });
  },
};
