import assert from 'node:assert/strict';
import { ENDS, everyVerb } from './life.ts';
import { PHONE, type Fixture } from './fixture.ts';
import { withTrigger, type Trigger } from './triggers.ts';

/** A bureau that writes down every change of the outbox by triggers of its own. */
export function auditCases(f: Fixture): void {
  describe('under audit triggers', () => {
    const number = {
      sqlite: 'INTEGER PRIMARY KEY',
      mysql: 'BIGINT AUTO_INCREMENT PRIMARY KEY',
      postgres: 'SERIAL PRIMARY KEY',
    };
    const trigger = (event: 'INSERT' | 'UPDATE'): Trigger => ({
      on: 'sms_outbox',
      at: `AFTER ${event}`,
      when: null,
      then: `INSERT INTO bureau_audit (event, row_id, status) VALUES ('${event}', NEW.id, NEW.status)`,
    });
    const audited = async <T>(work: () => Promise<T>): Promise<T> => {
      await f.db.rawQuery(
        `CREATE TABLE bureau_audit (no ${number[f.client]}, event VARCHAR(10), row_id BIGINT, status VARCHAR(12))`,
      );
      try {
        return await withTrigger(f, trigger('INSERT'), () => withTrigger(f, trigger('UPDATE'), work));
      } finally {
        await f.db.rawQuery('DROP TABLE bureau_audit');
      }
    };
    const written = async (): Promise<string[][]> => {
      const rows = await f.db.rawQuery(
        'SELECT event, CAST(row_id AS CHAR(20)) AS row_id, status FROM bureau_audit ORDER BY no',
      );
      return rows.map((row) => [String(row['event']), String(row['row_id']).trim(), String(row['status'])]);
    };

    it('drains as without them, and every change of a status is there once', async () => {
      await audited(async () => {
        assert.deepEqual(await everyVerb(f.a), ENDS);
        const lines = await written();
        assert.equal(lines.filter(([event]) => event === 'INSERT').length, 6);
        const paths = Map.groupBy(lines, ([, id]) => id ?? '');
        const ways = [...paths.values()].map((steps) => steps.map(([, , status]) => status).join(' '));
        assert.deepEqual(ways.sort(), [
          'NEW SENDING NEW',
          'NEW SENDING REJECTED',
          'NEW SENDING SENDING SENT',
          'NEW SENDING SENT',
          'NEW SENDING SENT DELIVERED',
          'NEW SENDING SENT UNKNOWN',
        ]);
      });
    });

    it('tells the id of the new row, not that of the trigger’s', async () => {
      await audited(async () => {
        await f.db.rawQuery("INSERT INTO bureau_audit (no, event) VALUES (777, 'x')");
        const id = await f.a.insertOutbox({ phone: PHONE, content: 'this one' });
        assert.equal((await f.stateOf(id))['content'], 'this one');
      });
    });
  });
}
