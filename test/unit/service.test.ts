import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../src/cli/index.ts';
import { KEY_FILE, writeSecret } from '../../src/config/secrets.ts';
import { ConfigError } from '../../src/lib/errors.ts';
import { switchTo, versionsIn } from '../../src/service/versions.ts';
import { freshSite, need } from '../support/service.ts';

describe('service', () => {
  const site = freshSite();

  describe('plan', () => {
    it('takes folders and the time to stop from the configuration', () => {
      const plan = site.planFor({ 'platform.timeout': '30s', 'outbox.lease': '3m' });
      assert.deepEqual(
        [plan.stateDir, plan.logDir, plan.databaseFile].map((each) => each && path.relative(site.dir, each)),
        ['state', 'logs', path.join('data', 'yxt.db')],
      );
      const longer = site.planFor({ 'platform.timeout': '60s', 'outbox.lease': '3m' });
      assert.equal(longer.stopMs - plan.stopMs, 30_000);
      assert.ok(plan.stopMs >= 30_000 + 10_000, 'a call in flight and the writing of its result');
    });

    it('refuses a state directory whose socket would go to the temporary directory', function () {
      if (process.platform === 'win32') this.skip();
      assert.throws(
        () => site.planFor({ stateDir: `/var/lib/${'x'.repeat(100)}` }),
        (error) => error instanceof ConfigError && /too long/.test(error.text.en) && /太长/.test(error.text.zh),
      );
    });
  });

  describe('command line', () => {
    let env: NodeJS.ProcessEnv = {};
    async function said(
      locale: 'zh-CN' | 'en',
      ...argv: string[]
    ): Promise<{ code: number; out: string; err: string }> {
      const [out, err]: [string[], string[]] = [[], []];
      const code = await run(['--config', site.file, '--locale', locale, 'service', ...argv], {
        out: (line) => void out.push(line),
        err: (line) => void err.push(line),
        stdin: Readable.from([]),
        ...{ terminal: false, env, json: false, locale },
      });
      return { code, out: out.join('\n'), err: err.join('\n') };
    }

    beforeEach(() => {
      site.planFor({});
      env = {};
    });

    it('prints either kind on every system, without a secret and without changing anything', async () => {
      const systemd = await said('en', 'print', '--target', 'systemd');
      assert.equal(systemd.code, 0, systemd.err);
      assert.ok(systemd.out.includes(`ReadWritePaths=${path.join(site.dir, 'state')}`), systemd.out);
      const windows = await said('zh-CN', 'print', '--target', 'windows');
      assert.equal(windows.code, 0, windows.err);
      assert.match(windows.out, /<stopargument>stop<\/stopargument>/);
      assert.equal(existsSync(path.join(site.dir, 'state')), false);
    });

    it('writes below a folder and removes it, in the reader’s language', async function () {
      need('systemctl', this);
      const root = path.join(site.dir, 'image');
      const unit = path.join(root, 'etc/systemd/system/yxt-mw.service');
      const made = await said('zh-CN', 'install', '--root', root);
      assert.equal(made.code, 0, made.err);
      assert.ok(made.out.includes(`已写入 ${unit}`), made.out);
      assert.ok(existsSync(unit));
      const gone = await said('en', 'uninstall', '--root', root);
      assert.match(gone.out, /stay/);
      assert.equal(existsSync(unit), false);
    });

    it('refuses what does not go together, with exit code 2', async () => {
      for (const argv of [['install', '--target', 'windows'], ['status', '--root', site.dir], ['reload']]) {
        const { code, err } = await said('en', ...argv);
        assert.equal(code, 2, argv.join(' '));
        assert.match(err, /^yxt-mw: (--target is for print only|--root is for|wrong value reload)/);
      }
    });

    it('takes the key of the secrets where systemd’s credential lies, which only this shell can name', async function () {
      if (process.platform === 'win32') this.skip();
      const [key, place] = [path.join(site.dir, KEY_FILE), { configFile: site.file, env: {} }];
      site.planFor({ 'platform.password': '${secret:platform}' });
      writeSecret(place, 'platform', 'made-up');
      const credentials = path.join(site.dir, 'credentials');
      mkdirSync(credentials);
      renameSync(key, path.join(credentials, KEY_FILE));
      const without = await said('en', 'install');
      assert.match(without.err, /the key .* is not there.*set CREDENTIALS_DIRECTORY/);
      // a state directory that no service can have: what comes after the configuration is not for this test
      const long = { stateDir: `/var/lib/${'x'.repeat(100)}` };
      assert.throws(() => site.planFor({ 'platform.password': '${secret:platform}', ...long }));
      env = { CREDENTIALS_DIRECTORY: credentials };
      assert.match((await said('en', 'install')).err, /too long for the socket/);
    });

    it('says where the service has its variables from when one is missing', async function () {
      if (process.platform === 'win32') this.skip();
      const { code, err } = await said('en', 'install');
      assert.equal(code, 2);
      assert.match(err, /only the variables in .*yxt-mw\.env[\s\S]*environment variable YXT_PASSWORD is not set/);
    });
  });

  it('switches between versions by a link, and back', () => {
    assert.deepEqual(versionsIn(site.dir), { current: null, previous: null });
    const [one, two] = [path.join(site.dir, 'yxt-mw-1'), path.join(site.dir, 'yxt-mw-2')];
    switchTo(site.dir, one);
    assert.deepEqual(versionsIn(site.dir), { current: one, previous: null });
    switchTo(site.dir, two);
    assert.deepEqual(versionsIn(site.dir), { current: two, previous: one });
    switchTo(site.dir, two);
    assert.deepEqual(versionsIn(site.dir), { current: two, previous: one });
    switchTo(site.dir, one);
    assert.deepEqual(versionsIn(site.dir), { current: one, previous: two });
  });
});
