import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { Engine, Row } from '../../src/db/dialect.ts';
import { oracle } from '../../src/db/dialects/oracle.ts';
import { connectString, oraclePoolConfig } from '../../src/db/oracle-config.ts';
import { oracleEngine } from '../../src/db/oracle.ts';
import type { ServerConnection } from '../../src/db/options.ts';
import { raw, sql } from '../../src/db/sql.ts';
import { DbError, type DbErrorKind } from '../../src/lib/errors.ts';
import { makeCertificates } from '../../src/lib/certificate.ts';
import { fakeOracledb, oracleError, type Asked, type Says } from '../support/fake-oracledb.ts';
import { askEverything } from '../support/golden.ts';
import { temporaryDir } from '../support/temporary.ts';

const SERVER: ServerConnection = { host: 'db1', user: 'yxt', password: 'p', database: 'orclpdb1' };

/** Against a fake of the driver's API: no Oracle was asked. */
describe('the adapter for Oracle, on a fake of its driver', () => {
  function open(
    answer?: (asked: Asked) => Says,
    timeoutMs = 15_000,
  ): ReturnType<typeof fakeOracledb> & { engine: Engine } {
    const fake = fakeOracledb(answer);
    return { ...fake, engine: oracleEngine(SERVER, { poolSize: 2 }, timeoutMs, () => Promise.resolve(fake.driver)) };
  }
  /** What was asked after the session had been set. */
  const own = (asked: readonly Asked[]): Asked[] => asked.filter(({ text }) => !text.startsWith('ALTER SESSION'));
  const update = oracle.updateJoin({
    table: raw('t'),
    alias: 'o',
    columns: [
      { name: 'id', kind: 'id' },
      { name: 'code', kind: 'word' },
      { name: 'sentence', kind: 'text' },
    ],
    rows: [
      ['9007199254740993', '0', '收到'],
      ['2', null, null],
    ],
    on: raw('o.id = v.id'),
    set: [
      ['code', raw('COALESCE(v.code, o.code)')],
      ['sentence', raw('v.sentence')],
      ['token', sql`${'idA.b1'}`],
    ],
    where: raw("v.code IS NOT NULL OR o.status = 'x'"),
  });

  it('sets a session once, commits what stands alone with it, and reads keys in lower case', async () => {
    const { engine, asked } = open(({ text }) =>
      text.startsWith('SELECT') ? { rows: [{ ID: '7', TOLD: null }] } : {},
    );
    assert.deepEqual(await engine.all(raw('SELECT 1')), [{ id: '7', told: null }]);
    await engine.all(raw('SELECT 2'));
    const settings = asked.filter(({ text }) => text.startsWith('ALTER SESSION'));
    assert.ok(settings.length > 0 && new Set(settings.map(({ text }) => text)).size === settings.length);
    assert.ok(settings.some(({ text }) => /COMMIT_LOGGING = IMMEDIATE COMMIT_WAIT = WAIT/.test(text)));
    assert.deepEqual(
      own(asked).map(({ options }) => options['autoCommit']),
      [true, true],
    );
    await engine.close();
  });

  it('runs an update of many rows as one array of statements, each place with its value', async () => {
    const { engine, asked } = open(({ by }) => (by === 'executeMany' ? { rowsAffected: 2 } : {}));
    assert.equal(await engine.run(update), 2);
    const [one] = own(asked);
    assert.equal(
      one?.text,
      "UPDATE t o SET code = COALESCE(:1, o.code), sentence = :2, token = :3 WHERE o.id = TO_NUMBER(:4) AND CASE WHEN :5 IS NOT NULL OR o.status = 'x' THEN 1 ELSE 0 END = 1",
    );
    assert.deepEqual(one.binds, [
      ['0', '收到', 'idA.b1', '9007199254740993', '0'],
      [null, null, 'idA.b1', '2', null],
    ]);
    assert.deepEqual(one.options['bindDefs'], [
      { type: 'string', maxSize: 32 },
      { type: 'nvarchar', maxSize: 32 },
      { type: 'string', maxSize: 32 },
      { type: 'string', maxSize: 32 },
      { type: 'string', maxSize: 32 },
    ]);
    await engine.close();
  });

  it('undoes the statements before the one that failed', async () => {
    const { engine, asked } = open(({ by }) => (by === 'executeMany' ? oracleError('ORA-02290') : {}));
    await assert.rejects(engine.run(update), isKind('data'));
    assert.deepEqual(
      own(asked).map(({ by }) => by),
      ['executeMany', 'rollback'],
    );
    await engine.close();
  });

  it('binds what is not ASCII as national text, and ids whole', async () => {
    const { engine, asked } = open();
    await engine.all(
      sql`SELECT 1 FROM t WHERE a = ${'x'} AND b = ${'𠮷'} AND c = ${3} AND d = ${null} AND ${oracle.inList(raw('id'), 'id', ['9007199254740993'])} AND e = ${oracle.text('ascii')}`,
    );
    const [one] = own(asked);
    assert.deepEqual(one?.binds, [
      'x',
      { val: '𠮷', type: 'nvarchar' },
      3,
      { val: null, type: 'string' },
      '9007199254740993',
      { val: 'ascii', type: 'nvarchar' },
    ]);
    assert.match(one.text, /id IN \(TO_NUMBER\(:5\)\) AND e = TO_NCHAR\(:6\)/);
    await engine.close();
  });

  it('compares a column of the database’s own character set with text of that kind, so that its index serves', async () => {
    const { engine, asked } = open();
    await engine.all(sql`SELECT 1 FROM t WHERE ${oracle.inList(raw('biz_id'), 'word', ['社保-1', 'A-1'])}`);
    assert.deepEqual(own(asked)[0]?.binds, [{ val: '社保-1', type: 'string' }, 'A-1']);
    await engine.close();
  });

  it('fills lists up to few lengths, and splits them at a thousand', () => {
    const list = (n: number): string =>
      oracle.inList(
        raw('id'),
        'id',
        Array.from({ length: n }, (_, i) => String(i)),
      ).text;
    assert.equal(list(3).split('?').length - 1, 5);
    assert.equal(list(501).split('?').length - 1, 1000);
    assert.match(list(1001), /^\(id IN \(.*\) OR id IN \(TO_NUMBER\(\?\)\)\)$/);
  });

  it('hands over the id of an inserted row', async () => {
    const { engine, asked } = open(() => ({ rowsAffected: 1, outBinds: [['9007199254740993']] }));
    const columns = [{ name: 'phone', kind: 'text' }] as const;
    const insert = oracle.insertOne({ table: raw('t'), columns, rows: [['13000000001']], constant: [] });
    assert.equal(await engine.insert(insert), '9007199254740993');
    assert.equal(own(asked)[0]?.text, 'INSERT INTO t (phone) VALUES (:1) RETURNING TO_CHAR(id) INTO :2');
    await engine.close();
  });

  it('has a place for every value in every statement of every verb, as the driver finds them', async () => {
    let answer: Row = {};
    const { engine, asked } = open(({ by, text }) =>
      by === 'execute' && text.startsWith('SELECT')
        ? { rows: [Object.fromEntries(Object.entries(answer).map(([name, value]) => [name.toUpperCase(), value]))] }
        : { rowsAffected: Number(answer['matched'] ?? 1), outBinds: ['7'] },
    );
    await askEverything(engine, 'gov', (_verb, row) => (answer = row));
    assert.ok(asked.length > 60);
    await engine.close();
  });

  it('commits a transaction at its end only, and undoes it when its work fails', async () => {
    const { engine, asked } = open();
    await engine.tx((session) => session.run(raw('UPDATE t SET a = 1')));
    await assert.rejects(
      engine.tx(() => Promise.reject(new Error('boom'))),
      /boom/,
    );
    assert.deepEqual(
      own(asked).map(({ by, options }) => [by, options['autoCommit'] ?? null]),
      [
        ['execute', false],
        ['commit', null],
        ['rollback', null],
      ],
    );
    await engine.close();
  });

  it('does not know whether a write that met the end of its connection counts, and drops the connection', async () => {
    const { engine, released } = open(({ by, text }) =>
      by === 'commit' || text.startsWith('B') ? oracleError('NJS-500') : {},
    );
    await assert.rejects(engine.run(raw('B')), isKind('doubtful'));
    await assert.rejects(
      engine.tx((session) => session.all(raw('A'))),
      isKind('doubtful'),
    );
    await assert.rejects(engine.all(raw('B')), isKind('lost'));
    assert.ok(released.every(({ drop }) => drop));
    await engine.close();
  });

  it('gives a server up that does not even answer the break', async () => {
    const { engine, released } = open(
      ({ text }) => (text.startsWith('A') && !text.startsWith('ALTER') ? 'silence' : {}),
      -4_900,
    );
    await assert.rejects(engine.all(raw('A')), isKind('lost'));
    assert.deepEqual(released, [{ connection: 1, drop: true }]);
    await engine.close();
  });

  it('makes its pool anew after a start without a server', async () => {
    let times = 0;
    const fake = fakeOracledb();
    const driver = {
      ...fake.driver,
      createPool: (attributes: Readonly<Record<string, unknown>>) =>
        ++times === 1 ? Promise.reject(oracleError('NJS-503')) : fake.driver.createPool(attributes),
    };
    const engine = oracleEngine(SERVER, { poolSize: 2 }, 15_000, () => Promise.resolve(driver));
    await assert.rejects(engine.all(raw('SELECT 1')), isKind('lost'));
    await engine.all(raw('SELECT 1'));
    assert.equal(times, 2);
    await engine.close();
  });

  it('says that a driver is not installed', async () => {
    const engine = oracleEngine({ ...SERVER, variant: 'dameng' }, { poolSize: 2 }, 15_000);
    await assert.rejects(engine.all(raw('SELECT 1')), /npm install dmdb/);
    await engine.close();
  });
});

describe('the configuration of Oracle’s driver', () => {
  it('finds the database by service, by SID, or by whatever is given', () => {
    assert.match(
      connectString(SERVER),
      /PROTOCOL=TCP\)\(HOST=db1\)\(PORT=1521\)\)\(CONNECT_DATA=\(SERVICE_NAME=orclpdb1\)/,
    );
    assert.match(
      connectString({ ...SERVER, database: 'sid:ORCL', port: 1522 }),
      /PORT=1522\)\)\(CONNECT_DATA=\(SID=ORCL\)/,
    );
    assert.match(connectString({ ...SERVER, ssl: {} }), /PROTOCOL=TCPS\)\(HOST=db1\)\(PORT=2484/);
    assert.equal(connectString({ ...SERVER, connectString: 'RAC_TNS' }), 'RAC_TNS');
    assert.equal(connectString({ ...SERVER, variant: 'dameng' }), 'dm://yxt:p@db1:5236');
  });

  it('trusts an authority of one’s own without a certificate of one’s own, as the driver itself sees it', async () => {
    const { ca, cert, key } = makeCertificates();
    const dir = temporaryDir();
    const own = join(dir, 'ca.pem');
    const strange = join(dir, 'strange.pem');
    writeFileSync(own, ca);
    writeFileSync(strange, makeCertificates().ca);
    const shaken: unknown[] = [];
    const server = createServer({ cert, key }, (socket) => {
      shaken.push(socket.getProtocol());
      socket.on('error', () => undefined).destroy();
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const said = async (file: string): Promise<string> => {
      const connection = { ...SERVER, host: 'localhost', port, ssl: { ca: file } };
      const engine = oracleEngine(connection, { poolSize: 1 }, 5000);
      const error: unknown = await engine.all(raw('SELECT 1')).catch((thrown: unknown) => thrown);
      await engine.close();
      assert.ok(error instanceof DbError);
      return error.message;
    };
    assert.match(await said(strange), /NJS-506/);
    assert.deepEqual(shaken, []);
    assert.doesNotMatch(await said(own), /NJS-50[5-8]/);
    assert.notEqual(shaken.length, 0, 'the handshake came about');
    server.close();
  });

  it('lets nothing in the options change where it goes', () => {
    const pool = oraclePoolConfig(
      { ...SERVER, options: { user: 'sys', expireTime: 2 } },
      { poolSize: 6, idleTimeoutMs: 4500 },
    );
    const chosen = ['user', 'expireTime', 'poolMin', 'poolMax', 'poolTimeout'].map((key) => pool[key]);
    assert.deepEqual(chosen, ['yxt', 2, 0, 6, 5]);
  });
});

function isKind(kind: DbErrorKind): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof DbError, String(error));
    assert.equal(error.kind, kind, error.message);
    return true;
  };
}
