import { InvalidArgumentError } from 'commander';
import { isLoopback } from '../config/cross.ts';
import type { Replay } from '../simulator/main.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { complaint, usage } from './failure.ts';

interface Options {
  readonly port?: number;
  readonly controlPort?: number;
  readonly dir?: string;
  readonly rate?: number;
  readonly replay?: string;
  readonly speed?: number;
  readonly insert?: boolean;
  readonly record?: string;
  readonly hours?: number;
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
      )
      .option(
        '--replay <FILE>',
        t({ zh: '重放一天的记录：市民来信由本模拟平台发出', en: 'play a recorded day: citizens write as they did' }),
      )
      .option('--speed <N>', t({ zh: '重放快几倍，默认 1', en: 'so many times as fast, default 1' }), atLeastOne)
      .option(
        '--insert',
        t({
          zh: '重放时也往配置的数据库写发件行；platform.url 须为本机',
          en: 'also insert the rows into the configured database; platform.url must be on this machine',
        }),
      )
      .option(
        '--record <FILE>',
        t({
          zh: '把配置的数据库最近收到的行和来信记成文件（号码、内容已替换），不启动模拟平台',
          en: 'write what the configured database received lately to a file, phones and texts disguised; starts nothing',
        }),
      )
      .option('--hours <N>', t({ zh: '记录最近几小时，默认 24', en: 'of how many hours, default 24' }), atLeastOne);
  },
  async run(
    context,
    _args,
    { record: recordFile, hours = 24, replay: replayFile, speed = 1, insert = false, ...options },
  ) {
    const { io } = context;
    if (recordFile !== undefined) {
      const { record } = await import('./record.ts');
      return record(context, recordFile, hours);
    }
    if (insert && replayFile === undefined) throw usage('--insert 只与 --replay 同用', '--insert goes with --replay');
    const { simulatorCommand: simulate } = await import('../simulator/main.ts'); // the daemon does not carry it
    const run = (replay?: Replay): Promise<number> =>
      simulate(
        { ...options, json: io.json, ...(replay && { replay }) },
        { ...io, err: (line) => io.err(complaint(line)) },
      );
    if (replayFile === undefined) return run();
    const { readRecording } = await import('../simulator/recording.ts');
    const events = readRecording(replayFile);
    if (!insert) return run({ events, speed, insert: null });
    const { config } = loadFor(context, ['database']);
    if (!isLoopback(config.platform.url)) throw NOT_HERE;
    return withStore(config, (store) =>
      run({ events, speed, insert: (row) => store.insertOutbox({ ...row, source: 'yxt-mw replay' }) }),
    );
  },
};

function atLeastOne(text: string): number {
  const n = Number(text);
  if (!/^\d{1,4}$/.test(text) || n < 1) throw new InvalidArgumentError('Allowed choices are 1–9999.');
  return n;
}

/** Rows of a rehearsal must not go out. */
const NOT_HERE = usage(
  'platform.url 不在本机：重放的行会真的发出去。--insert 请用另一份配置，其 platform.url 指向本模拟平台',
  'platform.url is not on this machine: the rows would really be sent. For --insert use a configuration whose platform.url is this simulator',
);
