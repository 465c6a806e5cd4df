import { Document, isMap, visit } from 'yaml';
import { pick, type Locale, type Text } from '../../src/lib/text.ts';

type Columns = Readonly<Record<string, string | null>>;

/** One message, what the rules must make of it, and how the documents tell it. */
export interface Case {
  readonly title: Text;
  readonly preview: readonly string[];
  readonly row: Columns;
  /** Rows that go out before it. */
  readonly before?: readonly Columns[];
  /** Status and code that it ends with. */
  readonly fate: string;
  /** Time of day in Beijing on 2026-11-26; 10:15. */
  readonly at?: string;
  /** Until when it is put off, and how long that is. */
  readonly until?: string;
  readonly wait?: Text;
}

/** What came of a case. */
export interface Told {
  readonly of: Case;
  readonly id: string;
  readonly preview: string;
  readonly explain: string;
}

export const POLICY = {
  'policy.requireTemplate': true,
  'policy.marketing': 'reject',
  'policy.quietHours': [{ categories: ['CARD'], from: '22:00', to: '08:00', days: 'all' }],
  'policy.limits': [{ per: 'phone', categories: ['CODE'], most: 1, in: '1m', over: 'defer' }],
  'policy.storm.sameTextPerDay': 3,
  'policy.pricePerPart': 0.05,
};

export const TABLES = [
  `INSERT INTO sms_template (code, category, body) VALUES ('PENSION', NULL, '{name:20}您好，您{month:digits:1-2}月的养老金{amount:12}元已发放。')`,
  `INSERT INTO sms_template (code, category, body) VALUES ('CODE', 'CODE', '验证码{code:digits:4-6}，5分钟内有效，请勿告诉他人。')`,
  `INSERT INTO sms_template (code, category, body) VALUES ('CARD', 'CARD', '您的社保卡已制好，请到{place:30}领取。')`,
  `INSERT INTO sms_template (code, category, body) VALUES ('FAIR', NULL, '{place:30}周末举办招聘会，回T退订')`,
  `INSERT INTO sms_blocked_word (word) VALUES ('网贷')`,
  `INSERT INTO sms_blacklist (phone, reason, origin) VALUES ('13000000007', 'TD 2026-11-20', 'OPTOUT')`,
] as const;

const phone = (n: number): string => `130000000${String(n).padStart(2, '0')}`;
const text = (n: number, content: string): Pick<Case, 'preview' | 'row'> => ({
  preview: [phone(n), content],
  row: { phone: phone(n), content },
});
const filled = (n: number, code: string, params: string): Pick<Case, 'preview' | 'row'> => ({
  preview: [phone(n), '--template', code, '--params', params],
  row: { phone: phone(n), content: null, template_code: code, params },
});

export const CASES: readonly Case[] = [
  {
    title: { zh: '普通通知，正常发出', en: 'A plain notice, which goes' },
    ...text(1, '张三您好，您11月的养老金3210.50元已发放。'),
    fate: 'SENT 0',
  },
  {
    title: { zh: '按模板填写的一行', en: 'A row filled in from a template' },
    ...filled(2, 'CODE', '{"code":"482913"}'),
    fate: 'SENT 0',
  },
  {
    title: { zh: '模板缺参数', en: 'A template with a missing parameter' },
    ...filled(3, 'PENSION', '{"name":"张三","month":11}'),
    fate: 'REJECTED BAD_PARAMS',
  },
  {
    title: { zh: '与任何模板都不相符的内容', en: 'Free text that misses every template' },
    ...text(4, '张三您好，您11月的养老金3210.50元已经发放。'),
    fate: 'REJECTED TEMPLATE_MISMATCH',
  },
  {
    title: { zh: '敏感词，中间夹了空格', en: 'A blocked word, with a blank put into it' },
    ...text(5, '您的社保卡已制好，请到网 贷大厅领取。'),
    fate: 'REJECTED BLOCKED_WORD',
  },
  {
    title: { zh: '营销短信', en: 'Marketing' },
    ...text(6, '市人才市场周末举办招聘会，回T退订'),
    fate: 'REJECTED MARKETING',
  },
  {
    title: { zh: '已退订的号码', en: 'A phone on the blacklist' },
    ...text(7, '张三您好，您11月的养老金3210.50元已发放。'),
    fate: 'REJECTED BLACKLIST',
  },
  {
    title: { zh: '超过限量，推迟', en: 'Over a limit: deferred' },
    before: [{ phone: phone(8), content: '验证码1111，5分钟内有效，请勿告诉他人。', category: 'CODE' }],
    ...filled(8, 'CODE', '{"code":"2222"}'),
    fate: 'NEW RATE_LIMIT',
    until: '2026-11-26 10:17',
    wait: { zh: '1 分', en: '1 min' },
  },
  {
    title: { zh: '静默时段，推迟到早晨', en: 'Quiet hours: deferred until the morning' },
    ...filled(9, 'CARD', '{"place":"市民中心一楼"}'),
    fate: 'NEW QUIET_HOURS',
    at: '23:00',
    until: '2026-11-27 08:00',
    wait: { zh: '9 小时', en: '9 h' },
  },
  {
    title: { zh: '平台的 GBK 编码没有的字符', en: 'Characters that the platform’s GBK lacks' },
    ...text(10, '𠮷某您好，您11月的养老金3210.50元已发放。'),
    fate: 'REJECTED UNENCODABLE',
  },
  {
    title: { zh: '同一号码反复收到同一内容：防刷闸', en: 'One text to one phone again and again: the storm brake' },
    before: Array.from({ length: 3 }, () => ({
      phone: phone(11),
      content: '您的社保卡已制好，请到市民中心一楼领取。',
    })),
    ...text(11, '您的社保卡已制好，请到市民中心一楼领取。'),
    fate: 'HELD STORM',
  },
];

/** The whole page. */
export function page(locale: Locale, told: readonly Told[]): string {
  const t = (words: Text): string => pick(words, locale);
  const chapters = told.flatMap(({ of, id, preview, explain }, i) => [
    `## ${i + 1}. ${t(of.title)}`,
    '',
    ...(of.at ? [t({ zh: `${of.at}（北京时间）：`, en: `At ${of.at} in Beijing:` }), ''] : []),
    ...(of.before
      ? [
          t({
            zh: `之前已写入 ${of.before.length} 行：`,
            en: `Before it came ${of.before.length === 1 ? 'one row' : `${of.before.length} rows`}:`,
          }),
          '',
          ...fenced('sql', of.before.map(insert)),
          '',
        ]
      : []),
    ...fenced('', [`$ yxt-mw preview ${of.preview.map(quoted).join(' ')}`, preview]),
    '',
    ...fenced('', [insert(of.row), '', `$ yxt-mw explain ${id}`, explain]),
    '',
  ]);
  return [
    `# ${t(TITLE)}`,
    '',
    locale === 'en' ? '[中文](policy-cases.zh-CN.md)' : '[English](policy-cases.md)',
    '',
    t(INTRODUCTION),
    '',
    ...fenced('yaml', [configuration()]),
    '',
    ...fenced(
      'sql',
      TABLES.map((statement) => `${statement};`),
    ),
    '',
    ...chapters,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

const TITLE: Text = { zh: '十一条短信，看规则怎么说', en: 'Eleven messages, and what the rules say of them' };
const INTRODUCTION: Text = {
  zh: '每条先用 `preview` 预看（不写库、不发送），再由业务系统写入发件表，最后用 `explain` 看结果。以下是程序的真实输出：测试 `policy-cases.test.ts` 每次重新生成并逐字比对，只把时刻、流水号和耗时换成固定值。规则说明见 [policy.zh-CN.md](policy.zh-CN.md)。\n\n所用配置与数据：',
  en: 'Each is looked at with `preview`, which writes and sends nothing, then inserted as a bureau would, then told by `explain`. This is what the program really prints: the test `policy-cases.test.ts` makes it anew and compares it letter by letter; only times, serials and durations are fixed ones. The rules themselves: [policy.md](policy.md).\n\nThe configuration and the tables:',
};

function configuration(): string {
  const policy: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(POLICY)) {
    const [, key = '', inner] = path.split('.');
    policy[key] = inner === undefined ? value : { [inner]: value };
  }
  const document = new Document({ policy }, { version: '1.1' }); // which has times of day in quotes
  visit(document, {
    Seq: (_, list) => {
      for (const item of list.items) if (isMap(item)) item.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, directives: false }).trimEnd();
}

const fenced = (language: string, lines: readonly string[]): string[] => [`\`\`\`${language}`, ...lines, '```'];

const quoted = (word: string): string => (/^[\w.-]+$/.test(word) ? word : `'${word}'`);

function insert(row: Columns): string {
  const columns = Object.entries(row).filter(([, value]) => value !== null);
  const values = columns.map(([, value]) => `'${String(value)}'`).join(', ');
  return `INSERT INTO sms_outbox (${columns.map(([name]) => name).join(', ')}) VALUES (${values});`;
}
