import { chownSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What root makes in a folder of somebody else is that one's, who has to go on with it. */
export function giveToFolderOwner(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  if (statSync(path).uid !== uid) chownSync(path, uid, gid);
}
