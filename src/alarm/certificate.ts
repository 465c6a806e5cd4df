import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TLSSocket } from 'node:tls';
import type { Config } from '../config/settings.ts';
import type { Text } from '../lib/text.ts';
import { connectOnce, connectorOf } from '../platform/connect.ts';

export interface CertificateEnd {
  readonly what: Text;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** When the certificates end that calls to the platform rest on: its own and those that the configuration names. @throws what the connection throws */
export async function certificateEnds(platform: Config['platform']): Promise<CertificateEnd[]> {
  const url = new URL(platform.url);
  if (url.protocol !== 'https:') return [];
  const { ca, cert } = platform.tls;
  return [
    {
      what: { zh: `平台 ${url.host} 的证书`, en: `the certificate of ${url.host}` },
      until: await peerUntil(platform, url),
    },
    ...inFile(ca, { zh: 'platform.tls.ca', en: 'platform.tls.ca' }),
    ...inFile(cert, { zh: 'platform.tls.cert', en: 'platform.tls.cert' }),
  ];
}

async function peerUntil(platform: Config['platform'], url: URL): Promise<number> {
  const connector = connectorOf({ ...platform, connectTimeoutMs: platform.connectTimeout });
  try {
    const socket = await connectOnce(connector, url);
    const until = socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : Infinity;
    socket.destroy();
    return until;
  } finally {
    await connector.close();
  }
}

/** The first to end of a file of certificates. */
function inFile(file: string | null, what: Text): CertificateEnd[] {
  if (file === null) return [];
  const pems = readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const ends = pems.map((pem) => Date.parse(new X509Certificate(pem).validTo));
  return ends.length === 0 ? [] : [{ what, until: Math.min(...ends) }];
}
