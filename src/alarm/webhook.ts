import type { Config } from '../config/settings.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Locale, Text } from '../lib/text.ts';
import { ConnectFailure, connectorOf } from '../platform/connect.ts';
import { whole } from '../platform/undici.ts';
import { bodyOf, minuteOf, titleOf, type Notice, type Way } from './notice.ts';

const TIMEOUT_MS = 10_000;

/** POSTs each notice; any answer of 200 to 299 counts as told, and of a robot its `errcode` 0. */
export function webhookWay(o: Config['alarms']['webhook'] & { url: string }, instance: string, locale: Locale): Way {
  const url = new URL(o.url);
  return {
    name: 'webhook',
    async send(notice, stop) {
      const tls = { ca: o.ca, minVersion: 'TLSv1.2' } as const;
      const connector = connectorOf({ tls, proxy: null, connectTimeoutMs: TIMEOUT_MS });
      // the whole package, with the first alarm: most days have none
      const pool = new (whole().Pool)(url.origin, { connect: connector.connect, allowH2: false });
      try {
        const { statusCode, body } = await pool.request({
          path: url.pathname + url.search,
          method: 'POST',
          headers: {
            'content-type': 'application/json; charset=utf-8',
            ...(o.token !== null && { authorization: `Bearer ${o.token}` }),
          },
          body: JSON.stringify(
            o.format === 'robot' ? spoken(notice, instance, locale) : fields(notice, instance, locale),
          ),
          signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
        });
        const answer = (await body.text()).slice(0, 10_000);
        if (statusCode < 200 || statusCode > 299) throw refused(`HTTP ${statusCode}`, ANSWERED);
        const code = o.format === 'robot' ? errcodeIn(answer) : 0;
        if (code !== 0) throw refused(`errcode ${code}`, ANSWERED);
      } catch (error) {
        throw error instanceof DaemonError ? error : refused(reasonOf(error), UNREACHED, error);
      } finally {
        await pool.destroy();
        await connector.close();
      }
    },
  };
}

const fields = (notice: Notice, instance: string, locale: Locale): object => ({
  source: 'yxt-mw',
  instance,
  condition: notice.condition,
  state: notice.state,
  title: titleOf(notice, instance, locale),
  text: bodyOf(notice, locale),
  since: new Date(notice.since).toISOString(),
  at: new Date(notice.at).toISOString(),
});

const spoken = (notice: Notice, instance: string, locale: Locale): object => ({
  msgtype: 'text',
  text: { content: `${titleOf(notice, instance, locale)}\n${bodyOf(notice, locale)}\n${minuteOf(notice.since)}` },
});

/** Of an answer without one: 0. */
function errcodeIn(answer: string): number {
  try {
    return Number((JSON.parse(answer) as { errcode?: unknown } | null)?.errcode ?? 0);
  } catch {
    return 0;
  }
}

/** The address holds a key: neither it nor what quotes it is told. */
function reasonOf(error: unknown): string {
  const cause = error instanceof ConnectFailure ? error.cause : error;
  if (!(cause instanceof Error)) return 'failed';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}

const UNREACHED: Text = {
  zh: '请检查本机能否连到 alarms.webhook.url（防火墙、DNS），其证书是否可信（alarms.webhook.ca）',
  en: 'See that alarms.webhook.url can be reached from here (firewall, DNS) and that its certificate is trusted (alarms.webhook.ca)',
};
const ANSWERED: Text = {
  zh: '对方有应答但没有收下，请检查 alarms.webhook 的 url、token 和 format',
  en: 'It answers and does not take it: see url, token and format of alarms.webhook',
};

const refused = (what: string, remedy: Text, cause?: unknown): DaemonError =>
  new DaemonError('failed', { zh: `${what}。${remedy.zh}`, en: `${what}. ${remedy.en}` }, { cause });
