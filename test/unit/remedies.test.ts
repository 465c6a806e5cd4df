import assert from 'node:assert/strict';
import { openEngine } from '../../src/db/open.ts';
import { mssqlEngine } from '../../src/db/mssql.ts';
import { oracleEngine } from '../../src/db/oracle.ts';
import { DbError, type DbErrorKind } from '../../src/lib/errors.ts';
import { driverError, fakeTedious, serverError } from '../support/fake-tedious.ts';
import { fakeOracledb, oracleError } from '../support/fake-oracledb.ts';

const SERVER = { host: '127.0.0.1', port: 1, user: 'yxt', password: 'secret-word', database: 'sms' };

/** What a DBA reads in the log and from doctor; the errors come from fakes of the drivers, their words from the vendors' documents. */
describe('what is said of typical faults', () => {
  const FAULTS: readonly [client: 'mssql' | 'oracle', Error, DbErrorKind, remedy: RegExp][] = [
    [
      'oracle',
      oracleError('NJS-116', 'password verifier type 0x939 is not supported by node-oracledb in Thin mode'),
      'denied',
      /ALLOWED_LOGON_VERSION_SERVER=11/,
    ],
    [
      'oracle',
      oracleError('NJS-533', 'Advanced Networking Option service negotiation failed'),
      'lost',
      /Instant Client/,
    ],
    [
      'oracle',
      oracleError('NJS-138', 'connections to this database server version are not supported'),
      'other',
      /oracle-11g/,
    ],
    [
      'oracle',
      oracleError('NJS-518', 'cannot connect to Oracle Database. Service "X" is not registered'),
      'lost',
      /lsnrctl status/,
    ],
    [
      'oracle',
      oracleError('NJS-519', 'cannot connect to Oracle Database. SID "X" is not registered'),
      'lost',
      /no such SID/,
    ],
    ['oracle', oracleError('ORA-12660', 'Encryption or crypto-checksumming parameters incompatible'), 'lost', /sqlnet/],
    [
      'oracle',
      oracleError(
        'NJS-506',
        'connection to host db1 port 2484 encountered TLS handshake failure.\nself-signed certificate',
      ),
      'lost',
      /connection\.ssl\.ca/,
    ],
    ['oracle', oracleError('ORA-28001', 'the password has expired'), 'denied', /PROFILE/],
    ['oracle', oracleError('ORA-00942', 'table or view does not exist'), 'schema', /synonyms/],
    [
      'oracle',
      oracleError('ORA-01502', "index 'YXT.SMS_OUTBOX_IX_SERIAL' or partition of such index is in unusable state"),
      'other',
      /REBUILD/,
    ],
    ['oracle', oracleError('ORA-01653', 'unable to extend table'), 'lost', /tablespace/],
    [
      'mssql',
      Object.assign(serverError(18456, "Login failed for user 'yxt'."), { code: 'ELOGIN' }),
      'denied',
      /Authentication mode/,
    ],
    ['mssql', serverError(4060, 'Cannot open database "sms" requested by the login.'), 'denied', /grants-mssql/],
    [
      'mssql',
      serverError(1934, 'UPDATE failed because the following SET options have incorrect settings'),
      'other',
      /filtered index/,
    ],
    [
      'mssql',
      serverError(229, "The UPDATE permission was denied on the object 'sms_outbox'"),
      'denied',
      /grants-mssql/,
    ],
    [
      'mssql',
      serverError(2715, 'Column, parameter, or variable #1: Cannot find data type sms_mw_list.'),
      'schema',
      /schema apply/,
    ],
    [
      'mssql',
      driverError('EENCRYPT', "Server requires encryption, set 'encrypt' config option to true."),
      'lost',
      /connection\.ssl to \{\}/,
    ],
    [
      'mssql',
      driverError('ESOCKET', 'Failed to connect to db1:1433 - unsupported protocol'),
      'lost',
      /TLS 1\.2 update/,
    ],
    [
      'mssql',
      driverError('ESOCKET', 'Failed to connect to db1:1433 - self-signed certificate'),
      'lost',
      /connection\.ssl\.ca/,
    ],
    [
      'mssql',
      driverError('EENCRYPT', "Server did not negotiate encryption, but the 'encrypt' config option is set to `true`."),
      'lost',
      /connection\.ssl to null/,
    ],
    [
      'mssql',
      driverError('ESOCKET', "Failed to connect to db1:1433 - Hostname/IP does not match certificate's altnames"),
      'lost',
      /the name on it must be connection\.host/,
    ],
    ['mssql', driverError('EINSTLOOKUP', 'Port for SMS not found in db1'), 'lost', /SQL Server Browser/],
  ];
  for (const [client, error, kind, remedy] of FAULTS) {
    it(`${client}: ${error.message.slice(0, 60)}`, async () => {
      const fault = (text: string): boolean => text.startsWith('SELECT');
      const engine =
        client === 'mssql'
          ? mssqlEngine(SERVER, null, { poolSize: 1 }, 5000, () =>
              Promise.resolve(fakeTedious(({ text }) => (fault(text) ? { error } : {})).driver),
            )
          : oracleEngine(SERVER, { poolSize: 1 }, 5000, () =>
              Promise.resolve(fakeOracledb(({ text }) => (fault(text) ? error : {})).driver),
            );
      await assert.rejects(engine.version(), (thrown: unknown) => {
        assert.ok(thrown instanceof DbError);
        assert.equal(thrown.kind, kind, thrown.message);
        assert.match(thrown.remedy?.en ?? '', remedy);
        assert.ok(thrown.text.zh.endsWith(thrown.remedy?.zh ?? '-'), thrown.text.zh);
        assert.match(thrown.text.en, remedy);
        assert.match(thrown.text.zh, /[\u4e00-\u9fff].*：.*。/u);
        return true;
      });
      await engine.close();
    });
  }
});

/** The real drivers, as far as they come without a server. */
describe('a server that is not there', () => {
  for (const client of ['mssql', 'oracle'] as const) {
    it(`is said to be unreachable by the driver of ${client}, without the password`, async () => {
      const options = { schema: null, tables: {}, poolSize: 2, statementTimeoutMs: 5000 };
      const engine = openEngine({ client, connection: SERVER, ...options });
      await assert.rejects(engine.version(), (thrown: unknown) => {
        assert.ok(thrown instanceof DbError, String(thrown));
        assert.equal(thrown.kind, 'lost', thrown.message);
        assert.match(thrown.message, /127\.0\.0\.1/);
        assert.doesNotMatch(thrown.message, /secret-word/);
        return true;
      });
      await engine.close();
    });
  }
});
