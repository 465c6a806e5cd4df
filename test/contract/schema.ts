import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openStore } from '../../src/db/open.ts';
import { applySchema, checkSchema, printSchema, requireSchema } from '../../src/db/schema.ts';
import { DbError } from '../../src/lib/errors.ts';
import { freshDatabase, needDatabase, type Client, type FreshDatabase } from '../support/databases.ts';
import { claimAll, heartbeat, rowResult, submitOf, submitResult } from '../support/rows.ts';

/** Making, checking and granting the tables. */
export function schemaContract(client: Client): void {
  describe(`schema on ${client}`, () => {
    const open: FreshDatabase[] = [];
    const fresh = async (): Promise<FreshDatabase> => {
      const db = await freshDatabase(client, { schema: false });
      open.push(db);
      return db;
    };
    before(async function () {
      await needDatabase(client, this);
    });
    after(async () => {
      for (const db of open) await db.drop();
    });

    it('is made once, and made again does nothing', async () => {
      const { options, rawQuery } = await fresh();
      assert.ok(
        (await checkSchema(options)).every(({ severity, text }) => severity === 'error' && text.en.includes('sms_')),
      );
      const first = await applySchema(options);
      assert.ok(first.done.length >= 7 && first.done.every(({ en }) => en.startsWith('created')));
      assert.ok((await applySchema(options)).done.every(({ en }) => en.endsWith('already there')));
      assert.deepEqual(await checkSchema(options), []);
      await rawQuery("INSERT INTO sms_outbox (phone, content) VALUES ('13000000001', 'x')");
      for (const bad of ["status = 'new!'", 'priority = 10', "category = ''", "msg_type = 'MMS'"]) {
        await assert.rejects(rawQuery(`UPDATE sms_outbox SET ${bad}`), bad);
      }
    });

    it('takes other names, twice in one database', async () => {
      const { options } = await fresh();
      const renamed = {
        ...options,
        tables: {
          outbox: 'dx_out',
          inbox: 'dx_in',
          submit: 'dx_submit',
          seen: 'dx_seen',
          receipt: 'dx_rc',
          channel: 'dx_ch',
          status: 'dx_st',
        },
      };
      await applySchema(options);
      await applySchema(renamed);
      assert.deepEqual(await checkSchema(renamed), []);
      assert.doesNotMatch(printSchema(renamed).replaceAll(/--.*/g, ''), /sms_/);
      const store = await openStore(renamed);
      const id = await store.insertOutbox({ phone: '13000000001', content: 'x' });
      assert.equal((await claimAll(store, 'idA.b1.1'))[0]?.row.id, id);
      await store.close();
      await assert.rejects(openStore({ ...options, tables: { outbox: 'x; DROP TABLE y' } }), DbError);
    });

    it('says what is missing, and puts back what it can', async () => {
      const { options, rawQuery } = await fresh();
      await applySchema(options);
      await rawQuery('DROP TABLE sms_mw_seen');
      await rawQuery(
        client === 'mysql' ? 'ALTER TABLE sms_inbox DROP KEY sms_inbox_ix_status' : 'DROP INDEX sms_inbox_ix_status',
      );
      await rawQuery('ALTER TABLE sms_outbox DROP COLUMN age_from');
      const found = (await checkSchema(options)).map(({ severity, text }) => `${severity} ${text.en}`).join('\n');
      for (const expected of [/error .*sms_mw_seen/, /warning .*sms_inbox_ix_status/, /error .*sms_outbox\.age_from/])
        assert.match(found, expected);
      await assert.rejects(
        requireSchema(options),
        (error: unknown) => error instanceof DbError && error.kind === 'schema',
      );
      await applySchema(options);
      assert.deepEqual(await checkSchema(options), []);
    });

    if (client !== 'sqlite') {
      it('notices lost defaults and narrow columns', async () => {
        const { options, rawQuery } = await fresh();
        await applySchema(options);
        await rawQuery('ALTER TABLE sms_outbox ALTER COLUMN category DROP DEFAULT');
        const narrow =
          client === 'mysql' ? 'MODIFY COLUMN task_id VARCHAR(10) NULL' : 'ALTER COLUMN task_id TYPE VARCHAR(10)';
        await rawQuery(`ALTER TABLE sms_outbox ${narrow}`);
        const found = (await checkSchema(options)).map(({ text }) => text.en);
        assert.equal(found.length, 2, found.join('\n'));
        assert.match(found.join(), /category has lost its default.*task_id holds 10/);
      });

      it('is enough, with the grants, for the three users and not too much', async () => {
        const db = await fresh();
        const { options, rawQuery } = db;
        assert.ok(typeof options.connection === 'object');
        await applySchema(options);
        const suffix = options.connection.database.slice(-12);
        const user = (name: string): string => `${name}_${suffix}`;
        const grants = readFileSync(new URL(`../../schema/grants-${client}.sql`, import.meta.url), 'utf8')
          .replaceAll(/^-- (?=CREATE )/gm, '')
          .replaceAll(/--.*$/gm, '')
          .replaceAll(/\byxt_(bureau|operator|middleware)\b/g, user('yxt_$1'))
          .replaceAll("'%'", "'127.0.0.1'");
        const names = ['bureau', 'operator', 'middleware'].map((name) => user(`yxt_${name}`));
        try {
          for (const statement of grants.split(';').filter((s) => s.trim() !== '')) await rawQuery(statement);
          const as = (name: string): typeof options => ({
            ...options,
            connection: { ...(options.connection as object), user: user(`yxt_${name}`), password: '改成口令' } as never,
          });
          assert.deepEqual(await checkSchema(as('middleware')), []);
          const store = await openStore(as('middleware'));
          await store.insertOutbox({ phone: '13000000001', content: 'x' });
          const mine = await claimAll(store, 'idA.b1.1');
          await store.open(mine.map(submitOf), 'idA.b1', 60_000);
          assert.equal(
            await store.settle(
              mine.map((m) => rowResult(m)),
              mine.map((m) => submitResult(m)),
            ),
            1,
          );
          await store.recoverRows(1);
          await store.enrol(heartbeat());
          assert.equal(await store.beat(heartbeat()), true);
          await store.takeProbe('main', 'x', 1);
          await store.prune(-1, -1, 10);
          await store.unparkReceipts(['1']);
          await store.close();
          const bureau = (await checkSchema(as('bureau'))).map(({ text }) => text.en).join('\n');
          assert.match(bureau, /lacks UPDATE on sms_outbox/);
          await assert.rejects(
            applySchema({ ...as('middleware'), tables: { outbox: 'other' } }),
            (error: unknown) => error instanceof DbError && error.kind === 'denied',
          );
        } finally {
          for (const name of names) {
            const statements =
              client === 'mysql'
                ? [`DROP USER IF EXISTS '${name}'@'127.0.0.1'`]
                : [`DROP OWNED BY ${name}`, `DROP ROLE IF EXISTS ${name}`];
            for (const statement of statements) await rawQuery(statement);
          }
        }
      });
    }
  });
}
