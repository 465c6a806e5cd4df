import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CertificateSet, makeCertificates } from '../lib/certificate.ts';

const DAY_MS = 86_400_000;

/**
 * The certificates kept in `dir` (ca.pem, server.pem, server.key), made when there are none or they end within a day: a client that
 * was told to trust ca.pem goes on working when the simulator is started again. Returns also the path of ca.pem.
 */
export async function certificatesIn(dir: string): Promise<CertificateSet & { readonly caFile: string }> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const caFile = path.resolve(dir, 'ca.pem');
  const certFile = path.resolve(dir, 'server.pem');
  const keyFile = path.resolve(dir, 'server.key');
  const kept = await readKept(caFile, certFile, keyFile);
  if (kept) return { ...kept, caFile };
  const made = makeCertificates();
  await replace(keyFile, made.key);
  await replace(certFile, made.cert);
  await replace(caFile, made.ca);
  return { ...made, caFile };
}

async function readKept(caFile: string, certFile: string, keyFile: string): Promise<CertificateSet | null> {
  try {
    const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map((file) => readFile(file, 'utf8')));
    if (ca === undefined || cert === undefined || key === undefined) return null;
    const server = new X509Certificate(cert);
    const authority = new X509Certificate(ca);
    const sound =
      server.verify(authority.publicKey) &&
      server.checkIP('127.0.0.1') !== undefined &&
      Math.min(server.validToDate.getTime(), authority.validToDate.getTime()) > Date.now() + DAY_MS;
    return sound ? { ca, cert, key } : null;
  } catch {
    return null; // missing or unreadable: made anew
  }
}

/** Complete or not at all: another process may be reading. */
async function replace(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
