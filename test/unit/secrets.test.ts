import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { checkConfig } from '../../src/config/check.ts';
import { KEY_FILE, readSecret, SECRETS_FILE } from '../../src/config/secrets.ts';
import { yxt, type Said } from '../support/yxt.ts';
import { temporaryDir } from '../support/temporary.ts';
import { writeConfig } from '../support/config-file.ts';

const VALUE = 'p@ss 口令 "x"';

describe('secrets', () => {
  let dir: string;
  const config = (): string => join(dir, 'config.yaml');
  const key = (): string => join(dir, KEY_FILE);
  const secret = (argv: string[], stdin = '', env = {}): Promise<Said> =>
    yxt(['secret', ...argv, '--config', config()], { stdin, env });
  const passwordOf = (env = {}): string | undefined => checkConfig(config(), env).config?.platform.password;
  const problems = (env = {}): string =>
    checkConfig(config(), env)
      .problems.map(({ message }) => message.en)
      .join('\n');

  beforeEach(() => {
    dir = temporaryDir();
    const values = { 'database.connection': join(dir, 'x.db'), 'platform.password': '${secret:platform}' };
    writeConfig(dir, values);
  });

  it('come from standard input, are encrypted on disk, and stand in the configuration by name', async () => {
    assert.match(problems(), /there is no secret platform: run yxt-mw secret set platform/);
    const { code, out } = await secret(['set', 'platform'], `${VALUE}\n`);
    assert.equal(code, 0);
    assert.match(out, /the configuration says "\$\{secret:platform\}"\nthe key .*yxt-mw\.key was made/);
    assert.equal(passwordOf(), VALUE);
    const written = readFileSync(join(dir, SECRETS_FILE), 'utf8');
    assert.doesNotMatch(written + out, /p@ss|口令/);
    for (const file of [SECRETS_FILE, KEY_FILE]) {
      if (process.platform !== 'win32') assert.equal(statSync(join(dir, file)).mode & 0o777, 0o600, file);
    }
    assert.deepEqual(checkConfig(config(), {}).warnings, [], 'no clear text');
  });

  it('are listed by name, replaced and removed', async () => {
    assert.match((await secret(['list'])).out, /there is none yet/);
    await secret(['set', 'platform'], 'one');
    assert.doesNotMatch((await secret(['set', 'platform'], 'two')).out, /was made/);
    await secret(['set', 'constructor'], 'three');
    assert.equal((await secret(['list'])).out, 'constructor\nplatform');
    assert.equal(passwordOf(), 'two');
    assert.equal((await secret(['remove', 'platform'])).code, 0);
    assert.equal((await secret(['remove', 'toString'])).code, 1);
    assert.match(problems(), /there is no secret platform/);
  });

  it('take the key from systemd’s credential before the file', async () => {
    await secret(['set', 'platform'], VALUE);
    const credentials = join(dir, 'credentials');
    mkdirSync(credentials);
    renameSync(key(), join(credentials, KEY_FILE));
    assert.match(problems(), /the key .* is not there/);
    assert.equal(passwordOf({ CREDENTIALS_DIRECTORY: credentials }), VALUE);
    const second = await secret(['set', 'other'], 'x');
    assert.deepEqual([second.code, existsSync(key())], [2, false], 'no second key');
  });

  it('are refused with a key that others can read, with another key, and when the file was changed', async () => {
    await secret(['set', 'platform'], VALUE);
    if (process.platform !== 'win32') {
      chmodSync(key(), 0o644);
      assert.match(problems(), /other users can read the key .*chmod 600/);
      chmodSync(key(), 0o600);
    }
    const right = readFileSync(key());
    writeFileSync(key(), `${Buffer.alloc(32).toString('base64')}\n`);
    assert.match(problems(), /cannot be opened/);
    writeFileSync(key(), 'short');
    assert.match(problems(), /is not a key/);
    writeFileSync(key(), right);
    const file = join(dir, SECRETS_FILE);
    // one secret under the name of another
    writeFileSync(file, readFileSync(file, 'utf8').replace('"platform"', '"database"'));
    assert.throws(() => readSecret({ configFile: config(), env: {} }, 'database'), /cannot be opened/);
    writeFileSync(file, 'x');
    assert.match(problems(), /cannot read .*secrets\.json/);
  });

  it('made by root may be read by the group that root has given the configuration to, as a service needs it', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const GROUP = 65534;
    chownSync(config(), 0, GROUP);
    chmodSync(config(), 0o640);
    await secret(['set', 'platform'], VALUE);
    for (const file of [SECRETS_FILE, KEY_FILE]) {
      const { mode, uid, gid } = statSync(join(dir, file));
      assert.deepEqual([mode & 0o777, uid, gid], [0o640, 0, GROUP], file);
    }
    assert.equal(passwordOf(), VALUE);
    chmodSync(key(), 0o660);
    assert.match(problems(), /other users can read the key/);
    chmodSync(key(), 0o640);
    chownSync(key(), 1, GROUP);
    assert.match(problems(), /other users can read the key/, 'not what root has given to a group');
  });

  it('want a name and a value, and no value on the command line', async () => {
    assert.equal((await secret(['set'])).code, 2);
    assert.equal((await secret(['set', '../x'], 'x')).code, 2);
    assert.equal((await secret(['set', 'platform'], '')).code, 2);
    const { code, err } = await secret(['set', 'platform', VALUE], 'x');
    assert.equal(code, 2);
    assert.doesNotMatch(err, /p@ss/);
  });
});
