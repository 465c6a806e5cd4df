import type { Draft, Report } from './cross.ts';

const LOCAL = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;

/** Ways of telling alarms that would not tell them, or would tell everybody on the way. */
export function checkAlarms({ alarms }: Draft, problem: Report): void {
  const { webhook, mail } = alarms ?? {};
  const url = URL.parse(webhook?.url ?? '');
  if (url?.protocol === 'http:' && webhook?.allowInsecure === false && !LOCAL.test(url.hostname)) {
    problem('alarms.webhook.url', {
      zh: '必须是 https；确要用明文 http（仅内网）请设 alarms.webhook.allowInsecure: true',
      en: 'must be https; for http in clear text (inside your network only) set alarms.webhook.allowInsecure: true',
    });
  }
  if (typeof mail?.host !== 'string') return;
  if (mail.to?.length === 0) {
    problem('alarms.mail.to', { zh: '给出了 host，就要有收件人', en: 'with a host there must be recipients' });
  }
  if (mail.tls === 'none' && !LOCAL.test(mail.host)) {
    problem('alarms.mail.tls', {
      zh: '不加密只可用于本机的邮件服务器：请写 tls 或 starttls',
      en: 'without TLS for a mail server on this machine only: write tls or starttls',
    });
  }
}
