import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { DOMParser, onErrorStopParsing, type Element } from '@xmldom/xmldom';
import { run } from '../../src/cli/index.ts';
import { checkConfig } from '../../src/config/check.ts';
import { initialConfig } from '../../src/config/init.ts';
import { ConfigError, DaemonError } from '../../src/lib/errors.ts';
import type { Text } from '../../src/lib/text.ts';
import { LinuxService } from '../../src/service/linux.ts';
import { planOf, type ServicePlan } from '../../src/service/plan.ts';
import type { Answer, Shell } from '../../src/service/shell.ts';
import { systemdUnit } from '../../src/service/systemd.ts';
import { switchTo, versionsIn } from '../../src/service/versions.ts';
import { WindowsService } from '../../src/service/windows.ts';
import { winswXml } from '../../src/service/winsw.ts';

const SCRIPT = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));

const PLAN: ServicePlan = {
  command: [process.execPath, SCRIPT],
  config: '/etc/yxt-mw/config.yaml',
  stateDir: '/var/lib/yxt-mw',
  logDir: '/var/log/yxt-mw',
  databaseDir: null,
  stopMs: 47_000,
};

const nothing = ({ en }: Text): never => assert.fail(en);

/** Skips with a word where the program is not there; under CI=true that is a failure. */
function need(program: string, context: Mocha.Context): void {
  if (spawnSync(program, ['--version']).status === 0) return;
  if (process.env['CI'] === 'true') throw new Error(`${program} is not installed`);
  console.warn(`    ${program} is not installed: what it would say is not tested`);
  context.skip();
}

/** Answers by the first pattern that fits the command line, else with success; keeps what was run. */
function fakeShell(answers: readonly (readonly [RegExp, Answer])[]): { shell: Shell; ran: string[] } {
  const ran: string[] = [];
  const shell: Shell = (file, args) => {
    const line = [path.basename(file), ...args].join(' ');
    ran.push(line);
    return answers.find(([pattern]) => pattern.test(line))?.[1] ?? { code: 0, said: '' };
  };
  return { shell, ran };
}

describe('service', () => {
  let dir = '';
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'yxt-service-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function planFor(values: Record<string, unknown>): ServicePlan {
    const file = path.join(dir, 'config.yaml');
    const all = { 'database.connection': './data/yxt.db', ...values };
    writeFileSync(file, initialConfig({ client: 'sqlite', values: all }), { mode: 0o600 });
    const { config, problems } = checkConfig(file, {}, []);
    assert.ok(config, JSON.stringify(problems));
    return planOf(config, file, { command: PLAN.command });
  }

  describe('plan', () => {
    it('takes folders and the time to stop from the configuration', () => {
      const plan = planFor({ 'platform.timeout': '30s', 'outbox.lease': '3m' });
      assert.deepEqual(
        [plan.stateDir, plan.logDir, plan.databaseDir].map((each) => each && path.relative(dir, each)),
        ['state', 'logs', 'data'],
      );
      const longer = planFor({ 'platform.timeout': '60s', 'outbox.lease': '3m' });
      assert.equal(longer.stopMs - plan.stopMs, 30_000);
      assert.ok(plan.stopMs >= 30_000 + 10_000, 'a call in flight and the writing of its result');
    });

    it('refuses a state directory whose socket would go to the temporary directory', function () {
      if (process.platform === 'win32') this.skip();
      assert.throws(
        () => planFor({ stateDir: `/var/lib/${'x'.repeat(100)}` }),
        (error) => error instanceof ConfigError && /too long/.test(error.text.en) && /太长/.test(error.text.zh),
      );
    });
  });

  describe('systemd unit', () => {
    const written = (plan: ServicePlan): string => {
      const file = path.join(dir, 'yxt-mw.service');
      writeFileSync(file, systemdUnit(plan));
      return file;
    };
    const analyze = (...args: string[]): Answer => {
      const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
      return { code: status, said: `${stdout}${stderr}`.trim() };
    };

    it('runs start as a user of its own, restarts it except after exit code 2, and gives it time to stop', () => {
      const lines = systemdUnit(PLAN).split('\n');
      for (const line of [
        'User=yxt-mw',
        `ExecStart=${process.execPath} ${SCRIPT} --config /etc/yxt-mw/config.yaml start`,
        'EnvironmentFile=-/etc/yxt-mw/yxt-mw.env',
        'Restart=on-failure',
        'RestartPreventExitStatus=2',
        'TimeoutStopSec=47',
        'ReadWritePaths=/var/lib/yxt-mw',
        'ReadWritePaths=/var/log/yxt-mw',
      ]) {
        assert.ok(lines.includes(line), line);
      }
      assert.ok(!lines.some((line) => line.startsWith('MemoryDenyWriteExecute')), 'the JIT compiler needs it');
    });

    it('is what systemd-analyze verify accepts without a word, odd paths too', function () {
      need('systemd-analyze', this);
      const odd = path.join(dir, 'a b%h$HOME');
      mkdirSync(odd);
      const node = path.join(odd, 'node');
      symlinkSync(process.execPath, node);
      const all = { config: `${odd}/"c'.yaml`, stateDir: `${odd}/state`, logDir: null, databaseDir: `${odd}/data` };
      for (const plan of [PLAN, { ...PLAN, ...all, command: [node, SCRIPT] as const }]) {
        assert.deepEqual(analyze('verify', '--man=no', written(plan)), { code: 0, said: '' });
      }
    });

    it('exposes as little as Node allows: systemd-analyze security', function () {
      need('systemd-analyze', this);
      const { said, code } = analyze('security', '--offline=true', '--no-pager', '--threshold=15', written(PLAN));
      assert.match(said, /Overall exposure level for yxt-mw\.service: \d/);
      assert.equal(code, 0, said);
    });

    it('hides /home only from a service that has nothing there', () => {
      assert.match(systemdUnit(PLAN), /^ProtectHome=yes$/m);
      assert.match(systemdUnit({ ...PLAN, stateDir: '/home/yxt/state' }), /^ProtectHome=read-only$/m);
    });
  });

  describe('under systemd', () => {
    it('is written and enabled below a folder, and removed from it again', function () {
      need('systemctl', this);
      const told: string[] = [];
      const service = new LinuxService((file, args) => {
        const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
        return { code: status, said: `${stdout}${stderr}`.trim() };
      }, dir);
      const unit = path.join(dir, 'etc/systemd/system/yxt-mw.service');
      const link = path.join(dir, 'etc/systemd/system/multi-user.target.wants/yxt-mw.service');
      for (let n = 0; n < 2; n++) {
        service.install(PLAN, (text) => told.push(text.en));
        assert.equal(readFileSync(unit, 'utf8'), systemdUnit(PLAN));
        assert.equal(spawnSync('test', ['-L', link]).status, 0);
      }
      service.uninstall((text) => told.push(text.en));
      assert.equal(existsSync(unit), false);
      assert.equal(spawnSync('test', ['-L', link]).status, 1);
      service.uninstall((text) => told.push(text.zh));
      assert.match(told.at(-1) ?? '', /没有安装过/);
    });

    describe('as root', () => {
      const IDS: readonly (readonly [RegExp, Answer])[] = [
        [/^systemctl is-system-running/, { code: 0, said: 'running' }],
        [/^id -[ug]/, { code: 0, said: '65534' }],
      ];
      let plan: ServicePlan;
      const modeOf = (file: string): [number, number] => [statSync(file).gid, statSync(file).mode & 0o777];

      beforeEach(function () {
        if (process.getuid?.() !== 0) this.skip();
        plan = planFor({});
        mkdirSync(plan.stateDir, { mode: 0o755 });
        writeFileSync(path.join(plan.stateDir, 'state.db'), '');
      });

      it('gives its user what it needs, tries it as that user, and only then is written, enabled and started', () => {
        const { shell, ran } = fakeShell(IDS);
        new LinuxService(shell, null, path.join(dir, 'units')).install(plan, () => undefined);
        const does = ran.filter((line) => !/^(id|systemctl is-)/.test(line));
        assert.match(does[0] ?? '', /^runuser -u yxt-mw -- .*yxt-mw\.js --config .* schema print$/);
        const unit = 'yxt-mw.service';
        assert.deepEqual(does.slice(1), [
          'systemctl daemon-reload',
          `systemctl enable ${unit}`,
          `systemctl restart ${unit}`,
        ]);
        assert.equal(readFileSync(path.join(dir, 'units', unit), 'utf8'), systemdUnit(plan));
        assert.deepEqual(modeOf(plan.config), [65534, 0o640]);
        for (const file of [plan.stateDir, path.join(plan.stateDir, 'state.db'), plan.logDir ?? '']) {
          assert.equal(statSync(file).uid, 65534, file);
        }
      });

      it('makes the user where there is none', () => {
        let made = false;
        const ran: string[] = [];
        const shell: Shell = (file, args) => {
          ran.push([file, ...args].join(' '));
          if (file === 'useradd') made = true;
          if (file === 'id') return made ? { code: 0, said: '65534' } : { code: 1, said: 'no such user' };
          return { code: 0, said: '' };
        };
        new LinuxService(shell, null, path.join(dir, 'units')).install(plan, () => undefined);
        assert.ok(
          ran.some((line) => /^useradd --system .*nologin yxt-mw$/.test(line)),
          ran.join('\n'),
        );
      });

      it('is not installed where its user cannot run the program or read the configuration', () => {
        const { shell, ran } = fakeShell([...IDS, [/^runuser/, { code: 2, said: 'cannot read config.yaml (EACCES)' }]]);
        assert.throws(
          () => new LinuxService(shell, null, path.join(dir, 'units')).install(plan, () => undefined),
          (error) => error instanceof DaemonError && /nothing was installed: .*EACCES/.test(error.text.en),
        );
        assert.equal(existsSync(path.join(dir, 'units')), false);
        assert.ok(!ran.some((line) => /enable|restart/.test(line)));
      });
    });

    it('says how it is, in systemd’s words', () => {
      const said =
        'ActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=42\nNRestarts=3\nLoadState=loaded';
      const { shell } = fakeShell([[/ show /, { code: 0, said }]]);
      assert.deepEqual(new LinuxService(shell, null).state(), {
        ...{ installed: true, running: true, words: 'active (running)', enabled: true, pid: 42, restarts: 3 },
      });
      const none = fakeShell([
        [/ show /, { code: 0, said: 'ActiveState=inactive\nSubState=dead\nLoadState=not-found' }],
      ]);
      assert.equal(new LinuxService(none.shell, null).state().installed, false);
    });

    it('says what to do where no systemd runs', () => {
      const { shell, ran } = fakeShell([[/is-system-running/, { code: 1, said: 'offline' }]]);
      const service = new LinuxService(shell, null);
      for (const act of [() => service.install(PLAN, nothing), () => service.state()]) {
        assert.throws(act, (error) => error instanceof DaemonError && /container/.test(error.text.en));
      }
      assert.deepEqual(new Set(ran), new Set(['systemctl is-system-running']));
    });
  });

  describe('Windows service', () => {
    const EXE = 'yxt-mw-service.exe';

    /** Name → texts, in the order of the document. */
    function parsed(xml: string): Map<string, string[]> {
      const { documentElement } = new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml');
      const found = new Map<string, string[]>();
      for (const node of Array.from(documentElement?.childNodes ?? [])) {
        if (node.nodeType !== 1) continue;
        const { tagName, textContent } = node as Element;
        found.set(tagName, [...(found.get(tagName) ?? []), (textContent ?? '').trim()]);
      }
      return found;
    }

    it('is described to WinSW: start, stop by our own command, time to stop, restart', () => {
      const config = 'C:\\ProgramData\\yxt <&> "mw"\\config.yaml';
      const xml = parsed(
        winswXml({ ...PLAN, command: ['C:\\p\\node.exe', 'C:\\p\\bin\\yxt-mw.js'], config, logDir: 'D:\\logs' }),
      );
      const common = ['C:\\p\\bin\\yxt-mw.js', '--config', config];
      assert.deepEqual(xml.get('executable'), ['C:\\p\\node.exe']);
      assert.deepEqual(xml.get('stopexecutable'), ['C:\\p\\node.exe']);
      assert.deepEqual(xml.get('startargument'), [...common, 'start']);
      assert.deepEqual(xml.get('stopargument'), [...common, 'stop']);
      assert.deepEqual(
        [xml.get('id'), xml.get('stoptimeout'), xml.get('logpath')],
        [['yxt-mw'], ['47 sec'], ['D:\\logs']],
      );
      assert.equal(xml.get('onfailure')?.length, 2);
      assert.equal(xml.has('argument'), false, 'WinSW takes startargument only in its absence');
      assert.equal(parsed(winswXml({ ...PLAN, logDir: null })).has('logpath'), false);
    });

    it('names WinSW exactly where it is missing, and does nothing else', () => {
      const { shell, ran } = fakeShell([]);
      assert.throws(
        () => new WindowsService(shell, dir).install(PLAN, nothing),
        (error) =>
          error instanceof DaemonError &&
          [error.text.zh, error.text.en].every(
            (text) => /WinSW 2\.12\.0.*MIT.*WinSW-x64\.exe/.test(text) && text.includes(EXE),
          ),
      );
      assert.deepEqual(ran, []);
    });

    it('is installed under an account of its own, which alone may write its folders, and renewed', () => {
      writeFileSync(path.join(dir, EXE), '');
      const here = { ...PLAN, config: path.join(dir, 'config.yaml'), stateDir: path.join(dir, 'state'), logDir: null };
      const { shell, ran } = fakeShell([[/^sc\.exe query /, { code: 1060, said: '' }]]);
      new WindowsService(shell, dir).install(here, () => undefined);
      assert.deepEqual(
        ran.filter((line) => !/^sc\.exe q/.test(line)),
        [
          `${EXE} install`,
          'sc.exe config yxt-mw obj= NT SERVICE\\yxt-mw',
          `icacls ${here.stateDir} /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F NT SERVICE\\yxt-mw:(OI)(CI)M`,
          `icacls ${here.config} /inheritance:r /grant:r *S-1-5-18:F *S-1-5-32-544:F NT SERVICE\\yxt-mw:R`,
          `${EXE} start`,
        ],
      );
      assert.equal(readFileSync(path.join(dir, 'yxt-mw-service.xml'), 'utf8'), winswXml(here));
      const again = fakeShell([[/^sc\.exe query /, { code: 0, said: 'STATE              : 4  RUNNING' }]]);
      new WindowsService(again.shell, dir).install(here, () => undefined);
      assert.ok(again.ran.indexOf(`${EXE} uninstall`) < again.ran.indexOf(`${EXE} install`));
      new WindowsService(again.shell, dir).uninstall(() => undefined);
      assert.equal(existsSync(path.join(dir, 'yxt-mw-service.xml')), false);
    });
  });

  describe('command line', () => {
    async function said(
      locale: 'zh-CN' | 'en',
      ...argv: string[]
    ): Promise<{ code: number; out: string; err: string }> {
      const [out, err]: [string[], string[]] = [[], []];
      const code = await run(['--config', path.join(dir, 'config.yaml'), '--locale', locale, 'service', ...argv], {
        out: (line) => void out.push(line),
        err: (line) => void err.push(line),
        stdin: Readable.from([]),
        ...{ terminal: false, env: {}, json: false, locale },
      });
      return { code, out: out.join('\n'), err: err.join('\n') };
    }

    beforeEach(() => void planFor({}));

    it('prints either kind on every system, without a secret and without changing anything', async () => {
      const systemd = await said('en', 'print', '--target', 'systemd');
      assert.equal(systemd.code, 0, systemd.err);
      assert.ok(systemd.out.includes(`ReadWritePaths=${path.join(dir, 'state')}`), systemd.out);
      const windows = await said('zh-CN', 'print', '--target', 'windows');
      assert.equal(windows.code, 0, windows.err);
      assert.match(windows.out, /<stopargument>stop<\/stopargument>/);
      assert.equal(existsSync(path.join(dir, 'state')), false);
    });

    it('writes below a folder and removes it, in the reader’s language', async function () {
      need('systemctl', this);
      const root = path.join(dir, 'image');
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
      for (const argv of [['install', '--target', 'windows'], ['status', '--root', dir], ['reload']]) {
        const { code, err } = await said('en', ...argv);
        assert.equal(code, 2, argv.join(' '));
        assert.match(err, /^yxt-mw: (--target is for print only|--root is for|wrong value reload)/);
      }
    });

    it('says where the service has its variables from when one is missing', async function () {
      if (process.platform === 'win32') this.skip();
      const { code, err } = await said('en', 'install');
      assert.equal(code, 2);
      assert.match(err, /only the variables in .*yxt-mw\.env[\s\S]*environment variable YXT_PASSWORD is not set/);
    });
  });

  it('switches between versions by a link, and back', () => {
    assert.deepEqual(versionsIn(dir), { current: null, previous: null });
    const [one, two] = [path.join(dir, 'yxt-mw-1'), path.join(dir, 'yxt-mw-2')];
    switchTo(dir, one);
    assert.deepEqual(versionsIn(dir), { current: one, previous: null });
    switchTo(dir, two);
    assert.deepEqual(versionsIn(dir), { current: two, previous: one });
    switchTo(dir, two);
    assert.deepEqual(versionsIn(dir), { current: two, previous: one });
    switchTo(dir, one);
    assert.deepEqual(versionsIn(dir), { current: one, previous: two });
  });
});
