import assert from 'node:assert/strict';
import { openEngine, openStore } from '../../src/db/open.ts';
import { raw, sql } from '../../src/db/sql.ts';
import type { Store } from '../../src/db/store.ts';
import { DbError, type DbErrorKind } from '../../src/lib/errors.ts';
import { freshDatabase, needDatabase, type EveryClient, type FreshDatabase } from '../support/databases.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { claimAll, claimItem, rowResult, submitOf, submitResult, type Mine } from '../support/rows.ts';
import { withTrigger } from './triggers.ts';

const isKind =
  (kind: DbErrorKind) =>
  (error: unknown): boolean =>
    error instanceof DbError && error.kind === kind;

/** Connections that break, and databases that are not there. */
export function failureContract(client: EveryClient): void {
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

    it('knows a refused value, whoever refuses it, and does not say which', async () => {
      const engine = openEngine(db.options);
      const { rawQuery } = db;
      await rawQuery('CREATE TABLE bureau_audit (phone VARCHAR(5) NOT NULL PRIMARY KEY)');
      await rawQuery("INSERT INTO sms_outbox (phone, content) VALUES ('13000000001', 'x')");
      const refused = async (assignments: string): Promise<void> => {
        await assert.rejects(engine.run(raw(`UPDATE sms_outbox SET ${assignments}`)), (error: unknown) => {
          assert.ok(error instanceof DbError);
          assert.equal(error.kind, 'data', error.message);
          assert.doesNotMatch(JSON.stringify([error.message, error.text, error.facts]), /1300000/);
          return true;
        });
      };
      await refused("status = 'nothing'");
      await refused('phone = NULL');
      const trigger = { on: 'sms_outbox', at: 'AFTER UPDATE', when: null } as const;
      const words: Record<EveryClient, string[]> = {
        sqlite: ["SELECT RAISE(FAIL, '13000000009')", "SELECT RAISE(ROLLBACK, '13000000009')"],
        mysql: ["SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 31001, MESSAGE_TEXT = '13000000009'"],
        postgres: ["RAISE EXCEPTION '13000000009' USING ERRCODE = 'YX001'", 'ASSERT false'],
        mssql: ["RAISERROR ('13000000009', 16, 1); ROLLBACK TRANSACTION"],
        oracle: ["RAISE_APPLICATION_ERROR(-20999, '13000000009')"],
      };
      const twice = "INSERT INTO bureau_audit (phone) VALUES ('1'), ('1')";
      for (const then of [null, ...(client === 'oracle' ? [] : [twice]), ...words[client]]) {
        await withTrigger({ client, db }, { ...trigger, then }, () => refused("content = 'y'"));
      }
      if (client !== 'sqlite') {
        const then = 'INSERT INTO bureau_audit (phone) VALUES (NEW.phone)';
        await withTrigger({ client, db }, { ...trigger, then }, () => refused("content = 'y'"));
      }
      assert.equal(await engine.run(raw("UPDATE sms_outbox SET content = 'y'")), 1);
      await engine.close();
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

    // what follows speaks to the server by its own words, and cuts lines at words that only these two send as they are
    if (client !== 'mysql' && client !== 'postgres') return;

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

    it('gives a statement up that does not end, and leaves it to the caller when to try again', async () => {
      const engine = openEngine({ ...db.options, statementTimeoutMs: 1000 });
      const sleep = client === 'mysql' ? 'SELECT SLEEP(20) FROM information_schema.tables' : 'SELECT pg_sleep(20)';
      let tries = 0;
      await assert.rejects(
        engine.tx((session) => {
          tries++;
          return session.all(raw(sleep));
        }),
        isKind('timeout'),
      );
      assert.equal(tries, 1, 'tried again at once');
      await engine.close();
    });

    describe('a connection that goes', () => {
      let proxy: Proxy;
      let direct: Store;
      let store: Store;
      let mine: Mine;
      before(async () => {
        assert.ok(typeof db.options.connection === 'object');
        const { port } = db.options.connection;
        proxy = await startProxy(port ?? (client === 'mysql' ? 3306 : 5432));
        const connection = { ...db.options.connection, host: '127.0.0.1', port: proxy.port };
        direct = await openStore(db.options);
        store = await openStore({ ...db.options, connection });
      });
      after(async () => {
        await store.close();
        await direct.close();
        await proxy.close();
      });
      beforeEach(async () => {
        await db.rawQuery('DELETE FROM sms_outbox');
        await direct.insertOutbox({ phone: '13000000001', content: 'x' });
        const [one] = await claimAll(direct, 'idA.b1.1');
        assert.ok(one);
        mine = one;
      });
      const statusOf = async (): Promise<unknown> => (await direct.story(mine.row.id))?.row['status'];
      /** What the work says when its connection is cut at this text. */
      const cutAt = async (when: 'before' | 'after', text: RegExp, work: () => Promise<unknown>): Promise<unknown> => {
        await proxy.heal();
        const hold = proxy.hold(when, [text]);
        const answer = work().catch((error: unknown) => error);
        await hold.reached;
        hold.cut();
        return answer;
      };

      for (const [when, there] of [
        ['before', false],
        ['after', true],
      ] as const) {
        it(`${when} a COMMIT is done leaves open what happened, and the write-back can be made again`, async () => {
          await direct.open([submitOf(mine)], 'idA.b1', 60_000);
          const settle = (): Promise<number> => store.settle([rowResult(mine)], [submitResult(mine)]);
          const error = await cutAt(when, /COMMIT/, settle);
          assert.ok(isKind('doubtful')(error), String(error));
          assert.equal(await statusOf(), there ? 'SENT' : 'SENDING');
          assert.equal(await settle(), there ? 0 : 1);
          assert.equal(await statusOf(), 'SENT');
          assert.equal((await direct.story(mine.row.id))?.row['attempts'], 1);
        });

        it(`${when} a record is written: the record is looked up`, async () => {
          const open = (): Promise<unknown> => store.open([submitOf(mine)], 'idA.b1', 60_000);
          const unrecorded = await cutAt(when, /INSERT INTO sms_mw_submit/, open);
          assert.deepEqual(unrecorded, { unrecorded: new Set(there ? [] : [mine.serial]), taken: new Set() });
          assert.equal((await direct.submitsOf([mine.serial])).length, there ? 1 : 0);
        });

        it(`${when} a claim is written: what it got is read by its token`, async () => {
          await direct.release('idA.b1.1', [mine.row.id], { code: null, text: null, delayMs: 0 });
          const [row] = await store.candidates({ priority: 5, limit: 10, timed: false, spread: 1 });
          assert.ok(row);
          const claim = (): Promise<unknown> => store.claim('idA.b1.2', 60_000, [claimItem(row)]);
          assert.ok(isKind('doubtful')(await cutAt(when, /UPDATE /, claim)));
          assert.equal((await store.claimed('idA.b1.2', [row.id])).size, there ? 1 : 0);
        });
      }

      it('before the work of a transaction is done has surely undone it', async () => {
        await direct.open([submitOf(mine)], 'idA.b1', 60_000);
        const settle = (): Promise<number> => store.settle([rowResult(mine)], [submitResult(mine)]);
        assert.ok(isKind('lost')(await cutAt('after', /UPDATE /, settle)));
        assert.equal(await settle(), 1);
      });
    });
  });
}
