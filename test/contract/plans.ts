import assert from 'node:assert/strict';
import type { Engine, Row, Session } from '../../src/db/dialect.ts';
import { openEngine, storeOf } from '../../src/db/open.ts';
import { Sql } from '../../src/db/sql.ts';
import type { Store } from '../../src/db/store.ts';
import { freshDatabase, needDatabase, type Client, type FreshDatabase } from '../support/databases.ts';
import { claimAll, heartbeat, rowResult, submitOf, submitResult } from '../support/rows.ts';

const ROWS = 20_000;

/** The lines of a plan that read a whole table or sort rows on the hot path. */
const WASTE: Record<Client, (row: Row) => boolean> = {
  // a derived list of values may be read whole: it is the batch itself
  mysql: ({ type, table, rows, Extra }) =>
    /filesort/.test(String(Extra)) ||
    (/^(ALL|index)$/.test(String(type)) && !/^<derived|^<union/.test(String(table)) && Number(rows) > 1000),
  postgres: (row) =>
    /Seq Scan on sms_(outbox|inbox|mw_submit|mw_seen)\b|^\s*(->)?\s*Sort\b/.test(String(row['QUERY PLAN'])),
  sqlite: ({ detail }) => /TEMP B-TREE|^SCAN (o|s|sms_(outbox|inbox|mw_submit|mw_seen))$/.test(String(detail)),
};

/** Every statement of the hot path goes by an index, also on statistics from before the first claim. */
export function plansContract(client: Client): void {
  describe(`plans on ${client}`, () => {
    let db: FreshDatabase;
    let engine: Engine;
    let store: Store;
    let watching = false;
    const wasted: string[] = [];
    let looked = 0;

    before(async function () {
      await needDatabase(client, this);
      db = await freshDatabase(client);
      for (let i = 0; i < ROWS; i += 2000) {
        const values = Array.from({ length: 2000 }, (_, k) => `('13000000001', 'text ${i + k}')`).join(',');
        await db.rawQuery(`INSERT INTO sms_outbox (phone, content) VALUES ${values}`);
      }
      await db.rawQuery(client === 'mysql' ? 'ANALYZE TABLE sms_outbox' : 'ANALYZE');
      engine = openEngine(db.options);
      store = storeOf(watched(engine), db.options);
    });
    after(async () => {
      if (!(db as FreshDatabase | undefined)) return;
      await engine.close();
      await db.drop();
    });

    async function look(session: Session, statement: Sql): Promise<void> {
      if (!watching || statement.text.startsWith('INSERT')) return;
      looked++;
      const word = client === 'sqlite' ? 'EXPLAIN QUERY PLAN ' : 'EXPLAIN ';
      const plan = await session.all(new Sql(word + statement.text, statement.values));
      const bad = plan.filter(WASTE[client]);
      if (bad.length > 0)
        wasted.push(`${statement.text.replaceAll(/\s+/g, ' ').slice(0, 300)}\n${JSON.stringify(bad)}`);
    }

    function watchedSession(session: Session): Session {
      return {
        all: async (statement) => (await look(session, statement), session.all(statement)),
        run: async (statement) => (await look(session, statement), session.run(statement)),
        insert: (statement) => session.insert(statement),
      };
    }

    function watched(real: Engine): Engine {
      return { ...real, ...watchedSession(real), tx: (work) => real.tx((session) => work(watchedSession(session))) };
    }

    it('go by an index and sort nothing', async () => {
      await store.enrol(heartbeat());
      for (const round of [1, 2, 3]) {
        watching = round === 3;
        const token = `idA.b1.${round}`;
        const mine = await claimAll(store, token, { limit: 500 });
        assert.equal(mine.length, 500);
        const [first] = mine;
        assert.ok(first);
        await store.open(mine.map(submitOf), 'idA.b1', 60_000);
        await store.candidates({ priority: 5, limit: 500, timed: true, spread: 3 });
        await store.probe({ recover: true, channel: 'main', aliveMs: 1000 });
        await store.beat(heartbeat());
        await store.waiting(1000);
        await store.takeOpen(`${token}0`, 1000, 10);
        await store.recoverRows(100);
        await store.adopt('idB', 'b1', 1000);
        await store.rowsOf(mine.map(({ row }) => row.id));
        await store.answered([{ id: first.row.id, inboxId: '1', content: 'x' }]);
        await store.receiptRows(mine.map((m) => ({ serial: m.serial, phone: m.row.phone, code: '0' })));
        await store.applyReceipts(mine.map((m) => ({ id: m.row.id, serial: m.serial, code: '0', to: null })));
        await store.settle(
          mine.map((m, i) => rowResult(m, { taskId: `t${i}` })),
          mine.map((m) => submitResult(m)),
        );
        await store.holdReset([first.serial], { code: 'EDITED', text: 'x' });
        await store.countLateReceipts(new Map([[first.serial, 1]]));
        await store.release(token, [first.row.id], { code: null, text: null, delayMs: 0 });
        await store.giveUp(10);
      }
      assert.ok(looked > 15);
      assert.deepEqual(wasted, []);
    });
  });
}
