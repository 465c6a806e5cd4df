import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** In the folder of an unpacked bundle; `npm run bundle` writes it. */
export const BUNDLE_FILE = 'bundle.json';
/** The link, beside the unpacked versions, to the one in use. */
export const CURRENT = 'current';

/** Where this program lies, and how a service starts it. */
export interface Program {
  /** Folder of this version: bin, dist, schema. */
  readonly root: string;
  /** Folder of all unpacked versions and of the link to the current one; null: this is no bundle. */
  readonly home: string | null;
  /** Node and the start script; of a bundle by way of the link, so that they stay the same over an upgrade. */
  readonly command: readonly [node: string, script: string];
}

export function programAt(root: string): Program {
  if (!existsSync(join(root, BUNDLE_FILE))) return { root, home: null, command: [process.execPath, scriptIn(root)] };
  const home = dirname(root);
  const current = join(home, CURRENT);
  return { root, home, command: [runtimeIn(current), scriptIn(current)] };
}

/** The running one. */
export const ownProgram = (): Program => programAt(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export const scriptIn = (root: string): string => join(root, 'bin', 'yxt-mw.js');

/** The Node of a bundle. */
export const runtimeIn = (root: string): string =>
  process.platform === 'win32' ? join(root, 'runtime', 'node.exe') : join(root, 'runtime', 'bin', 'node');
