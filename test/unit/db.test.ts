import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Aside } from '../../src/db/aside.ts';
import { schemaText, tableDdl, type DdlOptions } from '../../src/db/ddl.ts';
import { mssql } from '../../src/db/dialects/mssql.ts';
import { mysql } from '../../src/db/dialects/mysql.ts';
import { oracle } from '../../src/db/dialects/oracle.ts';
import { postgres } from '../../src/db/dialects/postgres.ts';
import { sqlite } from '../../src/db/dialects/sqlite.ts';
import { failure } from '../../src/db/failure.ts';
import { isolated, type Refused } from '../../src/db/isolate.ts';
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
        for (const dialect of [mysql, postgres, sqlite, mssql, oracle]) {
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
    [mysql, { errno: 1406, code: 'ER_DATA_TOO_LONG', sqlState: '22001' }, 'data'],
    [mysql, { errno: 1644, code: 'ER_SIGNAL_EXCEPTION', sqlState: '45000' }, 'data'],
    [mysql, { errno: 30001, sqlState: '45000' }, 'data'],
    [mysql, { errno: 1452, code: 'ER_NO_REFERENCED_ROW_2', sqlState: '23000' }, 'data'],
    [mysql, { errno: 3819, code: 'ER_CHECK_CONSTRAINT_VIOLATED', sqlState: 'HY000' }, 'data'],
    [mysql, { errno: 4025, sqlState: '23000' }, 'data'],
    [mysql, { errno: 1205, code: 'ER_LOCK_WAIT_TIMEOUT', sqlState: 'HY000' }, 'timeout'],
    [mysql, { errno: 1969, sqlState: '70100' }, 'timeout'],
    [mysql, { errno: 1146, code: 'ER_NO_SUCH_TABLE' }, 'schema'],
    [mysql, { errno: 1045, code: 'ER_ACCESS_DENIED_ERROR' }, 'denied'],
    [mysql, { errno: -111, code: 'ECONNREFUSED' }, 'lost'],
    [mysql, { code: 'PROTOCOL_CONNECTION_LOST' }, 'lost'],
    [mysql, { fatal: true, message: "Can't add new command when connection is in closed state" }, 'lost'],
    [mysql, { errno: 1064, code: 'ER_PARSE_ERROR' }, 'other'],
    [postgres, { code: '40P01' }, 'again'],
    [postgres, { code: '23505' }, 'duplicate'],
    [postgres, { code: '22001' }, 'data'],
    [postgres, { code: '23514' }, 'data'],
    [postgres, { code: '23503' }, 'data'],
    [postgres, { code: 'P0001' }, 'data'],
    [postgres, { code: 'YX001' }, 'data'],
    [postgres, { code: '55P03' }, 'timeout'],
    [postgres, { code: '57014' }, 'timeout'],
    [postgres, { code: '53200' }, 'other'],
    [postgres, { code: 'XX000' }, 'other'],
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
    [sqlite, { errcode: 787 }, 'data'],
    [sqlite, { errcode: 1811 }, 'data'],
    [sqlite, { errcode: 1, message: 'no such table: x' }, 'schema'],
    [sqlite, { errcode: 8 }, 'denied'],
    [sqlite, { errcode: 13 }, 'lost'],
    [mssql, { number: 1205, code: 'EREQUEST' }, 'again'],
    [mssql, { number: 1222, code: 'EREQUEST' }, 'timeout'],
    [mssql, { code: 'ETIMEOUT', message: 'Timeout: Request failed to complete in 15000ms' }, 'timeout'],
    [mssql, { code: 'ETIMEOUT', message: 'Failed to connect to db1:1433 in 10000ms' }, 'lost'],
    [mssql, { code: 'ETIMEOUT', message: 'Failed to cancel request in 2000ms' }, 'lost'],
    [mssql, { code: 'ELOGIN', number: 18401 }, 'lost'],
    [mssql, { number: 601, code: 'EREQUEST' }, 'again'],
    [mssql, { number: 2627, code: 'EREQUEST' }, 'duplicate'],
    [mssql, { number: 2601, code: 'EREQUEST' }, 'duplicate'],
    [mssql, { number: 547, code: 'EREQUEST' }, 'data'],
    [mssql, { number: 515, code: 'EREQUEST' }, 'data'],
    [mssql, { number: 8152, code: 'EREQUEST' }, 'data'],
    [mssql, { number: 50000, code: 'EREQUEST' }, 'data'],
    [mssql, { number: 3609, code: 'EREQUEST' }, 'data'],
    [mssql, { number: 208, code: 'EREQUEST' }, 'schema'],
    [mssql, { number: 2715, code: 'EREQUEST' }, 'schema'],
    [mssql, { number: 229, code: 'EREQUEST' }, 'denied'],
    [mssql, { number: 18456, code: 'ELOGIN' }, 'denied'],
    [mssql, { code: 'ESOCKET' }, 'lost'],
    [mssql, { code: 'ECLOSE' }, 'lost'],
    [mssql, { code: 'EINSTLOOKUP' }, 'lost'],
    [mssql, { code: 'ECONNRESET' }, 'lost'],
    [mssql, { number: 102, code: 'EREQUEST' }, 'other'],
    [mssql, { number: 1934, code: 'EREQUEST' }, 'other'],
    [oracle, { code: 'ORA-00060' }, 'again'],
    [oracle, { code: 'NJS-123' }, 'timeout'],
    [oracle, { code: 'ORA-01013' }, 'timeout'],
    [oracle, { code: 'ORA-00001' }, 'duplicate'],
    [oracle, { code: 'ORA-02290' }, 'data'],
    [oracle, { code: 'ORA-12899' }, 'data'],
    [oracle, { code: 'ORA-20001' }, 'data'],
    [oracle, { code: 'ORA-00942' }, 'schema'],
    [oracle, { code: 'ORA-01017' }, 'denied'],
    [oracle, { code: 'NJS-116' }, 'denied'],
    [oracle, { code: 'NJS-500' }, 'lost'],
    [oracle, { code: 'NJS-503' }, 'lost'],
    [oracle, { code: 'NJS-518' }, 'lost'],
    [oracle, { code: 'ORA-03113' }, 'lost'],
    [oracle, { code: 'ORA-12514' }, 'lost'],
    [oracle, { code: 'ORA-12170' }, 'lost'],
    [oracle, { code: 'ORA-12704' }, 'schema'],
    [oracle, { code: 'ORA-12801' }, 'other'],
    [oracle, { code: 'ORA-04068' }, 'again'],
    [oracle, { code: 'ORA-01033' }, 'lost'],
    [oracle, { message: 'ORA-01653: unable to extend table' }, 'lost'],
    [oracle, { code: 'ORA-00933' }, 'other'],
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
    const named = [
      [said, 'phone'],
      ["Check constraint 'sms_outbox_ck_status' is violated.", 'sms_outbox_ck_status'],
      ['CONSTRAINT `sms_outbox_ck_status` failed for `sms`.`sms_outbox`', 'sms_outbox_ck_status'],
      ['new row for relation "sms_outbox" violates check constraint "sms_outbox_ck_status"', 'sms_outbox_ck_status'],
      ['CHECK constraint failed: sms_outbox_ck_status', 'sms_outbox_ck_status'],
      ["Duplicate entry '13000000001' for key 'audit_phone'", 'audit_phone'],
      ['the column 13000000001 is not wanted', undefined],
      ['The UPDATE statement conflicted with the CHECK constraint "sms_outbox_ck_status". The', 'sms_outbox_ck_status'],
      ["truncated in table 'sms.dbo.sms_outbox', column 'phone'. Truncated value: '13000000001'.", 'phone'],
      ['ORA-02290: check constraint (YXT.SMS_OUTBOX_CK_STATUS) violated', 'SMS_OUTBOX_CK_STATUS'],
      ['ORA-12899: value too large for column "YXT"."SMS_OUTBOX"."PHONE" (actual: 30, maximum: 20)', 'PHONE'],
      ['ORA-01400: cannot insert NULL into ("YXT"."SMS_OUTBOX"."PHONE")', 'PHONE'],
    ] as const;
    for (const [message, place] of named)
      assert.equal(failure('data', { code: 'X', message }).facts['place'], place, message);
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
    for (const kind of ['timeout', 'lost', 'doubtful', 'data'] as const) {
      let calls = 0;
      await assert.rejects(
        patiently(quick, () => (calls++, Promise.reject(failure(kind, {})))),
        DbError,
      );
      assert.equal(calls, 1);
    }
  });
});

describe('a batch of which one is refused', () => {
  const refusal = (): DbError => failure('data', { code: 'X' });

  it('is taken apart until only what is refused is left aside', async () => {
    // the first is a good one: where all that are tried alone are bad, it is nobody's fault
    const bad = fc.uniqueArray(fc.integer({ min: 1, max: 199 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(bad, fc.integer({ min: 70, max: 200 }), async (numbers, size) => {
        const items = Array.from({ length: size }, (_, i) => i);
        const wrong = new Set(numbers.filter((n) => n < size));
        const done: number[] = [];
        let calls = 0;
        const { done: changed, refused } = await isolated(items, (part) => {
          calls++;
          if (part.some((n) => wrong.has(n))) return Promise.reject(refusal());
          done.push(...part);
          return Promise.resolve(part.length);
        });
        assert.deepEqual(
          refused.map(({ item }) => item).sort((x, y) => x - y),
          [...wrong].sort((x, y) => x - y),
        );
        assert.deepEqual(
          done.sort((x, y) => x - y),
          items.filter((n) => !wrong.has(n)),
        );
        assert.equal(changed, done.length);
        assert.ok(calls <= 1 + (wrong.size === 0 ? 0 : 9 + 2 * wrong.size * Math.ceil(Math.log2(size))));
      }),
    );
  });

  it('is nobody’s fault where none gets through, and hardly asked about', async () => {
    let calls = 0;
    const items = Array.from({ length: 500 }, (_, i) => i);
    await assert.rejects(
      isolated(items, () => (calls++, Promise.reject(refusal()))),
      DbError,
    );
    assert.equal(calls, 6);
    const few = await isolated([1, 2, 3], () => Promise.reject(refusal()));
    assert.equal(few.refused.length, 3);
  });

  it('is not taken apart for anything else', async () => {
    for (const kind of ['lost', 'doubtful', 'timeout', 'other'] as const) {
      let calls = 0;
      await assert.rejects(
        isolated([1, 2, 3], () => (calls++, Promise.reject(failure(kind, {})))),
        (error: unknown) => error instanceof DbError && error.kind === kind,
      );
      assert.equal(calls, 1);
    }
  });
});

describe('rows left aside', () => {
  const refused = (id: number): Refused<string> => ({ item: String(id), error: failure('data', { code: 'X' }) });
  const own = (id: string): string => id;

  it('come back after a while', () => {
    let now = 0;
    const told: string[] = [];
    const aside = new Aside(
      ({ id }) => told.push(id),
      () => now,
    );
    aside.put([refused(1), refused(2)], own);
    assert.deepEqual([aside.size, aside.has('1'), aside.has('3'), told], [2, true, false, ['1', '2']]);
    now = 3_600_000;
    assert.deepEqual([aside.size, aside.has('1')], [0, false]);
  });

  it('are too many at some point: then the table is broken, not a row', () => {
    const aside = new Aside();
    aside.put(
      Array.from({ length: 1000 }, (_, i) => refused(i)),
      own,
    );
    aside.put([refused(7)], own);
    assert.throws(() => aside.put([refused(1000)], own), DbError);
  });
});

describe('schema files', () => {
  const ORACLE_11G = { host: '', user: '', database: '', variant: 'oracle-11g' } as const;
  for (const [name, client, connection] of [
    ['sqlite', 'sqlite', ''],
    ['mysql', 'mysql', ''],
    ['postgres', 'postgres', ''],
    ['mssql', 'mssql', ''],
    ['oracle', 'oracle', ''],
    ['oracle-11g', 'oracle', ORACLE_11G],
  ] as const) {
    it(`say the same on ${name} as on the others`, () => {
      const shape = (of: DdlOptions['client'], variant: DdlOptions['connection'] = ''): unknown =>
        tableDdl({ client: of, connection: variant, schema: null, tables: {} }).map((table) => [
          table.name,
          // columns that one engine has for its index come last
          table.columns.map((c) => c.name).filter((column) => !column.startsWith('wait_')),
        ]);
      assert.deepEqual(shape(client, connection), shape('mysql'));
    });

    it(`say the same widths and defaults on ${name}`, () => {
      const shape = (of: DdlOptions['client'], variant: DdlOptions['connection'] = ''): unknown =>
        tableDdl({ client: of, connection: variant, schema: null, tables: {} }).flatMap(({ columns }) =>
          columns
            .filter((c) => !c.name.startsWith('wait_') && c.name !== 'id')
            .map(({ name: column, definition }) => [
              column,
              Number(/CHAR2?\((\d+)/.exec(definition)?.[1] ?? 0),
              /DEFAULT ('\w+'|\d+)/.exec(definition)?.[1] ?? null,
            ]),
        );
      if (client !== 'sqlite') assert.deepEqual(shape(client, connection), shape('mysql'));
    });

    it(`take names and schema on ${name}`, () => {
      const options = { client, connection, schema: 'gov', tables: { outbox: 'dx', history: 'dh' } };
      const text = schemaText(options).replaceAll(/--.*/g, '');
      assert.match(text, /CREATE TABLE (?:IF NOT EXISTS )?gov\.dx \(/);
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
