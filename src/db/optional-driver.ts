import { DbError } from '../lib/errors.ts';

/** A driver that is loaded on demand and is not there. */
export function driverMissing(name: string, error: unknown): DbError {
  const why = error instanceof Error ? error.message.split('\n')[0] : '';
  return new DbError('other', {
    zh: `加载不了数据库驱动 ${name}（${why}）：请在程序目录执行 npm ci；dmdb 需另装：npm install dmdb`,
    en: `the database driver ${name} cannot be loaded (${why}): run npm ci in the program's folder; dmdb is installed apart: npm install dmdb`,
  });
}
