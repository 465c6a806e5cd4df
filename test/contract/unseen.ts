import assert from 'node:assert/strict';
import { openInspection } from '../../src/db/health.ts';
import { openStore } from '../../src/db/open.ts';
import { printSchema } from '../../src/db/schema.ts';
import { freshDatabase, needDatabase, type Client } from '../support/databases.ts';

/** Where CHECK is not enforced; here: the tables as they are without the constraints. */
export function unseenContract(client: Client): void {
  describe(`rows that no claim sees, on ${client}`, () => {
    before(function () {
      return needDatabase(client, this);
    });

    it('are counted: of a status outside the list, or waiting with a priority outside 0–9', async () => {
      const db = await freshDatabase(client, { schema: false });
      try {
        const ddl = printSchema(db.options)
          .replaceAll(/--.*$/gm, '')
          .replaceAll(/^ *CONSTRAINT \w+_ck_\w+ CHECK \(.*\),?$/gm, '')
          .replaceAll(/,(\s*\n)+\)/g, '\n)');
        for (const statement of ddl.split(/;\s*$/m)) if (statement.trim() !== '') await db.rawQuery(statement);
        const insert = async (status: string, priority: number): Promise<void> => {
          const values = ['13000000001', 'x', status, priority];
          await db.rawQuery('INSERT INTO sms_outbox (phone, content, status, priority) VALUES (?, ?, ?, ?)', values);
        };
        const known = ['NEW', 'SENDING', 'SENT', 'DELIVERED', 'UNDELIVERED', 'UNKNOWN', 'FAILED', 'REJECTED'];
        for (const status of [...known, 'EXPIRED', 'HELD', 'CANCELLED']) await insert(status, 5);
        await insert('DELIVERED', 12); // it has ended all the same
        const store = await openStore(db.options);
        const inspection = openInspection(db.options, 5000);
        try {
          assert.equal(await store.unseen(100), 0);
          for (const [status, priority] of [
            ['READY', 5],
            ['', 5],
            ['ZZZ', 5],
            ['NEW', 10],
            ['NEW', -1],
            ['WAIT', 99],
          ] as const) {
            await insert(status, priority);
          }
          assert.deepEqual([await store.unseen(100), await inspection.unseen(100)], [6, 6]);
          assert.equal(await store.unseen(4), 4, 'stops at the cap');
        } finally {
          await inspection.close();
          await store.close();
        }
      } finally {
        await db.drop();
      }
    });
  });
}
