import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { openBusiness, type Business } from '../../src/db/business.ts';
import { shown } from '../../src/db/business/oracle.ts';
import { namedSql } from '../../src/db/named-sql.ts';
import type { OracleDriver } from '../../src/db/oracle-driver.ts';
import { DbError } from '../../src/lib/errors.ts';
import * as oracledb from '../support/fake-oracledb.ts';
import * as tedious from '../support/fake-tedious.ts';

const SERVER = { host: 'db1', user: 'reader', password: 'p', database: 'social' };
const LIMITS = { poolSize: 2, statementTimeoutMs: 3000, mostRows: 3 };
const QUERY = namedSql(
  "WITH w AS (SELECT * FROM card) SELECT name FROM w WHERE no = :card AND phone = :phone AND x <> ':card' AND nick = :card ORDER BY name;",
).sql;
const VALUES = { card: '6222', phone: '张三' };

const refuses = (kind: string, says: RegExp) => (error: unknown) => {
  assert.ok(error instanceof DbError, String(error));
  assert.equal(error.kind, kind);
  assert.match(error.text.en, says);
  return true;
};

/** Against fakes of the drivers' APIs: neither server was asked. */
describe('business databases on SQL Server, on a fake of its driver', () => {
  let business: Business;
  const open = async (
    answer: (asked: tedious.Asked) => tedious.Says,
    options?: Record<string, unknown>,
  ): Promise<ReturnType<typeof tedious.fakeTedious>> => {
    const fake = tedious.fakeTedious((asked) => (asked.by === 'sql' ? answer(asked) : {}));
    const drivers = { mssql: () => Promise.resolve(fake.driver) };
    const connection = options === undefined ? SERVER : { ...SERVER, options };
    business = await openBusiness({ client: 'mssql', connection, drivers, ...LIMITS });
    return fake;
  };
  const texts = (asked: readonly tedious.Asked[]): string[] => asked.map(({ by, text }) => (text === '' ? by : text));
  afterEach(() => business.close());

  it('binds every value, ASCII as VARCHAR and the rest as NVARCHAR, and rolls back', async () => {
    const { asked, declared } = await open(() => ({ rows: [{ Name: '张三' }] }));
    assert.deepEqual(await business.read(QUERY, VALUES), [{ name: '张三' }]);
    assert.deepEqual(texts(asked), [
      'SET NOCOUNT ON; SET LOCK_TIMEOUT 5000',
      'begin',
      "WITH w AS (SELECT * FROM card) SELECT name FROM w WHERE no = @p1 AND phone = @p2 AND x <> ':card' AND nick = @p3 ORDER BY name",
      'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION',
    ]);
    assert.deepEqual(declared, ['@p1 varchar(8000), @p2 nvarchar(4000), @p3 varchar(8000)']);
    assert.deepEqual(
      asked[2]?.parameters.map(({ value }) => value),
      ['6222', '张三', '6222'],
    );
  });

  it('connects with the intent to read, unless it is told otherwise, and within the time of a business database', async () => {
    type Config = { readonly options: Record<string, unknown> };
    const { configs } = await open(() => ({}));
    await business.read(QUERY, VALUES);
    const [{ options } = { options: {} }] = configs as Config[];
    assert.deepEqual(
      ['readOnlyIntent', 'connectTimeout', 'requestTimeout'].map((name) => options[name]),
      [true, 3000, 3000],
    );
    await business.close();
    const own = await open(() => ({}), { readOnlyIntent: false });
    await business.read(QUERY, VALUES);
    assert.equal((own.configs as Config[])[0]?.options['readOnlyIntent'], false);
  });

  it('has the server stop after as many rows as are wanted, and goes on with the connection', async () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }));
    let given = rows;
    const { asked, configs } = await open(() => ({ rows: given }));
    assert.deepEqual(await business.read(QUERY, VALUES), rows.slice(0, 3));
    assert.equal(asked.filter(({ by }) => by === 'cancel').length, 1);
    given = rows.slice(0, 3);
    assert.deepEqual(await business.read(QUERY, VALUES), given);
    assert.equal(asked.filter(({ by }) => by === 'cancel').length, 1, 'no more rows than wanted: nothing to stop');
    assert.equal(configs.length, 1);
  });

  it('gives values as text: digits whole, times as they stand there, no blanks at the end', async () => {
    const at = new Date('2026-11-23T10:15:00.000Z');
    await open(() => ({
      types: {
        Balance: { name: 'DecimalN', scale: 2 },
        paid: { name: 'MoneyN' },
        big: { name: 'BigInt' },
        whole: { name: 'IntN' },
        day: { name: 'Date' },
        clock: { name: 'Time' },
        moment: { name: 'DateTime2' },
        fine: { name: 'DateTimeN' },
        filled: { name: 'NChar' },
        flag: { name: 'BitN' },
        none: { name: 'DecimalN', scale: 2 },
      },
      rows: [
        {
          ...{ Balance: 1234.5, paid: -0.07, big: '9007199254740993', whole: 7, day: at, clock: at, moment: at },
          ...{ fine: new Date('2026-11-23T10:15:00.123Z'), filled: '张三  ', flag: true, none: null },
        },
      ],
    }));
    assert.deepEqual(await business.read(QUERY, VALUES), [
      {
        ...{ balance: '1234.50', paid: '-0.0700', big: '9007199254740993', whole: '7', day: '2026-11-23' },
        ...{ clock: '10:15:00', moment: '2026-11-23 10:15:00', fine: '2026-11-23 10:15:00.123' },
        ...{ filled: '张三', flag: '1', none: null },
      },
    ]);
  });

  it('does not tell a number that the driver has rounded', async () => {
    await open(() => ({ types: { No: { name: 'NumericN', scale: 0 } }, rows: [{ No: 6222000000000001000 }] }));
    await assert.rejects(
      business.read(QUERY, VALUES),
      refuses('other', /^a number in column No .*CAST\(No AS VARCHAR\(40\)\)/),
    );
  });

  it('tells the columns without looking for a row, and the server’s own words about what it refuses', async () => {
    const { asked, declared } = await open(() => ({ types: { Name: { name: 'NVarChar' }, Balance: { name: 'Int' } } }));
    assert.deepEqual(await business.columns(QUERY), ['name', 'balance']);
    assert.match(texts(asked)[2] ?? '', /^SET FMTONLY ON; WITH w AS .* no = @p1 /);
    assert.equal(declared[0], '@p1 varchar(8000), @p2 varchar(8000), @p3 varchar(8000)');
    await business.close();
    const words = "Invalid column name 'nme'.";
    await open(() => ({ error: new AggregateError([tedious.serverError(207, words), tedious.serverError(8180)]) }));
    await assert.rejects(
      business.columns(QUERY),
      refuses('schema', /the database refuses this SQL: Invalid column name 'nme'/),
    );
  });

  it('knows a value that a column cannot be compared with from a fault', async () => {
    for (const number of [245, 248, 8114, 241]) {
      await open(() => ({ error: tedious.serverError(number, 'Conversion failed: 6222') }));
      await assert.rejects(business.read(QUERY, VALUES), refuses('data', /^(?!.*6222)/));
      await business.close();
    }
  });

  it('throws a connection away that went', async () => {
    const { configs } = await open(() => ({ error: tedious.driverError('ESOCKET') }));
    for (let i = 0; i < 2; i++) await assert.rejects(business.read(QUERY, VALUES), refuses('lost', /ESOCKET/));
    assert.equal(configs.length, 2);
  });
});

describe('business databases on Oracle, on a fake of its driver', () => {
  let business: Business;
  const open = async (
    answer: (asked: oracledb.Asked) => oracledb.Says,
  ): Promise<ReturnType<typeof oracledb.fakeOracledb>> => {
    const own = (asked: oracledb.Asked): oracledb.Says => (/^(ALTER|SET)/.test(asked.text) ? {} : answer(asked));
    const fake = oracledb.fakeOracledb(own);
    const drivers = { oracle: () => Promise.resolve(fake.driver) };
    business = await openBusiness({ client: 'oracle', connection: SERVER, drivers, ...LIMITS });
    return fake;
  };
  afterEach(() => business.close());
  const TEXT =
    "WITH w AS (SELECT * FROM card) SELECT name FROM w WHERE no = :1 AND phone = :2 AND x <> ':card' AND nick = :3 ORDER BY name";

  it('reads in a read-only transaction, no more rows than are wanted, every value bound', async () => {
    const { asked, pools } = await open(({ by }) => (by === 'execute' ? { rows: [{ NAME: '张三  ', NO: null }] } : {}));
    assert.deepEqual(await business.read(QUERY, VALUES), [{ name: '张三', no: null }]);
    const [settings, begin, query, end] = asked;
    assert.match(settings?.text ?? '', /^ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,' NLS_DATE_FORMAT/);
    assert.deepEqual([begin?.text, query?.text, end?.by], ['SET TRANSACTION READ ONLY', TEXT, 'rollback']);
    assert.deepEqual(query?.binds, [
      { val: '6222', type: 'char' },
      { val: '张三', type: 'nchar' },
      { val: '6222', type: 'char' },
    ]);
    const { autoCommit, maxRows, fetchArraySize } = query.options;
    assert.deepEqual([autoCommit, maxRows, fetchArraySize], [false, 3, 3]);
    assert.deepEqual([pools[0]?.['connectTimeout'], pools[0]?.['transportConnectTimeout']], [3, 3]);
    await business.read(QUERY, VALUES);
    assert.equal(asked.filter(({ text }) => text.startsWith('ALTER SESSION')).length, 1);
  });

  it('tells the columns by parsing, and the server’s own words about what it refuses', async () => {
    const { asked } = await open(() => ({ metaData: [{ name: 'NAME' }, { name: 'MONEY' }] }));
    assert.deepEqual(await business.columns(QUERY), ['name', 'money']);
    assert.deepEqual(
      asked.filter(({ text }) => text.includes('card')).map(({ by, text }) => [by, text]),
      [['parse', TEXT]],
    );
    await business.close();
    await open(() => oracledb.oracleError('ORA-00904', '"NME": invalid identifier'));
    await assert.rejects(business.columns(QUERY), refuses('schema', /the database refuses this SQL: .*"NME"/));
  });

  it('knows a value that a column cannot be compared with from a fault', async () => {
    for (const code of ['ORA-01722', 'ORA-01858', 'ORA-01843']) {
      await open(() => oracledb.oracleError(code, 'invalid: 6222'));
      await assert.rejects(business.read(QUERY, VALUES), refuses('data', /^(?!.*6222)/));
      await business.close();
    }
  });

  it('throws a session away that went, and not one whose statement took too long', async () => {
    let says = oracledb.oracleError('NJS-123');
    const { released } = await open(({ by }) => (by === 'execute' ? says : {}));
    await assert.rejects(business.read(QUERY, VALUES), refuses('timeout', /NJS-123/));
    says = oracledb.oracleError('ORA-03113');
    await assert.rejects(business.read(QUERY, VALUES), refuses('lost', /ORA-03113/));
    assert.deepEqual(
      released.map(({ drop }) => drop),
      [false, true],
    );
  });
});

describe('what the driver of Oracle itself makes of a column', () => {
  const require = createRequire(import.meta.url);
  const driver = require('oracledb') as OracleDriver;
  /** Not part of the driver's API: how it decides in which type a column is fetched, and what is done with each value. */
  const ResultSet = require('oracledb/lib/impl/resultset.js') as new () => {
    _determineFetchType(column: Fetched, options: object, all: readonly Fetched[]): void;
  };
  interface Fetched {
    readonly name: string;
    readonly dbType: unknown;
    fetchType?: unknown;
    converter?: (value: unknown) => unknown;
  }
  const fetched = (dbType: unknown, value: unknown): { type: unknown; value: unknown } => {
    assert.notEqual(dbType, undefined);
    const column: Fetched = { name: 'C', dbType };
    new ResultSet()._determineFetchType(column, { fetchTypeHandler: shown(driver) }, [column]);
    return { type: column.fetchType, value: column.converter === undefined ? value : column.converter(value) };
  };

  it('is every digit of a number, as text', () => {
    const number = driver.DB_TYPE_NUMBER;
    assert.deepEqual(fetched(number, '9007199254740993'), { type: driver.STRING, value: '9007199254740993' });
    assert.equal(fetched(number, '.5').value, '0.5');
    assert.equal(fetched(number, '-.5').value, '-0.5');
    assert.equal(fetched(number, null).value, null);
  });

  it('is a time as it stands there, in whatever zone the machine is', () => {
    const at = new Date(2026, 10, 23, 10, 15, 0);
    for (const name of ['DATE', 'TIMESTAMP', 'TIMESTAMP_TZ', 'TIMESTAMP_LTZ'] as const) {
      assert.equal(fetched(driver[`DB_TYPE_${name}`], at).value, '2026-11-23 10:15:00', name);
    }
    assert.equal(fetched(driver.DB_TYPE_TIMESTAMP, new Date(2026, 0, 2, 3, 4, 5, 6)).value, '2026-01-02 03:04:05.006');
    assert.equal(fetched(driver.DB_TYPE_DATE, null).value, null);
  });

  it('is text and not a stream', () => {
    assert.notEqual(fetched(driver.DB_TYPE_CLOB, 'x').type, driver.DB_TYPE_CLOB);
    assert.notEqual(fetched(driver.DB_TYPE_NCLOB, 'x').type, driver.DB_TYPE_NCLOB);
    assert.notEqual(fetched(driver.DB_TYPE_BLOB, 'x').type, driver.DB_TYPE_BLOB);
  });
});
