import type { Dialect, Waiting, When } from './dialect.ts';
import { raw, sql, type Sql } from './sql.ts';

/** The rows that wait in a priority, where an index has status, eff_priority and due_at as columns. */
export function waitingByColumns(
  dialect: Pick<Dialect, 'byIndex' | 'now' | 'dueAlways'>,
  outbox: Sql,
  index: string,
  priority: Sql,
  when: When,
): Waiting {
  const time = sql`${raw(when === 'scheduled' ? '>' : '<=')} ${dialect.now}`;
  const timed = when === 'timed' ? sql` AND o.due_at > ${dialect.dueAlways}` : raw('');
  return {
    from: dialect.byIndex(outbox, 'o', index),
    // the status stands there as a literal: a partial index is not seen through a binding
    where: sql`o.status = 'NEW' AND o.eff_priority = ${priority} AND o.due_at ${time}${timed}`,
    order: raw('o.due_at, o.id'),
  };
}
