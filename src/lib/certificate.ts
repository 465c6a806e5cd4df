import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A private certificate authority of one day's work: it signs one server certificate and its own key is thrown away. */
export interface CertificateSet {
  /** PEM of the authority's certificate: what a client has to trust. */
  readonly ca: string;
  /** PEM of the server's certificate. */
  readonly cert: string;
  /** PEM (PKCS #8) of the server's private key. */
  readonly key: string;
}

export interface CertificateOptions {
  /** Host names and IPv4 addresses that the server answers to. */
  readonly names?: readonly string[];
  readonly days?: number;
  readonly now?: Date;
}

/**
 * Makes an ECDSA P-256 authority and a server certificate (X.509 v3, RFC 5280). Node can read certificates but not build
 * them, and the simulator must start on a machine without openssl, hence the few lines of DER below.
 */
export function makeCertificates(options: CertificateOptions = {}): CertificateSet {
  const names = options.names ?? ['localhost', '127.0.0.1'];
  const start = (options.now ?? new Date()).getTime() - 3_600_000; // an hour back: clocks of neighbours differ
  const validity = seq(time(new Date(start)), time(new Date(start + (options.days ?? 365) * 86_400_000)));
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const caName = distinguishedName(`yxt-mw simulator CA ${randomBytes(4).toString('hex')}`);
  const authorityId = keyId(authority.publicKey);

  const ca = certificate(authority.privateKey, caName, caName, validity, authority.publicKey, [
    extension(OID.basicConstraints, true, seq(BOOLEAN_TRUE)),
    extension(OID.keyUsage, true, bits(0x06, 1)), // keyCertSign, cRLSign
    extension(OID.subjectKeyId, false, tlv(0x04, authorityId)),
  ]);
  const cert = certificate(
    authority.privateKey,
    caName,
    distinguishedName('yxt-mw simulator'),
    validity,
    server.publicKey,
    [
      extension(OID.basicConstraints, true, seq()),
      extension(OID.keyUsage, true, bits(0x80, 7)), // digitalSignature
      extension(OID.extendedKeyUsage, false, seq(oid(OID.serverAuth))),
      extension(OID.subjectKeyId, false, tlv(0x04, keyId(server.publicKey))),
      extension(OID.authorityKeyId, false, seq(tlv(0x80, authorityId))),
      extension(OID.subjectAltName, false, seq(...names.map(generalName))),
    ],
  );
  return { ca: pem(ca), cert: pem(cert), key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const OID = {
  commonName: '2.5.4.3',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

const BOOLEAN_TRUE = Buffer.from([0x01, 0x01, 0xff]);

function certificate(
  signer: KeyObject,
  issuer: Buffer,
  subject: Buffer,
  validity: Buffer,
  publicKey: KeyObject,
  extensions: readonly Buffer[],
): Buffer {
  const algorithm = seq(oid(OID.ecdsaWithSha256));
  const body = seq(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), // version 3
    tlv(0x02, positive(randomBytes(16))),
    algorithm,
    issuer,
    validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, seq(...extensions)),
  );
  return seq(body, algorithm, bitString(sign('sha256', body, signer)));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return seq(oid(id), critical ? BOOLEAN_TRUE : Buffer.alloc(0), tlv(0x04, value));
}

function distinguishedName(commonName: string): Buffer {
  return seq(tlv(0x31, seq(oid(OID.commonName), tlv(0x0c, Buffer.from(commonName, 'utf8')))));
}

function generalName(name: string): Buffer {
  return isIPv4(name) ? tlv(0x87, Buffer.from(name.split('.').map(Number))) : tlv(0x82, Buffer.from(name, 'ascii'));
}

/** RFC 5280 §4.2.1.2, method 1: SHA-1 of the key bits, an identifier and no more. */
function keyId(key: KeyObject): Buffer {
  const spki = key.export({ type: 'spki', format: 'der' });
  return createHash('sha1').update(spki.subarray(-65)).digest(); // an uncompressed P-256 point is 65 bytes long
}

/** RFC 5280 §4.1.2.5: two-digit years before 2050, four-digit years from then on. */
function time(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return at.getUTCFullYear() < 2050
    ? tlv(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : tlv(0x18, Buffer.from(digits, 'ascii'));
}

/** First bit cleared: DER integers are signed; next bit set: and must not start with a spare zero byte. */
function positive(bytes: Buffer): Buffer {
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes;
}

function bits(value: number, unused: number): Buffer {
  return tlv(0x03, Buffer.from([unused, value]));
}

function bitString(value: Buffer): Buffer {
  return tlv(0x03, Buffer.concat([Buffer.from([0]), value]));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const septets = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift((left & 0x7f) | 0x80);
    bytes.push(...septets);
  }
  return tlv(0x06, Buffer.from(bytes));
}

function seq(...items: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(items));
}

function tlv(tag: number, value: Buffer): Buffer {
  const n = value.length;
  const header = n < 0x80 ? [tag, n] : n < 0x100 ? [tag, 0x81, n] : [tag, 0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from(header), value]);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
