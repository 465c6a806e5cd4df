import { hostname } from 'node:os';
import { z } from 'zod';
import { PLANS } from '../billing/tariff.ts';
import { isCron } from '../housekeeping/schedule.ts';
import { systemLocale } from '../lib/text.ts';
import { duration, durations, flag, oneOf, orNull, section, shaped, size, text, whole } from './setting.ts';
import type { ValueOf } from './setting.ts';
import { alarms } from './settings-alarms.ts';
import { database } from './settings-database.ts';
import { http } from './settings-http.ts';
import { platform } from './settings-platform.ts';
import { policy } from './settings-policy.ts';
import { queries, queryDatabases, queryOptions } from './settings-queries.ts';

const FEES = PLANS.map(({ fee }) => fee);

const outbox = section('下发', 'Sending', {
  pollEvery: duration({ zh: '隔多久看一次发件表', en: 'How often to look at the outbox' }, '50ms', '10m', {
    fallback: '3s',
  }),
  batchSize: whole({ zh: '一次最多领取的行数', en: 'Rows claimed at once, at most' }, 1, 1000, { fallback: 500 }),
  concurrency: whole({ zh: '同时进行的平台调用数', en: 'Calls to the platform at the same time' }, 1, 256, {
    fallback: 32,
  }),
  ratePerSecond: orNull(
    whole(
      {
        zh: '全部进程合计每秒最多条数（长短信按拆分后计）；null 不限速',
        en: 'Messages per second over all daemons (a long one counts its parts); null: no limit',
      },
      1,
      100_000,
    ),
    200,
  ),
  lease: duration(
    {
      zh: '领取后多久没有结果就由别的进程接手；至少 2 × platform.timeout + 4s',
      en: 'After this a claimed row may be taken over; at least 2 × platform.timeout + 4s',
    },
    '1s',
    '1h',
    { fallback: '2m' },
  ),
  maxAge: orNull(
    duration(
      { zh: '等待超过多久就不再发送；null 不限', en: 'Too old to be sent after this; null: never' },
      '1s',
      '365d',
    ),
  ),
  maxAgeByCategory: durations(
    {
      zh: '按类别的最长等待，如 { CODE: 10m, REPLY: 30m }',
      en: 'The same per category, such as { CODE: 10m, REPLY: 30m }',
    },
    '1s',
    '365d',
    { fallback: {} },
  ),
  unknownOutcome: oneOf(
    {
      zh: '提交结果不明时：resubmit 用原流水号再提交；hold 转人工（HELD）',
      en: 'When the outcome is unknown: resubmit the same serial, or hold the row for a person',
    },
    ['resubmit', 'hold'],
    { fallback: 'resubmit' },
  ),
  unknownWindow: duration(
    {
      zh: '结果不明后多久之内还允许再提交，之后转人工',
      en: 'How long an unknown outcome may be resubmitted; then it is held',
    },
    '1m',
    '7d',
    { fallback: '24h' },
  ),
  uniqueBy: orNull(
    oneOf(
      {
        zh: 'biz_id：同一 biz_id 只发第一行，其余 REJECTED（两库之间复制表的网闸可能把一行送来两次）；null 不查',
        en: 'biz_id: of rows with one biz_id only the first goes, others are REJECTED (for replication that may bring a row twice)',
      },
      ['biz_id'],
    ),
  ),
  uniqueWithin: duration(
    {
      zh: '同一 biz_id 记多久（自写入时起）；不超过 housekeeping.moveAfter',
      en: 'How long a biz_id counts, from its insertion; no longer than housekeeping.moveAfter',
    },
    '1h',
    '365d',
    { fallback: '7d' },
  ),
  transliterate: flag(
    {
      zh: '把 GBK 装不下但有等价写法的字符换掉（不换行空格→空格，¥→￥，•→·）',
      en: 'Replace characters that GBK lacks by their equals (no-break space, ¥ to ￥, • to ·)',
    },
    true,
  ),
});

const inbox = section('上行（市民来信）', "Citizens' messages", {
  pollEvery: duration(
    {
      zh: '隔多久取一次上行；至少 1s（平台在本机时可更短）',
      en: 'How often to fetch; at least 1s, less only from a platform on this machine',
    },
    '50ms',
    '1h',
    { fallback: '5s' },
  ),
  separators: shaped(
    { zh: '分开关键字与参数的字符，如 SBYE#卡号', en: 'Characters between keyword and arguments, as in SBYE#card' },
    {
      zh: '1 到 16 个单个字符的列表，不能是字母、数字或汉字',
      en: 'a list of 1 to 16 single characters, neither letters nor digits',
    },
    z
      .array(z.string().regex(/^[^\p{L}\p{N}\p{Cc}]$/u))
      .min(1)
      .max(16),
    { fallback: ['#', '*', ' ', '+', ',', '，', ':', '：', '、'] },
  ),
  seenFor: duration(
    {
      zh: '收过的上行记多久，防止重复入库',
      en: 'How long a stored message is remembered, so that it is never stored twice',
    },
    '1d',
    '365d',
    { fallback: '30d' },
  ),
});

const receipts = section('回执', 'Delivery receipts', {
  pollEvery: duration(
    {
      zh: '隔多久取一次回执；至少 10s（平台在本机时可更短）',
      en: 'How often to fetch; at least 10s, less only from a platform on this machine',
    },
    '50ms',
    '1h',
    { fallback: '30s' },
  ),
  giveUpAfter: duration(
    { zh: '多久没有回执就记为 UNKNOWN', en: 'Without a receipt after this a row becomes UNKNOWN' },
    '1m',
    '30d',
    { fallback: '72h' },
  ),
});

const housekeeping = section('历史整理', 'Housekeeping', {
  cron: text(
    {
      zh: '何时整理（cron，北京时间）：移入历史、到期删除、到期遮盖；见 docs/housekeeping.zh-CN.md',
      en: 'When to keep house (cron, Beijing time): move to the history, delete, mask; see docs/housekeeping.md',
    },
    { zh: 'cron 表达式，如 "30 2 * * *"', en: 'a cron expression, such as "30 2 * * *"' },
    isCron,
    { fallback: '30 2 * * *' },
  ),
  moveAfter: duration(
    {
      zh: '办结多久后移入历史表；没有回执的至少等到 receipts.giveUpAfter',
      en: 'Ended rows move to the history after this, those without a receipt not before receipts.giveUpAfter',
    },
    '1d',
    '3650d',
    { fallback: '30d' },
  ),
  keepDays: whole(
    {
      zh: '历史、已处理的收件、提交记录、点播记录、SQL 命令、每小时条数、隔离区、停用进程的状态行保留的天数',
      en: 'Days that history, handled inbox rows, submissions, queries, commands by SQL, counts of hours, quarantine and rows of daemons long gone are kept',
    },
    1,
    3650,
    { fallback: 180 },
  ),
  maskDays: orNull(
    whole(
      {
        zh: '多少天后历史和已处理收件只留 138****1234、抹去内容，提交记录、点播记录和隔离区删除；null 到 keepDays 为止不遮盖',
        en: 'After so many days history and handled inbox rows keep 138****1234 and no text, submissions, queries and quarantine go; null: not before keepDays',
      },
      30,
      3650,
    ),
  ),
});

const billing = section('账单', 'Billing', {
  plan: orNull(
    shaped(
      { zh: '现用的月套餐（元），bill 用它算费用', en: 'The monthly plan in force (yuan), for bill' },
      { zh: `${FEES.join('、')} 之一`, en: `one of ${FEES.join(', ')}` },
      z.number().refine((fee) => FEES.includes(fee)),
      { range: FEES.join(' | ') },
    ),
  ),
});

const log = section('日志', 'Log', {
  level: oneOf({ zh: '详细程度', en: 'How much' }, ['error', 'warn', 'info', 'debug'], { fallback: 'info' }),
  dir: orNull(
    text(
      { zh: '日志目录；null 只写标准错误输出', en: 'Folder; null: standard error only' },
      { zh: '目录路径', en: 'the path of a folder' },
      (value) => value.trim() !== '',
      { file: 'path' },
    ),
    './logs',
  ),
  format: oneOf(
    { zh: 'json 一行一个对象；text 给人看', en: 'json: one object a line; text: for people' },
    ['json', 'text'],
    { fallback: 'json' },
  ),
  maxSize: size(
    { zh: '单个文件的上限（另外每天换新文件）', en: 'Largest file (a new one also starts every day)' },
    '64KB',
    '1GB',
    { fallback: '20MB' },
  ),
  maxFiles: whole({ zh: '最多保留的文件数', en: 'Files kept, at most' }, 1, 1000, { fallback: 60 }),
  keepDays: whole({ zh: '最多保留的天数', en: 'Days kept, at most' }, 1, 3650, { fallback: 30 }),
});

/** The one table of settings: type, range, default and help of every key. `Config` follows from it. */
export const settings = section('', '', {
  instance: text(
    {
      zh: '本机在状态表和日志里的名字；不写则为主机名',
      en: 'Name of this daemon in tables and log; default: the host name',
    },
    { zh: '1 到 40 个字符、不含空白的文本', en: 'text of 1 to 40 characters without blanks' },
    (value) => /^\S{1,40}$/u.test(value),
    { example: 'node-1', machine: true, fallback: () => hostname().replace(/\s+/g, '-').slice(0, 40) || 'node-1' },
  ),
  locale: oneOf(
    { zh: '提示和日志的语言；不写则随系统', en: "Language of messages and log; default: the system's" },
    ['zh-CN', 'en'],
    {
      example: 'zh-CN',
      machine: true,
      fallback: () => systemLocale(),
    },
  ),
  database,
  platform,
  outbox,
  inbox,
  receipts,
  housekeeping,
  billing,
  policy,
  queries,
  queryOptions,
  queryDatabases,
  alarms,
  http,
  log,
  stateDir: text(
    {
      zh: '状态目录：尚未入库的原始应答、发送流水账、审计日志、隔离区、进程号、套接字。不要删除',
      en: 'State folder: raw answers not yet stored, journal, audit log, quarantine, pid, socket. Do not delete it',
    },
    { zh: '目录路径', en: 'the path of a folder' },
    (value) => value.trim() !== '',
    { fallback: './state', file: 'path' },
  ),
});

/** The configuration as the program uses it: durations in milliseconds, sizes in bytes, paths absolute. */
export type Config = ValueOf<typeof settings>;
