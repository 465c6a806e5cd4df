import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DaemonError } from '../../src/lib/errors.ts';
import { LinuxService } from '../../src/service/linux.ts';
import type { ServicePlan } from '../../src/service/plan.ts';
import type { Answer, Shell } from '../../src/service/shell.ts';
import { systemdUnit } from '../../src/service/systemd.ts';
import { fakeShell, freshSite, need, nothing, PLAN, SCRIPT } from '../support/service.ts';

describe('service of systemd', () => {
  const site = freshSite();

  describe('systemd unit', () => {
    const written = (plan: ServicePlan): string => {
      const file = path.join(site.dir, 'yxt-mw.service');
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
        `ExecReload=${process.execPath} ${SCRIPT} --config /etc/yxt-mw/config.yaml reload`,
        'EnvironmentFile=-/etc/yxt-mw/yxt-mw.env',
        'Restart=on-failure',
        'RestartPreventExitStatus=2',
        'TimeoutStopSec=47',
        'TimeoutStartSec=107', // ExecReload stops and starts
        'ReadWritePaths=/var/lib/yxt-mw',
        'ReadWritePaths=/var/log/yxt-mw',
      ]) {
        assert.ok(lines.includes(line), line);
      }
      assert.ok(!lines.some((line) => line.startsWith('MemoryDenyWriteExecute')), 'the JIT compiler needs it');
    });

    it('is what systemd-analyze verify accepts without a word, odd paths too', function () {
      need('systemd-analyze', this);
      const odd = path.join(site.dir, 'a b%h$HOME');
      mkdirSync(odd);
      const node = path.join(odd, 'node');
      symlinkSync(process.execPath, node);
      const all = {
        config: `${odd}/"c'.yaml`,
        stateDir: `${odd}/state`,
        logDir: null,
        databaseFile: `${odd}/data/yxt.db`,
      };
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
      }, site.dir);
      const unit = path.join(site.dir, 'etc/systemd/system/yxt-mw.service');
      const link = path.join(site.dir, 'etc/systemd/system/multi-user.target.wants/yxt-mw.service');
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
        plan = site.planFor({});
        mkdirSync(plan.stateDir, { mode: 0o755 });
        writeFileSync(path.join(plan.stateDir, 'state.db'), '');
      });

      it('gives its user what it needs, tries it as that user, and only then is written, enabled and started', () => {
        const { shell, ran } = fakeShell(IDS);
        const key = path.join(path.dirname(plan.config), 'yxt-mw.key');
        writeFileSync(key, '', { mode: 0o600 });
        const before = process.umask(0o077);
        try {
          new LinuxService(shell, null, path.join(site.dir, 'units')).install(plan, () => undefined);
        } finally {
          process.umask(before);
        }
        const does = ran.filter((line) => !/^(id|systemctl is-)| -- test /.test(line));
        assert.match(does[0] ?? '', /^runuser -u yxt-mw -- .*yxt-mw\.js --config .* schema print$/);
        const unit = 'yxt-mw.service';
        assert.deepEqual(does.slice(1), [
          'systemctl daemon-reload',
          `systemctl enable ${unit}`,
          `systemctl restart ${unit}`,
        ]);
        assert.equal(readFileSync(path.join(site.dir, 'units', unit), 'utf8'), systemdUnit(plan));
        assert.equal(modeOf(path.join(site.dir, 'units', unit))[1], 0o644, 'under umask 077, too');
        for (const file of [plan.config, key]) assert.deepEqual(modeOf(file), [65534, 0o640], file);
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
        new LinuxService(shell, null, path.join(site.dir, 'units')).install(plan, () => undefined);
        assert.ok(
          ran.some((line) => /^useradd --system .*nologin yxt-mw$/.test(line)),
          ran.join('\n'),
        );
      });

      it('tells of what its user cannot read or write, and of nothing else', () => {
        const told: string[] = [];
        const ca = path.join(site.dir, 'ca.pem');
        const mine = { ...plan, reads: [ca, plan.config] };
        const install = (shell: Shell): void =>
          new LinuxService(shell, null, path.join(site.dir, 'units')).install(mine, ({ en }) => told.push(en));
        install(fakeShell(IDS).shell);
        assert.ok(!told.some((text) => text.startsWith('Note')), told.join('\n'));
        const no = { code: 1, said: '' };
        install(fakeShell([...IDS, [/ -- test -r .*ca\.pem$/, no], [/ -- test -w .*data$/, no]]).shell);
        const notes = told.filter((text) => text.startsWith('Note'));
        assert.equal(notes.length, 2, told.join('\n'));
        assert.match(notes[0] ?? '', /cannot read .*ca\.pem/);
        assert.match(notes[1] ?? '', /cannot write the SQLite database .*chown -R yxt-mw: .*data /);
      });

      it('is asked whether its user can run another version, before that takes over', () => {
        const { shell, ran } = fakeShell([...IDS, [/^runuser .*new/, { code: 126, said: 'Permission denied' }]]);
        const service = new LinuxService(shell, null);
        assert.equal(service.cannotRun(['/opt/old/node', SCRIPT], plan.config), null);
        assert.equal(service.cannotRun(['/opt/new/node', SCRIPT], plan.config), 'Permission denied');
        assert.ok(!ran.some((line) => /enable|restart|useradd/.test(line)));
      });

      it('is not installed where its user cannot run the program or read the configuration', () => {
        const { shell, ran } = fakeShell([...IDS, [/^runuser/, { code: 2, said: 'cannot read config.yaml (EACCES)' }]]);
        assert.throws(
          () => new LinuxService(shell, null, path.join(site.dir, 'units')).install(plan, () => undefined),
          (error) => error instanceof DaemonError && /nothing was installed: .*EACCES/.test(error.text.en),
        );
        assert.equal(existsSync(path.join(site.dir, 'units')), false);
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
});
