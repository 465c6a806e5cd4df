import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { checkConfig, loadConfig } from '../../src/config/check.ts';
import type { Checked, Needs } from '../../src/config/check.ts';
import { configPlaces, findConfig } from '../../src/config/find.ts';
import { initialConfig } from '../../src/config/init.ts';
import { distance, nearest } from '../../src/config/nearest.ts';
import type { Config } from '../../src/config/settings.ts';
import { ConfigError } from '../../src/lib/errors.ts';
import { temporaryDir } from '../support/temporary.ts';

const ENV = { YXT_PASSWORD: 'hush-platform', YXT_DB_PASSWORD: 'hush-database' };

/** The shortest configuration there is; `change` edits its plain form. */
function minimal(change: (c: Record<string, Record<string, unknown>>) => void = () => undefined): string {
  const config = {
    database: { client: 'sqlite', connection: './data/sms.db' },
    platform: {
      url: 'https://sms.example.invalid:9600/sms/Api',
      spCode: '000000',
      loginName: 'demo',
      password: '${env:YXT_PASSWORD}',
      accessNo: '106900000000001',
    },
  };
  change(config);
  return stringify(config);
}

describe('configuration', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = temporaryDir();
    file = join(dir, 'config.yaml');
  });

  function check(yaml: string | Buffer, env: NodeJS.ProcessEnv = ENV): Checked {
    writeFileSync(file, yaml, { mode: 0o600 });
    return checkConfig(file, env);
  }
  function good(yaml: string, env?: NodeJS.ProcessEnv): Config {
    const { config, problems } = check(yaml, env);
    assert.deepEqual(problems, []);
    return config!;
  }
  /** `line path message; hint` of each problem. */
  function bad(yaml: string | Buffer, env?: NodeJS.ProcessEnv): string[] {
    const { config, problems } = check(yaml, env);
    assert.equal(config, null);
    return problems.map((each) => `${each.line} ${each.path} ${each.message.en}; ${each.hint?.en ?? ''}`);
  }
  function one(yaml: string | Buffer, expected: RegExp): void {
    const problems = bad(yaml);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0]!, expected);
  }

  describe('that is right', () => {
    it('has the contract’s defaults, durations in milliseconds', () => {
      const config = good(minimal());
      assert.deepEqual(config.outbox, {
        pollEvery: 3_000,
        batchSize: 500,
        concurrency: 32,
        ratePerSecond: 200,
        lease: 120_000,
        maxAge: null,
        maxAgeByCategory: {},
        unknownOutcome: 'resubmit',
        unknownWindow: 86_400_000,
        uniqueBy: null,
        uniqueWithin: 604_800_000,
        transliterate: true,
      });
      assert.equal(config.inbox.pollEvery, 5_000);
      assert.deepEqual(config.receipts, { pollEvery: 30_000, giveUpAfter: 259_200_000 });
      assert.deepEqual(config.housekeeping, {
        ...{ cron: '30 2 * * *', moveAfter: 2_592_000_000, keepDays: 180, maskDays: null },
      });
      assert.deepEqual(config.billing, { plan: null });
      assert.equal(config.platform.timeout, 15_000);
      assert.equal(config.platform.tls.minVersion, 'TLSv1.2');
      assert.equal(config.platform.maxLength, 402);
    });

    it('takes a time limit of a call below that of connecting, which it then ends, also beside what init has written', () => {
      const config = good(initialConfig({ client: 'sqlite', values: { 'platform.timeout': '2s' } }));
      assert.deepEqual([config.platform.timeout, config.platform.connectTimeout], [2_000, 5_000]);
    });

    it('resolves paths against its own folder', () => {
      writeFileSync(join(dir, 'ca.pem'), '');
      const config = good(minimal((c) => (c['platform']!['tls'] = { ca: './ca.pem' })));
      assert.equal(config.database.connection, join(dir, 'data/sms.db'));
      assert.equal(config.stateDir, join(dir, 'state'));
      assert.equal(config.log.dir, join(dir, 'logs'));
      assert.equal(config.platform.tls.ca, join(dir, 'ca.pem'));
    });

    it('takes an empty section, a blank value and null as the default, where null has no meaning of its own', () => {
      const config = good(`${minimal()}outbox:\ninbox: { pollEvery: }\nlog: { dir: null }\n`);
      assert.equal(config.outbox.batchSize, 500);
      assert.equal(config.inbox.pollEvery, 5_000);
      assert.equal(config.log.dir, null);
    });

    it('takes values from the environment and from files, numbers and switches too', () => {
      writeFileSync(join(dir, 'secret'), 'from file\n');
      const config = good(
        minimal((c) => {
          c['database'] = {
            client: 'postgres',
            connection: {
              host: '${env:H}.example.invalid',
              port: '${env:PORT}',
              user: 'u',
              password: '${file:secret}',
              database: 'd',
            },
          };
          c['platform']!['allowInsecure'] = '${env:YES}';
          c['platform']!['loginName'] = 'a$${b}';
        }),
        { ...ENV, H: 'db', PORT: '5433', YES: 'true' },
      );
      const connection = config.database.connection as { host: string; port: number; password: string };
      assert.equal(connection.host, 'db.example.invalid');
      assert.equal(connection.port, 5433);
      assert.equal(connection.password, 'from file');
      assert.equal(config.platform.allowInsecure, true);
      assert.equal(config.platform.loginName, 'a${b}');
    });

    it('keeps every password exactly, whatever its characters', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (password) => {
          fc.pre(!/[\u0000-\u001f\u007f]/.test(password) && password.length <= 128);
          assert.equal(good(minimal(), { YXT_PASSWORD: password }).platform.password, password);
        }),
        { numRuns: 50 },
      );
    });

    it('lets a platform on this machine be asked often', () => {
      for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
        const config = good(
          `${minimal((c) => (c['platform']!['url'] = `https://${host}:9600/sms/Api`))}receipts: { pollEvery: 200ms }\n`,
        );
        assert.equal(config.receipts.pollEvery, 200);
      }
    });

    it('may begin with a byte order mark', () => {
      good(`\ufeff${minimal()}`);
    });
  });

  describe('that is wrong', () => {
    it('names all problems at once, in both languages, with file, line, key, expectation and the nearest key', () => {
      const yaml = `database:
  client: mysql
  connection: { host: 127.0.0.1, user: yxt, password: "\${env:NOT_SET}", database: sms }
platform:
  url: https://sms.example.invalid/sms/Api
  spCode: 000000
  loginName: demo
  password: "\${env:YXT_PASSWORD}"
  accessNo: "106900000000001"
outbox:
  pollEvry: 3s
  lease: 20s
log: { level: inof }
timeout: 15s
`;
      writeFileSync(file, yaml);
      assert.throws(
        () => loadConfig(file, { env: ENV }),
        (error: unknown) => {
          assert.ok(error instanceof ConfigError);
          assert.equal(error.kind, 'config');
          assert.deepEqual(error.text.en.split('\n'), [
            `${file}: 6 problems:`,
            `  ${file}:3:45: database.connection.password: environment variable NOT_SET is not set`,
            `  ${file}:6:3: platform.spCode: wrong value 000000; expected 1 to 20 letters or digits in quotes, such as "000000"; without quotes it is not read as text, write "000000"`,
            `  ${file}:11:3: outbox.pollEvry: unknown key; did you mean pollEvery?`,
            `  ${file}:12:3: outbox.lease: 20s is too short: at least 2 × platform.timeout + 4s, that is 34s`,
            `  ${file}:13:8: log.level: wrong value inof; expected one of error, warn, info, debug; did you mean info?`,
            `  ${file}:14:1: timeout: unknown key; it belongs to platform.timeout`,
          ]);
          assert.equal(error.text.zh.split('\n').length, 7);
          assert.match(error.text.zh, /有 6 处问题[^]*没有这个键；是否想写 pollEvery？/);
          return true;
        },
      );
    });

    it('names every missing key, and a misspelt one only once', () => {
      assert.deepEqual(
        bad('platform: { spCod: "000000" }\n').map((each) => each.split(';')[0]),
        [
          '1 database.client is missing',
          '1 database.connection is missing',
          '1 platform.spCod unknown key',
          '1 platform.url is missing',
          '1 platform.loginName is missing',
          '1 platform.password is missing',
          '1 platform.accessNo is missing',
        ],
      );
      assert.ok(bad('').length >= 7);
    });

    const platform = (key: string, value: unknown): string => minimal((c) => (c['platform']![key] = value));
    const database = (value: Record<string, unknown>): string => minimal((c) => (c['database'] = value));
    const server = { host: '127.0.0.1', user: 'u', database: 'd' };
    const added = (yaml: string): string => `${minimal()}${yaml}\n`;
    for (const [what, yaml, expected] of [
      [
        'a number without its unit',
        added('inbox: { pollEvery: 5 }'),
        /inbox\.pollEvery wrong value 5; expected a duration/,
      ],
      ['a poll of under 50ms', added('outbox: { pollEvery: 49ms }'), /outbox\.pollEvery wrong value 49ms; .*50ms/],
      ['a batch of 1001', added('outbox: { batchSize: 1001 }'), /outbox\.batchSize wrong value 1001; .*1 to 1000/],
      [
        'polling the platform too often',
        added('receipts: { pollEvery: 9s }'),
        /receipts\.pollEvery 9s is too often .*10s/,
      ],
      [
        'an age that is none',
        added('outbox: { maxAgeByCategory: { CODE: 10 } }'),
        /maxAgeByCategory\.CODE wrong value/,
      ],
      ['a separator that is a letter', added('inbox: { separators: ["#", "x"] }'), /inbox\.separators\.1 wrong value/],
      ['a cron of six fields', added('housekeeping: { cron: "0 30 2 * * *" }'), /housekeeping\.cron wrong value/],
      ['a plan that there is none of', added('billing: { plan: 400 }'), /billing\.plan wrong value/],
      [
        'people made unknown before they can be',
        added('housekeeping: { moveAfter: 60d, maskDays: 30 }'),
        /housekeeping\.maskDays.*less than moveAfter \(60d\)/,
      ],
      ['a cron that is none', added('housekeeping: { cron: "2:30 * * * *" }'), /housekeeping\.cron wrong value/],
      [
        'a biz_id remembered for longer than its row stays',
        added('outbox: { uniqueBy: biz_id, uniqueWithin: 31d }'),
        /outbox\.uniqueWithin 31d is longer than housekeeping\.moveAfter \(30d\)/,
      ],
      ['a page without a token', added('http: { enabled: true }'), /http\.token page and metrics want a token/],
      [
        'a token that can be guessed',
        added('http: { enabled: true, token: secret }'),
        /http\.token wrong value; .* 16 to 200/,
      ],
      [
        'a token of a person that can be guessed',
        added('http: { enabled: true, tokens: { zhang: { token: secret } } }'),
        /http\.tokens\.zhang\.token wrong value; .* 16 to 200/,
      ],
      [
        'a person without a token',
        added('http: { enabled: true, tokens: { zhang: { role: read } } }'),
        /http\.tokens\.zhang\.token is missing/,
      ],
      [
        'a role that there is none of',
        added('http: { enabled: true, tokens: { zhang: { token: 0123456789abcdef, role: root } } }'),
        /http\.tokens\.zhang\.role wrong value root; expected one of read, operate/,
      ],
      [
        'two persons with one token',
        added(
          'http: { enabled: true, tokens: { zhang: { token: 0123456789abcdef }, li: { token: 0123456789abcdef } } }',
        ),
        /http\.tokens\.li\.token is the same token as that of http\.tokens\.zhang/,
      ],
      [
        'a person with the token of all',
        added('http: { enabled: true, token: 0123456789abcdef, tokens: { zhang: { token: 0123456789abcdef } } }'),
        /http\.tokens\.zhang\.token is the same token as that of http\.token/,
      ],
      [
        'two holders of one name',
        added(
          'http: { enabled: true, token: 0123456789abcdef, tokenLabel: duty, tokens: { duty: { token: 0123456789abcdeF } } }',
        ),
        /http\.tokens\.duty has the name that http\.tokenLabel says/,
      ],
      [
        'a page on the network in clear text',
        added('http: { enabled: true, token: 0123456789abcdef, host: 10.0.0.5 }'),
        /http\.host 10\.0\.0\.5 is no loopback address/,
      ],
      [
        'open metrics on the network',
        added(
          `http: { enabled: true, token: 0123456789abcdef, host: "::", openMetrics: true, tls: { cert: "${import.meta.filename}", key: "${import.meta.filename}" } }`,
        ),
        /http\.openMetrics goes with a loopback address only/,
      ],
      ['query rules that are no list', added('queries: { keywords: [SBYE] }'), /queries expected a list/],
      [
        'a limit over too short a time',
        added('policy:\n  limits:\n    - per: phone\n      most: 1\n      in: 5s'),
        /^14 policy\.limits\.0\.in wrong value 5s; expected a duration .* from 10s to 31d/,
      ],
      [
        'a limit of a kind that there is not',
        added('policy: { limits: [{ per: phones, most: 1, in: 1m }] }'),
        /policy\.limits\.0\.per wrong value phones; expected one of phone, .*did you mean phone\?/,
      ],
      [
        'a limit of no number',
        added('policy: { limits: [{ per: phone, in: 1m }] }'),
        /policy\.limits\.0\.most is missing/,
      ],
      [
        'quiet hours at no time',
        added('policy: { quietHours: [{ from: "25:00", to: "08:00" }] }'),
        /policy\.quietHours\.0\.from wrong value 25:00; expected a time of day/,
      ],
      ['a list for a section', added('log: []'), /log expected a map of keys/],
      ['a size without unit', added('log: { maxSize: 20 }'), /log\.maxSize wrong value 20; expected a size/],
      [
        'a size out of its range',
        added('alarms: { diskBelow: 1025GB }'),
        /alarms\.diskBelow wrong value 1025GB; .* from 1MB to 1024GB/,
      ],
      ['several channels', added('channels: {}'), /channels unknown key/],
      ['a key of JavaScript', added('__proto__: 1'), /__proto__ unknown key/],
      ['http', platform('url', 'http://127.0.0.1/sms/Api'), /platform\.url must be https; /],
      [
        'a login in the address',
        platform('url', 'https://u:hush@127.0.0.1/'),
        /platform\.url wrong value; expected an https/,
      ],
      ['another scheme', platform('url', 'ftp://127.0.0.1/'), /platform\.url wrong value ftp/],
      ['soap', platform('interface', 'soap'), /platform\.interface this version speaks the http interface only/],
      ['a proxy without scheme', platform('proxy', 'u:hush@10.0.0.1:3128'), /platform\.proxy wrong value; expected/],
      ['a certificate without key', platform('tls', { cert: 'config.yaml' }), /platform\.tls cert and key go together/],
      [
        'a CA file that is not there',
        platform('tls', { ca: 'no.pem' }),
        /platform\.tls\.ca cannot read the file .*no\.pem/,
      ],
      [
        'old TLS',
        platform('tls', { minVersion: 'TLSv1.1' }),
        /minVersion wrong value TLSv1\.1; .*did you mean TLSv1\.2/,
      ],
      [
        'a signature without text',
        platform('signature', 'prefix'),
        /signatureText must be given when signature is prefix/,
      ],
      ['701 characters', platform('maxLength', 701), /platform\.maxLength wrong value 701/],
      ['a number as password', platform('password', 12345678), /platform\.password wrong value; .*write "…"/],
      ['a file for SQL Server', database({ client: 'mssql', connection: './x.db' }), /connection mssql wants \{ host/],
      [
        'no host',
        database({ client: 'mysql', connection: { user: 'u', database: 'd' } }),
        /connection\.host is missing/,
      ],
      [
        'no service',
        database({ client: 'oracle', connection: { user: 'u', host: 'h' } }),
        /connection\.database is miss/,
      ],
      [
        'Instant Client for PostgreSQL',
        database({ client: 'postgres', connection: { ...server, oracleClientDir: '.' } }),
        /oracleClientDir is for Oracle only/,
      ],
      [
        'a variant that nobody knows',
        database({ client: 'oracle', connection: { ...server, variant: 'oracle11g' } }),
        /variant wrong value oracle11g; .*did you mean oracle-11g/,
      ],
      [
        'a server for SQLite',
        database({ client: 'sqlite', connection: server }),
        /connection SQLite wants a file path/,
      ],
      ['a file for MySQL', database({ client: 'mysql', connection: './x.db' }), /connection mysql wants \{ host/],
      [
        'a database in memory',
        database({ client: 'sqlite', connection: ':memory:' }),
        /connection wrong value :memory:/,
      ],
      [
        'SQL in a table name',
        database({ client: 'sqlite', connection: 'x', tables: { inbox: 'a; drop' } }),
        /tables\.inbox wrong/,
      ],
      [
        'one table twice',
        database({ client: 'sqlite', connection: 'x', tables: { inbox: 'SMS_OUTBOX' } }),
        /same table as outbox/,
      ],
      [
        'a schema in SQLite',
        database({ client: 'sqlite', connection: 'x', schema: 's' }),
        /database\.schema SQLite has no/,
      ],
      [
        'Oracle’s connect string',
        database({ client: 'mysql', connection: { ...server, connectString: 'x' } }),
        /for Oracle only/,
      ],
      [
        'half a key pair',
        database({ client: 'mysql', connection: { ...server, ssl: { key: 'config.yaml' } } }),
        /ssl cert and key/,
      ],
      [
        'the driver’s key in the wrong place',
        database({ client: 'mysql', connection: { ...server, prot: 1 } }),
        /did you mean port/,
      ],
      [
        'a file reference into nowhere',
        platform('password', '${file:no.txt}'),
        /platform\.password no such file: .*no\.txt/,
      ],
      ['a reference of no known kind', platform('password', '${YXT_PASSWORD}'), /platform\.password not a reference/],
    ] as const) {
      it(`refuses ${what}`, () => one(yaml, expected));
    }

    it('refuses what YAML itself refuses, with its line', () => {
      one('locale: en\nlocale: zh-CN\n', /^2  this key is given twice/);
      one('log:\n\tlevel: info\n', /^2  indented with a tab/);
      assert.match(bad('locale: "en\nlog: {}\n')[0]!, /a quote/);
      assert.match(bad('platform: { password: *hush }\n')[0]!, /^1 .*needs quotes/);
      assert.match(
        bad('a: &hush 1\nlocale: *hush\n').join('\n'),
        /^2 locale a value that begins with \* or & needs quotes/m,
      );
      assert.match(bad('[1, 2]\n')[0]!, /expected a map of keys/);
    });

    it('refuses a file that is not UTF-8, or not there', () => {
      const gbk = Buffer.from([0x23, 0xc5, 0xe4, 0xd6, 0xc3, 0x0a]);
      assert.throws(() => check(gbk), /not UTF-8/);
      assert.throws(() => checkConfig(join(dir, 'none.yaml'), ENV), /no such file/);
    });

    it('never shows a secret’s value, wherever it went', () => {
      const hush = 'hush-1234567890';
      const env = { YXT_PASSWORD: hush };
      const everywhere = (path: string[]): string =>
        minimal((c) => {
          const [section, key] = path as [string, string];
          c[section] = { ...c[section], [key]: '${env:YXT_PASSWORD}' };
        });
      const texts: string[] = [];
      for (const path of [
        ['outbox', 'pollEvery'],
        ['outbox', 'batchSize'],
        ['platform', 'url'],
        ['platform', 'tls'],
        ['platform', 'signature'],
        ['platform', 'unheardOf'],
        ['database', 'client'],
        ['log', 'maxSize'],
      ]) {
        writeFileSync(file, everywhere(path));
        assert.throws(
          () => loadConfig(file, { env }),
          (error: unknown) => {
            assert.ok(error instanceof ConfigError);
            texts.push(error.text.zh, error.text.en, error.message, JSON.stringify(error.facts));
            return true;
          },
        );
      }
      for (const clear of [
        `["${hush}"]`,
        `{ a: ${hush} }`,
        `*${hush}`,
        `&${hush} x`,
        `!${hush} x`,
        `"${hush}`,
        `@${hush}`,
        '${x',
      ]) {
        writeFileSync(file, `platform:\n  password: ${clear}\n`);
        texts.push(
          ...checkConfig(file, env).problems.flatMap((each) => Object.values({ ...each.message, ...each.hint })),
        );
      }
      assert.ok(texts.length > 40);
      for (const each of texts) assert.ok(!each.includes(hush), each);
    });
  });

  describe('of a command that does not need all of it', () => {
    const yaml = minimal((c) => {
      c['database'] = {
        client: 'mysql',
        connection: { host: 'h', user: 'u', database: 'd', password: '${file:none}' },
      };
      Object.assign(c['platform']!, { proxy: '${env:NO_PROXY_SET}', tls: { ca: './none.pem' } });
    });
    const problems = (needs: Needs): string[] => {
      writeFileSync(file, yaml, { mode: 0o600 });
      return checkConfig(file, {}, needs).problems.map(({ path }) => path);
    };

    it('may lack the secrets and files of the other sections', () => {
      const ofPlatform = ['platform.password', 'platform.proxy', 'platform.tls.ca'];
      assert.deepEqual(problems([]), []);
      assert.deepEqual(problems(['database']), ['database.connection.password']);
      assert.deepEqual(problems(['platform']).sort(), ofPlatform);
      assert.deepEqual(problems('all').sort(), ['database.connection.password', ...ofPlatform]);
      const { platform } = loadConfig(file, { env: {}, needs: [] });
      assert.deepEqual([platform.password, platform.proxy], ['', null]);
    });

    it('tells which files it is made of', () => {
      const read: string[] = [];
      writeFileSync(file, yaml.replace('${env:NO_PROXY_SET}', 'http://127.0.0.1:1'), { mode: 0o600 });
      for (const name of ['none', 'none.pem']) writeFileSync(join(dir, name), 'made-up', { mode: 0o600 });
      loadConfig(file, { env: ENV, reads: (each) => read.push(each) });
      assert.deepEqual(read.sort(), [join(dir, 'none'), join(dir, 'none.pem')]);
    });

    it('may not lack anything else, and is checked as a whole', () => {
      writeFileSync(
        file,
        minimal((c) => Object.assign(c, { stateDir: '${env:NONE}', outbox: { batchSize: 0 } })),
      );
      assert.deepEqual(
        checkConfig(file, ENV, [])
          .problems.map(({ path }) => path)
          .sort(),
        ['outbox.batchSize', 'stateDir'],
      );
    });
  });

  describe('that is unwise', () => {
    const warned = (yaml: string): string[] =>
      check(yaml).warnings.map((each) => `${each.line} ${each.path}: ${each.message.en}`);

    it('earns no warning when it is not', () => assert.deepEqual(warned(minimal()), []));

    it('is told of clear-text passwords, a missing rate, http, and an unused signature', () => {
      const yaml = minimal((c) => {
        Object.assign(c['platform']!, {
          url: 'http://127.0.0.1:9600/sms/Api',
          allowInsecure: true,
          password: 'hush',
          proxy: 'http://u:hush@10.0.0.1:3128',
          signatureText: '【某市人社局】',
        });
        c['outbox'] = { ratePerSecond: null };
      });
      const told = warned(yaml);
      assert.equal(told.length, 5, told.join('\n'));
      for (const path of [
        'platform.password',
        'platform.proxy',
        'platform.url',
        'platform.signatureText',
        'outbox.ratePerSecond',
      ]) {
        assert.ok(
          told.some((each) => each.includes(` ${path}: `)),
          path,
        );
      }
      assert.ok(!told.join('').includes('hush'));
    });

    it('is told of a secret in clear text on a network, and of none that stays on this machine or is no secret', () => {
      const hook = (webhook: object): string[] =>
        warned(minimal((c) => Object.assign(c, { alarms: { webhook } }))).map((each) => each.replace(/^\d+ /, ''));
      const [inFile, onTheWay] = [/^alarms\.webhook\.url: a password stands/, /^alarms\.webhook\.url: http: the token/];
      const far = { allowInsecure: true, url: 'http://10.0.0.7:8080/alarms' };
      for (const harmless of [
        { url: 'http://127.0.0.1:8080/alarms?key=k', token: '${env:YXT_PASSWORD}' },
        { url: 'http://[::1]/alarms' },
        { url: 'https://alarms.example.invalid/yxt-mw', token: '${env:YXT_PASSWORD}' },
        far,
      ]) {
        assert.deepEqual(hook(harmless), [], JSON.stringify(harmless));
      }
      const [token] = hook({ ...far, token: '${env:YXT_PASSWORD}' });
      assert.match(token ?? '', onTheWay);
      for (const path of ['?key=k-1', '/2f9c51d0-8a1e-4f1b-9d2c-000000000000']) {
        const [written, ...more] = hook({ url: `https://robot.example.invalid/hook${path}` });
        assert.match(written ?? '', inFile);
        assert.deepEqual(more, []);
        assert.equal(hook({ ...far, url: `${far.url}${path}` }).length, 2);
      }
      const platform = (given: object): string[] =>
        warned(minimal((c) => Object.assign(c['platform']!, { allowInsecure: true, ...given })));
      assert.deepEqual(platform({ url: 'http://127.0.0.1:9600/sms/Api' }), []);
      assert.match(platform({ url: 'http://10.0.0.7:9600/sms/Api' }).join(), /platform\.url: http: password/);
    });

    it('is told when rows would be deleted as soon as they have moved', () => {
      const housekeeping = (given: object): string[] =>
        warned(minimal((c) => Object.assign(c, { housekeeping: given })));
      assert.deepEqual(housekeeping({ cron: '0 3 * * *', moveAfter: '7d', keepDays: 7 }), []);
      assert.match(housekeeping({ keepDays: 7 }).join(), /housekeeping\.keepDays.*less than moveAfter/);
    });

    it('is told when everybody can read it', function () {
      if (process.platform === 'win32') this.skip();
      check(minimal());
      chmodSync(file, 0o644);
      const seen: string[] = [];
      loadConfig(file, { env: ENV, warn: (each) => seen.push(each.message.en) });
      assert.equal(seen.length, 1);
      assert.match(seen[0]!, /chmod 600/);
    });
  });
});

describe('nearest key', () => {
  it('counts edits', () => {
    assert.deepEqual([distance('', 'abc'), distance('kitten', 'sitting'), distance('a', 'a')], [3, 3, 0]);
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
        assert.equal(distance(a, b), distance(b, a));
        assert.ok(distance(a, c) <= distance(a, b) + distance(b, c));
        assert.equal(distance(a, b) === 0, a === b);
      }),
    );
  });

  it('forgives case, hyphens and typing errors, and does not guess wildly', () => {
    const known = ['pollEvery', 'batchSize', 'lease', 'dir'];
    assert.equal(nearest('poll_every', known), 'pollEvery');
    assert.equal(nearest('POLLEVERY', known), 'pollEvery');
    assert.equal(nearest('bachSise', known), 'batchSize');
    assert.equal(nearest('laese', known), 'lease');
    assert.equal(nearest('retries', known), null);
    assert.equal(nearest('url', known), null);
  });
});

describe('configuration file', () => {
  it('is looked for here, then in the system’s place', () => {
    const windows = configPlaces('x', 'win32', { ProgramData: 'D:\\Data' });
    assert.equal(windows[1], 'D:\\Data\\yxt-mw\\config.yaml');
    assert.equal(configPlaces('/srv', 'linux', {})[1], '/etc/yxt-mw/config.yaml');
    const dir = temporaryDir();
    const second = join(dir, 'config.yaml');
    assert.throws(() => findConfig(null, [join(dir, 'none.yaml'), second]), /yxt-mw init/);
    writeFileSync(second, '');
    assert.equal(findConfig(null, [join(dir, 'none.yaml'), second]), second);
    assert.equal(findConfig(join(dir, 'named.yaml'), [second]), join(dir, 'named.yaml'));
  });
});
