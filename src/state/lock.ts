import { existsSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DaemonError } from '../lib/errors.ts';
import { createPrivate, ensureStateDir, LOCK_FILE, sqliteCode, stateError } from './sqlite.ts';

export interface StateLock {
  /** Gives the directory back; the operating system does the same when the process dies, however it dies. */
  release(): void;
}

const BUSY = 5;

/** Held here, because a connection that nobody refers to is closed by the garbage collector, and the lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Takes the state directory for the life of this process.
 * The lock is the operating system's, held by an open exclusive transaction on a file of its own: it cannot go stale, and it works
 * where pid files lie (restarted containers, reused pids, Windows). The `pid` file beside it is for people and is never trusted.
 * @throws DaemonError `running` when another process holds it, `state` when the directory cannot be used
 */
export function lockState(dir: string): StateLock {
  ensureStateDir(dir);
  const path = join(dir, LOCK_FILE);
  const pidFile = join(dir, 'pid');
  const db = open(path);
  try {
    db.exec('begin exclusive');
    if (existsSync(pidFile)) unlinkSync(pidFile); // root may have left one that nobody else can write
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    db.close();
    if (sqliteCode(error) === BUSY) throw running(dir, pidFile);
    throw stateError(path, error);
  }
  held.add(db);
  return {
    release() {
      if (!held.delete(db)) return;
      rmSync(pidFile, { force: true });
      db.close();
    },
  };
}

function open(path: string): DatabaseSync {
  try {
    createPrivate(path);
    // two starts at the same moment can each see the other's first, shared lock: a short wait lets one of them win
    return new DatabaseSync(path, { timeout: 500 });
  } catch (error) {
    throw stateError(path, error);
  }
}

function running(dir: string, pidFile: string): DaemonError {
  const pid = readPid(pidFile);
  const who = pid === null ? { zh: '', en: '' } : { zh: `（进程号 ${pid}）`, en: ` (pid ${pid})` };
  return new DaemonError(
    'running',
    {
      zh: `已有一个 yxt-mw 在使用 ${dir}${who.zh}：请先停止它，或换一个 stateDir`,
      en: `another yxt-mw is using ${dir}${who.en}: stop it first, or name another stateDir`,
    },
    { facts: pid === null ? {} : { pid } },
  );
}

function readPid(pidFile: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null; // not written yet, or removed by hand: the lock alone decides
  }
}
