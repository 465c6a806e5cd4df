import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../lib/clock.ts';
import { connectOnce, connectorOf } from '../../platform/connect.ts';
import { failureOf } from '../../platform/failure.ts';
import { fail, ok, warn, type Check, type Found, type Patient } from '../check.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;
const DATE_MS = 3_000;

/** The same connection as the daemon's (proxy, authorities, name, oldest version), without a word about the account. */
export const tlsToPlatform: Check = {
  name: { zh: 'TLS', en: 'TLS' },
  async run(patient) {
    const { platform } = patient.config;
    const url = new URL(platform.url);
    const connector = connectorOf({ ...platform, connectTimeoutMs: platform.connectTimeout });
    try {
      const socket = await connectOnce(connector, url);
      try {
        patient.platformReached = true;
        const found = socket instanceof TLSSocket ? certificate(socket, url, patient) : clearText(url);
        patient.platformAheadMs = await dateOf(socket, url, patient.clock);
        return [found];
      } finally {
        socket.destroy();
      }
    } catch (error) {
      return [fail(failureOf(error, false, { call: 'balance', host: url.host }).text)];
    } finally {
      await connector.close();
    }
  },
};

function certificate(socket: TLSSocket, url: URL, { clock }: Pick<Patient, 'clock'>): Found {
  const version = socket.getProtocol() ?? '';
  const until = new Date(socket.getPeerCertificate().valid_to);
  const days = Math.floor((until.getTime() - clock.wall()) / DAY_MS);
  const text = {
    zh: `${url.host}，${version}，证书可信，还有 ${days} 天到期`,
    en: `${url.host}, ${version}, certificate trusted, ${days} days to its end`,
  };
  if (days >= SOON_DAYS) return ok(text.zh, text.en);
  return warn(text, {
    zh: '请提前问平台何时换证书；若 platform.tls.ca 是自行指定的，届时也要换。',
    en: 'Ask the platform in time when it renews; a platform.tls.ca of your own must then be renewed too.',
  });
}

function clearText(url: URL): Found {
  return warn(
    { zh: `${url.host} 是明文 http，没有 TLS`, en: `${url.host} is http without TLS` },
    {
      zh: '口令和短信可被旁人看到，只可用于测试。',
      en: 'Password and messages can be read on the way; for tests only.',
    },
  );
}

/** The platform's clock minus ours, when its answer to a request without account has a Date. */
function dateOf(socket: Socket, url: URL, clock: Clock): Promise<number | null> {
  return new Promise((done) => {
    let head = '';
    const finish = (): void => {
      const said = Date.parse(/^date:\s*(.+?)\r?$/im.exec(head)?.[1] ?? '');
      done(Number.isNaN(said) ? null : said + 500 - clock.wall());
    };
    socket.setTimeout(DATE_MS, finish);
    socket.on('error', finish).on('end', finish).on('close', finish);
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n') || head.length > 16_384) finish();
    });
    socket.write(`HEAD ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: close\r\n\r\n`);
  });
}
