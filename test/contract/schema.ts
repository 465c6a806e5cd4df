import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openEngine, openStore } from '../../src/db/open.ts';
import { applySchema, checkSchema, printSchema, requireSchema } from '../../src/db/schema.ts';
import { raw } from '../../src/db/sql.ts';
import { DbError } from '../../src/lib/errors.ts';
import { freshDatabase, needDatabase, type EveryClient, type FreshDatabase } from '../support/databases.ts';
import { claimAll } from '../support/rows.ts';
import { ENDS, everyVerb } from './life.ts';

/** Making, checking and granting the tables. */
export function schemaContract(client: EveryClient): void {
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
      const [finding, ...more] = await checkSchema(options);
      assert.deepEqual([finding?.severity, more], ['error', []]);
      assert.match(
        finding?.text.en ?? '',
        new RegExp(`^none of the tables is there.*schema apply.*schema/${client}.sql`),
      );
      await assert.rejects(requireSchema(options), /none of the tables/);
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
          query: 'dx_query',
          receipt: 'dx_rc',
          channel: 'dx_ch',
          status: 'dx_st',
          command: 'dx_cm',
          template: 'dx_tp',
          word: 'dx_wd',
          blacklist: 'dx_bl',
          usage: 'dx_us',
          hour: 'dx_hr',
          override: 'dx_ov',
          history: 'dx_hi',
          stats: 'dx_sa',
          balance: 'dx_ba',
        },
      };
      await applySchema(options);
      await applySchema(renamed);
      assert.deepEqual(await checkSchema(renamed), []);
      // SQL Server's table type has one name, whatever the tables are called
      assert.doesNotMatch(printSchema(renamed).replaceAll(/--.*|sms_mw_list/g, ''), /sms_/);
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
        client === 'mysql'
          ? 'ALTER TABLE sms_inbox DROP KEY sms_inbox_ix_status'
          : `DROP INDEX sms_inbox_ix_status${client === 'mssql' ? ' ON sms_inbox' : ''}`,
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

    if (client !== 'sqlite' && client !== 'oracle') {
      it('may live in a schema that is not the connection’s own', async () => {
        const { options, rawQuery } = await fresh();
        assert.ok(typeof options.connection === 'object');
        const schema = client === 'mysql' ? `${options.connection.database}_gov` : 'gov';
        await rawQuery(`CREATE SCHEMA ${schema}`);
        try {
          const there = { ...options, schema };
          assert.match((await checkSchema(there))[0]?.text.en ?? '', /none of the tables/);
          await applySchema(there);
          assert.deepEqual(await checkSchema(there), []);
          assert.ok((await applySchema(there)).done.every(({ en }) => en.endsWith('already there')));
          const store = await openStore(there);
          assert.deepEqual(await everyVerb(store), ENDS);
          await store.close();
          assert.match((await checkSchema(options))[0]?.text.en ?? '', /none of the tables/);
          assert.equal((await rawQuery(`SELECT id FROM ${schema}.sms_outbox`)).length, 6);
        } finally {
          // SQL Server drops empty ones only; this one goes with its database
          if (client !== 'mssql') await rawQuery(`DROP SCHEMA ${schema}${client === 'postgres' ? ' CASCADE' : ''}`);
        }
      });
    }

    if (client === 'mysql' || client === 'postgres') {
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

      it('notices a column of the bureau’s own that would refuse our rows, and starts all the same where it is theirs', async () => {
        const { options, rawQuery } = await fresh();
        await applySchema(options);
        await rawQuery('ALTER TABLE sms_outbox ADD COLUMN dept VARCHAR(9) NOT NULL');
        const [warning, ...none] = await checkSchema(options);
        assert.deepEqual([warning?.severity, none], ['warning', []]);
        assert.match(warning?.text.en ?? '', /sms_outbox has a column dept/);
        await requireSchema(options);
        await rawQuery('ALTER TABLE sms_inbox ADD COLUMN dept VARCHAR(9) NOT NULL');
        await rawQuery("ALTER TABLE sms_mw_seen ADD COLUMN dept VARCHAR(9) NOT NULL DEFAULT 'x'");
        assert.deepEqual(
          (await checkSchema(options)).map(({ severity }) => severity),
          ['warning', 'error'],
        );
      });

      it('notices an index that statements name, and does not start without it where they must', async () => {
        const { options, rawQuery } = await fresh();
        await applySchema(options);
        const drop = client === 'mysql' ? 'ALTER TABLE sms_outbox DROP KEY' : 'DROP INDEX';
        await rawQuery(`${drop} sms_outbox_ix_serial`);
        const [finding] = await checkSchema(options);
        assert.equal(finding?.severity, client === 'mysql' ? 'error' : 'warning');
        assert.match(finding.text.en, /lacks the index sms_outbox_ix_serial/);
      });

      it('is enough, with the grants, for the three users and not too much', async () => {
        const db = await fresh();
        const { options, rawQuery } = db;
        assert.ok(typeof options.connection === 'object');
        await applySchema(options);
        const suffix = options.connection.database.slice(-12);
        const user = (name: string): string => `${name}_${suffix}`;
        const grants = readFileSync(new URL(`../../schema/grants-${client}.sql`, import.meta.url), 'utf8')
          .replaceAll(/--.*$/gm, '')
          .replaceAll(/\byxt_(bureau|operator|middleware)\b/g, user('yxt_$1'))
          .replaceAll("'%'", "'127.0.0.1'");
        const names = ['bureau', 'operator', 'middleware'].map((name) => user(`yxt_${name}`));
        try {
          // as it is shipped, and it may be run again
          const statements = client === 'mysql' ? grants.split(';').filter((s) => s.trim() !== '') : [grants];
          for (const statement of [...statements, ...statements]) await rawQuery(statement);
          const as = (name: string): typeof options => ({
            ...options,
            connection: {
              ...(options.connection as object),
              user: user(`yxt_${name}`),
              password: 'Change-me-1!',
            } as never,
          });
          assert.deepEqual(await checkSchema(as('middleware')), []);
          const store = await openStore(as('middleware'));
          assert.deepEqual(await everyVerb(store), ENDS);
          await store.close();
          const may = async (name: string, statement: string): Promise<boolean> => {
            const engine = openEngine(as(name));
            try {
              await engine.run(raw(statement));
              return true;
            } catch (error) {
              assert.ok(error instanceof DbError && error.kind === 'denied', `${name}: ${statement}: ${String(error)}`);
              return false;
            } finally {
              await engine.close();
            }
          };
          for (const [name, allowed, statement] of [
            ['bureau', true, "INSERT INTO sms_outbox (phone, content) VALUES ('13000000001', 'x')"],
            ['bureau', true, 'SELECT status, result_text FROM sms_outbox'],
            ['bureau', false, "UPDATE sms_outbox SET status = 'NEW' WHERE id = 1"],
            ['bureau', false, 'DELETE FROM sms_outbox WHERE id = 1'],
            ['bureau', true, 'SELECT status FROM sms_outbox_history'],
            ['bureau', false, 'DELETE FROM sms_outbox_history WHERE id = 1'],
            ['bureau', true, "UPDATE sms_inbox SET status = 'DONE' WHERE id = 1"],
            ['bureau', false, "UPDATE sms_inbox SET content = 'x' WHERE id = 1"],
            ['bureau', true, 'DELETE FROM sms_inbox WHERE id = 1'],
            ['bureau', false, 'SELECT body FROM sms_mw_submit'],
            ['bureau', false, 'SELECT subject FROM sms_mw_query'],
            ['operator', true, "UPDATE sms_outbox SET status = 'CANCELLED' WHERE id = 1"],
            ['operator', false, "UPDATE sms_outbox SET content = 'x' WHERE id = 1"],
            ['operator', false, "INSERT INTO sms_outbox (phone, content) VALUES ('13000000001', 'x')"],
            ['operator', true, 'SELECT heartbeat_at FROM sms_mw_status'],
            ['operator', true, 'SELECT row_count FROM sms_mw_stats'],
            ['operator', true, "INSERT INTO sms_mw_command (command, row_id) VALUES ('CANCEL', 1)"],
            ['operator', true, 'SELECT status, result FROM sms_mw_command'],
            ['operator', false, "UPDATE sms_mw_command SET status = 'NEW' WHERE id = 1"],
            ['bureau', false, "INSERT INTO sms_mw_command (command) VALUES ('PAUSE')"],
            ['operator', false, 'SELECT content FROM sms_inbox'],
            ['middleware', true, 'DELETE FROM sms_outbox WHERE id = 1'],
            ['middleware', false, 'DROP TABLE sms_mw_seen'],
          ] as const) {
            assert.equal(await may(name, statement), allowed, `${name}: ${statement}`);
          }
          for (const name of ['bureau', 'operator']) {
            const lacks = (await checkSchema(as(name))).map(({ text }) => text.en).join('\n');
            assert.match(lacks, /lacks UPDATE on sms_outbox/, name);
          }
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
