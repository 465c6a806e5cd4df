import assert from 'node:assert/strict';
import fc from 'fast-check';
import { schemaText, tableDdl } from '../../src/db/ddl.ts';
import { mysql } from '../../src/db/dialects/mysql.ts';
import { postgres } from '../../src/db/dialects/postgres.ts';
import { sqlite } from '../../src/db/dialects/sqlite.ts';
import { failure } from '../../src/db/failure.ts';
import { tablesOf } from '../../src/db/names.ts';
import { patiently, SERVER_PATIENCE, type Patience } from '../../src/db/retry.ts';
import { join, raw, sql } from '../../src/db/sql.ts';
import { DbError, type DbErrorKind } from '../../src/lib/errors.ts';

describe('sql pieces', () => {
  it('keep the order of text and values', () => {
    const inner = sql`b = ${2} OR ${raw('c')} = ${'x?'}`;
    const whole = sql`SELECT ${1} WHERE ${join([inner, sql`d IN (${[7, 8]})`], ' AND ')} LIMIT ${3}`;
    assert.equal(whole.text, 'SELECT ? WHERE b = ? OR c = ? AND d IN (?) LIMIT ?');
    assert.deepEqual(whole.values, [1, 2, 'x?', [7, 8], 3]);
  });

  it('never carry a value in the text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3 }), (value) => {
        const marked = `«${value}»`;
        for (const dialect of [mysql, postgres, sqlite]) {
          const list = dialect.values([{ name: 'a', kind: 'text' }], [[marked], [marked]]);
          const set = sql`UPDATE t SET a = ${marked} WHERE ${dialect.inList(raw('b'), 'text', [marked])}`;
          assert.doesNotMatch(list.text + set.text, /«/);
        }
      }),
    );
  });
});

describe('driver errors', () => {
  const KINDS: [typeof mysql, object, DbErrorKind | 'duplicate'][] = [
    [mysql, { errno: 1213, code: 'ER_LOCK_DEADLOCK' }, 'again'],
    [mysql, { errno: 1062, code: 'ER_DUP_ENTRY' }, 'duplicate'],
    [mysql, { errno: 1406, code: 'ER_DATA_TOO_LONG' }, 'data'],
    [mysql, { errno: 1146, code: 'ER_NO_SUCH_TABLE' }, 'schema'],
    [mysql, { errno: 1045, code: 'ER_ACCESS_DENIED_ERROR' }, 'denied'],
    [mysql, { errno: -111, code: 'ECONNREFUSED' }, 'lost'],
    [mysql, { code: 'PROTOCOL_CONNECTION_LOST' }, 'lost'],
    [mysql, { errno: 1064, code: 'ER_PARSE_ERROR' }, 'other'],
    [postgres, { code: '40P01' }, 'again'],
    [postgres, { code: '23505' }, 'duplicate'],
    [postgres, { code: '22001' }, 'data'],
    [postgres, { code: '42P01' }, 'schema'],
    [postgres, { code: '28P01' }, 'denied'],
    [postgres, { code: '57P01' }, 'lost'],
    [postgres, { code: 'ECONNREFUSED' }, 'lost'],
    [postgres, { message: 'Connection terminated unexpectedly' }, 'lost'],
    [postgres, { code: '42601' }, 'other'],
    [sqlite, { errcode: 5 }, 'again'],
    [sqlite, { errcode: 517 }, 'again'],
    [sqlite, { errcode: 1555 }, 'duplicate'],
    [sqlite, { errcode: 275 }, 'data'],
    [sqlite, { errcode: 1, message: 'no such table: x' }, 'schema'],
    [sqlite, { errcode: 8 }, 'denied'],
    [sqlite, { errcode: 13 }, 'lost'],
  ];
  for (const [dialect, error, kind] of KINDS) {
    it(`${dialect.name} ${JSON.stringify(error)} means ${kind}`, () => assert.equal(dialect.errorKind(error), kind));
  }

  it('never quote a value', () => {
    const said = `INSERT INTO t VALUES (?) - Data too long for column 'phone' at row 1: '13000000001'`;
    for (const kind of ['data', 'other', 'again'] as const) {
      const error = failure(kind, { code: 'ER_X', errno: 1, message: said });
      assert.doesNotMatch(JSON.stringify([error.message, error.text, error.facts, String(error.cause)]), /1300000/);
    }
    assert.match(failure('data', { code: 'ER_X', message: said }).text.en, /phone/);
    assert.match(
      failure('lost', { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' }).text.en,
      /127\.0\.0\.1:1/,
    );
  });
});

describe('patience', () => {
  const quick: Patience = { ...SERVER_PATIENCE, wait: { firstMs: 1, mostMs: 1 } };
  const again = (): DbError => failure('again', { code: 'X' });

  it('tries what may be tried again, and not for ever', async () => {
    let calls = 0;
    assert.equal(
      await patiently(quick, () => (++calls < 3 ? Promise.reject(again()) : Promise.resolve('done'))),
      'done',
    );
    calls = 0;
    await assert.rejects(
      patiently(quick, () => (calls++, Promise.reject(again()))),
      DbError,
    );
    assert.equal(calls, quick.tries);
  });

  it('lets every other error through at once', async () => {
    let calls = 0;
    await assert.rejects(
      patiently(quick, () => (calls++, Promise.reject(failure('lost', {})))),
      DbError,
    );
    assert.equal(calls, 1);
  });
});

describe('schema files', () => {
  for (const client of ['sqlite', 'mysql', 'postgres'] as const) {
    it(`say the same on ${client} as on the others`, () => {
      const shape = (of: typeof client): unknown =>
        tableDdl({ client: of, schema: null, tables: {} }).map(({ name, columns }) => [
          name,
          columns.map((c) => c.name),
        ]);
      assert.deepEqual(shape(client), shape('mysql'));
    });

    it(`take names and schema on ${client}`, () => {
      const options = { client, schema: 'gov', tables: { outbox: 'dx' } };
      const text = schemaText(options).replaceAll(/--.*/g, '');
      assert.match(text, /CREATE TABLE IF NOT EXISTS gov\.dx \(/);
      assert.match(text, /\bdx_ix_claim\b/);
      assert.doesNotMatch(text, /gov\.dx_ix_claim|sms_outbox/);
      assert.equal(tableDdl(options)[0]?.indexes[0]?.name, 'dx_ix_claim');
    });
  }

  it('names that are more than a name are refused', () => {
    for (const name of ['a b', 'a;b', '"a"', '1a', '', 'a.b']) {
      assert.throws(() => tablesOf({ outbox: name }, null), DbError);
      assert.throws(() => tablesOf({}, name), DbError);
    }
  });
});
