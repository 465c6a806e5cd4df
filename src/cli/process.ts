import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pid that a state directory names. For showing and waiting only: whether a daemon runs is what its lock and socket say. */
export function pidOf(stateDir: string): number | null {
  try {
    const pid = Number(readFileSync(join(stateDir, 'pid'), 'utf8').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** True while the process exists; one that has ended and only waits for its parent to notice does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return true; // no /proc here
  }
}
