import assert from 'node:assert/strict';
import { openBusiness, type Business, type BusinessOptions } from '../../src/db/business.ts';
import { namedSql } from '../../src/db/named-sql.ts';
import { DbError } from '../../src/lib/errors.ts';
import { freshDatabase, needDatabase, type EveryClient, type FreshDatabase } from '../support/databases.ts';

const query = (text: string): ReturnType<typeof namedSql>['sql'] => namedSql(text).sql;
const isKind =
  (...kinds: string[]) =>
  (error: unknown) =>
    error instanceof DbError && kinds.includes(error.kind);

/** A statement that writes, as far as an engine has one that begins as a rule's SQL does. */
const WRITING: Readonly<Record<EveryClient, string>> = {
  sqlite: 'INSERT INTO card (name) SELECT :phone RETURNING name',
  mysql: 'INSERT INTO card (name) SELECT :phone',
  postgres: 'WITH w AS (INSERT INTO card (name) VALUES (:phone) RETURNING name) SELECT name FROM w',
  mssql: 'WITH w AS (SELECT name FROM card WHERE name <> :phone) DELETE FROM w',
  oracle: 'INSERT INTO card (name) SELECT :phone FROM dual',
};

/** null: a statement of SQLite runs to its end. */
const SLOW: Readonly<Record<EveryClient, string | null>> = {
  sqlite: null,
  // not SLEEP, which on MySQL just ends the sooner, without an error
  mysql: `WITH RECURSIVE n AS (SELECT 1 AS k UNION ALL SELECT k + 1 FROM n WHERE k < 900) SELECT COUNT(*) AS x FROM n a, n b, n c`,
  postgres: 'SELECT pg_sleep(30) AS x',
  mssql: "WAITFOR DELAY '0:0:30' SELECT 1 AS x",
  oracle: 'SELECT COUNT(*) AS x FROM all_objects a, all_objects b, all_objects c WHERE a.owner || b.owner <> c.owner',
};

/** A business database as a query rule reads it. */
export function businessContract(client: EveryClient): void {
  describe(`business database on ${client}`, () => {
    let db: FreshDatabase;
    let business: Business;
    const options = (given: Partial<BusinessOptions> = {}): BusinessOptions => ({
      client,
      connection: db.options.connection,
      poolSize: 2,
      statementTimeoutMs: 500,
      mostRows: 3,
      ...given,
    });

    before(async function () {
      await needDatabase(client, this);
      db = await freshDatabase(client, { schema: false });
      await db.rawQuery(
        `CREATE TABLE card (card_no CHAR(20), phone VARCHAR(20), name VARCHAR(40), balance DECIMAL(12,2), opened DATE, Big ${client === 'oracle' ? 'NUMBER(19)' : 'BIGINT'})`,
      );
      for (let i = 1; i <= 5; i++) {
        const day = `${client === 'oracle' ? 'DATE ' : ''}'2026-11-23'`;
        await db.rawQuery(`INSERT INTO card VALUES (?, ?, ?, ?, ${day}, 9007199254740993)`, [
          `622200000000000${i}`,
          '13900000001',
          `张三丰${i}`,
          `${i}234.50`,
        ]);
      }
      business = await openBusiness(options());
    });
    after(async () => {
      await (business as Business | undefined)?.close();
      await (db as FreshDatabase | undefined)?.drop();
    });

    it('gives rows as text, under lower-case names, whole numbers whole', async () => {
      const rows = await business.read(
        query(
          'SELECT name AS Name, card_no, balance, opened, Big, NULL AS none FROM card WHERE card_no = :card AND phone = :phone',
        ),
        { card: '6222000000000001', phone: '13900000001' },
      );
      const [{ opened, balance, ...rest } = {}] = rows;
      assert.deepEqual(rest, { name: '张三丰1', card_no: '6222000000000001', big: '9007199254740993', none: null });
      assert.equal(opened, client === 'oracle' ? '2026-11-23 00:00:00' : '2026-11-23');
      assert.equal(Number(balance), 1234.5);
    });

    it('binds values and never splices them, whatever they hold', async () => {
      const sql = query('SELECT name FROM card WHERE card_no = :card AND phone = :phone');
      for (const card of ["' OR '1'='1", "'; DROP TABLE card; --", '\\', '%', '?', ':phone', '$1', "x\\' OR 1=1 -- "]) {
        assert.deepEqual(await business.read(sql, { card, phone: '13900000001' }), [], card);
      }
      const [echo] = await business.read(query("SELECT :a AS a, ':b ? $1' AS b, 'it''s' AS c FROM card"), {
        a: "'; -- \\ ? :b",
      });
      assert.deepEqual(echo, { a: "'; -- \\ ? :b", b: ':b ? $1', c: "it's" });
      assert.equal((await db.rawQuery('SELECT name FROM card')).length, 5);
    });

    it('takes the same name several times', async () => {
      const sql = query('SELECT name FROM card WHERE card_no = :card AND (phone = :phone OR :phone = :card)');
      assert.equal((await business.read(sql, { card: '6222000000000002', phone: '13900000001' })).length, 1);
    });

    it('gives no more rows than are wanted, in their order', async () => {
      const rows = await business.read(query('SELECT name FROM card WHERE phone = :phone ORDER BY card_no DESC;'), {
        phone: '13900000001',
      });
      assert.deepEqual(
        rows.map(({ name }) => name),
        ['张三丰5', '张三丰4', '张三丰3'],
      );
    });

    it('cannot write', async () => {
      const writes = business.read(query(WRITING[client]), { phone: '1' });
      // SQL Server lets it write, and takes it back
      if (client === 'mssql') await writes;
      else await assert.rejects(writes, DbError);
      assert.equal((await db.rawQuery('SELECT name FROM card')).length, 5);
      assert.equal((await business.read(query('SELECT name FROM card'), {})).length, 3);
    });

    it('tells the columns without running the query, and says what is wrong with it', async () => {
      assert.deepEqual(
        await business.columns(
          query('SELECT name, balance AS Money FROM card WHERE phone = :phone AND card_no = :card'),
        ),
        ['name', 'money'],
      );
      await assert.rejects(business.columns(query('SELECT nme FROM card WHERE phone = :phone')), (error: unknown) => {
        assert.ok(error instanceof DbError);
        assert.match(error.text.en, /the database refuses this SQL: .*nme/i);
        return true;
      });
      await assert.rejects(business.columns(query('SELEC name FROM card')), DbError);
    });

    it('says that a query took too long, and goes on', async function () {
      const slow = SLOW[client];
      if (slow === null) this.skip();
      const from = performance.now();
      await assert.rejects(business.read(query(slow), {}), isKind('timeout', 'lost'));
      assert.ok(performance.now() - from < 15_000);
      assert.equal((await business.read(query('SELECT name FROM card'), {})).length, 3);
    });

    it('is lost when it is not there', async () => {
      const away = typeof db.options.connection === 'string' ? '/nowhere/x.db' : { ...db.options.connection, port: 1 };
      const lost = await openBusiness(options({ connection: away }));
      await assert.rejects(lost.read(query('SELECT name FROM card'), {}), isKind('lost'));
      await lost.close();
    });
  });
}
