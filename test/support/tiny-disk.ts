import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, small enough to be filled. */
export interface TinyDisk {
  readonly dir: string;
  /** Fills it up to `leave` bytes. */
  fill(leave?: number): void;
  /** Removes the filling. */
  free(): void;
  /** Mounted anew; only while nobody has a file of it open for writing. */
  readOnly(on: boolean): void;
  remove(): void;
}

/** Mounts one of `megabytes`; null where that is not allowed, as in most containers. */
export function tinyDisk(megabytes: number): TinyDisk | null {
  const dir = mkdtempSync(join(tmpdir(), 'yxt-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', dir], { stdio: 'pipe' });
  } catch {
    rmdirSync(dir);
    console.warn('    no small file system could be mounted (wants root on Linux): full disks are not tested');
    return null;
  }
  const filling = join(dir, 'filling');
  return {
    dir,
    fill(leave = 0) {
      rmSync(filling, { force: true });
      const { bavail, bsize } = statfsSync(dir);
      try {
        writeFileSync(filling, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
      } catch (error) {
        // who lives there may have taken of it since: full it is, unless room was wanted
        if (leave > 0 || (error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(filling, { force: true }),
    readOnly: (on) => void execFileSync('mount', ['-o', `remount,${on ? 'ro' : 'rw'}`, dir]),
    remove() {
      execFileSync('umount', ['--lazy', dir]);
      rmdirSync(dir);
    },
  };
}
