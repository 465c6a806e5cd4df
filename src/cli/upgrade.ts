import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { isRunning } from '../daemon/control.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { serviceEnvironment } from '../service/environment.ts';
import { serviceManager } from '../service/manager.ts';
import { ownProgram, runtimeIn, scriptIn } from '../service/program.ts';
import { isSame, switchTo, versionsIn } from '../service/versions.ts';
import { loadFor, type CliCommand, type CommandContext, type Loaded } from './command.ts';
import { usage } from './failure.ts';
import { print, say } from './io.ts';

export const upgradeCommand: CliCommand<{ back?: boolean }> = {
  name: 'upgrade',
  about: {
    zh: '在新版本的目录中执行：用新版本核对配置和表，通过后切换并重启服务；--back 退回上一版本',
    en: 'run from a new version’s folder: it checks configuration and tables, then takes over; --back returns to the one before',
  },
  setUp(command, t) {
    command.option(
      '--back',
      t({ zh: '退回上一版本，同样先核对', en: 'return to the version before, checked likewise' }),
    );
  },
  async run(context, _args, { back = false }) {
    const { io } = context;
    const { home, root } = ownProgram();
    if (home === null) throw NO_BUNDLE;
    const { current, previous } = versionsIn(home);
    const target = back ? previous : root;
    if (target === null) throw usage('没有上一版本可退', 'there is no version before to return to');
    if (current !== null && isSame(target, current)) {
      print(io, { switched: false, version: basename(target) }, () => [
        say(io, { zh: `正在使用的已经是 ${basename(target)}`, en: `${basename(target)} is in use already` }),
      ]);
      return 0;
    }
    const loaded = loadFor(context, []);
    if (run(context, loaded, target, 'schema', 'check') !== 0) throw refused(target, current);
    const shut = hasService()
      ? serviceManager(null).cannotRun([runtimeIn(target), scriptIn(target)], loaded.file)
      : null;
    if (shut !== null) throw unusable(target, current, shut);
    switchTo(home, target);
    print(io, { switched: true, version: basename(target), previous: current && basename(current) }, () => [
      say(io, { zh: `已切换到 ${basename(target)}`, en: `${basename(target)} is the current version now` }),
    ]);
    return restart(context, loaded, target);
  },
};

/** Another version’s command; what it says appears as if it were said here. */
function run({ io }: CommandContext, { file }: Loaded, root: string, ...args: string[]): number {
  const argv = [scriptIn(root), '--config', file, '--locale', io.locale, ...args];
  const { status } = spawnSync(runtimeIn(root), argv, {
    stdio: ['ignore', io.json ? 'ignore' : 'inherit', 'inherit'],
    env: { ...io.env, ...serviceEnvironment(file) },
    windowsHide: true,
  });
  return status ?? 1;
}

async function restart(context: CommandContext, loaded: Loaded, target: string): Promise<number> {
  const { io } = context;
  // the version that runs from now on writes its own unit
  if (hasService()) {
    if (run(context, loaded, target, 'service', 'install') === 0) return 0;
    throw new DaemonError('failed', {
      zh: '已切换，但服务没有起来；退回上一版本：yxt-mw upgrade --back',
      en: 'switched, but the service did not come up; "yxt-mw upgrade --back" returns to the version before',
    });
  }
  if (await isRunning(loaded.config.stateDir)) {
    io.err(
      say(io, {
        zh: '守护进程还是旧版本：请执行 yxt-mw stop，再执行 yxt-mw start --detach',
        en: 'the daemon that runs is still the old version: "yxt-mw stop", then "yxt-mw start --detach"',
      }),
    );
  }
  return 0;
}

function hasService(): boolean {
  try {
    return serviceManager(null).state().installed;
  } catch (error) {
    if (error instanceof DaemonError) return false; // nobody to ask: no service either
    throw error;
  }
}

const NO_BUNDLE = usage(
  '这不是解开的安装包，不能用 upgrade',
  'this is not an unpacked bundle, so upgrade does not apply',
);

function refused(target: string, current: string | null): DaemonError {
  const stays = staying(current);
  return new DaemonError('failed', {
    zh: `没有切换${stays.zh}：${basename(target)} 用不了现在的配置或表（见上）。缺表缺列时请由 DBA 执行 ${scriptName(target)} schema apply`,
    en: `not switched${stays.en}: ${basename(target)} cannot use the configuration or the tables as they are (see above). Where tables or columns are missing, have the DBA run ${scriptName(target)} schema apply`,
  });
}

function unusable(target: string, current: string | null, said: string): DaemonError {
  const stays = staying(current);
  return new DaemonError('failed', {
    zh: `没有切换${stays.zh}：服务的用户运行不了 ${basename(target)}：${said}`,
    en: `not switched${stays.en}: the user of the service cannot run ${basename(target)}: ${said}`,
  });
}

const staying = (current: string | null): Text =>
  current === null ? { zh: '', en: '' } : { zh: `，仍用 ${basename(current)}`, en: `; ${basename(current)} stays` };

const scriptName = (root: string): string => `${root}/yxt-mw`;
