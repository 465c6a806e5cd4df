import { existsSync } from 'node:fs';
import type { Config } from '../config/settings.ts';
import { openConfiguredStore } from '../daemon/parts.ts';
import type { Store } from '../db/store.ts';
import { DbError } from '../lib/errors.ts';

/** Runs `work` on the configured database. A command that only looks does not make an empty SQLite file. @throws DbError */
export async function withStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  needFile(config);
  const store = await openConfiguredStore(config);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** @throws DbError that says what to do where the SQLite file is not there; its folder may be missing as well */
export function needFile({ database: { connection } }: Config): void {
  if (typeof connection === 'string' && !existsSync(connection)) throw noFile(connection);
}

const noFile = (file: string): DbError =>
  new DbError('schema', {
    zh: `没有数据库文件 ${file}：请先运行 yxt-mw schema apply，或核对 database.connection`,
    en: `there is no database file ${file}: run "yxt-mw schema apply" first, or check database.connection`,
  });
