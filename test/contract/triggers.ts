import type { Fixture } from './fixture.ts';

export interface Trigger {
  readonly on: string;
  readonly at: 'BEFORE INSERT' | 'BEFORE UPDATE' | 'AFTER INSERT' | 'AFTER UPDATE';
  /** Of NEW, null: always. */
  readonly when: string | null;
  /** A statement; null: an error of its own, with a message that quotes a number. */
  readonly then: string | null;
}

const SAYS = 'not this one, 13000000009';
let count = 0;

/** A trigger of the bureau's, for as long as the work takes. */
export async function withTrigger<T>(
  { client, db }: Pick<Fixture, 'client' | 'db'>,
  trigger: Trigger,
  work: () => Promise<T>,
): Promise<T> {
  const name = `bureau_${++count}`;
  const { on, at, when, then } = trigger;
  const head = `CREATE TRIGGER ${name} ${at} ON ${on} FOR EACH ROW`;
  const wanted = when ?? '1 = 1';
  switch (client) {
    case 'sqlite':
      await db.rawQuery(`${head} WHEN ${wanted} BEGIN ${then ?? `SELECT RAISE(ABORT, '${SAYS}')`}; END`);
      break;
    case 'mysql':
      await db.rawQuery(
        `${head} BEGIN IF ${wanted} THEN ${then ?? `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${SAYS}'`}; END IF; END`,
      );
      break;
    case 'postgres':
      await db.rawQuery(
        `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF ${wanted} THEN ${then ?? `RAISE EXCEPTION '${SAYS}'`}; END IF; RETURN NEW; END $$`,
      );
      await db.rawQuery(`${head} EXECUTE FUNCTION ${name}()`);
      break;
    case 'oracle': {
      // NEW is a variable there, and numbers of errors begin at -20000
      const plsql = (text: string): string => text.replaceAll(/\bNEW\./g, ':NEW.');
      const body = then === null ? `RAISE_APPLICATION_ERROR(-20001, '${SAYS}')` : plsql(then);
      await db.rawQuery(`${head} BEGIN IF ${plsql(wanted)} THEN ${body}; END IF; END;`);
      break;
    }
    case 'mssql': {
      // after the statement, and of all its rows at once
      const event = at.replace('BEFORE', 'AFTER');
      const refuse = `RAISERROR ('${SAYS}', 16, 1); ROLLBACK TRANSACTION`;
      const each = then?.replace(/VALUES \(([^()]*)\)$/, 'SELECT $1 FROM inserted NEW') ?? refuse;
      await db.rawQuery(
        `CREATE TRIGGER ${name} ON ${on} ${event} AS BEGIN SET NOCOUNT ON; IF EXISTS (SELECT 1 FROM inserted NEW WHERE ${wanted}) BEGIN ${each} END END`,
      );
    }
  }
  try {
    return await work();
  } finally {
    await db.rawQuery(`DROP TRIGGER ${name}${client === 'postgres' ? ` ON ${on}` : ''}`);
    if (client === 'postgres') await db.rawQuery(`DROP FUNCTION ${name}()`);
  }
}

/** Refuses every UPDATE that leaves the row with `biz_id` 'no' and this. */
export const refusing = (when: string): Trigger => ({
  on: 'sms_outbox',
  at: 'BEFORE UPDATE',
  when: `NEW.biz_id = 'no' AND ${when}`,
  then: null,
});
