import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { secretFiles } from '../config/secrets.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { environmentFile } from './environment.ts';
import type { ServiceManager, ServiceState } from './manager.ts';
import { SERVICE, type ServicePlan } from './plan.ts';
import { must, type Answer, type Shell } from './shell.ts';
import { needsHome, systemdUnit } from './systemd.ts';

const UNIT = `${SERVICE}.service`;

/** systemd. With a `root` only the unit is written and enabled below that folder, as for an image. */
export class LinuxService implements ServiceManager {
  readonly #shell: Shell;
  readonly #root: string | null;
  readonly #file: string;

  constructor(shell: Shell, root: string | null, folder = join(root ?? '/', 'etc/systemd/system')) {
    this.#shell = shell;
    this.#root = root;
    this.#file = join(folder, UNIT);
  }

  install(plan: ServicePlan, tell: (text: Text) => void): void {
    if (this.#root === null) {
      this.#needSystemd();
      this.#prepare(plan, tell);
    }
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, systemdUnit(plan));
    chmodSync(this.#file, 0o644); // whatever the umask: systemd complains of one that not everybody can read
    tell({ zh: `已写入 ${this.#file}`, en: `wrote ${this.#file}` });
    if (this.#root === null) this.#systemctl('daemon-reload');
    this.#systemctl('enable', UNIT);
    tell({ zh: '已设为随系统启动', en: 'it starts with the machine' });
    if (this.#root === null) this.#systemctl('restart', UNIT);
  }

  uninstall(tell: (text: Text) => void): void {
    if (this.#root === null) this.#needSystemd();
    if (!existsSync(this.#file)) {
      tell({ zh: `没有安装过（没有 ${this.#file}）`, en: `it is not installed (there is no ${this.#file})` });
      return;
    }
    if (this.#root === null) this.#systemctl('stop', UNIT);
    this.#systemctl('disable', UNIT);
    rmSync(this.#file);
    if (this.#root === null) this.#systemctl('daemon-reload');
    tell({
      zh: `已停止并删除 ${this.#file}；配置、状态目录、日志和用户 ${SERVICE} 都保留`,
      en: `stopped, and removed ${this.#file}; configuration, state, log and the user ${SERVICE} stay`,
    });
  }

  state(): ServiceState {
    this.#needSystemd(false);
    const asked = ['ActiveState', 'SubState', 'UnitFileState', 'MainPID', 'NRestarts', 'LoadState'];
    const said = must(this.#shell, 'systemctl', 'show', UNIT, `--property=${asked.join(',')}`);
    const values = new Map(said.split('\n').map((line) => line.split('=', 2) as [string, string | undefined]));
    const is = (name: string): string => values.get(name) ?? '';
    return {
      installed: is('LoadState') !== 'not-found',
      running: is('ActiveState') === 'active',
      words: `${is('ActiveState')} (${is('SubState')})`,
      enabled: is('UnitFileState') === 'enabled',
      pid: Number(is('MainPID')) || null,
      restarts: is('NRestarts') === '' ? null : Number(is('NRestarts')),
    };
  }

  cannotRun(command: ServicePlan['command'], config: string): string | null {
    this.#needSystemd();
    return this.#tried(command, config);
  }

  lastWords(): string {
    return this.#shell('journalctl', ['-u', UNIT, '-n', '12', '-o', 'cat', '--no-pager']).said;
  }

  #systemctl(...args: string[]): void {
    must(this.#shell, 'systemctl', ...(this.#root === null ? [] : [`--root=${this.#root}`]), ...args);
  }

  #needSystemd(asRoot = true): void {
    const { code, said } = this.#shell('systemctl', ['is-system-running']);
    if (code === null || said === 'offline') throw NO_SYSTEMD;
    if (asRoot && process.getuid?.() !== 0) throw NOT_ROOT;
  }

  /** The user, what it has to write to, and what it has to read; then the service's own command line is tried as that user. */
  #prepare(plan: ServicePlan, tell: (text: Text) => void): void {
    if (this.#shell('id', ['-u', SERVICE]).code !== 0) {
      const home = ['--home-dir', plan.stateDir, '--no-create-home', '--shell', '/usr/sbin/nologin'];
      must(this.#shell, 'useradd', '--system', '--user-group', ...home, SERVICE);
      tell({ zh: `已建立系统用户 ${SERVICE}`, en: `made the system user ${SERVICE}` });
    }
    const uid = Number(must(this.#shell, 'id', '-u', SERVICE));
    const gid = Number(must(this.#shell, 'id', '-g', SERVICE));
    for (const dir of [plan.stateDir, plan.logDir]) if (dir !== null) give(dir, uid, gid);
    for (const file of [plan.config, ...secretFiles(plan.config)]) {
      chownSync(file, 0, gid);
      chmodSync(file, 0o640);
    }
    const variables = environmentFile(plan.config);
    if (existsSync(variables)) chmodSync(variables, 0o600);
    if (needsHome(plan)) tell(IN_HOME);
    const said = this.#tried(plan.command, plan.config);
    if (said !== null) throw unreadable(said);
    // only told of: a unit that was edited may have groups or files of its own
    for (const file of plan.reads) if (!this.#allows('-r', file)) tell(shut(file));
    const { databaseFile } = plan;
    if (databaseFile === null) return;
    const both = [dirname(databaseFile), ...(existsSync(databaseFile) ? [databaseFile] : [])];
    if (!both.every((each) => this.#allows('-w', each))) tell(sqliteIsTheirs(databaseFile));
  }

  /** Runs the service’s own command line as its user; why it cannot, or null. */
  #tried(command: ServicePlan['command'], config: string): string | null {
    // reads program, schema and configuration, and nothing else
    const { code, said } = this.#asUser(...command, '--config', config, 'schema', 'print');
    return code === 0 ? null : said;
  }

  #allows(what: '-r' | '-w', path: string): boolean {
    return this.#asUser('test', what, path).code === 0;
  }

  #asUser(...command: string[]): Answer {
    return this.#shell('runuser', ['-u', SERVICE, '--', ...command]);
  }
}

/** A folder of ours and what an earlier run as root has left in it. */
function give(dir: string, uid: number, gid: number): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chownSync(dir, uid, gid);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isFile()) chownSync(join(dir, entry.name), uid, gid);
  }
}

const NO_SYSTEMD = new DaemonError('failed', {
  zh: '这里没有运行 systemd（是容器？）：请由管理容器的程序直接运行 yxt-mw start；单元文件可用 yxt-mw service print --target systemd 查看',
  en: 'systemd does not run here (a container?): have whatever runs programs here run "yxt-mw start"; "yxt-mw service print --target systemd" shows the unit',
});

const NOT_ROOT = new DaemonError('failed', {
  zh: '需要 root 权限：请在命令前加 sudo',
  en: 'this needs root: put sudo in front of the command',
});

const IN_HOME: Text = {
  zh: '注意：程序或文件在 /home 或 /root 下，服务用户可能进不去；建议放到 /opt/yxt-mw、/etc/yxt-mw 和 /var/lib/yxt-mw',
  en: 'Note: program or files lie below /home or /root, where the service’s user may not get in; /opt/yxt-mw, /etc/yxt-mw and /var/lib/yxt-mw are better places',
};

const shut = (file: string): Text => ({
  zh: `注意：用户 ${SERVICE} 读不了配置里的文件 ${file}：请 chgrp ${SERVICE} 并 chmod 640，其目录须能进入；改好后再执行一次`,
  en: `Note: the user ${SERVICE} cannot read ${file}, which the configuration names: chgrp ${SERVICE} and chmod 640, and its folder has to let that user in; then run this again`,
});

const sqliteIsTheirs = (file: string): Text => ({
  zh: `注意：用户 ${SERVICE} 写不了 SQLite 数据库 ${file} 或其目录：请 chown -R ${SERVICE}: ${dirname(file)}（或加组），再执行一次`,
  en: `Note: the user ${SERVICE} cannot write the SQLite database ${file} or its folder: chown -R ${SERVICE}: ${dirname(file)} (or by a group), then run this again`,
});

const unreadable = (said: string): DaemonError =>
  new DaemonError('failed', {
    zh: `用户 ${SERVICE} 运行不了程序或读不了配置，没有安装：${said}`,
    en: `the user ${SERVICE} cannot run the program or read the configuration, so nothing was installed: ${said}`,
  });
