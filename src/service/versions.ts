import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { oneName } from '../lib/one-name.ts';
import { CURRENT } from './program.ts';

/** The link to the version that was in use before the current one. */
const PREVIOUS = 'previous';

/** Folders of unpacked bundles; null: no such link yet. */
export interface Versions {
  readonly current: string | null;
  readonly previous: string | null;
}

export function versionsIn(home: string): Versions {
  return { current: follow(home, CURRENT), previous: follow(home, PREVIOUS) };
}

/** Makes `root` the current version; the one before becomes the previous one, and its folder stays as it is. */
export function switchTo(home: string, root: string): void {
  const { current } = versionsIn(home);
  if (current !== null && !isSame(current, root)) link(home, PREVIOUS, current);
  link(home, CURRENT, root);
}

/** Whether both are the folder of one version. */
export const isSame = (one: string, other: string): boolean => oneName(one) === oneName(other);

function follow(home: string, name: string): string | null {
  try {
    return resolve(home, readlinkSync(join(home, name)));
  } catch {
    return null;
  }
}

function link(home: string, name: string, root: string): void {
  const path = join(home, name);
  if (process.platform === 'win32') {
    // a junction, for which no right of its own is needed; it has to be absolute and cannot be replaced in one step
    rmSync(path, { force: true });
    symlinkSync(root, path, 'junction');
    return;
  }
  const next = `${path}.new`;
  rmSync(next, { force: true });
  symlinkSync(basename(root), next);
  renameSync(next, path);
}
