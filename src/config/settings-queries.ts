import { z } from 'zod';
import type { Text } from '../lib/text.ts';
import { CLIENTS } from '../db/options.ts';
import { KINDS } from '../queries/request.ts';
import { database } from './settings-database.ts';
import { duration, flag, listOf, named, oneOf, orNull, section, shaped, text, whole } from './setting.ts';
import type { Setting } from './setting.ts';

const WORDS = { zh: '1 到 1000 个字符的文本', en: 'text of 1 to 1000 characters' };

/** Text of one or several lines. */
function words(zh: string, en: string, extra: { example?: string; fallback?: string } = {}): Setting<string> {
  return shaped({ zh, en }, WORDS, z.string().min(1).max(4000), extra);
}

function reply(zh: string, en: string, fallback: string | null): Setting<string | null> {
  const silent = { zh: `${zh}；null 不答复`, en: `${en}; null: no answer` };
  return orNull(shaped(silent, WORDS, z.string().min(1).max(1000)), fallback);
}

function keywords(help: Text, least: number, extra: { example?: string[]; fallback?: string[] }): Setting<string[]> {
  const is = {
    zh: `${least} 到 50 个 1 到 40 字的关键字的列表`,
    en: `a list of ${least} to 50 keywords of 1 to 40 characters`,
  };
  return shaped(help, is, z.array(z.string().min(1).max(40)).min(least).max(50), extra);
}

const NAME = { zh: '一个名字', en: 'a name' };
const name = (zh: string, en: string): Setting<string | null> =>
  orNull(text({ zh, en }, NAME, (value) => /^[A-Za-z]\w{0,39}$/.test(value)));

const argument = section('参数', 'Argument', {
  label: orNull(
    text(
      { zh: '告诉市民格式时的叫法，如 卡号', en: 'What it is called when the citizen is told the format' },
      WORDS,
      (value) => /^[^{}]{1,20}$/.test(value),
    ),
  ),
  kind: oneOf(
    {
      zh: 'digits 数字（中间的空格、短横不计）；idcard 身份证号；letters 字母和数字；text 任意文字',
      en: 'digits (blanks and hyphens between them do not count), idcard, letters (and digits), or any text',
    },
    KINDS,
    { fallback: 'digits' },
  ),
  min: whole({ zh: '最短', en: 'Shortest' }, 1, 100, { fallback: 1 }),
  max: whole({ zh: '最长', en: 'Longest' }, 1, 100, { fallback: 32 }),
  secret: flag(
    {
      zh: '卡号、口令：答复后从 sms_inbox 抹去，答复里只能带 |mask 或 |last4',
      en: 'Cards and passwords: wiped from sms_inbox once answered, shown in replies with |mask or |last4 only',
    },
    false,
  ),
});

const rule = section('一条规则', 'One rule', {
  keywords: keywords({ zh: '关键字，大小写和全角都认', en: 'Keywords, in any case and width' }, 1, {
    example: ['SBYE', '余额查询'],
  }),
  format: shaped(
    {
      zh: '关键字之后的格式，如 {card}*{password}；分隔符可用 inbox.separators 中任何一个',
      en: 'What follows the keyword, such as {card}*{password}; any of inbox.separators separates',
    },
    WORDS,
    z.string().max(200),
    { example: '{card}', fallback: '' },
  ),
  args: named(
    '格式里的参数；没有写的为 1 到 32 位数字',
    'The arguments of the format; one that is left out is 1 to 32 digits',
    argument,
  ),
  database: name(
    'queryDatabases 里的名字；只有一个时可为 null',
    'A name of queryDatabases; null where there is only one',
  ),
  sql: words(
    '只读查询；值写作 :phone（发信号码，11 位）和 :参数，由驱动绑定，绝不拼进 SQL',
    'A query that reads; values are :phone (the sender, 11 digits) and :argument, bound by the driver, never spliced into the text',
    { example: 'SELECT balance FROM card WHERE card_no = :card AND phone = :phone' },
  ),
  maxRows: whole({ zh: '最多取几行', en: 'Rows, at most' }, 1, 100, { fallback: 20 }),
  reply: words(
    '答复：{列}、{参数}、{count}，格式 |money |mask |last4 |date |day |month |time；多行 {#rows}…{/rows}；花括号本身写 {{ }}',
    'The answer: {column}, {argument}, {count}, with |money |mask |last4 |date |day |month |time; rows in {#rows}…{/rows}; braces are {{ }}',
    { example: '尾号{card|last4}的社保卡余额{balance|money}元。' },
  ),
  more: words('装不下其余行时写什么', 'Said in the place of rows that do not fit', {
    fallback: '更多请到网上办事大厅或窗口查询。',
  }),
  maxParts: whole({ zh: '答复最多拆成几条计费', en: 'Billed parts of an answer, at most' }, 1, 6, { fallback: 6 }),
  notFound: orNull(
    words(
      '查不到时的答复；null 用 queryOptions.replies.notFound',
      'Where nothing is found; null: queryOptions.replies.notFound',
    ),
  ),
  lockBy: name(
    '按哪个参数（连同号码）计失败次数；null 为第一个不是短密码的，没有则只按号码',
    'The argument that failures are counted by, with the phone; null: the first that is no short secret, else the phone alone',
  ),
  allowUnboundPhone: flag(
    {
      zh: '允许 SQL 不用发信号码 :phone（任何人都能查别人的）',
      en: 'Allow SQL without the sender’s number (anybody can ask about anybody)',
    },
    false,
  ),
  unboundReason: orNull(
    text(
      { zh: '为什么允许；allowUnboundPhone 为 true 时必填', en: 'Why it is allowed; needed with allowUnboundPhone' },
      WORDS,
      (value) => value.length <= 200,
    ),
  ),
  giveUp: oneOf(
    {
      zh: '业务库一直不通、超过 queryOptions.maxAge 后：new 交还老系统；reply 答复 unavailable；silent 不答复',
      en: 'When the business database stays silent beyond queryOptions.maxAge: new hands it to the legacy system, reply says unavailable',
    },
    ['new', 'reply', 'silent'],
    { fallback: 'new' },
  ),
});

export const queries = listOf('点播规则：见 docs/queries.zh-CN.md', 'Query rules: see docs/queries.md', rule);

export const queryOptions = section('点播：各规则共用', 'What all query rules share', {
  perPhonePerDay: whole({ zh: '一个号码 24 小时内最多答复几次', en: 'Answers to one phone within 24 hours' }, 1, 400, {
    fallback: 20,
  }),
  failures: whole(
    {
      zh: '同一号码查同一卡，连续几次查不到就锁定',
      en: 'Queries in a row that find nothing, per phone and card, until the pair is locked',
    },
    1,
    20,
    { fallback: 5 },
  ),
  lockFor: duration({ zh: '锁定多久', en: 'How long' }, '1m', '7d', { fallback: '1h' }),
  maxAge: duration(
    {
      zh: '业务库不通时重试多久；更旧的答复没有意义',
      en: 'How long to try while the business database does not answer',
    },
    '5s',
    '1d',
    { fallback: '5m' },
  ),
  legacyKeywords: keywords(
    {
      zh: '老系统自己处理的指令：即使设了 replies.help 也留给它',
      en: 'Keywords of the legacy system: left to it, replies.help or not',
    },
    0,
    { fallback: [] },
  ),
  replies: section('没有查到数据时怎么说', 'What is said where there is no data to tell', {
    notFound: reply(
      '查不到（从不说明哪一项不对）',
      'Nothing found (never says which part was wrong)',
      '没有查到相关信息，请核对后重新发送。',
    ),
    wrongFormat: reply(
      '格式不对；{format} 为正确格式',
      'Wrong format; {format} shows the right one',
      '格式不对，请发送：{format}',
    ),
    locked: reply(
      '已锁定；{minutes} 为剩余分钟',
      'Locked; {minutes} are left',
      '查询失败次数过多，请{minutes}分钟后再试。',
    ),
    limited: reply(
      '当天次数用完（一天只说一次）',
      'No more today (said once a day)',
      '您今天的查询次数已用完，请明天再试。',
    ),
    unavailable: reply('业务库一直不通', 'The business database stays silent', '系统繁忙，请稍后再试。'),
    help: reply('不认识的指令（每号每天一次）', 'An unknown keyword (once a day and phone)', null),
  }),
});

const business = section('一个业务库', 'One business database', {
  client: oneOf(
    {
      zh: '数据库种类。MariaDB 写 mysql，SQL Server 写 mssql；SQL Server 和 Oracle 未在真实库上运行过，见 docs/queries.md',
      en: 'Kind of database. MariaDB is mysql, SQL Server mssql; SQL Server and Oracle were never run on a real server: docs/queries.md',
    },
    CLIENTS,
    { example: 'mysql' },
  ),
  connection: database.keys.connection,
  poolSize: whole({ zh: '最多同时打开的连接数', en: 'Connections open at the same time, at most' }, 1, 50, {
    fallback: 4,
  }),
  statementTimeout: duration({ zh: '一条查询最长时间', en: 'Longest time of one query' }, '100ms', '1m', {
    fallback: '3s',
  }),
});

export const queryDatabases = named(
  '点播所查的业务库，用只能 SELECT 所需视图的用户',
  'Business databases that queries read, as a user that may SELECT the views it needs and nothing else',
  business,
);
