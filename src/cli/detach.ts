import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askDaemon } from '../daemon/control.ts';
import type { StatusReport } from '../daemon/status.ts';
import { systemClock } from '../lib/clock.ts';
import { DaemonError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';
import type { Text } from '../lib/text.ts';
import type { CommandContext, Loaded } from './command.ts';
import { usage } from './failure.ts';
import { print, say } from './io.ts';

const ASK_MS = 100;
const PATIENCE_MS = 60_000;
const BIN = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));

/** Starts the same command in the background and waits until it answers on its socket, or has died or waits and has said why. */
export async function startDetached(context: CommandContext, { file, config }: Loaded): Promise<number> {
  const { io } = context;
  if (config.log.dir === null) {
    throw usage('后台运行需要日志文件：请设置 log.dir', '--detach needs a log file: set log.dir');
  }
  const dir = mkdtempSync(join(tmpdir(), 'yxt-mw-start-'));
  const said = join(dir, 'stderr');
  const descriptor = openSync(said, 'w', 0o600);
  try {
    const child = spawn(process.execPath, [BIN, '--config', file, '--locale', io.locale, 'start'], {
      detached: true,
      stdio: ['ignore', 'ignore', descriptor],
      env: io.env,
      windowsHide: true,
    });
    child.unref();
    const pid = await started(child, config.stateDir, () => readFileSync(said, 'utf8'));
    print(io, { pid }, () => [
      say(io, {
        zh: `已在后台启动，进程号 ${pid}；日志在 ${config.log.dir ?? ''}`,
        en: `started in the background, pid ${pid}; log in ${config.log.dir ?? ''}`,
      }),
    ]);
    return 0;
  } finally {
    closeSync(descriptor);
    tidy(dir);
  }
}

/** Windows keeps a file that the daemon still holds open: what cannot be removed stays in the temporary folder, and is empty or small. */
function tidy(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true });
  } catch {
    // no reason to call a start that went well a failure
  }
}

async function started(child: ChildProcess, stateDir: string, said: () => string): Promise<number> {
  const end: { code: number | null } = { code: null };
  child.once('error', () => (end.code = 1));
  child.once('exit', (code) => (end.code = code ?? 1));
  const until = systemClock.mono() + PATIENCE_MS;
  while (systemClock.mono() < until) {
    if (end.code !== null) throw died(end.code, said());
    if (child.pid !== undefined && (await answers(stateDir, child.pid))) return child.pid;
    await sleep(ASK_MS);
  }
  throw new DaemonError('failed', {
    zh: `进程 ${child.pid ?? ''} 启动 60 秒后仍没有应答，它还在尝试：请看日志，或用 yxt-mw status 查看`,
    en: `the process ${child.pid ?? ''} does not answer after 60 s and goes on trying: see the log, or "yxt-mw status"`,
  });
}

/** Another daemon may already answer there: only our child's answer counts. */
async function answers(stateDir: string, pid: number): Promise<boolean> {
  try {
    return ((await askDaemon(stateDir, { verb: 'status' })) as StatusReport).pid === pid;
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    if (error.kind === 'waiting') throw waits(pid, error.text);
    return false;
  }
}

const waits = (pid: number, { zh, en }: Text): DaemonError =>
  new DaemonError('failed', {
    zh: `已在后台启动，进程号 ${pid}，但还没有开始工作：${zh}`,
    en: `started in the background, pid ${pid}, but it does not work yet: ${en}`,
  });

function died(code: number, said: string): DaemonError {
  const why = said.trim().replace(/^yxt-mw: /, '');
  return new DaemonError('failed', {
    zh: why === '' ? `没有启动成功（退出码 ${code}）：请运行 yxt-mw start 看原因` : `没有启动成功：${why}`,
    en: why === '' ? `it did not start (exit code ${code}): run "yxt-mw start" to see why` : `it did not start: ${why}`,
  });
}
