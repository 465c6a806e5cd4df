import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../src/db/open.ts';
import type { ServerConnection } from '../../src/db/options.ts';
import { raw } from '../../src/db/sql.ts';
import { DbError, type DbErrorKind } from '../../src/lib/errors.ts';
import { makeCertificates, type CertificateSet } from '../../src/lib/certificate.ts';
import { scratchServer, type ScratchServer, type ServerClient } from './scratch.ts';

/** How the session is encrypted, as the server sees it; '' for not at all. */
const CIPHER: Record<ServerClient, string> = {
  mysql: "SHOW STATUS LIKE 'Ssl_version'",
  postgres: `SELECT COALESCE(version, '') AS "Value" FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
};

for (const client of ['mysql', 'postgres'] as const) {
  describe(`TLS to ${client}`, () => {
    let server: ScratchServer | null = null;
    let folder: string;
    const right = makeCertificates({ names: ['127.0.0.1'] });
    const stranger = makeCertificates({ names: ['127.0.0.1'] });
    const elsewhere = makeCertificates({ names: ['localhost', 'db.example'] });

    before(async function () {
      server = await scratchServer(client);
      if (server === null) {
        assert.notEqual(process.env['CI'], 'true', `no ${client} server programs on this machine`);
        console.warn(`    no ${client} server programs on this machine: skipped`);
        this.skip();
      }
      folder = mkdtempSync(join(tmpdir(), 'yxt-tls-'));
    });
    after(async () => {
      if (server === null) return;
      await server.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    const cipher = async (ssl: ServerConnection['ssl'], host = '127.0.0.1'): Promise<string> => {
      const [user, database] = client === 'mysql' ? ['root', 'mysql'] : ['postgres', 'postgres'];
      const connection = { host, port: server?.port ?? 0, user, password: '', database, ssl: ssl ?? null };
      const options = { schema: null, tables: {}, poolSize: 1, statementTimeoutMs: 5000 };
      const engine = openEngine({ client, connection, ...options });
      try {
        const [row] = await engine.all(raw(CIPHER[client]));
        return String(row?.['Value']);
      } finally {
        await engine.close();
      }
    };
    const authority = ({ ca }: CertificateSet): { ca: string } => {
      const path = join(folder, 'ca.pem');
      writeFileSync(path, ca);
      return { ca: path };
    };
    const refused = async (work: Promise<unknown>, kind: DbErrorKind, words: RegExp): Promise<void> => {
      await assert.rejects(work, (error: unknown) => {
        assert.ok(error instanceof DbError);
        assert.equal(error.kind, kind, error.message);
        assert.match(error.message, words);
        return true;
      });
    };

    it('is used and verified where it is configured', async () => {
      await server?.start(right);
      assert.match(await cipher(authority(right)), /^TLSv1\.[23]$/);
    });

    it('is refused under an unknown authority, be it of our own or the system’s', async () => {
      await refused(cipher(authority(stranger)), 'lost', /TLS.*connection\.ssl.*authority/);
      await refused(cipher({}), 'lost', /TLS.*connection\.ssl/);
    });

    it('is asked for by the server: nobody gets in without', async () => {
      await refused(cipher(null), 'denied', /refused the login/);
    });

    it('is refused where the certificate is that of another host, an address as well as a name', async () => {
      await refused(cipher(authority(right), 'localhost'), 'lost', /altnames/);
      await server?.start(elsewhere);
      await refused(cipher(authority(elsewhere)), 'lost', /altnames/);
      assert.match(await cipher(authority(elsewhere), 'localhost'), /^TLSv1/);
    });

    it('is never left out because the server has none', async () => {
      await server?.start(null);
      await refused(cipher(authority(right)), 'lost', /TLS.*connection\.ssl/);
      assert.equal(await cipher(null), '');
    });
  });
}
