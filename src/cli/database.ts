import { statSync } from 'node:fs';
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

/** @throws DbError that says what to do where the SQLite file is not there (its folder may be missing as well) or its folder is shut to this user */
export function needFile({ database: { connection } }: Config): void {
  if (typeof connection !== 'string') return;
  try {
    statSync(connection);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EACCES' ? shut(connection) : noFile(connection);
  }
}

const noFile = (file: string): DbError =>
  new DbError('schema', {
    zh: `没有数据库文件 ${file}：请先运行 yxt-mw schema apply，或核对 database.connection`,
    en: `there is no database file ${file}: run "yxt-mw schema apply" first, or check database.connection`,
  });

const shut = (file: string): DbError =>
  new DbError('schema', {
    zh: `本用户进不了数据库文件 ${file} 的目录：请让它能读写该目录和文件`,
    en: `this user cannot enter the folder of the database file ${file}: let it read and write folder and file`,
  });
