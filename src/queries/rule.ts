import { namedSql, type NamedSql, type SqlFault } from '../db/named-sql.ts';
import { fold } from '../inbound/fold.ts';
import type { Text } from '../lib/text.ts';
import { fault, type Fault } from './fault.ts';
import { HIDING } from './formats.ts';
import { compileRequest, type Argument, type ArgumentSettings, type Request } from './request.ts';
import { compileTemplate, holesOf, type Template } from './template.ts';

/** A rule as the configuration has it. */
export interface RuleSettings {
  readonly keywords: readonly string[];
  readonly format: string;
  readonly args: Readonly<Record<string, ArgumentSettings>>;
  readonly database: string | null;
  readonly sql: string;
  readonly maxRows: number;
  readonly reply: string;
  readonly more: string;
  readonly maxParts: number;
  readonly notFound: string | null;
  readonly lockBy: string | null;
  readonly allowUnboundPhone: boolean;
  readonly unboundReason: string | null;
  readonly giveUp: 'new' | 'reply' | 'silent';
}

/** From a message to an answer. */
export interface Rule extends Pick<RuleSettings, 'maxRows' | 'more' | 'maxParts' | 'notFound' | 'giveUp'> {
  /** Folded and in upper case. */
  readonly keywords: readonly string[];
  readonly request: Request;
  /** Name of its business database. */
  readonly database: string;
  readonly sql: NamedSql;
  readonly reply: Template;
  /** Argument that failures are counted by, beside the phone; null: by the phone alone. */
  readonly lockBy: string | null;
}

/** The sender's number in SQL and reply: `:phone`, `{phone}`. */
export const PHONE = 'phone';

/** The rule, and everything that is wrong with it: with a fault it must not be used. */
export function compileRule(
  settings: RuleSettings,
  separators: string,
  databases: readonly string[],
): { rule: Rule; faults: Fault[] } {
  const keywords = settings.keywords.map((keyword) => fold(keyword).trim().toUpperCase());
  const { request, faults } = compileRequest(settings.format, keywords, settings.args, separators);
  const { sql, fault: sqlFault } = namedSql(settings.sql);
  const { template, faults: templateFaults } = compileTemplate(settings.reply);
  const names = request.arguments.map(({ name }) => name);
  const database = settings.database ?? (databases.length === 1 ? databases[0] : undefined);
  const lockBy = settings.lockBy ?? request.arguments.find((each) => !isGuessed(each))?.name ?? null;
  faults.push(
    ...keywordFaults(keywords, separators),
    ...(sqlFault === null ? nameFaults(sql, settings, names) : [{ key: 'sql', text: SQL_FAULTS[sqlFault] }]),
    ...templateFaults,
    ...secretFaults(template, request),
  );
  if (database === undefined || !databases.includes(database)) {
    faults.push(
      fault(
        'database',
        `请写 queryDatabases 里的一个名字：${databases.join('、') || '（还没有）'}`,
        `write one of the names in queryDatabases: ${databases.join(', ') || '(there is none yet)'}`,
      ),
    );
  }
  if (settings.lockBy !== null && !names.includes(settings.lockBy)) {
    faults.push(fault('lockBy', `格式里没有 {${settings.lockBy}}`, `the format has no {${settings.lockBy}}`));
  }
  if (request.arguments.some((each) => each.name === settings.lockBy && isGuessed(each))) {
    faults.push(
      fault(
        'lockBy',
        `{${settings.lockBy}} 是短的保密参数：每次猜的都不同，按它计数永远锁不住。请写卡号一类的参数，或不写`,
        `{${settings.lockBy}} is a short secret: every guess is another one, so that counting by it never locks. Name what stands for the account, or leave it out`,
      ),
    );
  }
  const { maxRows, more, maxParts, notFound, giveUp } = settings;
  const rule = { maxRows, more, maxParts, notFound, giveUp, keywords, request, database: database ?? '', sql, lockBy };
  return { rule: { ...rule, reply: template }, faults };
}

/** A secret that is shorter than any account number: a password, which is what gets guessed. */
const isGuessed = ({ secret, max }: Argument): boolean => secret && max < 12;

const SQL_FAULTS: Readonly<Record<SqlFault, Text>> = {
  empty: { zh: '没有写 SQL', en: 'there is no SQL' },
  notSelect: { zh: '只能是 SELECT（或 WITH … SELECT）', en: 'only SELECT (or WITH … SELECT) is allowed' },
  several: { zh: '只能是一条语句', en: 'only one statement is allowed' },
  mark: { zh: '值请写名字，如 :phone、:card，不要写 ?', en: 'write values by their names, :phone or :card, and no ?' },
  unclosed: { zh: '有引号或注释没有结束', en: 'a quote or a comment is not closed' },
};

function keywordFaults(keywords: readonly string[], separators: string): Fault[] {
  const marks = Array.from(fold(separators));
  return keywords
    .filter((keyword) => keyword === '' || marks.some((mark) => keyword.includes(mark)))
    .map((keyword) =>
      fault(
        'keywords',
        `关键字“${keyword}”里有分隔符，市民的短信永远对不上`,
        `the keyword "${keyword}" holds a separator, so no message can ever match it`,
      ),
    );
}

function nameFaults(sql: NamedSql, settings: RuleSettings, names: readonly string[]): Fault[] {
  const used = new Set(sql.names);
  const faults: Fault[] = [];
  for (const name of used) {
    if (name === PHONE || names.includes(name)) continue;
    faults.push(
      fault('sql', `格式里没有 {${name}}，:${name} 没有值`, `the format has no {${name}}, so :${name} has no value`),
    );
  }
  for (const name of names.filter((each) => !used.has(each))) {
    faults.push(
      fault(
        'sql',
        `没有用到 :${name}：市民随便写什么都能通过`,
        `does not use :${name}: whatever the citizen writes there would pass`,
      ),
    );
  }
  if (!used.has(PHONE) && !settings.allowUnboundPhone) {
    faults.push(
      fault(
        'sql',
        '没有用到发信号码 :phone：任何人都能查别人的。确要如此请设 allowUnboundPhone: true 并在 unboundReason 写明理由',
        'does not use the sender’s number :phone: anybody could ask about anybody. If that is meant, set allowUnboundPhone: true and say why in unboundReason',
      ),
    );
  }
  if (settings.allowUnboundPhone && (settings.unboundReason ?? '').trim() === '') {
    faults.push(
      fault(
        'unboundReason',
        'allowUnboundPhone 为 true 时必须写明理由',
        'must say why, since allowUnboundPhone is true',
      ),
    );
  }
  return faults;
}

/** A secret may be hinted at in the answer, never repeated. */
function secretFaults(template: Template, request: Request): Fault[] {
  const secrets = new Set(request.arguments.flatMap(({ name, secret }) => (secret ? [name.toLowerCase()] : [])));
  return holesOf(template)
    .filter(({ name, format }) => secrets.has(name) && !HIDING.has(format ?? ''))
    .map(({ name }) =>
      fault(
        'reply',
        `{${name}} 是保密参数，答复里只能写 {${name}|mask} 或 {${name}|last4}`,
        `{${name}} is secret and may only be shown as {${name}|mask} or {${name}|last4}`,
      ),
    );
}
