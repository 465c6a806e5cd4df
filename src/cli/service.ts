import { resolve } from 'node:path';
import { Argument, Option } from 'commander';
import { loadConfig } from '../config/check.ts';
import type { Config } from '../config/settings.ts';
import { findConfig } from '../config/find.ts';
import { askDaemon } from '../daemon/control.ts';
import type { StatusReport } from '../daemon/status.ts';
import { systemClock } from '../lib/clock.ts';
import { ConfigError, DaemonError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';
import type { Text } from '../lib/text.ts';
import { serviceManager, type ServiceManager } from '../service/manager.ts';
import { environmentFile, serviceEnvironment } from '../service/environment.ts';
import { planOf } from '../service/plan.ts';
import { ownProgram, type Program } from '../service/program.ts';
import { systemdUnit } from '../service/systemd.ts';
import { isSame, switchTo, versionsIn } from '../service/versions.ts';
import { winswXml } from '../service/winsw.ts';
import { loadFor, type CliCommand, type CommandContext } from './command.ts';
import { usage } from './failure.ts';
import { print, say } from './io.ts';

interface Options {
  readonly target?: 'systemd' | 'windows';
  readonly root?: string;
}

const ASK_MS = 200;
/** Long enough for a database that is slow to answer; beyond it systemd goes on trying by itself. */
const PATIENCE_MS = 30_000;

export const serviceCommand: CliCommand<Options> = {
  name: 'service',
  about: {
    zh: '系统服务（systemd 或 Windows 服务）：install 安装并启动，uninstall 删除，status 查看，print 只打印',
    en: 'the system service (systemd, or a Windows service): install and start it, uninstall, status, or print only',
  },
  setUp(command, t) {
    const about = t({
      zh: 'install 可重复执行，改过配置中的目录或超时后再执行一次；print 不改动任何东西',
      en: 'install may be repeated, and should be after folders or time-outs have changed; print changes nothing',
    });
    command.addArgument(new Argument('<ACTION>', about).choices(['install', 'uninstall', 'status', 'print']));
    command.addOption(
      new Option(
        '--target <TARGET>',
        t({
          zh: 'print 打印哪一种：systemd 或 windows；默认本机的',
          en: 'of print: systemd or windows; default: this machine’s',
        }),
      ).choices(['systemd', 'windows']),
    );
    command.option(
      '--root <DIR>',
      t({
        zh: 'install、uninstall 只在此目录下写入或删除 systemd 单元（做镜像用）',
        en: 'of install and uninstall: only write or remove the systemd unit below this folder (for images)',
      }),
    );
  },
  async run(context, [action], { target, root }) {
    if (target !== undefined && action !== 'print') throw usage('--target 只用于 print', '--target is for print only');
    if (root !== undefined && action !== 'install' && action !== 'uninstall') {
      throw usage('--root 只用于 install 和 uninstall', '--root is for install and uninstall only');
    }
    if (root !== undefined && process.platform === 'win32')
      throw usage('--root 只用于 systemd', '--root is for systemd only');
    const manager = serviceManager(root === undefined ? null : resolve(root));
    if (action === 'print') return show(context, target ?? (process.platform === 'win32' ? 'windows' : 'systemd'));
    if (action === 'status') return status(context, manager);
    if (action === 'uninstall') {
      tellAll(context, (tell) => manager.uninstall(tell));
      return 0;
    }
    return install(context, manager, root === undefined);
  },
};

function show(context: CommandContext, target: 'systemd' | 'windows'): number {
  const { file, config } = loadFor(context, []);
  const plan = planOf(config, file, ownProgram());
  const text = target === 'systemd' ? systemdUnit(plan) : winswXml(plan);
  print(context.io, { target, text }, () => [text.trimEnd()]);
  return 0;
}

async function install(context: CommandContext, manager: ServiceManager, starts: boolean): Promise<number> {
  const { io, globals } = context;
  const file = findConfig(globals.config);
  const reads: string[] = [];
  const config = starts ? loadAsService(context, file, reads) : loadConfig(file, { env: io.env, needs: [] });
  if (!globals.localeGiven) io.locale = config.locale;
  const program = ownProgram();
  const plan = planOf(config, file, program, reads);
  if (starts) makeCurrent(program);
  tellAll(context, (tell) => manager.install(plan, tell));
  if (!starts) return 0;
  const pid = await cameUp(plan.stateDir, manager);
  print(io, { running: true, pid }, () => [
    say(io, { zh: `服务已在运行，进程号 ${pid}`, en: `the service is running, pid ${pid}` }),
  ]);
  return 0;
}

/**
 * With the variables that the service will have, not with those of this shell; but systemd gives it a credential that only this shell
 * can name. @throws ConfigError
 */
function loadAsService({ io }: CommandContext, file: string, reads: string[]): Config {
  const { CREDENTIALS_DIRECTORY } = io.env;
  const env = { ...serviceEnvironment(file), ...(CREDENTIALS_DIRECTORY !== undefined && { CREDENTIALS_DIRECTORY }) };
  try {
    return loadConfig(file, { env, reads: (each) => reads.push(each) });
  } catch (error) {
    if (
      process.platform !== 'win32' &&
      error instanceof ConfigError &&
      error.message.includes('environment variable')
    ) {
      const variables = environmentFile(file);
      io.err(
        say(io, {
          zh: `服务只有 ${variables} 里的环境变量（一行一个 名称=值，chmod 600）；也可以把口令写成 \${file:…}`,
          en: `the service has only the variables in ${variables} (lines NAME=value, chmod 600); or write the passwords as \${file:…}`,
        }),
      );
    }
    throw error;
  }
}

/** The first version that is installed is the current one; another becomes it by `upgrade`, which looks at it first. */
function makeCurrent({ home, root }: Program): void {
  if (home === null) return;
  const { current } = versionsIn(home);
  if (current === null) switchTo(home, root);
  else if (!isSame(current, root)) {
    throw usage(
      `正在使用的是 ${current}：要换成这一版请执行 yxt-mw upgrade`,
      `${current} is in use: "yxt-mw upgrade" changes to this version`,
    );
  }
}

/** The pid, once the daemon answers. @throws DaemonError when it does not come up */
async function cameUp(stateDir: string, manager: ServiceManager): Promise<number> {
  const until = systemClock.mono() + PATIENCE_MS;
  while (systemClock.mono() < until) {
    try {
      return ((await askDaemon(stateDir, { verb: 'status' })) as StatusReport).pid;
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
    }
    if (!manager.state().running && /failed|inactive|STOPPED/.test(manager.state().words)) break;
    await sleep(ASK_MS);
  }
  const said = manager.lastWords();
  throw new DaemonError('failed', {
    zh: `服务已安装，但守护进程还没有应答（${manager.state().words}）：请看日志，或运行 yxt-mw doctor${said === '' ? '' : `。最后几行：\n${said}`}`,
    en: `the service is installed, but its daemon does not answer yet (${manager.state().words}): see the log, or run "yxt-mw doctor"${said === '' ? '' : `. Its last lines:\n${said}`}`,
  });
}

function status({ io }: CommandContext, manager: ServiceManager): number {
  const state = manager.state();
  print(io, state, () => [say(io, state.installed ? stateText(state) : NOT_INSTALLED)]);
  return state.running ? 0 : 3;
}

function stateText({ running, words, enabled, pid, restarts }: ReturnType<ServiceManager['state']>): Text {
  const process = pid === null ? { zh: '', en: '' } : { zh: `，进程号 ${pid}`, en: `, pid ${pid}` };
  const again =
    restarts === null ? { zh: '', en: '' } : { zh: `，自动重启过 ${restarts} 次`, en: `, restarted ${restarts} times` };
  return {
    zh: `服务${running ? '正在运行' : '没有运行'}：${words}${process.zh}${again.zh}，${enabled ? '' : '不'}随系统启动`,
    en: `the service is ${running ? 'running' : 'not running'}: ${words}${process.en}${again.en}, ${enabled ? 'starts' : 'does not start'} with the machine`,
  };
}

const NOT_INSTALLED: Text = {
  zh: '没有安装服务：请运行 yxt-mw service install',
  en: 'the service is not installed: "yxt-mw service install" does it',
};

/** Each step as it is done; with `--json` only the end counts. */
function tellAll({ io }: CommandContext, work: (tell: (text: Text) => void) => void): void {
  work((text) => {
    if (!io.json) io.out(say(io, text));
  });
}
