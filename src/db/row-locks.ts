import { DbError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { Db } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';
import type { Store } from './store.ts';

/**
 * What an engine makes of "pass over what others have locked", found out and not believed: told: it does · ignored: it takes the words
 * and locks nothing (TiDB) · refused: it does not know them · none: it locks no single rows (SQLite).
 */
export type RowLocks = 'told' | 'ignored' | 'refused' | 'none';

/** No claim rests on it: it only tells which rows of a batch somebody keeps locked. */
export const ROW_LOCKS: Record<RowLocks, Text> = {
  told: { zh: '能分辨被锁的行（SKIP LOCKED 有效）', en: 'locked rows are told apart (SKIP LOCKED works)' },
  ignored: {
    zh: 'SKIP LOCKED 不起作用（TiDB 一类），不用它：某行被锁时整批稍后再试',
    en: 'SKIP LOCKED does nothing here (as on TiDB) and is not used: where a row is locked, its batch comes again later',
  },
  refused: {
    zh: '不支持 SKIP LOCKED：某行被锁时整批稍后再试',
    en: 'SKIP LOCKED is not known here: where a row is locked, its batch comes again later',
  },
  none: { zh: '没有行锁', en: 'there are no row locks' },
};

/** Two transactions and one row, that of this daemon in the status table: does the second see what the first has locked? */
export function rowLockVerbs({ engine, dialect, tables, locks }: Db): Pick<Store, 'rowLocks'> {
  async function ask(identity: string): Promise<RowLocks> {
    const { locking } = dialect;
    if (locking === null) return 'none';
    const column = raw(dialect.quoted('identity'));
    const row: Sql = sql`SELECT ${column} AS ${column} FROM ${locking.free(tables.status)} WHERE ${column} = ${identity}${locking.clause}`;
    try {
      return await engine.tx(async (mine) => {
        // it is there, so somebody else has it, and it was passed over
        if ((await mine.all(row)).length === 0) return 'told';
        const seen = await engine.tx((other) => other.all(row));
        return seen.length === 0 ? 'told' : 'ignored';
      });
    } catch (error) {
      if (error instanceof DbError && (error.kind === 'other' || error.kind === 'timeout')) return 'refused';
      throw error;
    }
  }

  return {
    async rowLocks(identity) {
      const found = await ask(identity);
      locks.told = found === 'told';
      return found;
    },
  };
}
