import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let made: string[] = [];

/** A new folder under the system's temporary one; it goes when the tests are over (see `setup.ts`). */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'yxt-test-'));
  made.push(dir);
  return dir;
}

export function removeTemporaryDirs(): void {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
  made = [];
}
