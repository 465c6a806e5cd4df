import { DbError } from '../lib/errors.ts';
import type { Aside } from './aside.ts';
import type { Dialect, Engine } from './dialect.ts';
import { isolated, type Refused } from './isolate.ts';
import type { Tables } from './names.ts';
import { sortedIds, str } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';

/** More rows than this in other transactions are no longer single rows: the statement comes again later, as a whole. */
const MOST_LOCKED = 50;

/**
 * Runs `work` on outbox rows at once. Those that the database refuses to have changed, and those that somebody's open transaction
 * keeps locked, are left aside and reported; the others go on. `work` returns rows changed, and changes nothing when it fails.
 * @throws DbError where it is not the fault of single rows
 */
export type EachRow = <T>(
  items: readonly T[],
  idOf: (item: T) => string,
  work: (part: readonly T[]) => Promise<number>,
) => Promise<{ done: number; refused: readonly Refused<T>[] }>;

export function eachRowOf(
  engine: Engine,
  dialect: Dialect,
  tables: Tables,
  aside: Aside,
  locks: { readonly told: boolean },
): EachRow {
  return async (items, idOf, work) => {
    try {
      const { done, refused } = await isolated(items, work);
      aside.put(refused, idOf);
      return { done, refused };
    } catch (error) {
      if (!(error instanceof DbError && error.kind === 'timeout')) throw error;
      const locked = await lockedBy(error, items.map(idOf));
      const late = items.filter((item) => locked.has(idOf(item))).map((item) => ({ item, error }));
      aside.put(late, idOf);
      const { done, refused } = await isolated(
        items.filter((item) => !locked.has(idOf(item))),
        work,
      );
      aside.put(refused, idOf);
      return { done, refused: [...late, ...refused] };
    }
  };

  /** Which of these rows another transaction keeps. @throws the time-out, where it had another reason */
  async function lockedBy(timeout: DbError, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const { locking } = dialect;
    if (locking === null || !locks.told) throw timeout;
    const rowsOf = (table: Sql): Sql => sql`SELECT ${dialect.idText(raw('id'))} AS id FROM ${table}
      WHERE ${dialect.inList(raw('id'), 'id', sortedIds(ids))}`;
    const rows = rowsOf(locking.peek(tables.outbox));
    const free = sql`${rowsOf(locking.free(tables.outbox))}${locking.clause}`;
    const locked = await engine
      .tx(async (session) => {
        const there = (await session.all(rows)).map((row) => str(row['id']));
        const open = new Set((await session.all(free)).map((row) => str(row['id'])));
        return new Set(there.filter((id) => !open.has(id)));
      })
      .catch(() => new Set<string>()); // an engine that does not know the clause
    if (locked.size === 0 || locked.size > MOST_LOCKED) throw timeout;
    return locked;
  }
}
