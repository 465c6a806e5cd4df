import { isIP } from 'node:net';
import type { Text } from '../lib/text.ts';
import { flag, named, oneOf, orNull, section, text, whole, type Setting } from './setting.ts';
import { pem } from './settings-platform.ts';

const token = (help: Text, example?: string): Setting<string> =>
  text(
    help,
    { zh: '16 到 200 个可见的 ASCII 字符', en: '16 to 200 printable ASCII characters' },
    (value) => /^[!-~]{16,200}$/.test(value),
    { secret: true, ...(example !== undefined && { example }) },
  );

export const http = section('状态页与指标', 'Status page and metrics', {
  enabled: flag(
    { zh: '开启状态页、/metrics、/healthz、/readyz', en: 'Serve the page, /metrics, /healthz, /readyz' },
    false,
  ),
  host: text(
    {
      zh: '监听地址；本机以外的地址必须设 tls',
      en: 'Address to listen on; any but the loopback wants tls',
    },
    { zh: 'localhost 或 IP 地址', en: 'localhost or an IP address' },
    (value) => value === 'localhost' || isIP(value) !== 0,
    { fallback: '127.0.0.1' },
  ),
  port: whole({ zh: '监听端口', en: 'Port to listen on' }, 1, 65_535, { fallback: 9680 }),
  token: orNull(
    token({
      zh: '访问令牌，可查看也可操作；开启时它与 tokens 至少有一个：请写 ${env:变量名}、${file:文件} 或 ${secret:名称}；如 openssl rand -hex 24 所生成',
      en: 'Access token, for reading and operating; when enabled, this one or tokens is needed: write ${env:NAME}, ${file:PATH} or ${secret:NAME}; such as openssl rand -hex 24 makes',
    }),
  ),
  tokenLabel: text(
    {
      zh: '持有 token 的人或岗位，写入日志和审计日志',
      en: 'Who holds token; written into log and audit log beside what was done with it',
    },
    { zh: '1 到 40 个字符、不含空白的文本', en: 'text of 1 to 40 characters without blanks' },
    (value) => /^\S{1,40}$/u.test(value),
    { fallback: 'admin' },
  ),
  tokens: named(
    '各人自己的令牌：名字写入日志、审计日志，显示在状态页上',
    'Tokens of single persons: the name is written into log and audit log, and stands on the page',
    section('一个人的令牌', 'The token of one person', {
      token: token(
        {
          zh: '访问令牌，各不相同：如 ${secret:zhang}',
          en: 'Access token, another one for each: such as ${secret:zhang}',
        },
        '${env:YXT_TOKEN_ZHANG}',
      ),
      role: oneOf(
        {
          zh: 'read 只可查看；operate 还可暂停、恢复、放行、弃发',
          en: 'read: sees everything; operate: also pauses, resumes, releases, discards',
        },
        ['read', 'operate'],
        { fallback: 'read' },
      ),
    }),
  ),
  openMetrics: flag(
    {
      zh: '/metrics 和 /readyz 不要令牌；只许在本机地址上',
      en: '/metrics and /readyz without the token; on a loopback address only',
    },
    false,
  ),
  tls: section('HTTPS；cert 与 key 成对', 'HTTPS; cert and key go together', {
    cert: pem({ zh: '证书（PEM），含中间证书', en: 'Certificate (PEM) with its intermediates' }),
    key: pem({ zh: '私钥（PEM）', en: 'Its key (PEM)' }),
  }),
  showContent: flag(
    {
      zh: '状态页显示短信内容（默认只显示字数）；号码始终遮盖',
      en: 'The page shows texts, not only their length; phones stay masked',
    },
    false,
  ),
});
