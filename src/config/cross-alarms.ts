import { isLoopback } from './connection.ts';
import type { Draft, Report } from './cross.ts';
import { holdsKey } from './webhook-key.ts';

/** Ways of telling alarms that would not tell them, or would tell everybody on the way. */
export function checkAlarms({ alarms }: Draft, problem: Report): void {
  const { webhook, mail } = alarms ?? {};
  const url = URL.parse(webhook?.url ?? '');
  if (url?.protocol === 'http:' && webhook?.allowInsecure === false && !isLoopback(url.hostname)) {
    problem('alarms.webhook.url', {
      zh: '必须是 https；确要用明文 http（仅内网）请设 alarms.webhook.allowInsecure: true',
      en: 'must be https; for http in clear text (inside your network only) set alarms.webhook.allowInsecure: true',
    });
  }
  if (typeof mail?.host !== 'string') return;
  if (mail.to?.length === 0) {
    problem('alarms.mail.to', { zh: '给出了 host，就要有收件人', en: 'with a host there must be recipients' });
  }
  if (mail.tls === 'none' && !isLoopback(mail.host)) {
    problem('alarms.mail.tls', {
      zh: '不加密只可用于本机的邮件服务器：请写 tls 或 starttls',
      en: 'without TLS for a mail server on this machine only: write tls or starttls',
    });
  }
}

/** Alarms tell no secret of a citizen's; a token or key on its way in clear text is for everybody to use. */
export function warnOfAlarms({ alarms }: Draft, warning: Report): void {
  const { url: address, token } = alarms?.webhook ?? {};
  const url = URL.parse(address ?? '');
  if (url?.protocol !== 'http:' || isLoopback(url.hostname)) return;
  if (typeof token !== 'string' && !holdsKey(url.href)) return;
  warning('alarms.webhook.url', {
    zh: '明文 http：令牌或地址里的密钥在网络上可被看到，谁都能冒名发告警。请改用 https',
    en: 'http: the token, or the key in the address, travels in clear text, and whoever sees it can tell alarms in your name; use https',
  });
}
