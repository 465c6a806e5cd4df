import { isIP } from 'node:net';
import { flag, orNull, section, text, whole } from './setting.ts';
import { pem } from './settings-platform.ts';

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
    text(
      {
        zh: '访问令牌，开启时必填：请写 ${env:变量名}、${file:文件} 或 ${secret:名称}；如 openssl rand -hex 24 所生成',
        en: 'Access token, needed when enabled: write ${env:NAME}, ${file:PATH} or ${secret:NAME}; such as openssl rand -hex 24 makes',
      },
      { zh: '16 到 200 个可见的 ASCII 字符', en: '16 to 200 printable ASCII characters' },
      (value) => /^[!-~]{16,200}$/.test(value),
      { secret: true },
    ),
  ),
  tokenLabel: text(
    {
      zh: '持有令牌的人或岗位，写入日志和审计日志',
      en: 'Who holds the token; written into log and audit log beside what was done with it',
    },
    { zh: '1 到 40 个字符、不含空白的文本', en: 'text of 1 to 40 characters without blanks' },
    (value) => /^\S{1,40}$/u.test(value),
    { fallback: 'admin' },
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
