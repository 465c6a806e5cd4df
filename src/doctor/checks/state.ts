import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRunning } from '../../daemon/control.ts';
import { SPOOL_LIMITS } from '../../state/spool.ts';
import { fail, ok, warn, type Check, type Found } from '../check.ts';

const MB = 2 ** 20;
/** Below this a busy day may fill the disk. */
const ROOMY_BYTES = 500 * MB;

/** Looks only: a doctor who runs as root must not leave a directory that the daemon cannot use. */
export const stateDirectory: Check = {
  name: { zh: '状态目录', en: 'state' },
  async run({ config: { stateDir } }) {
    const there = existsSync(stateDir);
    const place = there ? stateDir : existingAbove(stateDir);
    if (!writable(place)) {
      return [
        fail(
          { zh: `${place} 不能写`, en: `${place} cannot be written` },
          {
            zh: '请把它交给运行 yxt-mw 的系统用户，或改 stateDir。',
            en: 'Give it to the user that runs yxt-mw, or change stateDir.',
          },
        ),
      ];
    }
    const running = await isRunning(stateDir);
    const state = there
      ? running
        ? { zh: '守护进程正在运行', en: 'the daemon is running' }
        : { zh: '守护进程没有在运行', en: 'the daemon is not running' }
      : { zh: '还不存在，启动时建立', en: 'not there yet, made at the first start' };
    return [
      ok(`${stateDir}：${state.zh}`, `${stateDir}: ${state.en}`),
      ...openToOthers(stateDir, there),
      ...room(place),
    ];
  },
};

function existingAbove(dir: string): string {
  const above = dirname(dir);
  return existsSync(above) || above === dir ? above : existingAbove(above);
}

function writable(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function openToOthers(dir: string, there: boolean): Found[] {
  if (!there || process.platform === 'win32' || (statSync(dir).mode & 0o077) === 0) return [];
  return [
    warn(
      {
        zh: `其他用户可以访问 ${dir}，里面有未入库的短信`,
        en: `${dir} is open to other users and holds messages not yet stored`,
      },
      { zh: `chmod 700 ${dir}`, en: `chmod 700 ${dir}` },
    ),
  ];
}

function room(place: string): Found[] {
  const { bavail, bsize, blocks } = statfsSync(place);
  const free = blocks > 0 ? bavail * bsize : Infinity; // some file systems do not count
  if (free >= ROOMY_BYTES) return [];
  const text = {
    zh: `所在磁盘只剩 ${Math.floor(free / MB)} MB`,
    en: `only ${Math.floor(free / MB)} MB are free on its disk`,
  };
  const todo = {
    zh: '请腾出空间：空间不足时会停取回执。',
    en: 'Make room: receipts are not fetched when it runs out.',
  };
  return [free < SPOOL_LIMITS.minFreeBytes ? fail(text, todo) : warn(text, todo)];
}
