import { DbError, type DbErrorKind } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { remedyOf } from './remedies.ts';

interface DriverError {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly message?: unknown;
  /** Of SQL Server's message. */
  readonly number?: unknown;
}

const MEANING: Record<DbErrorKind, Text> = {
  again: { zh: '数据库忙（死锁或争用）', en: 'The database is busy (dead lock or contention)' },
  timeout: {
    zh: '语句超过时限（别的事务长时间锁着要改的行，或数据库太慢），稍后再试',
    en: 'A statement ran into its time limit (another transaction keeps the rows locked, or the database is slow); tried again later',
  },
  lost: { zh: '数据库连不上或连接已断', en: 'The database cannot be reached, or the connection broke' },
  doubtful: {
    zh: '连接在写入途中断开，不知是否已生效，以重新读取为准',
    en: 'The connection broke while a write was on its way; whether it took effect shows when it is read again',
  },
  schema: {
    zh: '数据库里缺少本程序要用的表或列，请运行 yxt-mw schema check',
    en: 'A table or column that this program needs is missing; run yxt-mw schema check',
  },
  denied: {
    zh: '数据库拒绝登录或权限不足，请核对账号与授权脚本',
    en: 'The database refused the login or a privilege; check the account and the grants script',
  },
  data: {
    zh: '数据库拒绝了某个值（太长、含不能保存的字符，或被约束、触发器拒绝）',
    en: 'The database refused a value (too long, a character that it cannot hold, or a constraint or trigger says no)',
  },
  other: { zh: '数据库报错', en: 'The database reported an error' },
};

/**
 * A key that exists already, ours or one of the bureau's. Told apart from other refused values inside the store only: who may have
 * been overtaken looks again.
 */
export class DuplicateKey extends DbError {
  constructor(error: unknown) {
    const plain = failure('data', error);
    super('data', plain.text, { facts: plain.facts, remedy: plain.remedy });
  }
}

/** The connection went while a write was on its way. */
export function doubtful({ facts, text, remedy }: DbError): DbError {
  const { zh, en } = MEANING.doubtful;
  return new DbError('doubtful', { zh: `${zh}。${text.zh}`, en: `${en}. ${text.en}` }, { facts, remedy });
}

const TLS = /\b(SSL|TLS)|CERT|certificate|SIGNATURE|HANDSHAKE_(NO_)?SSL/;
const NO_TLS: Text = {
  zh: '与数据库的 TLS 连接没有建立，请核对 database.connection.ssl 与数据库的证书（签发者、主机名）',
  en: "TLS with the database could not be set up; check database.connection.ssl and the database's certificate (authority, host name)",
};

/** The last name that the driver quotes: values stand before it. */
const PLACE =
  /.*(?:(?:column|constraint|key) ["'`]|constraint failed: |constraint \((?:\w+\.)?|"\w+"\."\w+"\.")([a-z_]\w{0,59})/is;

/** One line, without its name, a place in the manual, or a number that only a trace of the network has. */
function sentence(message: string, name: string): string {
  const own = message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '');
  const bare = own.replaceAll(/\s*Help: https:\S+/g, '').replaceAll(/\s*\(CONNECTION_ID=[^)]*\)/g, '');
  // OpenSSL's own place in its sources goes too
  const known = bare.replace(/(?:[0-9A-F]+:)?error:[0-9A-F]+:(SSL routines):[^:]*:([^:]+)(?::\S*:\d+:.*)?/, '$1: $2');
  const line = known.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line;
}

/**
 * A driver's error as ours. The driver's sentence goes along only where it cannot carry a row's values:
 * messages about data and syntax quote phone numbers and texts. For the same reason the driver's error is not the `cause`.
 */
export function failure(kind: DbErrorKind, error: unknown): DbError {
  const { code, errno, message, number } = (error ?? {}) as DriverError;
  const name =
    typeof number === 'number'
      ? `Msg ${number}`
      : typeof code === 'string'
        ? code
        : typeof errno === 'number'
          ? String(errno)
          : 'unknown';
  // knex puts the statement before the driver's sentence
  const said = typeof message === 'string' ? sentence(message, name) : '';
  const quotable = kind === 'lost' || kind === 'schema' || kind === 'denied';
  // names of columns and constraints are part of the schema; what a trigger says may be anything
  const place = kind === 'data' ? PLACE.exec(said)?.[1] : undefined;
  const detail = [name, quotable ? said.slice(0, 300) : (place ?? '')].filter((part) => part !== '').join(' ');
  const facts: Record<string, string | number> = { driver: name };
  if (place !== undefined) facts['place'] = place;
  const meaning = kind === 'lost' && TLS.test(detail) ? NO_TLS : MEANING[kind];
  const remedy = remedyOf(name, said);
  const zh = `${meaning.zh}：${detail}${remedy === null ? '' : `。${remedy.zh}`}`;
  const en = `${meaning.en}: ${detail}${remedy === null ? '' : `. ${remedy.en.charAt(0).toUpperCase()}${remedy.en.slice(1)}`}`;
  return new DbError(kind, { zh, en }, { facts, remedy });
}
