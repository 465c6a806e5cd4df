import assert from 'node:assert/strict';
import { type Arena, openArena } from '../support/arena.ts';
import { until } from '../support/daemon.ts';
import { type Client, type FreshDatabase, freshDatabase, needDatabase } from '../support/databases.ts';
import { type Proxy, startProxy } from '../support/proxy.ts';

const RULE = {
  keywords: ['SBYE'],
  format: '{card}',
  sql: 'SELECT balance FROM card WHERE card_no = :card AND :phone <> :card',
  reply: '余额{balance|money}元',
};
const USUAL_PORT = { mysql: 3306, postgres: 5432, sqlite: 0 };

for (const client of ['mysql', 'postgres'] satisfies Client[]) {
  describe(`business database on ${client}, real processes`, function () {
    this.timeout(120_000);
    let business: FreshDatabase;
    let line: Proxy;
    let arena: Arena;
    before(async function () {
      await needDatabase(client, this);
      business = await freshDatabase(client, { schema: false });
      await business.rawQuery('CREATE TABLE card (card_no VARCHAR(32), balance DECIMAL(12,2))');
      await business.rawQuery("INSERT INTO card VALUES ('6222', 12.3)");
      const { connection } = business.options;
      assert.ok(typeof connection === 'object');
      line = await startProxy(connection.port ?? USUAL_PORT[client]);
      const away = { ...connection, port: line.port };
      const queryDatabases = { bureau: { client, connection: away, statementTimeout: '500ms' } };
      arena = await openArena('sqlite', { values: { queries: [RULE], queryDatabases } });
    });
    after(async () => {
      await (arena as Arena | undefined)?.close();
      await (line as Proxy | undefined)?.close();
      await (business as FreshDatabase | undefined)?.drop();
    });

    async function waitsThenAnswers(mend: () => Promise<void>): Promise<void> {
      const daemon = await arena.daemon();
      const troubles = (): number => daemon.log().split('business database bureau').length;
      const before = troubles();
      const phones = await arena.citizensWrite(5);
      await until('the trouble is told', () => troubles() > before);
      assert.deepEqual(await arena.rows(phones), [], 'nothing can be known yet');
      await mend();
      await until('an answer for each', async () => (await arena.rows(phones)).length >= phones.length);
      await arena.all(phones, 'SENT');
      assert.ok((await arena.rows(phones)).every((row) => row['content'] === '余额12.30元'));
      await arena.quiet();
      await arena.reconciled();
    }

    it('that cannot be reached: queries wait, and are answered once when it is back', async () => {
      await line.refuse();
      line.cut();
      await waitsThenAnswers(() => line.heal());
    });

    it('that hangs: the same, and notices go on meanwhile', async () => {
      await arena.daemon();
      await arena.citizensWrite(1); // a session is open
      await arena.quiet();
      const frozen = line.freeze();
      const notices = arena.insert(20).then((phones) => arena.all(phones, 'SENT'));
      await waitsThenAnswers(async () => {
        await frozen;
        await notices;
        line.thaw();
      });
    });

    it('whose statement is too slow: the same', async () => {
      const lock = await business.connect();
      await lock.query('BEGIN');
      await lock.query(client === 'mysql' ? 'LOCK TABLES card WRITE' : 'LOCK TABLE card');
      await waitsThenAnswers(async () => {
        await lock.query(client === 'mysql' ? 'UNLOCK TABLES' : 'ROLLBACK');
      });
    });
  });
}
