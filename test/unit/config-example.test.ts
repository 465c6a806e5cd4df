import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { checkConfig, pathsOf } from '../../src/config/check.ts';
import { exampleConfig, initialConfig } from '../../src/config/init.ts';
import { settings } from '../../src/config/settings.ts';
import { temporaryDir } from '../support/temporary.ts';
import { writeConfig } from '../support/config-file.ts';

const EXAMPLE = join(import.meta.dirname, '../../config.example.yaml');
const ENV = { YXT_PASSWORD: 'made-up', YXT_DB_PASSWORD: 'made-up' };

describe('config.example.yaml', () => {
  it('is what the table of settings says', () => {
    if (process.env['UPDATE_EXAMPLE']) writeFileSync(EXAMPLE, exampleConfig());
    assert.equal(
      readFileSync(EXAMPLE, 'utf8').replaceAll('\r\n', '\n'),
      exampleConfig(),
      'settings changed: run mocha once with UPDATE_EXAMPLE=1',
    );
  });

  it('says what may be written where that is not plain', () => {
    const lines = exampleConfig().split('\n');
    const ranges = { plan: '50 | 100 | 300 | 500 | 1200 | 2000 | 5000', diskBelow: '1MB–1024GB', maxSize: '64KB–1GB' };
    for (const [key, range] of Object.entries(ranges)) {
      const at = lines.findIndex((line) => line.startsWith(`  ${key}: `));
      for (const line of lines.slice(at - 2, at)) assert.ok(line.endsWith(` [${range}]`), `${key}: ${line}`);
    }
  });

  it('loads as it stands', () => {
    const { config, problems } = checkConfig(EXAMPLE, ENV);
    assert.deepEqual(problems, []);
    assert.equal(config?.database.client, 'mysql');
  });

  it('shows every setting, each under a Chinese and an English sentence', () => {
    const text = exampleConfig();
    const lines = text.split('\n').map((line) => line.trim());
    for (const path of pathsOf(settings)) {
      const key = path.split('.').at(-1)!;
      const at = lines.flatMap((line, index) => (new RegExp(`^(#\\s+)*${key}: `).test(line) ? [index] : []));
      assert.ok(at.length > 0, path);
      for (const index of at) {
        assert.match(lines[index - 2]!, /^#.*\p{Script=Han}/u, path);
        assert.match(lines[index - 1]!, /^#.*[A-Za-z]{2}/, path);
      }
    }
  });
});

describe('initial configuration', () => {
  let dir: string;
  beforeEach(() => {
    dir = temporaryDir();
  });

  for (const client of ['sqlite', 'mysql', 'postgres', 'mssql', 'oracle'] as const) {
    it(`for ${client} loads without a problem or a warning`, () => {
      const file = writeConfig(dir, {}, client);
      const { config, problems, warnings } = checkConfig(file, ENV);
      assert.deepEqual([...problems, ...warnings], []);
      assert.equal(config?.database.client, client);
      assert.equal(typeof config.database.connection, client === 'sqlite' ? 'string' : 'object');
    });
  }

  it('has the answers in their places, whatever they hold', () => {
    const values = {
      instance: "it's: #1 {odd}",
      'platform.spCode': '001234',
      'platform.loginName': 'yes',
      'platform.password': '${file:secret}',
      'database.connection.port': 3307,
      'outbox.ratePerSecond': null,
      'log.level': 'debug',
      'database.connection.user': '- "x"',
    };
    const document = parseDocument(initialConfig({ client: 'mysql', values }));
    assert.deepEqual(document.errors, []);
    for (const [path, value] of Object.entries(values)) assert.equal(document.getIn(path.split('.')), value, path);
  });

  it('refuses an answer to a question that nobody asks', () => {
    assert.throws(() => initialConfig({ client: 'sqlite', values: { 'outbox.pollEvry': '3s' } }), /no such setting/);
  });
});
