import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Option } from 'commander';
import { configPlaces } from '../config/find.ts';
import { initialConfig } from '../config/init.ts';
import type { Node, Setting } from '../config/setting.ts';
import { settings, type Config } from '../config/settings.ts';
import { ConfigError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { usage } from './failure.ts';
import { print, say, type Io } from './io.ts';

type Client = Config['database']['client'];
const CLIENTS: readonly Client[] = ['sqlite', 'mysql', 'postgres', 'mssql', 'oracle'];

/** Flag → setting. Passwords have none: they are references to the environment, and a command line is seen by everybody. */
const SERVER: Readonly<Record<string, string>> = {
  host: 'database.connection.host',
  port: 'database.connection.port',
  user: 'database.connection.user',
  database: 'database.connection.database',
};
const FILE: Readonly<Record<string, string>> = { file: 'database.connection' };
const PLATFORM: Readonly<Record<string, string>> = {
  url: 'platform.url',
  spCode: 'platform.spCode',
  loginName: 'platform.loginName',
  accessNo: 'platform.accessNo',
};

/** Where the setting's own words are about how it is written in the file. */
const WORDS: Readonly<Record<string, Text>> = {
  'database.connection': {
    zh: 'SQLite 数据库文件；相对路径从配置文件所在目录算起',
    en: 'the SQLite file; relative to the folder of the configuration',
  },
  'platform.spCode': { zh: '企业编号', en: 'enterprise number (SpCode)' },
  'platform.accessNo': { zh: '接入号', en: 'access number' },
};

function wordsOf(path: string): Text {
  const { zh, en } = settingAt(path).help;
  return WORDS[path] ?? { zh, en: en.charAt(0).toLowerCase() + en.slice(1) };
}

export const initCommand: CliCommand<Record<string, string | undefined>> = {
  name: 'init',
  about: {
    zh: '按提问或选项写出带注释的配置文件；已有的绝不覆盖',
    en: 'write a commented configuration from questions or flags; never overwrites',
  },
  setUp(command, t) {
    const flag = (name: string, path: string): void => {
      command.option(`--${name} <VALUE>`, t(wordsOf(path)));
    };
    command.addOption(
      new Option(
        '--db <CLIENT>',
        t({
          zh: '数据库种类：sqlite、mysql、postgres、mssql 或 oracle',
          en: 'kind of database: sqlite, mysql, postgres, mssql or oracle',
        }),
      ).choices([...CLIENTS]),
    );
    flag('file', 'database.connection');
    for (const [name, path] of Object.entries(SERVER)) flag(name, path);
    flag('url', 'platform.url');
    flag('sp-code', 'platform.spCode');
    flag('login-name', 'platform.loginName');
    flag('access-no', 'platform.accessNo');
  },
  async run(context, _args, flags) {
    const { io } = context;
    const file = resolve(context.globals.config ?? 'config.yaml');
    const answers = io.terminal && flags['db'] === undefined ? await ask(io, flags) : fromFlags(flags);
    writeNew(file, initialConfig({ ...answers, values: { ...placesFor(file), ...answers.values } }));
    print(io, { file }, () => next(context, file, answers.client).map((text) => say(io, text)));
    return 0;
  },
};

interface Answers {
  readonly client: Client;
  readonly values: Readonly<Record<string, unknown>>;
}

type Flags = Readonly<Record<string, string | undefined>>;

const wanted = (client: Client): Readonly<Record<string, string>> => ({
  ...(client === 'sqlite' ? FILE : SERVER),
  ...PLATFORM,
});

function fromFlags(flags: Flags): Answers {
  const client = (flags['db'] ?? 'sqlite') as Client;
  const questions = wanted(client);
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined || name === 'db') continue;
    const path = questions[name];
    if (path === undefined) throw usage(`--${name} 不用于 ${client}`, `--${name} is not for ${client}`);
    const read = answerOf(path, value);
    if (read === undefined) {
      const { expects } = settingAt(path);
      throw usage(`--${dashed(name)} 应为${expects.zh}`, `--${dashed(name)} must be ${expects.en}`);
    }
    values[path] = read;
  }
  return { client, values };
}

async function ask(io: Io, flags: Flags): Promise<Answers> {
  const lines = createInterface({ input: io.stdin, output: process.stdout });
  const given = lines[Symbol.asyncIterator]();
  /** Asks until the answer fits; Enter alone takes the preset. */
  async function answer<T>(
    text: Text,
    preset: string,
    read: (line: string) => T | undefined,
    expects: Text,
  ): Promise<T> {
    for (;;) {
      lines.setPrompt(`${say(io, text)} [${preset}]: `);
      lines.prompt();
      const { value: line, done } = await given.next();
      if (done) throw usage('已中断，没有写任何文件', 'interrupted, nothing was written');
      const value = read(line.trim() || preset);
      if (value !== undefined) return value;
      io.err(say(io, { zh: `应为${expects.zh}`, en: `expected ${expects.en}` }));
    }
  }
  try {
    const kind: Setting<Client> = settings.keys.database.keys.client;
    const client = await answer(kind.help, 'sqlite', (line) => CLIENTS.find((each) => each === line), kind.expects);
    const values: Record<string, unknown> = {};
    for (const [name, path] of Object.entries(wanted(client))) {
      const setting = settingAt(path);
      const preset = flags[name] ?? presetOf(setting);
      values[path] = await answer(wordsOf(path), preset, (line) => answerOf(path, line), setting.expects);
    }
    return { client, values };
  } finally {
    lines.close();
  }
}

/** What Enter alone means. */
function presetOf({ example, fallback }: Setting): string {
  const value = example ?? fallback?.();
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'null';
}

/** What was answered as the configuration holds it; undefined: it does not fit. */
function answerOf(path: string, given: string): unknown {
  const setting = settingAt(path);
  const value = given === 'null' ? null : path.endsWith('.port') && /^\d+$/.test(given) ? Number(given) : given;
  return setting.schema.safeParse(value).success ? value : undefined;
}

function settingAt(path: string): Setting {
  let node: Node | undefined = settings;
  for (const key of path.split('.')) {
    if (node?.kind === 'choice') node = node.map;
    node = node?.kind === 'section' ? node.keys[key] : undefined;
  }
  if (node?.kind === 'choice') node = node.one;
  if (node?.kind !== 'setting') throw new TypeError(`no such setting: ${path}`);
  return node;
}

function writeNew(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const text: Text =
      code === 'EEXIST'
        ? {
            zh: `${file} 已经存在，没有改动它。要重新生成请先移走它，或用 --config 指定另一个文件`,
            en: `${file} exists already and was left as it is. Move it away first, or name another file with --config`,
          }
        : { zh: `写不了 ${file}（${code}）`, en: `cannot write ${file} (${code})` };
    throw new ConfigError('usage', text, { cause: error });
  }
}

function next({ globals }: CommandContext, file: string, client: Client): Text[] {
  const option = globals.config === null ? '' : ` --config ${globals.config}`;
  const variables = client === 'sqlite' ? 'YXT_PASSWORD' : 'YXT_DB_PASSWORD, YXT_PASSWORD';
  return [
    { zh: `已写出 ${file}。接下来：`, en: `wrote ${file}. Next:` },
    {
      zh: `  1. 打开它核对各项；口令放进环境变量 ${variables}`,
      en: `  1. look through it; put the passwords into the environment as ${variables}`,
    },
    {
      zh: `  2. yxt-mw${option} schema apply   建表（DBA 也可以手工执行 schema/${client}.sql）`,
      en: `  2. yxt-mw${option} schema apply   makes the tables (a DBA may run schema/${client}.sql by hand)`,
    },
    {
      zh: `  3. yxt-mw${option} doctor         逐项检查；没有失败后运行 yxt-mw${option} start`,
      en: `  3. yxt-mw${option} doctor         checks everything; without failures go on with yxt-mw${option} start`,
    },
  ];
}

/** Beside a configuration in the system's place, state and log have places of the system, too. */
function placesFor(file: string): Record<string, string> {
  const system = process.platform !== 'win32' && file === configPlaces().at(-1);
  return system ? { stateDir: '/var/lib/yxt-mw', 'log.dir': '/var/log/yxt-mw' } : {};
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
