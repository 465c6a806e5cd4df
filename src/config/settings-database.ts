import { z } from 'zod';
import { CLIENTS } from '../db/options.ts';
import type { Text } from '../lib/text.ts';
import { choice, duration, oneOf, orNull, section, shaped, text, whole } from './setting.ts';
import type { Setting } from './setting.ts';

/** Names go into SQL unquoted, so nothing but a plain identifier passes; index names need a few characters more. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,59}$/;
const IDENTIFIER_TEXT = {
  zh: '普通标识符：字母或下划线开头，只含字母、数字、下划线，最多 60 个字符',
  en: 'a plain identifier: a letter or underscore, then letters, digits, underscores, 60 characters at most',
};
const NOT_EMPTY = { zh: '1 到 128 个字符的文本', en: 'text of 1 to 128 characters' };
const short = (value: string): boolean => value.trim() !== '' && value.length <= 128;
/** Whether it must be given depends on the other keys. */
const shortOrNone = (value: string): boolean => value === '' || short(value);

function table(name: string, zh: string, en: string): Setting<string> {
  return text({ zh, en }, IDENTIFIER_TEXT, (value) => IDENTIFIER.test(value), { fallback: name });
}

function pem(help: Text): Setting<string | null> {
  return orNull(text(help, { zh: '一个存在的 PEM 文件', en: 'an existing PEM file' }, short, { file: 'readable' }));
}

export const database = section('数据库：发件表、收件表所在之处', 'The database that holds outbox and inbox', {
  client: oneOf(
    {
      zh: '数据库种类。MariaDB 写 mysql，SQL Server 写 mssql；国产库见 docs/domestic-databases.md',
      en: 'Kind of database. MariaDB is mysql, SQL Server mssql; domestic ones: docs/domestic-databases.md',
    },
    CLIENTS,
    { example: 'mysql' },
  ),
  connection: choice(
    text(
      {
        zh: 'SQLite 数据库文件；相对路径从本文件所在目录算起',
        en: 'The SQLite file; relative to the folder of this file',
      },
      {
        zh: 'SQLite：文件路径（不能是 :memory:）；其他数据库：{ host, port, user, password, database }',
        en: 'for SQLite a file path (not :memory:), for any other database { host, port, user, password, database }',
      },
      (value) => value.trim() !== '' && value !== ':memory:',
      { example: './data/yxt-mw.db', file: 'path' },
    ),
    section('如何连接数据库服务器', 'How to reach the database server', {
      host: text(
        {
          zh: '主机名或地址；SQL Server 的命名实例写 主机\\实例名',
          en: 'Host name or address; a named instance of SQL Server is written HOST\\INSTANCE',
        },
        NOT_EMPTY,
        shortOrNone,
        { fallback: '', example: '127.0.0.1' },
      ),
      port: orNull(
        whole({ zh: '端口；null 用该数据库的默认端口', en: "Port; null: the engine's usual one" }, 1, 65_535),
      ),
      user: text(
        {
          zh: '数据库用户：权限见 schema/ 里的授权脚本，不需要建表权限',
          en: 'Database user: see the grants in schema/; it needs no DDL',
        },
        NOT_EMPTY,
        short,
        { example: 'yxt' },
      ),
      password: text(
        {
          zh: '口令：请写 ${env:变量名}、${file:文件} 或 ${secret:名称}，不要写明文',
          en: 'Password: write ${env:NAME}, ${file:PATH} or ${secret:NAME}, not the password itself',
        },
        { zh: '最多 256 个字符的文本', en: 'text of 256 characters at most' },
        (value) => value.length <= 256,
        { fallback: '', example: '${env:YXT_DB_PASSWORD}', secret: true },
      ),
      database: text(
        {
          zh: '库名；Oracle 写服务名，只有 SID 的旧库写 sid:名称',
          en: 'Name of the database; Oracle: the service name, or sid:NAME where there is only a SID',
        },
        NOT_EMPTY,
        shortOrNone,
        { fallback: '', example: 'sms' },
      ),
      connectString: orNull(
        text(
          {
            zh: 'Oracle 连接串（RAC、TNS），代替 host、port、database；仅用于 Oracle',
            en: 'Oracle connect string (RAC, TNS) instead of host, port and database; for Oracle only',
          },
          { zh: '1 到 2000 个字符的文本', en: 'text of 1 to 2000 characters' },
          (value) => value.trim() !== '' && value.length <= 2000,
          { secret: true },
        ),
      ),
      oracleClientDir: orNull(
        text(
          {
            zh: 'Oracle：Instant Client 所在目录；null 由驱动直连（12.1 以上、无原生网络加密时）',
            en: 'Oracle: folder of Instant Client; null: the driver by itself (12.1 and later, no native network encryption)',
          },
          NOT_EMPTY,
          short,
          { file: 'path' },
        ),
      ),
      variant: orNull(
        oneOf(
          {
            zh: 'Oracle 的变种：oracle-11g 用序列建表；dameng 达梦，驱动 dmdb 另装',
            en: 'A relative of Oracle: oracle-11g makes tables with sequences; dameng, whose driver dmdb is installed apart',
          },
          ['oracle-11g', 'dameng'],
        ),
      ),
      ssl: choice(
        shaped(
          {
            zh: '到数据库的 TLS：null 不加密；{} 加密并校验证书；自签证书写 { ca: ./db-ca.pem }',
            en: 'TLS to the database: null for none; {} for TLS with a verified certificate; { ca: ./db-ca.pem } for your own authority',
          },
          { zh: 'null 或 { ca, cert, key }', en: 'null or { ca, cert, key }' },
          z.null(),
          { fallback: () => null },
        ),
        section('数据库 TLS 证书', 'Certificates for the database', {
          ca: pem({ zh: '签发数据库证书的 CA', en: "Authority of the server's certificate" }),
          cert: pem({ zh: '客户端证书', en: 'Client certificate' }),
          key: pem({ zh: '客户端私钥', en: 'Client key' }),
        }),
      ),
      options: shaped(
        { zh: '原样交给数据库驱动的其他选项', en: "Further options, handed to the database's driver as they are" },
        { zh: '一组驱动选项，如 { charset: utf8mb4 }', en: 'a map of driver options, such as { charset: utf8mb4 }' },
        z.record(z.string(), z.unknown()),
        { fallback: {}, secret: true },
      ),
    }),
  ),
  schema: orNull(
    text(
      { zh: '表所在的模式（schema）；null 用连接的默认模式', en: 'Schema of the tables; null: that of the connection' },
      IDENTIFIER_TEXT,
      (value) => IDENTIFIER.test(value),
    ),
  ),
  tables: section('表名：只有与现有表重名时才需要改', 'Table names: change them only where they clash with yours', {
    outbox: table('sms_outbox', '发件表', 'Outbox'),
    history: table('sms_outbox_history', '历史表', 'History'),
    inbox: table('sms_inbox', '收件表', 'Inbox'),
    submit: table('sms_mw_submit', '提交记录（内部）', 'Submissions (ours)'),
    seen: table('sms_mw_seen', '已收上行记录（内部）', 'Messages already stored (ours)'),
    query: table('sms_mw_query', '点播记录（内部）', 'Queries by SMS (ours)'),
    receipt: table('sms_mw_receipt', '暂存的回执（内部）', 'Parked receipts (ours)'),
    channel: table('sms_mw_channel', '通道状态（内部）', 'State of the channel (ours)'),
    status: table('sms_mw_status', '守护进程状态，供 DBA 查看', 'State of each daemon, for the DBA to read'),
    command: table('sms_mw_command', '用 SQL 下的命令', 'Commands by SQL'),
    template: table('sms_template', '短信模板', 'Templates'),
    word: table('sms_blocked_word', '敏感词', 'Blocked words'),
    blacklist: table('sms_blacklist', '黑名单', 'Blacklist'),
    usage: table('sms_mw_usage', '限量计数（内部）', 'Counters of limits (ours)'),
    hour: table('sms_mw_hour', '每小时的条数，供状态页画图', 'Counts of each hour, for the charts of the page'),
    override: table('sms_mw_override', '规则的临时放行（内部）', 'Rules set aside for a while (ours)'),
    stats: table('sms_mw_stats', '统计', 'Statistics'),
    balance: table('sms_mw_balance', '每日余额', 'Balance of each day'),
  }),
  poolSize: whole(
    {
      zh: '每个守护进程最多同时打开的连接数；一般不用改，数据库限制每用户连接数时调低',
      en: 'Connections of each daemon open at the same time, at most; lower it only where the database allows a user fewer',
    },
    2,
    100,
    { fallback: 6 },
  ),
  idleTimeout: duration(
    {
      zh: '连接闲置多久就关掉；须短于途中防火墙、网闸掐断闲置连接的时间',
      en: 'An idle connection is closed after this; shorter than any firewall or 网闸 on the way takes to drop it',
    },
    '1s',
    '10m',
    { fallback: '30s' },
  ),
  statementTimeout: duration({ zh: '一条 SQL 最长等待时间', en: 'Longest wait for one SQL statement' }, '1s', '10m', {
    fallback: '15s',
  }),
});
