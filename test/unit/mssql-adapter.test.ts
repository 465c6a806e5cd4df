import assert from 'node:assert/strict';
import { mssql } from '../../src/db/dialects/mssql.ts';
import type { Engine, Row } from '../../src/db/dialect.ts';
import { mssqlConfig } from '../../src/db/mssql-config.ts';
import { mssqlEngine } from '../../src/db/mssql.ts';
import { raw, sql } from '../../src/db/sql.ts';
import { DbError, type DbErrorKind } from '../../src/lib/errors.ts';
import { askEverything } from '../support/golden.ts';
import {
  connectionError,
  driverError,
  fakeTedious,
  serverError,
  type Asked,
  type Says,
} from '../support/fake-tedious.ts';

const SERVER = { host: 'db1', user: 'yxt', password: 'p', database: 'sms' };

/** Against a fake of the driver's API: no SQL Server was asked. */
describe('the adapter for SQL Server, on a fake of its driver', () => {
  let engines: Engine[] = [];
  afterEach(async () => {
    for (const engine of engines) await engine.close();
    engines = [];
  });
  function open(
    answer?: (asked: Asked) => Says,
    timeoutMs = 15_000,
    poolSize = 2,
    login?: Parameters<typeof fakeTedious>[1],
  ): ReturnType<typeof fakeTedious> & { engine: Engine } {
    const fake = fakeTedious(answer, login);
    const engine = mssqlEngine(SERVER, 'gov', { poolSize }, timeoutMs, () => Promise.resolve(fake.driver));
    engines.push(engine);
    return { ...fake, engine };
  }
  const statements = (asked: readonly Asked[]): string[] => asked.map(({ by, text }) => (text === '' ? by : text));

  it('sets its session once, and counts the rows of the statement itself', async () => {
    const { engine, asked } = open(({ text }) => ({ rows: text.includes('@@ROWCOUNT') ? [{ matched: 3 }] : [] }));
    assert.equal(await engine.run(sql`UPDATE t SET a = ${'x'}`), 3);
    await engine.run(raw('DELETE FROM t'));
    assert.deepEqual(statements(asked), [
      'SET NOCOUNT ON; SET LOCK_TIMEOUT 5000',
      'UPDATE t SET a = @p1; SELECT @@ROWCOUNT AS matched',
      'DELETE FROM t; SELECT @@ROWCOUNT AS matched',
    ]);
  });

  it('tells the rows of a trigger from the count', async () => {
    const { engine } = open(() => ({ rows: [{ matched: 99 }, { noise: 1 }, { matched: 2 }] }));
    assert.equal(await engine.run(raw('UPDATE t SET a = 1')), 2);
  });

  it('hands DATEADD whole days and the rest: a century is more seconds than an int holds', () => {
    const { text, values } = mssql.after(sql`${-36_500 * 86_400_000}`);
    assert.match(text, /^DATEADD\(MILLISECOND, .* % 86400000 AS INT\), DATEADD\(DAY, .* \/ 86400000 AS INT\), /);
    assert.deepEqual(values, [-3_153_600_000_000, -3_153_600_000_000]);
  });

  it('hands over the id of an inserted row', async () => {
    const { engine, asked } = open(() => ({ rows: [{ id: '9007199254740993' }] }));
    const columns = [{ name: 'phone', kind: 'text' }] as const;
    const insert = mssql.insertOne({ table: raw('t'), columns, rows: [['13000000001']], constant: [] });
    assert.equal(await engine.insert(insert), '9007199254740993');
    assert.match(asked.at(-1)?.text ?? '', /SCOPE_IDENTITY\(\)/);
  });

  it('binds text of one length, whole numbers as BIGINT, and a list as one value of the table type in its schema', async () => {
    const { engine, asked, declared } = open();
    const list = mssql.inList(raw('id'), 'id', ['9007199254740993', '2']);
    await engine.all(
      sql`SELECT 1 WHERE a = ${'𠮷'} AND b = ${7} AND c = ${1.5} AND d = ${null} AND e = ${'y'.repeat(5000)} AND ${list}`,
    );
    assert.equal(
      declared.at(-1),
      '@p1 nvarchar(4000), @p2 bigint, @p3 float, @p4 nvarchar(4000), @p5 nvarchar(max), @p6 gov.sms_mw_list readonly',
    );
    const [text, whole, part, nothing, long, table] = asked.at(-1)?.parameters ?? [];
    assert.deepEqual([text?.type, text?.value, text?.length], ['NVarChar', '𠮷', 4000]);
    assert.deepEqual([whole?.type, whole?.value], ['BigInt', 7n]);
    assert.deepEqual([part?.type, part?.value], ['Float', 1.5]);
    assert.deepEqual([nothing?.type, nothing?.value, nothing?.length], ['NVarChar', null, 4000]);
    assert.deepEqual([long?.type, long?.length], ['NVarChar', Infinity]);
    const value = table?.value as { name: string; schema: string; columns: { name: string }[]; rows: unknown[][] };
    assert.deepEqual([table?.type, value.name, value.schema], ['TVP', 'sms_mw_list', 'gov']);
    assert.deepEqual(
      value.columns.map(({ name }) => name),
      [...['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't9', 'm1']],
    );
    assert.deepEqual(
      value.rows.map((row) => row[0]),
      ['9007199254740993', '2'],
    );
  });

  it('puts a text that is too long for NVARCHAR(4000) into the column for long ones', () => {
    const columns = [
      { name: 'a', kind: 'serial' },
      { name: 'b', kind: 'serial' },
    ] as const;
    assert.match(mssql.values(columns, [['x', 'y'.repeat(4001)]]).text, /t1 AS a, m1 AS b/);
    assert.match(mssql.values(columns, [['x', 'y']]).text, /t1 AS a, t2 AS b/);
  });

  it('sends every statement of every verb as the driver can write it', async () => {
    let answer: Row = {};
    const { engine, asked } = open(({ text }) => ({
      rows: [text.includes('@@ROWCOUNT') ? { matched: answer['matched'] ?? 1 } : answer],
    }));
    await askEverything(engine, 'gov', (_verb, row) => (answer = row));
    assert.ok(asked.length > 60);
  });

  it('has one request at a time on a connection, also when a transaction sends two at once', async () => {
    const { engine, asked } = open(() => ({ rows: [{ matched: 1 }] }));
    await engine.tx((session) => Promise.all([session.run(raw('A')), session.run(raw('B')), session.all(raw('C'))]));
    assert.deepEqual(
      statements(asked).map((text) => text.split(';')[0]),
      ['SET NOCOUNT ON', 'begin', 'A', 'B', 'C', 'commit'],
    );
    assert.equal(new Set(asked.map(({ connection }) => connection)).size, 1);
  });

  it('rolls back on a failure, also where the server has done so itself, and goes on with the same connection', async () => {
    const { engine, asked, configs } = open(({ text }) => ({
      ...(text.startsWith('A') ? { error: serverError(547) } : {}),
    }));
    await assert.rejects(
      engine.tx((session) => session.run(raw('A'))),
      isKind('data'),
    );
    assert.equal(asked.at(-1)?.text, 'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION');
    await engine.all(raw('SELECT 1'));
    assert.equal(configs.length, 1);
  });

  it('tries a dead lock again as a whole', async () => {
    let times = 0;
    const { engine, asked } = open(({ text }) =>
      text.startsWith('A') && ++times < 3 ? { error: serverError(1205) } : { rows: [{ matched: 1 }] },
    );
    assert.equal(await engine.tx((session) => session.run(raw('A'))), 1);
    assert.equal(asked.filter(({ by }) => by === 'begin').length, 3);
  });

  it('does not know whether a write that met the end of its connection counts', async () => {
    const lost = driverError('ESOCKET', 'Connection lost - read ECONNRESET');
    const { engine, configs } = open(({ text, by }) =>
      by === 'commit' || text.startsWith('B') ? { error: lost } : {},
    );
    await assert.rejects(engine.run(raw('B')), isKind('doubtful'));
    await assert.rejects(
      engine.tx((session) => session.all(raw('A'))),
      isKind('doubtful'),
    );
    await assert.rejects(
      engine.tx((session) => session.all(raw('B'))),
      isKind('lost'),
    );
    await assert.rejects(engine.all(raw('B')), isKind('lost'));
    assert.equal(configs.length, 4, 'a connection that went is not lent again');
  });

  it('closes the connection of a server that does not even answer the cancelling', async () => {
    // the driver's own time-out is part of the fake no more than the server is: here nothing ever comes back
    const { engine, closed } = open(({ text }) => (text.startsWith('A') ? 'silence' : {}), -4_900);
    await assert.rejects(engine.all(raw('A')), isKind('lost'));
    assert.deepEqual(closed, [1]);
  });

  it('does not know whether a COMMIT that runs into its time limit counts', async () => {
    const { engine, closed } = open(({ by }) =>
      by === 'commit' ? { error: driverError('ETIMEOUT', 'Timeout: Request failed to complete in 15000ms') } : {},
    );
    await assert.rejects(
      engine.tx((session) => session.all(raw('A'))),
      isKind('doubtful'),
    );
    assert.deepEqual(closed, [1]);
  });

  it('nor a write whose cancelling is not answered', async () => {
    const unanswered = connectionError('ETIMEOUT', 'Failed to cancel request in 2000ms');
    const { engine } = open(({ text }) => (text.startsWith('A') ? { error: unanswered } : {}));
    await assert.rejects(engine.run(raw('A')), isKind('doubtful'));
  });

  describe('of a login that fails', () => {
    const failed = { number: 18456, message: "Login failed for user 'yxt'." };

    it('tells the first message of the server and its remedy, not what the driver keeps of the last', async () => {
      const message = 'Cannot open database "sms" requested by the login. The login failed.';
      const { engine, closed } = open(undefined, 15_000, 2, [{ number: 4060, message }, failed]);
      await assert.rejects(engine.all(raw('A')), (thrown: unknown) => {
        assert.ok(isKind('denied')(thrown));
        assert.match((thrown as DbError).text.en, /Msg 4060 Cannot open database.*grants-mssql/);
        return true;
      });
      assert.deepEqual(closed, [1]);
    });

    it('waits for a server that is failing over, and not for one that knows no such login', async () => {
      for (const [number, kind] of [
        [976, 'lost'],
        [18401, 'lost'],
        [18456, 'denied'],
        [17892, 'denied'],
      ] as const) {
        const { engine } = open(undefined, 15_000, 2, [{ number, message: 'x' }, failed]);
        await assert.rejects(engine.all(raw('A')), isKind(kind));
      }
    });

    it('or is not answered at all is a server that cannot be reached', async () => {
      const error = connectionError('ETIMEOUT', 'Failed to connect to db1:1433 in 10000ms');
      const { engine } = open(undefined, 15_000, 2, error);
      await assert.rejects(engine.all(raw('A')), (thrown: unknown) => {
        assert.ok(isKind('lost')(thrown));
        assert.match((thrown as DbError).text.en, /db1:1433/);
        return true;
      });
    });
  });

  it('closes a connection that it cannot set up', async () => {
    const { engine, closed } = open(({ by }) =>
      by === 'batch' ? { error: driverError('ETIMEOUT', 'Timeout: Request failed to complete in 15000ms') } : {},
    );
    await assert.rejects(engine.all(raw('A')), isKind('timeout'));
    assert.deepEqual(closed, [1]);
  });

  for (const [name, error, kind] of [
    [
      'a statement that takes too long',
      driverError('ETIMEOUT', 'Timeout: Request failed to complete in 15000ms'),
      'timeout',
    ],
    ['a lock that is held too long', serverError(1222), 'timeout'],
    ['a key that is there', serverError(2627), 'data'],
    [
      'a value that is refused',
      serverError(547, 'conflicted with the CHECK constraint "sms_outbox_ck_status"'),
      'data',
    ],
    ['a trigger that says no', serverError(50_000, '13000000009'), 'data'],
    ['a table that is not there', serverError(208, "Invalid object name 'sms_outbox'."), 'schema'],
    ['a privilege that is missing', serverError(229), 'denied'],
    ['two messages, of which the first tells', new AggregateError([serverError(547), serverError(3621)]), 'data'],
  ] as const) {
    it(`says ${kind} of ${name}, and no value`, async () => {
      const { engine } = open(({ text }) => (text.startsWith('A') ? { error } : {}));
      await assert.rejects(engine.run(raw('A')), (thrown: unknown) => {
        assert.ok(isKind(kind)(thrown));
        assert.doesNotMatch(JSON.stringify([(thrown as DbError).message, (thrown as DbError).text]), /1300000/);
        return true;
      });
    });
  }

  it('opens no more connections than it may', async () => {
    const { engine, configs, asked } = open(undefined, 15_000, 1);
    let others: Promise<unknown> = Promise.resolve();
    await engine.tx(async (session) => {
      others = Promise.all([engine.all(raw('B')), engine.all(raw('C'))]);
      await session.all(raw('A'));
    });
    await others;
    assert.equal(configs.length, 1);
    assert.deepEqual(statements(asked).slice(1), ['begin', 'A', 'commit', 'B', 'C']);
  });
});

describe('the configuration of SQL Server’s driver', () => {
  it('has TLS verified or none, and transactions that end with their first error', () => {
    const { options } = mssqlConfig({ ...SERVER, ssl: {} }, 15_000);
    assert.deepEqual(
      [
        options?.encrypt,
        options?.trustServerCertificate,
        options?.cryptoCredentialsDetails,
        options?.abortTransactionOnError,
      ],
      [true, false, { minVersion: 'TLSv1.2' }, true],
    );
    assert.equal(mssqlConfig(SERVER, 15_000).options?.encrypt, false);
  });

  it('asks the browser for the port of a named instance, unless it is given', () => {
    const named = mssqlConfig({ ...SERVER, host: 'db1\\SMS', port: null }, 15_000);
    assert.deepEqual([named.server, named.options?.instanceName, named.options?.port], ['db1', 'SMS', undefined]);
    const given = mssqlConfig({ ...SERVER, host: 'db1\\SMS', port: 1500 }, 15_000);
    assert.deepEqual([given.server, given.options?.instanceName, given.options?.port], ['db1', undefined, 1500]);
    assert.equal(mssqlConfig(SERVER, 15_000).options?.port, 1433);
  });

  it('speaks the TLS of old servers only where it is told to, and logs in to a domain where one is named', () => {
    const old = { cryptoCredentialsDetails: { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }, domain: 'GOV' };
    const config = mssqlConfig({ ...SERVER, ssl: {}, options: old }, 15_000);
    assert.deepEqual(config.options?.cryptoCredentialsDetails, old.cryptoCredentialsDetails);
    assert.equal(config.authentication?.type, 'ntlm');
    assert.equal((config.options as Record<string, unknown>)['domain'], undefined);
  });
});

function isKind(kind: DbErrorKind): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof DbError, String(error));
    assert.equal(error.kind, kind, error.message);
    return true;
  };
}
