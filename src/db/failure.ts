import { DbError, type DbErrorKind } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';

interface DriverError {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly message?: unknown;
}

const MEANING: Record<DbErrorKind, Text> = {
  again: { zh: '数据库忙（锁等待、死锁或超时）', en: 'The database is busy (lock wait, dead lock or time-out)' },
  lost: { zh: '数据库连不上或连接已断', en: 'The database cannot be reached, or the connection broke' },
  schema: {
    zh: '数据库里缺少本程序要用的表或列，请运行 yxt-mw schema check',
    en: 'A table or column that this program needs is missing; run yxt-mw schema check',
  },
  denied: {
    zh: '数据库拒绝登录或权限不足，请核对账号与授权脚本',
    en: 'The database refused the login or a privilege; check the account and the grants script',
  },
  data: {
    zh: '数据库拒绝了某个值（太长或含不能保存的字符）',
    en: 'The database refused a value (too long, or a character that it cannot hold)',
  },
  other: { zh: '数据库报错', en: 'The database reported an error' },
};

/** A key that exists already. Told apart from other errors inside the store only: who meets it looks again. */
export class DuplicateKey extends DbError {
  constructor(error: unknown) {
    const plain = failure('other', error);
    super('other', plain.text, { facts: plain.facts });
  }
}

/**
 * A driver's error as ours. The driver's sentence goes along only where it cannot carry a row's values:
 * messages about data and syntax quote phone numbers and texts. For the same reason the driver's error is not the `cause`.
 */
export function failure(kind: DbErrorKind, error: unknown): DbError {
  const { code, errno, message } = (error ?? {}) as DriverError;
  const name = typeof code === 'string' ? code : typeof errno === 'number' ? String(errno) : 'unknown';
  // knex puts the statement before the driver's sentence
  const said = typeof message === 'string' ? message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '') : '';
  const quotable = kind === 'lost' || kind === 'schema' || kind === 'denied';
  const column = kind === 'data' ? /column ["'`]?(\w{1,40})/i.exec(said)?.[1] : undefined;
  const detail = [name, quotable ? said.slice(0, 300) : (column ?? '')].filter((part) => part !== '').join(' ');
  const facts: Record<string, string | number> = { driver: name };
  if (column !== undefined) facts['column'] = column;
  const meaning = MEANING[kind];
  return new DbError(kind, { zh: `${meaning.zh}：${detail}`, en: `${meaning.en}: ${detail}` }, { facts });
}
