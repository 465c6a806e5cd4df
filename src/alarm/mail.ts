import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { Config } from '../config/settings.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Locale, Text } from '../lib/text.ts';
import { bodyOf, minuteOf, titleOf, type Way } from './notice.ts';

const TIMEOUT_MS = 20_000;

/** One mail for each notice, over a connection of its own. */
export function mailWay(o: Config['alarms']['mail'] & { host: string }, instance: string, locale: Locale): Way {
  return {
    name: 'mail',
    async send(notice) {
      // loaded with the first alarm: most days have none
      const { createTransport } = await import('nodemailer');
      const ca = o.ca === null ? undefined : [...getCACertificates('default'), readFileSync(o.ca, 'utf8')];
      const transport = createTransport({
        host: o.host,
        port: o.port,
        secure: o.tls === 'tls',
        requireTLS: o.tls === 'starttls',
        ignoreTLS: o.tls === 'none',
        tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca && { ca }) },
        ...(o.user !== null && { auth: { user: o.user, pass: o.password ?? '' } }),
        connectionTimeout: TIMEOUT_MS,
        greetingTimeout: TIMEOUT_MS,
        socketTimeout: TIMEOUT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const since = minuteOf(notice.since);
      try {
        await transport.sendMail({
          from: o.from ?? `yxt-mw@${o.host}`,
          to: [...o.to],
          subject: titleOf(notice, instance, locale),
          text: `${bodyOf(notice, locale)}\n\n${locale === 'en' ? `since ${since}` : `自 ${since}`}\n`,
          date: new Date(notice.at),
        });
      } catch (error) {
        throw refused(error);
      } finally {
        transport.close();
      }
    },
  };
}

const UNREACHED: Text = {
  zh: '请检查本机能否连到 alarms.mail 的 host 和 port，tls 是否相符，证书是否可信（ca）',
  en: 'See that host and port of alarms.mail can be reached from here, that tls fits them and that the certificate is trusted (ca)',
};
const ANSWERED: Text = {
  zh: '邮件服务器拒收，请检查 alarms.mail 的 tls、user、password、from 和 to',
  en: 'The mail server refuses it: see tls, user, password, from and to of alarms.mail',
};

/** What the server says may quote addresses: its code is enough. */
function refused(error: unknown): DaemonError {
  const { code = 'failed', responseCode = null } = error as { code?: string; responseCode?: number };
  const [what, remedy] = responseCode === null ? [code, UNREACHED] : [`${code} ${responseCode}`, ANSWERED];
  return new DaemonError('failed', { zh: `${what}。${remedy.zh}`, en: `${what}. ${remedy.en}` }, { cause: error });
}
