import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { complaint, exitCodeOf, report } from '../../src/cli/failure.ts';
import { localeOf, run } from '../../src/cli/index.ts';
import type { Io } from '../../src/cli/io.ts';
import { displayWidth, padded, table, wrapped } from '../../src/cli/width.ts';
import { checkConfig } from '../../src/config/check.ts';
import { ConfigError, DaemonError, DbError } from '../../src/lib/errors.ts';
import type { Locale } from '../../src/lib/text.ts';
import { temporaryDir } from '../support/temporary.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function ioOf(locale: Locale, out: string[], err: string[], stdin = ''): Io {
  return {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    stdin: Readable.from([stdin]),
    terminal: false,
    env: { YXT_PASSWORD: 'demo-password', YXT_DB_PASSWORD: 'demo-db' },
    json: false,
    locale,
  };
}

async function said(argv: readonly string[], locale: Locale = 'en'): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(argv, ioOf(locale, out, err));
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const COMMANDS = [
  'init',
  'schema',
  'start',
  'stop',
  'reload',
  'status',
  'pause',
  'resume',
  'explain',
  'send',
  'quarantine',
  'queries',
  'doctor',
  'service',
  'upgrade',
  'simulator',
];
const HAN = /[\u4e00-\u9fff]/;

describe('help', () => {
  it('lists every command in both languages', async () => {
    for (const locale of ['zh-CN', 'en'] as const) {
      const { code, out } = await said(['--help'], locale);
      assert.equal(code, 0);
      for (const command of COMMANDS) {
        const line = out.split('\n').find((each) => each.startsWith(`  ${command} `)) ?? '';
        assert.notEqual(line, '', command);
        assert.equal(HAN.test(line), locale === 'zh-CN', line);
      }
      assert.equal(/^用法：/m.test(out), locale === 'zh-CN');
      assert.equal(/^Usage:/m.test(out), locale === 'en');
    }
  });

  for (const command of COMMANDS) {
    it(`of ${command} speaks one language at a time, down to each option`, async () => {
      const zh = await said([command, '--help'], 'zh-CN');
      const en = await said([command, '--help'], 'en');
      assert.equal(zh.code, 0);
      assert.doesNotMatch(zh.out, /Usage:|Options:|Arguments:|\[options\]|default:|choices:/);
      for (const line of en.out.split('\n')) assert.doesNotMatch(line.replaceAll('【某市人社局】', ''), HAN);
      const options = (text: string): string[] =>
        [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name = '']) => name);
      assert.deepEqual(options(zh.out), options(en.out));
      for (const [, name = '', about = ''] of zh.out.matchAll(
        /^ {2}(?:-\w, )?(--[\w-]+)[^\n]*?(?: {2,}|\n {4,})(\S[^\n]*)/gm,
      )) {
        assert.match(about, HAN, name);
      }
    });
  }

  it('is what an empty command line gets, as an error', async () => {
    const { code, out, err } = await said([]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /explain <ID>/);
  });

  it('takes the language from --locale, then from the environment', () => {
    assert.equal(localeOf(['--locale', 'en', 'status'], { LANG: 'zh_CN.UTF-8' }), 'en');
    assert.equal(localeOf(['status', '--locale=zh-CN'], { LANG: 'C' }), 'zh-CN');
    assert.equal(localeOf(['status'], { LC_ALL: 'zh_CN.UTF-8' }), 'zh-CN');
    assert.equal(localeOf(['--locale', 'fr'], { LANG: 'en_GB' }), 'en');
    assert.equal(localeOf([], { LC_ALL: '', LC_MESSAGES: '', LANG: 'en_GB' }), 'en', 'an empty variable is none');
  });
});

describe('a wrong command line', () => {
  const CASES: readonly [string, readonly string[], RegExp, RegExp][] = [
    [
      'an unknown command',
      ['statuss'],
      /没有命令 statuss，是否想写 status？/,
      /no command statuss, did you mean status\?/,
    ],
    [
      'an unknown option',
      ['status', '--jsn'],
      /没有选项 --jsn，是否想写 --json？/,
      /no option --jsn, did you mean --json\?/,
    ],
    ['a missing argument', ['explain'], /缺少参数 ID/, /argument ID is missing/],
    ['a missing value', ['pause', '--reason'], /--reason <TEXT> 后面要有值/, /--reason <TEXT> wants a value/],
    ['too many arguments', ['send', '13000000001', 'two', 'words'], /加引号/, /quotes/],
    [
      'a wrong choice',
      ['schema', 'drop'],
      /ACTION 的值 drop 不对，可用：print, apply, check/,
      /wrong value drop for ACTION/,
    ],
    ['a wrong value', ['send', '13000000001', 'x', '--timeout', '5'], /--timeout <TIME> 的值 5 不对/, /wrong value 5/],
    [
      'a port that is none',
      ['simulator', '--port', '99999'],
      /--port <PORT> 的值 99999 不对，可用：0–65535/,
      /wrong value 99999 for --port <PORT>, allowed: 0–65535/,
    ],
    ['a wrong port of the page', ['simulator', '--control-port', '65536'], /65536 不对/, /wrong value 65536/],
    ['a wrong id', ['explain', 'x1'], /数字编号/, /number/],
    ['a wrong phone', ['send', '12345', 'x'], /PHONE/, /PHONE/],
    ['an empty text', ['send', '13000000001', ' '], /空/, /empty/],
    ['no configuration', ['status', '--config', '/nonexistent/config.yaml'], /nonexistent/, /nonexistent/],
  ];
  for (const [name, argv, zh, en] of CASES) {
    it(`with ${name} is answered in both languages, by exit code 2`, async () => {
      const [chinese, english] = [await said(argv, 'zh-CN'), await said(argv, 'en')];
      assert.deepEqual([chinese.code, english.code], [2, 2]);
      assert.match(chinese.err, zh);
      assert.match(english.err, en);
      assert.equal(chinese.out, '');
    });
  }

  it('is answered in JSON where JSON was asked for', async () => {
    const { err } = await said(['statuss', '--json']);
    assert.deepEqual(Object.keys((JSON.parse(err) as { error: object }).error), ['code', 'text']);
  });
});

describe('errors', () => {
  const text = { zh: '出错了', en: 'it failed' };

  it('have the exit codes of the contract', () => {
    assert.equal(exitCodeOf(new ConfigError('config', text)), 2);
    assert.equal(exitCodeOf(new DaemonError('notrunning', text)), 3);
    assert.equal(exitCodeOf(new DaemonError('running', text)), 1);
    assert.equal(exitCodeOf(new DbError('lost', text)), 1);
    assert.equal(exitCodeOf(new TypeError('x')), 1);
  });

  it('are one sentence; a bug says what to report, without phones or passwords, and a stack only on request', () => {
    const said = (error: unknown, env: NodeJS.ProcessEnv = {}): string => {
      const err: string[] = [];
      report({ ...ioOf('zh-CN', [], err), env }, error, '9.9.9');
      return err.join('\n');
    };
    assert.equal(said(new DbError('lost', text)), 'yxt-mw: 出错了');
    const bug = said(new TypeError('bad row 13000000001 password=demo'));
    assert.match(bug, /TypeError: bad row 130\*\*\*\*0001 password=\*\*\*\*.*反馈.*9\.9\.9/);
    assert.doesNotMatch(bug, /\n/);
    assert.match(said(new TypeError('x'), { YXT_DEBUG: '1' }), /\n\s+at /);
    assert.equal(complaint('yxt-mw 没有在运行'), 'yxt-mw 没有在运行');
  });
});

describe('init', () => {
  let dir = '';
  beforeEach(() => (dir = temporaryDir()));
  const ACCOUNT = ['--url', 'https://127.0.0.1:9600/sms/Api', '--sp-code', '000000', '--login-name', 'demo'];
  const SERVER = ['--host', '127.0.0.1', '--port', '3307', '--user', 'yxt', '--database', 'sms'];

  for (const [client, flags] of [
    ['sqlite', ['--file', './my.db']],
    ['mysql', SERVER],
    ['postgres', SERVER],
    ['mssql', SERVER],
    ['oracle', SERVER],
  ] as const) {
    it(`writes a configuration for ${client} that is accepted as it is`, async () => {
      const file = path.join(dir, 'sub', 'config.yaml');
      const { code, out } = await said([
        'init',
        '--config',
        file,
        '--db',
        client,
        ...ACCOUNT,
        '--access-no',
        '10690001',
        ...flags,
      ]);
      assert.equal(code, 0);
      assert.match(out, /schema apply[\s\S]*doctor[\s\S]*start/);
      const { config, problems } = checkConfig(file, { YXT_PASSWORD: 'a', YXT_DB_PASSWORD: 'b' });
      assert.deepEqual(problems, []);
      assert.equal(config?.database.client, client);
      assert.equal(config.platform.accessNo, '10690001');
      if (typeof config.database.connection !== 'string') assert.equal(config.database.connection.port, 3307);
      assert.equal(statSync(file).mode & 0o777, 0o600);
    });
  }

  it('never overwrites', async () => {
    const file = path.join(dir, 'config.yaml');
    writeFileSync(file, 'mine');
    const { code, err } = await said(['init', '--config', file, '--db', 'sqlite']);
    assert.equal(code, 2);
    assert.match(err, /left as it is/);
    assert.equal(readFileSync(file, 'utf8'), 'mine');
  });

  it('refuses a value that the configuration would refuse, and a flag of another engine, and writes nothing', async () => {
    const file = path.join(dir, 'config.yaml');
    const wrong = await said(['init', '--config', file, '--sp-code', 'no good'], 'zh-CN');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /--sp-code 应为/);
    assert.equal((await said(['init', '--config', file, '--db', 'sqlite', '--host', 'x'])).code, 2);
    assert.equal(existsSync(file), false);
  });
});

describe('aligned output', () => {
  it('counts Chinese as two columns', () => {
    assert.equal(displayWidth('守护进程 a1'), 11);
    assert.equal(displayWidth('，（）'), 6);
    assert.equal(displayWidth('𠮷'), 2);
    assert.equal(displayWidth('\u001b[31mred\u001b[0m'), 3);
    assert.deepEqual(
      table([
        ['实例', 'x'],
        ['node-1', 'y'],
      ]),
      ['实例    x', 'node-1  y'],
    );
  });

  it('breaks lines at blanks and between Chinese characters, never before a closing sign', () => {
    assert.deepEqual(wrapped('在 SQLite 和模拟平台上演示：发通知，收来信', 20), [
      '在 SQLite 和模拟平台',
      '上演示：发通知，收来',
      '信',
    ]);
    assert.deepEqual(wrapped('见（甲）、（乙）', 8), ['见', '（甲）、', '（乙）']);
    assert.deepEqual(wrapped('one row’s story, long', 11), ['one row’s', 'story, long']);
    assert.deepEqual(wrapped('a\n\nb', 5), ['a', '', 'b']);
  });

  it('loses nothing in breaking lines, and keeps to the width wherever it can', () => {
    const unit = fc.constantFrom(...Array.from('ab <>-’你好，。（）：𠮷'));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), fc.integer({ min: 12, max: 40 }), (text, width) => {
        const lines = wrapped(text, width);
        assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
        for (const line of lines) {
          const breakable = /[^\s（]\s+[^\s]|[你好𠮷][（a-z<>’-]|[a-z<>’-][（你好𠮷]|[你好𠮷][你好𠮷]/u.test(line);
          assert.ok(displayWidth(line) <= width || !breakable, line);
        }
      }),
    );
  });

  it('fills up to the width it was given, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
        assert.equal(displayWidth(padded(text, width)), Math.max(width, displayWidth(text)));
      }),
    );
  });
});
