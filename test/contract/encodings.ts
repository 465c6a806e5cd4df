import assert from 'node:assert/strict';
import { openInspection } from '../../src/db/health.ts';
import { openStore } from '../../src/db/open.ts';
import type { StoreOptions } from '../../src/db/options.ts';
import { applySchema } from '../../src/db/schema.ts';
import { DbError } from '../../src/lib/errors.ts';
import { freshDatabase } from '../support/databases.ts';
import { claimAll } from '../support/rows.ts';
import { PHONE, type Fixture } from './fixture.ts';
import { message } from './life.ts';

/** What breaks somewhere on the way: characters beyond the first 65,536, combining ones, full width, blanks, and what SQL or a driver reads. */
const TEXTS = [
  '𠮷野家 😀',
  'e\u0301 a\u0308 한\u1100\u1161',
  'ＡＢＣ１２３＃＊　、',
  'two blanks  ',
  ' one before',
  `it's "quoted" \`so\``,
  'back\\slash \\n \\\\',
  '100% _ % ??',
  ':x :1 @p1 $1 ${y} {} {{z}}',
  '/* no comment */ -- nor this; DROP',
  'line\nbreak\ttab',
];

export function encodingCases(f: Fixture): void {
  describe('what went in', () => {
    it('by the bureau’s own connection is what the platform gets', async () => {
      for (const text of TEXTS) {
        await f.db.rawQuery('INSERT INTO sms_outbox (phone, content) VALUES (?, ?)', [PHONE, text]);
      }
      const mine = await claimAll(f.a, 'idA.b1.1');
      assert.deepEqual(
        mine.map(({ row }) => row.content),
        TEXTS,
      );
    });

    it('from citizens is what the bureau’s own connection reads', async () => {
      await f.a.storeInbox(TEXTS.map((content, i) => message(`k${String(i).padStart(2, '0')}`, { content })));
      const rows = await f.db.rawQuery('SELECT content FROM sms_inbox ORDER BY msg_key');
      assert.deepEqual(
        rows.map((row) => row['content']),
        TEXTS,
      );
    });
  });

  if (f.client === 'mysql' || f.client === 'postgres') {
    it('that a database of GBK or EUC_CN cannot hold is refused, not spoilt; and doctor tells which column', async () => {
      const db = await freshDatabase(f.client, { schema: false });
      const { options, drop } = await narrowed(db);
      try {
        const store = await openStore(options);
        assert.equal((await store.storeInbox([message('k1', { content: '余额：0.00 元' })])).length, 1);
        await assert.rejects(
          store.storeInbox([message('k2', { content: '𠮷' })]),
          (error: unknown) => error instanceof DbError && error.kind === 'data',
        );
        await store.close();
        const inspection = openInspection(options, 5000);
        assert.match((await inspection.narrowColumns()).join(), /gbk|EUC_CN/);
        await inspection.close();
      } finally {
        await drop();
      }
    });
  }
}

/** The same tables in a character set that holds Chinese and not everything. */
async function narrowed(
  db: Awaited<ReturnType<typeof freshDatabase>>,
): Promise<{ options: StoreOptions; drop: () => Promise<void> }> {
  const { options, rawQuery } = db;
  assert.ok(typeof options.connection === 'object');
  if (options.client === 'mysql') {
    await applySchema(options);
    await rawQuery('ALTER TABLE sms_inbox CONVERT TO CHARACTER SET gbk');
    return { options, drop: () => db.drop() };
  }
  const database = `${options.connection.database}_cn`;
  await rawQuery(`CREATE DATABASE ${database} ENCODING 'EUC_CN' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
  const there = { ...options, connection: { ...options.connection, database } };
  await applySchema(there);
  return {
    options: there,
    drop: async () => {
      await rawQuery(`DROP DATABASE ${database} WITH (FORCE)`);
      await db.drop();
    },
  };
}
