import { compareIds, sortedIds, str, type Db } from './rows.ts';
import { raw, sql } from './sql.ts';
import type { Store } from './store.ts';

/** Who may be answered, and was it done already. */
export function replyVerbs({ engine, dialect, tables }: Db): Pick<Store, 'inboxPhones' | 'answered'> {
  return {
    async inboxPhones(inboxIds) {
      if (inboxIds.length === 0) return new Map();
      const ids = sortedIds(new Set(inboxIds));
      const rows = await engine.all(
        sql`SELECT ${dialect.idText(raw('m.inbox_id'))} AS id, m.phone AS phone FROM ${tables.seen} m WHERE ${dialect.inList(raw('m.inbox_id'), 'id', ids)}
          UNION ALL
          SELECT ${dialect.idText(raw('i.id'))} AS id, i.phone AS phone FROM ${tables.inbox} i WHERE ${dialect.inList(raw('i.id'), 'id', ids)}`,
      );
      return new Map(rows.map((row) => [str(row['id']), str(row['phone'])]));
    },

    async answered(rows) {
      if (rows.length === 0) return new Set();
      const others = await engine.all(
        sql`SELECT ${dialect.idText(raw('o.id'))} AS id, ${dialect.idText(raw('o.inbox_id'))} AS inbox_id, o.content AS content, o.template_code AS template_code, o.params AS params,
          o.status AS status
          FROM ${tables.outbox} o WHERE ${dialect.inList(raw('o.inbox_id'), 'id', sortedIds(new Set(rows.map((row) => row.inboxId))))}
          AND o.status NOT IN ('FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND NOT (o.status = 'HELD' AND o.attempts = 0)`,
      );
      const key = (inboxId: unknown, content: unknown, templateCode: unknown, params: unknown): string =>
        JSON.stringify([inboxId, content ?? '', templateCode ?? null, params ?? null]);
      const same = new Map<string, { id: string; waits: boolean }[]>();
      for (const row of others) {
        const k = key(str(row['inbox_id']), row['content'], row['template_code'], row['params']);
        const waits = row['status'] === 'NEW' || row['status'] === 'SENDING';
        same.set(k, [...(same.get(k) ?? []), { id: str(row['id']), waits }]);
      }
      // of those that have not gone yet the first inserted is the answer: both looking at each other would silence both
      const before = (id: string, other: { id: string; waits: boolean }): boolean =>
        other.id !== id && (!other.waits || compareIds(other.id, id) < 0);
      const doubled = rows.filter((row) =>
        same.get(key(row.inboxId, row.content, row.templateCode, row.params))?.some((other) => before(row.id, other)),
      );
      return new Set(doubled.map((row) => row.id));
    },
  };
}
