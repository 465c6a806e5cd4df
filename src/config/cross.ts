import type { Text } from '../lib/text.ts';
import { formatDuration } from '../lib/duration.ts';
import { checkConnection, isLoopback, pair, warnOfConnection } from './connection.ts';
import { checkAlarms, warnOfAlarms } from './cross-alarms.ts';
import { checkHttp, warnOfHttp } from './cross-http.ts';
import { checkQueries } from './cross-queries.ts';
import type { Config } from './settings.ts';

/** A configuration whose wrong values are missing. */
export type Draft = DeepPartial<Config>;
const DAY_MS = 86_400_000;

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;

export type Report = (path: string, message: Text) => void;

/**
 * What the platform and the database forget about: rules between two settings. Missing values were reported before; `tokenKnown`: so
 * was a missing `http.token`.
 */
export function crossCheck(draft: Draft, problem: Report, tokenKnown: boolean): void {
  checkDatabase(draft.database ?? {}, problem);
  checkPlatform(draft.platform ?? {}, problem);
  checkPace(draft, problem);
  checkKeeping(draft.housekeeping ?? {}, problem);
  checkUnique(draft, problem);
  checkQueries(draft, problem);
  checkHttp(draft, tokenKnown, problem);
  checkAlarms(draft, problem);
}

/** Allowed, but an admin should know. */
export function crossWarn(draft: Draft, warning: Report): void {
  const { platform, outbox, housekeeping } = draft;
  if (outbox?.ratePerSecond === null) {
    warning('outbox.ratePerSecond', {
      zh: '没有限速：平台可能以 11（提交太快）拒绝',
      en: 'no rate limit: the platform may refuse with code 11 (too fast)',
    });
  }
  warnOfConnection(draft.database ?? {}, 'database', warning);
  for (const [name, business] of Object.entries(draft.queryDatabases ?? {})) {
    if (business) warnOfConnection(business, `queryDatabases.${name}`, warning);
  }
  if (platform?.url?.startsWith('http:') === true && platform.allowInsecure === true && !isNear(platform)) {
    warning('platform.url', {
      zh: '明文 http：口令和短信内容在网络上可被看到，只可用于测试',
      en: 'http: password and messages travel in clear text; for tests only',
    });
  }
  const { moveAfter, keepDays } = housekeeping ?? {};
  if (moveAfter !== undefined && keepDays !== undefined && keepDays * DAY_MS < moveAfter) {
    warning('housekeeping.keepDays', {
      zh: `短于 moveAfter：行在发件表里留到 ${formatDuration(moveAfter)}，一移走就删除`,
      en: `less than moveAfter: rows stay in the outbox for ${formatDuration(moveAfter)} and are deleted once they have moved`,
    });
  }
  warnOfHttp(draft, warning);
  warnOfAlarms(draft, warning);
  if (platform?.signature === 'none' && typeof platform.signatureText === 'string') {
    warning('platform.signatureText', {
      zh: 'signature 为 none，所以不会添加这个签名',
      en: 'signature is none, so this text is never added',
    });
  }
}

/** Nothing leaves this machine on the way to it. */
function isNear({ url, proxy }: NonNullable<Draft['platform']>): boolean {
  return typeof proxy !== 'string' && isLoopback(URL.parse(url ?? '')?.hostname ?? '');
}

function checkDatabase(database: NonNullable<Draft['database']>, problem: Report): void {
  const { client, schema, tables } = database;
  checkConnection(database, 'database', problem);
  if (client === 'sqlite' && typeof schema === 'string') {
    problem('database.schema', { zh: 'SQLite 没有模式，请写 null', en: 'SQLite has no schemas; write null' });
  }
  const taken = new Map<string, string>();
  for (const [kind, name] of Object.entries(tables ?? {})) {
    if (name === undefined) continue;
    const other = taken.get(name.toLowerCase());
    if (other !== undefined) {
      problem(`database.tables.${kind}`, { zh: `与 ${other} 是同一张表`, en: `is the same table as ${other}` });
    }
    taken.set(name.toLowerCase(), kind);
  }
}

function checkPlatform(platform: NonNullable<Draft['platform']>, problem: Report): void {
  const { url, allowInsecure, signature, signatureText, reservedLength, maxLength } = platform;
  if (url?.startsWith('http:') === true && allowInsecure === false) {
    problem('platform.url', {
      zh: '必须是 https；确要用明文 http（仅测试）请设 platform.allowInsecure: true',
      en: 'must be https; for http in clear text (tests only) set platform.allowInsecure: true',
    });
  }
  if (signature !== undefined && signature !== 'none' && signatureText === null) {
    problem('platform.signatureText', {
      zh: `signature 为 ${signature} 时必须给出签名文字，如 【某市人社局】`,
      en: `must be given when signature is ${signature}, such as 【某市人社局】`,
    });
  }
  const added = (reservedLength ?? 0) + (signature === 'none' ? 0 : (signatureText?.length ?? 0));
  if (maxLength !== undefined && added >= maxLength) {
    problem('platform.maxLength', {
      zh: `签名和预留占了 ${added} 字，正文没有位置了`,
      en: `signature and reservedLength take ${added} characters and leave none for the text`,
    });
  }
  pair(platform.tls ?? {}, 'platform.tls', problem);
}

function checkPace(draft: Draft, problem: Report): void {
  const timeout = draft.platform?.timeout;
  const lease = draft.outbox?.lease;
  if (timeout !== undefined && lease !== undefined && lease < 2 * timeout + 4000) {
    const least = formatDuration(2 * timeout + 4000);
    problem('outbox.lease', {
      zh: `${formatDuration(lease)} 太短：至少 2 × platform.timeout + 4s，即 ${least}`,
      en: `${formatDuration(lease)} is too short: at least 2 × platform.timeout + 4s, that is ${least}`,
    });
  }
  const url = draft.platform?.url;
  if (url === undefined || isLoopback(new URL(url).hostname)) return;
  for (const [path, value, least] of [
    ['inbox.pollEvery', draft.inbox?.pollEvery, 1_000],
    ['receipts.pollEvery', draft.receipts?.pollEvery, 10_000],
  ] as const) {
    if (value !== undefined && value < least) {
      problem(path, {
        zh: `${formatDuration(value)} 太频繁，平台会拒绝：至少 ${formatDuration(least)}（平台在本机时除外）`,
        en: `${formatDuration(value)} is too often for the platform: at least ${formatDuration(least)} (unless it is on this machine)`,
      });
    }
  }
}

/** People are made unknown in the history, so their rows must have got there. */
function checkKeeping({ moveAfter, maskDays }: NonNullable<Draft['housekeeping']>, problem: Report): void {
  if (moveAfter === undefined || typeof maskDays !== 'number' || maskDays * DAY_MS >= moveAfter) return;
  problem('housekeeping.maskDays', {
    zh: `${maskDays} 天短于 moveAfter（${formatDuration(moveAfter)}）：那时行还在发件表里`,
    en: `${maskDays} days are less than moveAfter (${formatDuration(moveAfter)}): the rows are still in the outbox then`,
  });
}

/** A row that has moved to the history is not looked for: it must be older than what is remembered. */
function checkUnique({ outbox, housekeeping }: Draft, problem: Report): void {
  const [within, after] = [outbox?.uniqueWithin, housekeeping?.moveAfter];
  if (outbox?.uniqueBy !== 'biz_id' || within === undefined || after === undefined || within <= after) return;
  problem('outbox.uniqueWithin', {
    zh: `${formatDuration(within)} 超过了 housekeeping.moveAfter（${formatDuration(after)}）：移入历史表的行查不到`,
    en: `${formatDuration(within)} is longer than housekeeping.moveAfter (${formatDuration(after)}): rows in the history are not found`,
  });
}
