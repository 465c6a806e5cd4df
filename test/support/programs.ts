import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps server programs that are in nobody's PATH. */
const ASIDE = ['/usr/sbin', '/usr/local/sbin', ...versions('/usr/lib/postgresql').map((dir) => join(dir, 'bin'))];

/** The path of the first of these programs that is installed, or null. */
export function program(names: readonly string[]): string | null {
  // the versioned places first: what lies in PATH may be one program of a set, without its companions
  const folders = [...ASIDE, ...(process.env['PATH'] ?? '').split(delimiter)];
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return null;
}

/** Folders named after versions, the newest first. */
function versions(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .sort((a, b) => Number(b) - Number(a))
    .map((name) => join(dir, name));
}
