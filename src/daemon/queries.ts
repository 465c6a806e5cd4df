import type { Config } from '../config/settings.ts';
import type { BusinessOptions } from '../db/business.ts';
import type { Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { DbError, textOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { AnswerParts } from '../queries/answer.ts';
import { lookBackMs } from '../queries/limits.ts';
import { QueryLoop } from '../queries/loop.ts';
import { matcher, type Taken } from '../queries/match.ts';
import { compileRule, type Rule } from '../queries/rule.ts';
import { Sources } from '../queries/sources.ts';
import { Tally } from '../queries/tally.ts';
import { loginsTold } from './logins.ts';

/** Queries by SMS, ready to run. */
export interface Queries {
  /** Under which keyword a rule takes a message; null: none does. */
  readonly takes: (phone: string, content: string) => string | null;
  readonly pass: (stop: AbortSignal) => Promise<number>;
  close(): Promise<void>;
}

interface Needs {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Told what ails a business database, and with null that all answer again. */
  readonly onTrouble: (error: DbError | null) => void;
  /** Told when an answer waits in the outbox. */
  readonly onAnswer: () => void;
}

/** null: nothing is configured, all messages are the legacy system's. */
export function buildQueries(config: Config, { store, clock, log, onTrouble, onAnswer }: Needs): Queries | null {
  const rules = rulesIn(config);
  const { help } = config.queryOptions.replies;
  if (rules.length === 0 && help === null) return null;
  const take = takerOf(config, rules);
  const troubles = new Map<string, DbError>();
  const watched = Object.entries(businessOptions(config)).map(
    ([name, options]) => [name, { ...options, onLogin: loginsTold(log, name) }] as const,
  );
  const sources = new Sources(Object.fromEntries(watched), clock, (name, error) => {
    if (error === null && !troubles.delete(name)) return;
    if (error !== null) troubles.set(name, failing(name, error));
    onTrouble([...troubles.values()][0] ?? null);
  });
  const tally = new Tally(log);
  const { failures, lockFor: lockForMs, perPhonePerDay, maxAge: maxAgeMs, replies } = config.queryOptions;
  const limits = { failures, lockForMs, perPhonePerDay };
  const parts: AnswerParts = {
    take,
    history: (phone) => store.queryHistory(phone, lookBackMs(limits)),
    ask: (rule, values, tries) => sources.ask(rule, values, tries),
    replies,
    limits,
    maxAgeMs,
    separators: config.inbox.separators.join(''),
    room: roomOf(config),
    charset: config.platform.charset,
    onMissing: (rule, column) => log.state(`queries.column.${rule.keywords[0] ?? ''}`, missing(rule, column)),
  };
  const loop = new QueryLoop({
    ...parts,
    store,
    clock,
    onEnd: (outcome, told) => {
      tally.count(outcome);
      if (told) onAnswer();
    },
    onRefused: (inboxId, error) => log.error('queries.refused', textOf(error), { inbox: inboxId }),
  });
  return {
    takes: (phone, content) => take(phone, content)?.keyword ?? null,
    pass: (stop) => loop.pass(stop).finally(() => tally.tell()),
    close: () => sources.close(),
  };
}

/** The rules of a configuration that has been checked. */
export function rulesIn(config: Config): Rule[] {
  const separators = config.inbox.separators.join('');
  return config.queries.map((each) => compileRule(each, separators, Object.keys(config.queryDatabases)).rule);
}

export function takerOf(config: Config, rules: readonly Rule[]): (phone: string, content: string) => Taken | null {
  const { legacyKeywords, replies } = config.queryOptions;
  const separators = config.inbox.separators.join('');
  return matcher(rules, { separators, legacyKeywords, help: replies.help !== null });
}

/** One row more than any rule shows, so that it is known whether there are more. */
export function businessOptions(config: Config): Record<string, BusinessOptions> {
  const mostRows = Math.max(1, ...config.queries.map(({ maxRows }) => maxRows)) + 1;
  return Object.fromEntries(
    Object.entries(config.queryDatabases).map(([name, { client, connection, poolSize, statementTimeout }]) => [
      name,
      { client, connection, poolSize, statementTimeoutMs: statementTimeout, mostRows },
    ]),
  );
}

/** What a text may have beside the signature, in so many billed parts. */
export function roomOf({ platform }: Config): (parts: number) => number {
  const signed = platform.reservedLength + (platform.signature === 'none' ? 0 : (platform.signatureText?.length ?? 0));
  return (parts) => Math.min(platform.maxLength, parts === 1 ? 70 : 67 * parts) - signed;
}

const failing = (name: string, { kind, text, facts }: DbError): DbError =>
  new DbError(
    kind,
    {
      zh: `业务库 ${name}：${text.zh}；市民的查询稍后再答`,
      en: `business database ${name}: ${text.en}; citizens' queries are answered later`,
    },
    { facts },
  );

const missing = ({ keywords }: Rule, column: string): Parameters<Log['state']>[1] => ({
  zh: `点播规则 ${keywords[0] ?? ''} 的答复用到 {${column}}，但它的 SQL 没有这一列：请运行 yxt-mw doctor`,
  en: `the reply of query rule ${keywords[0] ?? ''} has {${column}}, but its SQL gives no such column: run yxt-mw doctor`,
});
