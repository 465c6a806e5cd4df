import { byId, num, str, type Db } from './rows.ts';
import { raw, sql, unindexed } from './sql.ts';
import type { RowStatus, Store } from './store.ts';

/** Rows that the bureau has given one and the same biz_id. */
export function namesakeVerbs({ engine, dialect, tables }: Db): Pick<Store, 'namesakes'> {
  return {
    async namesakes(bizIds, withinMs) {
      if (bizIds.length === 0) return new Map();
      const counts = sql`o.status NOT IN ('FAILED', 'REJECTED', 'EXPIRED')
        AND (o.created_at > ${dialect.after(sql`${-withinMs}`)} OR o.status IN ('NEW', 'SENDING', 'HELD'))`;
      const rows = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id, o.biz_id AS biz_id, o.status AS status,
          CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight
          FROM ${tables.outbox} o WHERE ${dialect.inList(raw('o.biz_id'), 'word', [...new Set(bizIds)].sort())} AND ${unindexed(counts)}`,
      );
      const read = rows.map((row) => ({
        id: str(row['id']),
        bizId: str(row['biz_id']),
        status: str(row['status']) as RowStatus,
        inFlight: num(row['in_flight']) === 1,
      }));
      return Map.groupBy(byId(read), ({ bizId }) => bizId);
    },
  };
}
