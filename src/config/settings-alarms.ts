import { z } from 'zod';
import type { Text } from '../lib/text.ts';
import { duration, flag, oneOf, orNull, section, shaped, size, text, whole, type Setting } from './setting.ts';
import { holdsKey } from './webhook-key.ts';

const ADDRESS = /^[^\s@<>"']+@[^\s@<>"']+$/;

const host = (help: Text): Setting<string | null> =>
  orNull(text(help, { zh: '主机名或地址', en: 'a host name or address' }, (value) => /^[\w.:-]{1,255}$/.test(value)));

const file = (help: Text): Setting<string | null> =>
  orNull(
    text(help, { zh: '一个存在的 PEM 文件', en: 'an existing PEM file' }, (v) => v.trim() !== '', { file: 'readable' }),
  );

const secret = (help: Text): Setting<string | null> =>
  orNull(
    text(help, { zh: '1 到 256 个字符的文本', en: 'text of 1 to 256 characters' }, (v) => v !== '' && v.length <= 256, {
      secret: true,
    }),
  );

const webhook = section('以 HTTP POST 告警', 'By HTTP POST', {
  url: orNull(
    text(
      {
        zh: '地址；null 不用。机器人地址里带密钥，请写 ${env:变量名}、${file:文件} 或 ${secret:名称}',
        en: 'Address; null: none. A robot’s address holds its key: write ${env:NAME}, ${file:PATH} or ${secret:NAME}',
      },
      { zh: 'https 地址', en: 'an https address' },
      (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
      { secret: true, isSecret: holdsKey },
    ),
  ),
  format: oneOf(
    {
      zh: '格式：json 各字段分开；robot 为企业微信、钉钉群机器人的文本消息',
      en: 'Format: json has a field each, robot is a text message as the robots of WeCom and DingTalk take it',
    },
    ['json', 'robot'],
    { fallback: 'json' },
  ),
  token: secret({ zh: '作为 Authorization: Bearer 发出；null 不带', en: 'Sent as Authorization: Bearer; null: none' }),
  ca: file({ zh: '另外信任的 CA', en: 'Authority that is trusted beside the public ones' }),
  allowInsecure: flag(
    { zh: '允许明文 http（仅内网）', en: 'Allow http in clear text (inside your network only)' },
    false,
  ),
});

const mail = section('以邮件告警', 'By mail', {
  host: host({ zh: '邮件服务器；null 不用', en: 'Mail server; null: none' }),
  port: whole({ zh: '端口', en: 'Port' }, 1, 65_535, { fallback: 465 }),
  tls: oneOf(
    {
      zh: '加密：tls 一开始就加密（465）；starttls 先连后加密（587、25）；none 不加密，只可用于本机',
      en: 'Encryption: tls from the first byte (465), starttls after the greeting (587, 25), none for this machine only',
    },
    ['tls', 'starttls', 'none'],
    { fallback: 'tls' },
  ),
  user: orNull(
    text(
      { zh: '登录用户；null 不登录', en: 'Login; null: none' },
      { zh: '1 到 128 个字符', en: '1 to 128 characters' },
      (v) => v.trim() !== '' && v.length <= 128,
    ),
  ),
  password: secret({
    zh: '登录口令：请写 ${env:变量名}、${file:文件} 或 ${secret:名称}',
    en: 'Password: write ${env:NAME}, ${file:PATH} or ${secret:NAME}',
  }),
  ca: file({ zh: '另外信任的 CA', en: 'Authority that is trusted beside the public ones' }),
  from: orNull(text({ zh: '发件人', en: 'Sender' }, { zh: '邮件地址', en: 'a mail address' }, (v) => ADDRESS.test(v))),
  to: shaped(
    { zh: '收件人', en: 'Recipients' },
    { zh: '邮件地址的列表', en: 'a list of mail addresses' },
    z.array(z.string().regex(ADDRESS)).max(20),
    { fallback: [] },
  ),
});

const sms = section(
  '以短信告警：经本通道，通道或数据库出问题时不用',
  'By SMS: through this very channel, never when it or the database is the trouble',
  {
    phones: shaped(
      {
        zh: '管理员手机号，加引号；短信写入发件表，类别 ALARM',
        en: 'Mobile numbers of admins, in quotes; the messages are rows of the outbox, category ALARM',
      },
      { zh: '带引号的 11 位手机号的列表', en: 'a list of mobile numbers of 11 digits in quotes' },
      z.array(z.string().regex(/^1[3-9]\d{9}$/)).max(20),
      { fallback: [] },
    ),
  },
);

export const alarms = section(
  '告警：出现时说一次，到时提醒，消除时再说一次；日志总有',
  'Alarms: told when a trouble begins, again as a reminder, and when it is over; always in the log',
  {
    checkEvery: duration({ zh: '隔多久看一次', en: 'How often to look' }, '1s', '1h', { fallback: '1m' }),
    remindEvery: orNull(
      duration({ zh: '未消除时隔多久提醒；null 不提醒', en: 'Reminder while it lasts; null: none' }, '1m', '30d'),
      '4h',
    ),
    oldestAfter: orNull(
      duration(
        { zh: '最早一行等待多久告警；null 不查', en: 'The oldest due row waits this long; null: not watched' },
        '10s',
        '30d',
      ),
      '30m',
    ),
    deliveryBelow: orNull(
      whole(
        {
          zh: '近一小时送达率低于百分之几告警（至少 100 份回执）；null 不查',
          en: 'Delivery rate of the last hour in percent (of 100 receipts at least); null: not watched',
        },
        1,
        100,
      ),
      95,
    ),
    balanceBelow: orNull(
      whole(
        { zh: '余额低于多少条告警；null 不查', en: 'Messages left at the platform; null: not watched' },
        1,
        1_000_000_000,
      ),
      1000,
    ),
    balanceEvery: duration({ zh: '隔多久查一次余额', en: 'How often to ask for the balance' }, '1m', '7d', {
      fallback: '1h',
    }),
    certificateDays: orNull(
      whole(
        {
          zh: '平台证书还有几天到期告警；null 不查',
          en: 'Days to the end of the platform’s certificate; null: not watched',
        },
        1,
        365,
      ),
      30,
    ),
    diskBelow: orNull(
      size(
        {
          zh: 'stateDir 所在磁盘剩余低于多少告警；null 不查',
          en: 'Room left on the disk of stateDir; null: not watched',
        },
        '1MB',
        '1024GB',
      ),
      '500MB',
    ),
    heartbeatAfter: orNull(
      duration(
        {
          zh: '别的守护进程多久没有心跳告警；null 不查',
          en: 'Another daemon has not beaten for this long; null: not watched',
        },
        '30s',
        '1d',
      ),
      '2m',
    ),
    webhook,
    mail,
    sms,
  },
);
