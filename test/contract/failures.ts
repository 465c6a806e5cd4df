import assert from 'node:assert/strict';
import { openEngine, openStore } from '../../src/db/open.ts';
import { raw, sql } from '../../src/db/sql.ts';
import { DbError } from '../../src/lib/errors.ts';
import { freshDatabase, needDatabase, type Client, type FreshDatabase } from '../support/databases.ts';

/** Connections that break, and databases that are not there. */
export function failureContract(client: Client): void {
  describe(`failures on ${client}`, () => {
    let db: FreshDatabase;
    before(async function () {
      await needDatabase(client, this);
      db = await freshDatabase(client);
    });
    after(async () => {
      if (db as FreshDatabase | undefined) await db.drop();
    });

    it('undoes a transaction whose work fails, and keeps the first error', async () => {
      const engine = openEngine(db.options);
      const boom = new Error('boom');
      await assert.rejects(
        engine.tx(async (session) => {
          await session.run(sql`INSERT INTO sms_outbox (phone, content) VALUES (${'13000000001'}, ${'x'})`);
          throw boom;
        }),
        boom,
      );
      assert.deepEqual(await engine.all(raw('SELECT id FROM sms_outbox')), []);
      await engine.close();
    });

    it('says when tables are missing', async () => {
      const bare = await freshDatabase(client, { schema: false });
      const store = await openStore(bare.options);
      await assert.rejects(store.daemons(), (error: unknown) => error instanceof DbError && error.kind === 'schema');
      await store.close();
      await bare.drop();
    });

    if (client === 'sqlite') {
      it('waits for another writer without blocking the process', async () => {
        const store = await openStore(db.options);
        const other = await db.connect();
        await other.query('BEGIN IMMEDIATE');
        let ticks = 0;
        const timer = setInterval(() => ticks++, 20);
        const insert = store.insertOutbox({ phone: '13000000001', content: 'x' });
        while (ticks < 5) await new Promise((resolve) => setTimeout(resolve, 10));
        await other.query('COMMIT');
        assert.ok(await insert);
        clearInterval(timer);
        await store.close();
      });
      return;
    }

    it('notices a connection killed in mid-transaction, and goes on with another', async () => {
      const engine = openEngine(db.options);
      const own = client === 'mysql' ? 'SELECT CONNECTION_ID() AS id' : 'SELECT pg_backend_pid() AS id';
      await assert.rejects(
        engine.tx(async (session) => {
          const [row] = await session.all(raw(own));
          await db.rawQuery(
            client === 'mysql' ? `KILL ${Number(row?.['id'])}` : `SELECT pg_terminate_backend(${Number(row?.['id'])})`,
          );
          await session.run(sql`UPDATE sms_outbox SET solo = ${1}`);
        }),
        (error: unknown) => error instanceof DbError && error.kind === 'lost',
      );
      assert.equal((await engine.all(raw('SELECT 1 AS one'))).length, 1);
      await engine.close();
    });

    it('gives a statement up that does not end', async () => {
      const engine = openEngine({ ...db.options, statementTimeoutMs: 1000 });
      const sleep = client === 'mysql' ? 'SELECT SLEEP(20) FROM information_schema.tables' : 'SELECT pg_sleep(20)';
      const started = performance.now();
      await assert.rejects(
        engine.tx((session) => session.all(raw(sleep))).then(() => undefined),
        DbError,
      );
      assert.ok(performance.now() - started < 15_000);
      await engine.close();
    });

    it('says when the server or the login is refused', async () => {
      assert.ok(typeof db.options.connection === 'object');
      const elsewhere = { ...db.options, connection: { ...db.options.connection, port: 1 } };
      await assert.rejects(openStore(elsewhere), (error: unknown) => error instanceof DbError && error.kind === 'lost');
      const nobody = {
        ...db.options,
        connection: { ...db.options.connection, user: 'nobody_here', password: 'secret-word' },
      };
      await assert.rejects(openStore(nobody), (error: unknown) => {
        assert.ok(error instanceof DbError);
        assert.equal(error.kind, 'denied');
        assert.doesNotMatch(error.message, /secret-word/);
        return true;
      });
    });
  });
}
