import { z } from 'zod';
import type { Text } from '../lib/text.ts';
import { minutesOf } from '../policy/quiet.ts';
import { duration, flag, listOf, oneOf, orNull, section, shaped, text, whole, type Setting } from './setting.ts';

const CATEGORY = z.string().regex(/^\S{1,20}$/);
const CATEGORY_LIST = { zh: '类别的列表，如 [NOTICE, CARD]', en: 'a list of categories, such as [NOTICE, CARD]' };

const timeOfDay = z.string().transform((written, context) => {
  const minutes = minutesOf(written);
  if (minutes !== null) return minutes;
  context.addIssue({ code: 'custom', message: 'time of day' });
  return z.NEVER;
});

const categories = (help: Text): Setting<string[] | null> =>
  orNull(shaped(help, CATEGORY_LIST, z.array(CATEGORY).min(1)));

const clock = (zh: string, en: string, example: string): Setting<number> =>
  shaped(
    { zh, en },
    { zh: '00:00 到 24:00 的时刻，如 08:00', en: 'a time of day from 00:00 to 24:00, such as 08:00' },
    timeOfDay,
    { example },
  );

const quietWindow = section('一个时段', 'One of them', {
  categories: categories({ zh: '哪些类别；null 为全部', en: 'Categories that wait; null: all' }),
  from: clock('开始', 'It begins', '22:00'),
  to: clock('结束；不晚于 from 的是次日', 'It ends; at or before from: the next day', '08:00'),
  days: oneOf(
    {
      zh: '在哪些日子开始：all 每天；workdays 工作日；restdays 休息日（含节假日与调休）',
      en: 'Days on which it begins: all, workdays or restdays (holidays included)',
    },
    ['all', 'workdays', 'restdays'],
    { fallback: 'all' },
  ),
});

const limit = section('一项限量', 'One limit', {
  per: oneOf(
    {
      zh: '按什么计数：phone 同一号码；text 同一号码相同内容；source 同一来源；category 同一类别',
      en: 'What is counted together: messages to one phone, of one text to one phone, of one source, of one category',
    },
    ['phone', 'text', 'source', 'category'],
    { example: 'phone' },
  ),
  categories: categories({
    zh: '哪些类别；null 为全部，合并计数',
    en: 'Categories that count; null: all, together',
  }),
  most: whole({ zh: '最多几条', en: 'Messages, at most' }, 1, 1_000_000, { example: 1 }),
  in: duration({ zh: '滑动时间窗', en: 'Within this time, a sliding window' }, '10s', '31d', { example: '1m' }),
  over: oneOf(
    { zh: '超过时：reject 拒绝；defer 推迟；hold 转人工', en: 'Beyond it: reject, defer, or hold for a person' },
    ['reject', 'defer', 'hold'],
    { fallback: 'reject' },
  ),
});

/** Everything here is off or harmless unless it is configured. */
export const policy = section(
  '发送前的规则：默认全部关闭或无害，见 docs/policy.md',
  'Rules before sending: all off or harmless by default, see docs/policy.md',
  {
    garbled: oneOf(
      {
        zh: '正文已成乱码（??? 或 锟斤拷）时：hold 转人工；send 照发',
        en: 'A text that was destroyed on its way into the database (???): hold it for a person, or send it',
      },
      ['hold', 'send'],
      { fallback: 'hold' },
    ),
    requireTemplate: flag(
      {
        zh: '没有 template_code 的内容也必须与 sms_template 的某个模板相符，否则 REJECTED（平台代码 28 会停账号）',
        en: 'Free text must match a template of sms_template too, or is REJECTED (code 28 of the platform leads to suspension)',
      },
      false,
    ),
    secondSignature: oneOf(
      {
        zh: '内容自带【】（会被当作第二个签名）时：send 照发；reject 拒绝',
        en: 'A text with 【】 of its own, taken for a second signature: send or reject it',
      },
      ['send', 'reject'],
      { fallback: 'send' },
    ),
    wordsFile: orNull(
      text(
        {
          zh: '敏感词文件，UTF-8，一行一个，# 之后为注释；改后 15 秒内生效。sms_blocked_word 表里的词也算',
          en: 'Blocked words, UTF-8, one a line, # begins a remark; changes count within 15 s. Those of sms_blocked_word count too',
        },
        { zh: '一个存在的文本文件', en: 'an existing text file' },
        (value) => value.trim() !== '',
        { file: 'readable' },
      ),
    ),
    wordsOver: oneOf(
      {
        zh: '内容含敏感词时：reject 拒绝；hold 转人工',
        en: 'A text with a blocked word: reject it, or hold it for a person',
      },
      ['reject', 'hold'],
      { fallback: 'reject' },
    ),
    marketing: oneOf(
      {
        zh: '营销短信（类别为营销，或内容带退订提示）：send 照发；reject 拒绝（行业接口账号不许发营销）',
        en: 'Marketing (by its category, or a text that tells how to unsubscribe): send or reject it (interface accounts may not)',
      },
      ['send', 'reject'],
      { fallback: 'send' },
    ),
    marketingCategories: shaped(
      { zh: '哪些类别是营销', en: 'Categories that are marketing' },
      CATEGORY_LIST,
      z.array(CATEGORY),
      { fallback: ['MARKETING'] },
    ),
    blacklist: flag({ zh: '不向 sms_blacklist 中的号码发送', en: 'Send nothing to phones in sms_blacklist' }, true),
    optOut: shaped(
      {
        zh: '市民来信恰为这些字时记入黑名单（退订），如 [TD, T, 退订]；来信仍入收件表',
        en: 'A message that is one of these puts its sender on the blacklist, such as [TD, T, 退订]; it is stored all the same',
      },
      { zh: '关键字的列表', en: 'a list of keywords' },
      z.array(z.string().trim().min(1).max(20)),
      { fallback: [] },
    ),
    optOutExcept: shaped(
      {
        zh: '退订者仍收得到的类别（他自己要的验证码和答复）',
        en: 'Categories that still reach who has opted out (what he asked for himself)',
      },
      CATEGORY_LIST,
      z.array(CATEGORY),
      { fallback: ['CODE', 'REPLY'] },
    ),
    quietHours: listOf(
      '静默时段（北京时间），期间的短信推迟到结束；categories 不写为全部类别，days：all、workdays、restdays（含节假日与调休）',
      'Quiet hours (Beijing); messages wait until they end; without categories all of them, days: all, workdays, restdays (holidays included)',
      quietWindow,
      [{ categories: ['NOTICE'], from: '22:00', to: '08:00', days: 'all' }],
    ),
    holidays: orNull(
      text(
        {
          zh: '节假日文件目录：其中的 2027.json 补充或替换随程序带的同名文件（data/holidays）',
          en: 'Folder of holiday files: its 2027.json adds to or replaces those that come with the program (data/holidays)',
        },
        { zh: '目录路径', en: 'the path of a folder' },
        (value) => value.trim() !== '',
        { file: 'readable' },
      ),
    ),
    limits: listOf(
      '限量：per 为 phone（同一号码）、text（同一号码相同内容）、source、category；in 为滑动时间窗；over：reject 拒绝、defer 推迟、hold 转人工',
      'Limits: per phone, text (same text to one phone), source or category; in: sliding window; over: reject, defer or hold',
      limit,
      [
        { per: 'phone', categories: ['CODE'], most: 1, in: '1m', over: 'defer' },
        { per: 'phone', categories: ['CODE'], most: 5, in: '24h', over: 'reject' },
        { per: 'text', most: 3, in: '24h', over: 'reject' },
      ],
    ),
    storm: section(
      '防刷闸：超过即 HELD 并告警（上游出错时不至于轰炸市民）',
      'Storm brake: beyond it rows are HELD with an alarm (a fault upstream must not reach citizens)',
      {
        sameTextPerDay: orNull(
          whole(
            { zh: '同一号码相同内容 24 小时内最多几条', en: 'Same text to one phone within 24 hours, at most' },
            1,
            100_000,
          ),
        ),
        perHour: orNull(
          whole({ zh: '同一号码一小时内最多几条', en: 'Messages to one phone within an hour, at most' }, 1, 100_000),
        ),
      },
    ),
    pricePerPart: orNull(
      shaped(
        {
          zh: '每条单价（元），preview 和 stats 用它算费用；null 按 billing.plan',
          en: 'Price of one part in yuan, for preview and stats; null: that of billing.plan',
        },
        { zh: '0 到 10 之间、最多三位小数的数', en: 'a number from 0 to 10 with at most three decimals' },
        z
          .number()
          .min(0)
          .max(10)
          .refine((value) => Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6),
      ),
    ),
  },
);
