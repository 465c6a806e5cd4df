import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { connect } from 'node:tls';
import { type CertificateSet, makeCertificates } from '../../src/lib/certificate.ts';
import { certificatesIn } from '../../src/simulator/certificate-files.ts';
import { temporaryDir } from '../support/temporary.ts';

/** Error code of a handshake with a server that uses `set`, '' when it succeeds. */
async function handshake(set: CertificateSet, trusted: string, servername: string): Promise<string> {
  const server = createServer({ cert: set.cert, key: set.key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve) => {
      const host = servername === '127.0.0.1' ? {} : { servername };
      const socket = connect({ host: '127.0.0.1', port, ca: trusted, ...host }, () => {
        socket.destroy();
        resolve('');
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('simulator certificates', () => {
  it('are verified by TLS under every name of the server, and under no other', async () => {
    const set = makeCertificates();
    assert.equal(await handshake(set, set.ca, '127.0.0.1'), '');
    assert.equal(await handshake(set, set.ca, 'localhost'), '');
    assert.equal(await handshake(set, set.ca, 'example.invalid'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('are not trusted by who trusts another simulator', async () => {
    assert.notEqual(await handshake(makeCertificates(), makeCertificates().ca, '127.0.0.1'), '');
  });

  it('say what they are', () => {
    const now = new Date('2026-11-23T02:00:00Z');
    const { ca, cert } = makeCertificates({ names: ['localhost', '127.0.0.1'], days: 30, now });
    const server = new X509Certificate(cert);
    const authority = new X509Certificate(ca);
    assert.equal(authority.ca, true);
    assert.equal(server.ca, false);
    assert.equal(server.checkIssued(authority), true);
    assert.equal(server.verify(authority.publicKey), true);
    assert.equal(server.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1');
    assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.equal(server.validFromDate.toISOString(), '2026-11-23T01:00:00.000Z');
    assert.equal(server.validToDate.toISOString(), '2026-12-23T01:00:00.000Z');
  });

  it('write dates after 2049 with four digits', () => {
    const { cert } = makeCertificates({ now: new Date('2049-12-31T12:00:00Z'), days: 10 });
    assert.equal(new X509Certificate(cert).validToDate.toISOString(), '2050-01-10T11:00:00.000Z');
  });

  it('stay the same from start to start, and are made anew when damaged', async () => {
    const dir = temporaryDir();
    const first = await certificatesIn(dir);
    assert.equal(await readFile(first.caFile, 'utf8'), first.ca);
    assert.deepEqual(await certificatesIn(dir), first);
    if (process.platform !== 'win32') {
      assert.equal((await stat(path.join(dir, 'server.key'))).mode & 0o077, 0, 'only the owner reads the key');
    }
    await writeFile(path.join(dir, 'ca.pem'), makeCertificates().ca); // an authority that did not sign the server
    const second = await certificatesIn(dir);
    assert.notEqual(second.cert, first.cert);
    assert.equal(await handshake(second, await readFile(second.caFile, 'utf8'), '127.0.0.1'), '');
  });
});
