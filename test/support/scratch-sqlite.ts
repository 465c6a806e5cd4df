import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { applySchema } from '../../src/db/schema.ts';
import { copy, type Row, type ScratchDatabase } from './scratch.ts';
import { tinyDisk } from './tiny-disk.ts';

/** Room for the file and what a test writes; the rest is there to be filled. */
const DISK_MB = 16;

export async function scratchSqlite(): Promise<ScratchDatabase> {
  const disk = tinyDisk(DISK_MB);
  const root = disk?.dir ?? mkdtempSync(join(tmpdir(), 'yxt-scratch-'));
  const data = join(root, 'data');
  const file = join(data, 'sms.db');
  const options = {
    ...({ client: 'sqlite', connection: file, schema: null, tables: {} } as const),
    ...{ poolSize: 1, statementTimeoutMs: 15_000 },
  };
  let lock: DatabaseSync | null = null;
  const query = async (text: string, params: readonly (string | number | bigint | null)[] = []): Promise<Row[]> => {
    await Promise.resolve();
    const db = new DatabaseSync(file, { timeout: 2000 });
    try {
      return db.prepare(text).all(...(params as SQLInputValue[]));
    } finally {
      db.close();
    }
  };
  const thaw = (): void => {
    lock?.exec('rollback');
    lock?.close();
    lock = null;
  };
  const close = async (): Promise<void> => {
    await Promise.resolve();
    thaw();
    if (disk) disk.remove();
    else rmSync(root, { recursive: true, force: true });
  };
  await applySchema(options);
  return {
    database: { options, rawQuery: query, connect: () => Promise.resolve({ query }), drop: close },
    disk,
    freeze() {
      lock = new DatabaseSync(file, { timeout: 2000 });
      lock.exec('begin immediate');
    },
    thaw,
    stop: () => Promise.resolve(),
    start: () => Promise.resolve(),
    save: () => copy(data, `${data}.old`),
    restore: () => copy(`${data}.old`, data),
    close,
  };
}
