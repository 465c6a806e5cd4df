import type { PolicyStore } from './policy-store.ts';
import { num, str, type Db } from './rows.ts';
import { raw, sql } from './sql.ts';
import type { RowStatus } from './store.ts';

const DAY_MS = 86_400_000;

/** What a person asks now and then; it reads every row of the outbox. */
export function statisticsVerbs({ engine, dialect, tables }: Db): Pick<PolicyStore, 'statistics'> {
  return {
    async statistics(days) {
      const prefix = dialect.start(raw('o.phone_norm'), 4);
      const rows = await engine.all(
        sql`SELECT o.category AS category, ${prefix} AS prefix, o.status AS status, COUNT(*) AS n, SUM(o.segments) AS parts
          FROM ${tables.outbox} o WHERE o.created_at >= ${dialect.after(sql`${-days * DAY_MS}`)}
          GROUP BY o.category, ${prefix}, o.status`,
      );
      return rows.map((row) => ({
        category: str(row['category']),
        prefix: str(row['prefix']),
        status: str(row['status']) as RowStatus,
        rows: num(row['n']),
        parts: num(row['parts']),
      }));
    },
  };
}
