import { flag, duration, oneOf, orNull, section, text, whole } from './setting.ts';
import type { Setting } from './setting.ts';
import type { Text } from '../lib/text.ts';

const PEM = { zh: '一个存在的 PEM 文件', en: 'an existing PEM file' };

export function pem(help: Text): Setting<string | null> {
  return orNull(text(help, PEM, (value) => value.trim() !== '', { file: 'readable' }));
}

/** An http(s) address without query; `login`: user information may stand in it. */
function address(value: string, login: boolean): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
  return (login || (url.username === '' && url.password === '')) && url.search === '' && url.hash === '';
}

export const platform = section('一信通平台账号（目前一个通道）', 'The account at the platform (one channel today)', {
  interface: oneOf({ zh: '接口方式', en: 'Interface' }, ['http'], {
    fallback: 'http',
    later: {
      soap: {
        zh: '本版本只支持 http 接口；soap（Webservice）尚不支持',
        en: 'this version speaks the http interface only; soap (Webservice) is not supported yet',
      },
    },
  }),
  url: text(
    {
      zh: '平台接口地址，到 /sms/Api 为止，由运营商分配',
      en: 'Address of the interface up to /sms/Api, as assigned by the operator',
    },
    {
      zh: '不含账号和参数的 https 地址，如 https://api.ums86.com:9600/sms/Api',
      en: 'an https address without login or query, such as https://api.ums86.com:9600/sms/Api',
    },
    (value) => address(value, false),
    { example: 'https://api.ums86.com:9600/sms/Api' },
  ),
  spCode: text(
    { zh: '企业编号；请加引号', en: 'Enterprise number (SpCode); in quotes' },
    { zh: '带引号的 1 到 20 位字母或数字，如 "000000"', en: '1 to 20 letters or digits in quotes, such as "000000"' },
    (value) => /^[0-9A-Za-z]{1,20}$/.test(value),
    { example: '000000' },
  ),
  loginName: text(
    { zh: '操作员用户名（较新的账号为 AppKey）', en: 'Operator name (AppKey on newer accounts)' },
    { zh: '1 到 64 个字符的文本', en: 'text of 1 to 64 characters' },
    (value) => value.trim() !== '' && value.length <= 64,
    { example: 'demo' },
  ),
  password: text(
    {
      zh: '接口口令（或 AppSecret）：请写 ${env:变量名}、${file:文件} 或 ${secret:名称}。连错五次平台会锁账号',
      en: 'Password (or AppSecret): write ${env:NAME}, ${file:PATH} or ${secret:NAME}. Five wrong ones lock the account',
    },
    { zh: '1 到 128 个字符的文本', en: 'text of 1 to 128 characters' },
    (value) => value !== '' && value.length <= 128,
    { example: '${env:YXT_PASSWORD}', secret: true },
  ),
  accessNo: text(
    { zh: '接入号；请加引号', en: 'Access number; in quotes' },
    { zh: '带引号的 3 到 21 位数字，如 "106900000000001"', en: '3 to 21 digits in quotes, such as "106900000000001"' },
    (value) => /^\d{3,21}$/.test(value),
    { example: '106900000000001' },
  ),
  timeout: duration(
    {
      zh: '一次调用从发出到读完应答的最长时间；日志常说平台没有应答而网络正常时调大（outbox.lease 须至少 2 × timeout + 4s）',
      en: 'Longest time of one call, answer included; raise it where the log often says that no answer came and the network is sound (outbox.lease is at least 2 × timeout + 4s)',
    },
    '200ms',
    '2m',
    { fallback: '15s' },
  ),
  connectTimeout: duration(
    {
      zh: '建立连接（含 TLS 握手）的最长时间；经代理或慢线路连不上时调大；timeout 更短时以 timeout 为准',
      en: 'Longest time to connect, TLS included; raise it where a proxy or a slow line needs longer; a shorter timeout ends it, too',
    },
    '100ms',
    '1m',
    { fallback: '5s' },
  ),
  tls: section('到平台的 TLS，始终校验证书', 'TLS to the platform; certificates are always verified', {
    ca: pem({ zh: '在系统 CA 之外另外信任的 CA（PEM）', en: 'Authority to trust beside those of the system (PEM)' }),
    cert: pem({ zh: '客户端证书，平台要求时才需要', en: 'Client certificate, where the platform asks for one' }),
    key: pem({ zh: '客户端私钥，与 cert 成对', en: 'Its key; goes with cert' }),
    minVersion: oneOf({ zh: '最低 TLS 版本', en: 'Oldest TLS version allowed' }, ['TLSv1.2', 'TLSv1.3'], {
      fallback: 'TLSv1.2',
    }),
  }),
  proxy: orNull(
    text(
      {
        zh: '出网代理，如 http://10.0.0.1:3128；带口令时请整个写成 ${env:…}',
        en: 'Proxy, such as http://10.0.0.1:3128; with a password in it write all of it as ${env:…}',
      },
      {
        zh: 'http 或 https 代理地址，形如 http://主机:端口',
        en: 'the address of an http or https proxy, such as http://host:port',
      },
      (value) => address(value, true) && new URL(value).pathname === '/',
      { login: true },
    ),
  ),
  allowInsecure: flag(
    {
      zh: '允许 http:// 明文地址（口令和短信都会明文传输，只用于测试）',
      en: 'Allow http:// (password and messages travel in clear text; for tests only)',
    },
    false,
  ),
  charset: oneOf(
    {
      zh: 'gbk 用 Send.do；utf8 用 SendUTF8.do（先与平台确认）',
      en: 'gbk calls Send.do; utf8 calls SendUTF8.do (ask the platform first)',
    },
    ['gbk', 'utf8'],
    { fallback: 'gbk' },
  ),
  signature: oneOf(
    {
      zh: '短信签名：none 由平台添加；prefix / suffix 由本程序加在前 / 后',
      en: 'Signature: none leaves it to the platform; prefix or suffix adds it here',
    },
    ['none', 'prefix', 'suffix'],
    { fallback: 'none' },
  ),
  signatureText: orNull(
    text(
      { zh: '签名文字，含【】，如 【某市人社局】', en: 'The signature with its brackets, such as 【某市人社局】' },
      { zh: '带【】的签名，括号内 2 到 32 个字符', en: 'a signature in 【】 with 2 to 32 characters between them' },
      (value) => /^【[^【】]{2,32}】$/.test(value),
    ),
  ),
  reservedLength: whole(
    {
      zh: '计条数和长度时为平台所加签名预留的字数',
      en: 'Characters to reserve for a signature that the platform adds',
    },
    0,
    100,
    { fallback: 0 },
  ),
  maxLength: whole(
    { zh: '平台允许的最大字数（含签名）', en: 'Most characters that the platform takes, signature included' },
    70,
    700,
    { fallback: 402 },
  ),
  percentDecodeReplies: flag(
    {
      zh: '上行内容是否做百分号解码（个别地市平台需要）',
      en: 'Percent-decode messages from citizens (a few regional platforms need it)',
    },
    false,
  ),
});
