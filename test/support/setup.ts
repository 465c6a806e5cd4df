// Loaded by mocha before the first test file, in its own process and in each that it shares the files out to.
import { randomInt } from 'node:crypto';
import { existsSync, statfsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { removeTemporaryDirs } from './temporary.ts';

/** More than the files of one run, those of scratch servers included. */
const ROOM = 2 ** 30;
const MEMORY = '/dev/shm';

// one for the whole run, whichever process a file falls to
const seed = (process.env['YXT_SEED'] ??= String(randomInt(2 ** 31)));

/** The last words of every run, for whoever wants the same again. */
export function mochaGlobalTeardown(): void {
  console.error(`  YXT_SEED=${seed}\n`);
}

/** After each file, or where one process runs them all, after the last. */
export const mochaHooks = { afterAll: removeTemporaryDirs };

// tests kill processes, not the machine: waiting for a disk would show nothing more
if (existsSync(MEMORY)) {
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize >= ROOM) process.env['TMPDIR'] ??= MEMORY;
}

// a third of the time of the processes that tests start would go into compiling the same code again; coverage wants just that
if (process.env['NODE_V8_COVERAGE'] === undefined) {
  process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url));
  enableCompileCache();
}
