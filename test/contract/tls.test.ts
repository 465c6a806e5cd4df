import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../../src/db/open.ts';
import type { ServerConnection } from '../../src/db/options.ts';
import { raw } from '../../src/db/sql.ts';
import { DbError, type DbErrorKind } from '../../src/lib/errors.ts';
import { makeCertificates, type CertificateSet } from '../../src/lib/certificate.ts';
import { needMariadb, scratchMariadb } from '../support/scratch-mariadb.ts';
import { needPostgres, scratchPostgres } from '../support/scratch-postgres.ts';
import type { ScratchServer } from '../support/scratch.ts';
import { temporaryDir } from '../support/temporary.ts';

const SERVERS = [
  {
    client: 'mysql',
    need: needMariadb,
    scratch: scratchMariadb,
    /** How the session is encrypted, as the server sees it; '' for not at all. */
    version: "SHOW STATUS LIKE 'Ssl_version'",
  },
  {
    client: 'postgres',
    need: needPostgres,
    scratch: scratchPostgres,
    version: `SELECT COALESCE(version, '') AS "Value" FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
  },
] as const;

for (const { client, need, scratch, version } of SERVERS) {
  describe(`TLS to ${client}`, () => {
    let server: ScratchServer;
    let folder: string;
    const right = makeCertificates({ names: ['127.0.0.1'] });
    const stranger = makeCertificates({ names: ['127.0.0.1'] });
    const elsewhere = makeCertificates({ names: ['localhost', 'db.example'] });

    before(async function () {
      await need(this);
      server = await scratch();
      folder = temporaryDir();
    });
    after(async () => {
      await (server as ScratchServer | undefined)?.close();
    });

    const cipher = async (ssl: ServerConnection['ssl'], host = '127.0.0.1'): Promise<string> => {
      const { options } = server.database;
      const connection = { ...(options.connection as ServerConnection), host, ssl: ssl ?? null };
      const engine = openEngine({ ...options, connection });
      try {
        const [row] = await engine.all(raw(version));
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
      await server.restartWith(right);
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
      await server.restartWith(elsewhere);
      await refused(cipher(authority(elsewhere)), 'lost', /altnames/);
      assert.match(await cipher(authority(elsewhere), 'localhost'), /^TLSv1/);
    });

    it('is never left out because the server has none', async () => {
      await server.restartWith(null);
      await refused(cipher(authority(right)), 'lost', /TLS.*connection\.ssl/);
      assert.equal(await cipher(null), '');
    });
  });
}
