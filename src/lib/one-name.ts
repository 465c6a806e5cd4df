import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The same text for the same folder. Windows takes upper and lower case for the same and has short names, and its shells hand a path on
 * as it was typed; elsewhere this is the absolute path.
 */
export function oneName(dir: string, platform: NodeJS.Platform = process.platform): string {
  let path = resolve(dir);
  if (platform !== 'win32') return path;
  try {
    path = realpathSync.native(path);
  } catch {
    // not there, or closed to this user
  }
  return path.toLowerCase();
}
