import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';

const BUNDLER = fileURLToPath(new URL('../../bundle/bundle.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { version, dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};
/** All that a command of the bundle finds in its environment. */
const ENV = { PATH: '', YXT_PASSWORD: 'demo-password' };

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the bundle for linux-x64, on a bare directory', function () {
  this.timeout(300_000);
  let work = '';
  let home = '';
  let unpacked = '';
  let simulator: SimulatorHandle;
  let daemon: ChildProcess | null = null;

  before(async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    // not in memory (test/support/setup.ts): hundreds of megabytes, and programs, which a file system in memory may not let run
    work = mkdtempSync('/tmp/yxt-bundle-');
    home = path.join(work, 'opt');
    unpacked = path.join(home, `yxt-mw-${version}-linux-x64`);
    mkdirSync(home);
    const env = { ...process.env, TMPDIR: work, YXT_BUNDLE_DIR: work };
    console.log(execFileSync(process.execPath, [BUNDLER, 'linux-x64'], { env, encoding: 'utf8' }));
    execFileSync('tar', ['-xzf', path.join(work, `yxt-mw-${version}-linux-x64.tar.gz`), '-C', home]);
    simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 100 } });
  });
  after(async () => {
    daemon?.kill('SIGKILL');
    if (work !== '') {
      await simulator.stop();
      rmSync(work, { recursive: true, force: true });
    }
  });

  function yxt(launcher: string, ...argv: string[]): Ended {
    const { status, stdout, stderr } = spawnSync(launcher, ['--locale', 'en', ...argv], {
      ...{ cwd: work, env: ENV, encoding: 'utf8' },
    });
    return { code: status, out: stdout, err: stderr };
  }

  function ok(...argv: string[]): string {
    const { code, out, err } = yxt(path.join(unpacked, 'yxt-mw'), ...argv);
    assert.equal(code, 0, `${argv.join(' ')}: ${out}${err}`);
    return out;
  }

  it('is whole: its checksums, its list of parts, and its licences', () => {
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: unpacked });
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: work });
    const { bomFormat, components } = JSON.parse(readFileSync(path.join(unpacked, 'sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: { name: string }[];
    };
    assert.equal(bomFormat, 'CycloneDX');
    const names = new Set(components.map(({ name }) => name));
    for (const name of [...Object.keys(dependencies), 'node']) assert.ok(names.has(name), name);
    assert.ok(!names.has('mocha') && !existsSync(path.join(unpacked, 'node_modules/mocha')), 'production only');
    for (const file of ['runtime/LICENSE', 'node_modules/pg/LICENSE', 'service/yxt-mw.service', 'docs/install.md']) {
      assert.ok(existsSync(path.join(unpacked, file)), file);
    }
    assert.doesNotMatch(
      readFileSync(path.join(unpacked, 'sbom.cdx.json'), 'utf8'),
      new RegExp(ROOT),
      'no path of ours',
    );
  });

  it('has every module that it may be asked for', () => {
    const load = `for (const name of ${JSON.stringify(Object.keys(dependencies))}) await import(name)`;
    const node = path.join(unpacked, 'runtime/bin/node');
    const { status, stderr } = spawnSync(node, ['--input-type=module', '--eval', load], {
      ...{ cwd: unpacked, env: ENV, encoding: 'utf8' },
    });
    assert.equal(status, 0, stderr);
  });

  it('goes from nothing to a delivered message with an empty PATH', async () => {
    ok('init', '--db', 'sqlite', '--url', simulator.url);
    const config = readFileSync(path.join(work, 'config.yaml'), 'utf8')
      .replace(/^(\s+)ca: null$/m, `$1ca: ${simulator.caFile}`)
      .replace(/pollEvery: 3s/, 'pollEvery: 100ms');
    writeFileSync(path.join(work, 'config.yaml'), config);
    assert.match(ok('schema', 'apply'), /created table sms_outbox/);
    const doctor = ok('doctor');
    assert.match(doctor, /ok +system +Node 24\.\d+\.\d+, linux-x64, glibc 2\.\d+/);
    assert.match(doctor, /all is well/);
    daemon = spawn(path.join(unpacked, 'yxt-mw'), ['start'], { cwd: work, env: ENV, stdio: 'ignore' });
    const ended = new Promise<number | null>((done) => daemon?.once('exit', done));
    const sent = ok('send', '13000000001', '社保卡已制好', '--wait', '--timeout', '30s');
    assert.match(sent, /SENT|DELIVERED/);
    assert.equal((await simulator.ledger()).length, 1);
    assert.match(ok('stop'), /stopped/);
    assert.equal(await ended, 0);
  });

  it('is found through a link in another folder', () => {
    const link = path.join(work, 'yxt-mw');
    execFileSync('ln', ['-s', 'opt/current/yxt-mw', link]);
    execFileSync('ln', ['-s', path.basename(unpacked), path.join(home, 'current')]);
    assert.equal(yxt(link, '--version').out.trim(), version);
  });

  it('is upgraded and taken back by one command each, once configuration and tables fit', () => {
    const next = path.join(home, 'yxt-mw-9.9.9-linux-x64');
    execFileSync('cp', ['-al', unpacked, next]);
    const rewrite = (name: string, change: (text: string) => string): void => {
      const file = path.join(next, name);
      const text = change(readFileSync(file, 'utf8'));
      rmSync(file); // it is the other version's file as well
      writeFileSync(file, text);
    };
    rewrite('package.json', (text) => text.replace(`"version": "${version}"`, '"version": "9.9.9"'));
    const current = path.join(home, 'current', 'yxt-mw');
    const versionInUse = (): string => yxt(current, '--version').out.trim();

    rewrite('schema/sqlite.sql', (text) => text.replace(/^(\s+)biz_id/m, '$1brand_new TEXT,\n$1biz_id'));
    const refused = yxt(path.join(next, 'yxt-mw'), 'upgrade');
    assert.equal(refused.code, 1, refused.out);
    assert.match(refused.out + refused.err, /brand_new[\s\S]*not switched; yxt-mw-.* stays/);
    assert.equal(versionInUse(), version);

    rewrite('schema/sqlite.sql', (text) => text.replace(/^\s+brand_new TEXT,\n/m, ''));
    const upgraded = yxt(path.join(next, 'yxt-mw'), 'upgrade');
    assert.equal(upgraded.code, 0, upgraded.err);
    assert.match(upgraded.out, /yxt-mw-9\.9\.9-linux-x64 is the current version now/);
    assert.equal(versionInUse(), '9.9.9');
    assert.match(yxt(path.join(next, 'yxt-mw'), 'upgrade').out, /in use already/);

    assert.equal(yxt(current, 'upgrade', '--back').code, 0);
    assert.equal(versionInUse(), version);
    assert.equal(yxt(current, 'upgrade', '--back').code, 0);
    assert.equal(versionInUse(), '9.9.9');
  });

  it('says in plain words on what machine it does not run', () => {
    const launcher = readFileSync(path.join(unpacked, 'yxt-mw'), 'utf8');
    const elsewhere = (from: string, to: string): Ended => {
      const file = path.join(unpacked, 'elsewhere');
      assert.ok(launcher.includes(from));
      writeFileSync(file, launcher.replaceAll(from, to), { mode: 0o755 });
      return yxt(file, '--version');
    };
    const old = elsewhere('libc=$(/usr/bin/getconf GNU_LIBC_VERSION 2>/dev/null)', "libc='glibc 2.17'");
    assert.equal(old.code, 1);
    assert.match(old.err, /需要 glibc 2\.28[\s\S]*needs glibc 2\.28 or later .* this machine has glibc 2\.17/);
    const arm = elsewhere('x86_64', 'aarch64');
    assert.equal(arm.code, 1);
    assert.match(arm.err, /这是 aarch64 的安装包[\s\S]*this bundle is for aarch64, this machine is x86_64/);
  });
});
