import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needFile } from '../../src/cli/database.ts';
import { configIn } from '../support/config-file.ts';
import { temporaryDir } from '../support/temporary.ts';

describe('the SQLite file', () => {
  it('that is not there is told from one whose folder is shut to this user', function () {
    if (process.platform === 'win32') this.skip();
    const dir = temporaryDir();
    const config = configIn(dir, { 'database.connection': './data/yxt.db' });
    assert.throws(() => needFile(config), /there is no database file .*schema apply/);
    const data = join(dir, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'yxt.db'), '');
    needFile(config);
    chmodSync(data, 0);
    try {
      asNobody(() => assert.throws(() => needFile(config), /cannot enter the folder of the database file .*yxt\.db/));
    } finally {
      chmodSync(data, 0o700);
    }
  });
});

/** Root is refused nothing. */
function asNobody(work: () => void): void {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    work();
  } finally {
    process.seteuid?.(0);
  }
}
