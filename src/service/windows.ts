import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { secretFiles } from '../config/secrets.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { ServiceManager, ServiceState } from './manager.ts';
import { SERVICE, writableOf, type ServicePlan } from './plan.ts';
import { ownProgram } from './program.ts';
import { must, type Shell } from './shell.ts';
import { WINSW, WINSW_NAME, winswXml } from './winsw.ts';

/** The account that Windows keeps for this one service, without a password; it exists once the service does. */
const ACCOUNT = `NT SERVICE\\${SERVICE}`;
/** By number, since their names differ from language to language: LocalSystem, administrators. */
const OWNERS = ['*S-1-5-18', '*S-1-5-32-544'];

/** A Windows service by way of WinSW, whose executable an administrator puts into `dir`. */
export class WindowsService implements ServiceManager {
  readonly #shell: Shell;
  readonly #dir: string;

  constructor(shell: Shell, dir = serviceDir()) {
    this.#shell = shell;
    this.#dir = dir;
  }

  get #exe(): string {
    return join(this.#dir, `${WINSW_NAME}.exe`);
  }

  get #xml(): string {
    return join(this.#dir, `${WINSW_NAME}.xml`);
  }

  install(plan: ServicePlan, tell: (text: Text) => void): void {
    mkdirSync(this.#dir, { recursive: true });
    if (!existsSync(this.#exe)) throw this.#noWinsw();
    if (this.state().installed) {
      this.#shell(this.#exe, ['stopwait']);
      must(this.#shell, this.#exe, 'uninstall');
    }
    writeFileSync(this.#xml, winswXml(plan));
    tell({ zh: `已写入 ${this.#xml}`, en: `wrote ${this.#xml}` });
    must(this.#shell, this.#exe, 'install');
    must(this.#shell, 'sc.exe', 'config', SERVICE, 'obj=', ACCOUNT);
    const { databaseFile } = plan;
    for (const dir of writableOf({ ...plan, databaseFile: null })) {
      mkdirSync(dir, { recursive: true });
      this.#grant(dir, '(OI)(CI)', 'M');
    }
    // the bureau's program writes there as well, and keeps the right to
    if (databaseFile !== null) {
      must(this.#shell, 'icacls', dirname(databaseFile), '/grant', `${ACCOUNT}:(OI)(CI)M`);
    }
    for (const file of [plan.config, ...secretFiles(plan.config)]) this.#grant(file, '', 'R');
    tell({ zh: `以账户 ${ACCOUNT} 运行，随系统启动`, en: `it runs as ${ACCOUNT} and starts with the machine` });
    must(this.#shell, this.#exe, 'start');
  }

  uninstall(tell: (text: Text) => void): void {
    if (!this.state().installed) {
      tell({ zh: '没有安装过', en: 'it is not installed' });
      return;
    }
    this.#shell(this.#exe, ['stopwait']);
    must(this.#shell, this.#exe, 'uninstall');
    rmSync(this.#xml, { force: true });
    tell({
      zh: '已停止并删除服务；配置、状态目录和日志都保留',
      en: 'stopped and removed; configuration, state and log stay',
    });
  }

  state(): ServiceState {
    const { code, said } = this.#shell('sc.exe', ['query', SERVICE]);
    const words = /STATE\s*:\s*\d+\s+(\w+)/.exec(said)?.[1] ?? '';
    const pid = /PID\s*:\s*(\d+)/.exec(this.#shell('sc.exe', ['queryex', SERVICE]).said)?.[1];
    return {
      installed: code === 0,
      running: words === 'RUNNING',
      words,
      enabled: code === 0 && /AUTO_START/.test(this.#shell('sc.exe', ['qc', SERVICE]).said),
      pid: Number(pid) || null,
      restarts: null,
    };
  }

  cannotRun(): null {
    return null; // programs below Program Files can be run by everybody
  }

  lastWords(): string {
    return '';
  }

  /** For the system, administrators and the service; for nobody else. */
  #grant(path: string, inherit: string, right: string): void {
    const owners = OWNERS.map((owner) => `${owner}:${inherit}F`);
    must(this.#shell, 'icacls', path, '/inheritance:r', '/grant:r', ...owners, `${ACCOUNT}:${inherit}${right}`);
  }

  #noWinsw(): DaemonError {
    const { version, file, licence, url } = WINSW;
    return new DaemonError('failed', {
      zh: `还缺 WinSW ${version}（许可证 ${licence}）：请从 ${url} 取 ${file}，放为 ${this.#exe}，再执行一次`,
      en: `WinSW ${version} (licence ${licence}) is missing: get ${file} from ${url}, put it there as ${this.#exe}, and run this again`,
    });
  }
}

/** Beside the versions, so that an upgrade leaves it alone. */
function serviceDir(): string {
  const { home, root } = ownProgram();
  return join(home ?? dirname(root), WINSW_NAME);
}
