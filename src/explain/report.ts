import { body, check, messageOf, writtenOf, type Rules } from '../outbound/check.ts';
import { isCounted } from '../outbound/claim.ts';
import type { OutboxRow } from '../db/store.ts';
import type { Text } from '../lib/text.ts';
import { plural } from '../lib/text.ts';
import { unencodable } from '../platform/gbk.ts';
import { segments } from '../platform/parts.ts';
import { normalisePhone } from '../platform/phone.ts';
import { CARRIER_NAMES, carrierOf } from '../policy/carrier.ts';
import type { Finding } from '../policy/finding.ts';
import { applies, countingsOf, countRows, limitWords, standing, subjectOf, type Limit } from '../policy/limits.ts';
import type { Message } from '../policy/message.ts';
import type { Policy } from '../policy/policy.ts';
import { TEMPLATE } from '../policy/rules.ts';

export interface RuleVerdict {
  readonly rule: Text;
  readonly fate: 'fine' | 'refused' | 'held' | 'waits';
  readonly text: Text;
}

/** Everything that can be said of one message before it is sent. */
export interface Report {
  /** As it would go to the platform; null: it has no text. */
  readonly text: string | null;
  readonly characters: number;
  readonly parts: number;
  /** In yuan; null: the price is not configured. */
  readonly cost: number | null;
  readonly verdicts: readonly RuleVerdict[];
  /** What would become of it now; null: it would go. */
  readonly finding: Finding | null;
}

const NAMES = {
  number: { zh: '号码', en: 'number' },
  encoding: { zh: '编码', en: 'encoding' },
  length: { zh: '长度', en: 'length' },
  blacklist: { zh: '黑名单', en: 'blacklist' },
  limit: { zh: '限量', en: 'limit' },
} satisfies Record<string, Text>;

/** Each rule's verdict on a row, in the order in which the daemon asks them; nothing is written, nothing counted. @throws DbError */
export async function reportOf(row: OutboxRow, rules: Rules, policy: Policy): Promise<Report> {
  await policy.refresh();
  const own: Rules = { ...rules, policy };
  const written = writtenOf(row, own);
  const phone = normalisePhone(row.phone);
  const number = numberVerdict(phone);
  const checked = check(row, own);
  if ('status' in written) {
    const verdicts = [number, verdictOf(TEMPLATE, written)];
    return { text: null, characters: 0, parts: 0, cost: null, verdicts, finding: checked.ok ? null : checked.refusal };
  }
  const text = body(written.content, own);
  const characters = text.length + rules.reservedLength;
  const parts = segments(' '.repeat(rules.reservedLength) + text);
  const { pricePerPart } = policy.options;
  const message = messageOf(row, policy.now, phone ?? row.phone, text, written);
  const verdicts = [
    number,
    ...(written.template
      ? [fine(TEMPLATE, `按 ${written.template.code} 填写`, `filled in from ${written.template.code}`)]
      : []),
    encodingVerdict(text, rules),
    lengthVerdict(characters, parts, rules.maxLength),
    ...policy.rules
      .filter(({ name }) => !(written.template && name === TEMPLATE))
      .map((rule) => verdictOf(rule.name, rule.judge(message), rule.fine)),
  ];
  const tables =
    phone === null ? { verdicts: [], finding: null } : await tableVerdicts(message, policy, isCounted(row));
  return {
    ...{ text, characters, parts },
    cost: pricePerPart === null ? null : Math.round(parts * pricePerPart * 10_000) / 10_000,
    verdicts: [...verdicts, ...tables.verdicts],
    finding: checked.ok ? tables.finding : checked.refusal,
  };
}

/** What only the database knows: blacklist and counters, in which the row itself may stand already. */
async function tableVerdicts(
  m: Message,
  policy: Policy,
  counted: boolean,
): Promise<Pick<Report, 'verdicts' | 'finding'>> {
  const rows = [{ id: '', message: m }];
  const listed = (await policy.blacklisted(rows)).get('') ?? null;
  const verdicts = policy.options.blacklist
    ? [verdictOf(NAMES.blacklist, listed, { zh: '不在其中', en: 'not on it' })]
    : [];
  const limits = policy.options.limits.filter((limit) => applies(limit, m));
  const { nowMs, pieces } = await policy.standing(m);
  const overOf = (of: readonly Limit[]): Finding | null =>
    counted ? null : (countRows(countingsOf(rows, of), pieces, nowMs).over.get('') ?? null);
  for (const limit of limits) {
    const { used } = standing(limit, pieces.get(subjectOf(limit, m)) ?? [], nowMs);
    const words = limitWords(limit);
    const over = overOf([limit]);
    const so = { zh: `${words.zh}，已用 ${used}`, en: `${words.en}, ${used} used` };
    verdicts.push(verdictOf(NAMES.limit, over, so));
  }
  return { verdicts, finding: listed ?? overOf(limits) };
}

const FATES = { REJECTED: 'refused', EXPIRED: 'refused', HELD: 'held', NEW: 'waits' } as const;

function verdictOf(rule: Text, finding: Finding | null, otherwise: Text = { zh: '', en: '' }): RuleVerdict {
  return finding ? { rule, fate: FATES[finding.status], text: finding.text } : { rule, fate: 'fine', text: otherwise };
}

const fine = (rule: Text, zh: string, en: string): RuleVerdict => ({ rule, fate: 'fine', text: { zh, en } });
const refused = (rule: Text, zh: string, en: string): RuleVerdict => ({ rule, fate: 'refused', text: { zh, en } });

function numberVerdict(phone: string | null): RuleVerdict {
  if (phone === null) return refused(NAMES.number, '不是大陆手机号码', 'not a mainland mobile number');
  const carrier = CARRIER_NAMES[carrierOf(phone)];
  return fine(
    NAMES.number,
    `${carrier.zh}号段（号码可携转，仅供参考）`,
    `prefix of ${carrier.en} (numbers are portable, so no more than a hint)`,
  );
}

function encodingVerdict(text: string, { charset }: Rules): RuleVerdict {
  if (charset === 'utf8') return fine(NAMES.encoding, 'UTF-8', 'UTF-8');
  const bad = unencodable(text);
  return bad.length === 0
    ? fine(NAMES.encoding, 'GBK 可以表示', 'GBK can carry it')
    : refused(
        NAMES.encoding,
        `GBK 没有这些字符：${bad.slice(0, 8).join(' ')}`,
        `GBK lacks: ${bad.slice(0, 8).join(' ')}`,
      );
}

function lengthVerdict(characters: number, parts: number, most: number): RuleVerdict {
  const zh = `${characters} 字（含签名），${parts} 条；上限 ${most} 字`;
  const en = `${plural(characters, 'character')} with the signature, ${plural(parts, 'part')}; the limit is ${most}`;
  return characters > most ? refused(NAMES.length, zh, en) : fine(NAMES.length, zh, en);
}
