import { num, number, str, text, type Db } from './rows.ts';
import { raw, sql } from './sql.ts';
import type { Store } from './store.ts';

/** No row has it: a bound makes every engine read by the key. */
const ABOVE_ALL = '9223372036854775807';

/** What came in, for whoever wants to play it again. */
export function recordingVerbs({ engine, dialect, tables }: Db): Pick<Store, 'past'> {
  return {
    async past(what, before, limit) {
      const own =
        what === 'outbox' ? 'o.category AS category, o.eff_priority AS priority, o.segments AS segments, ' : '';
      const rows = await engine.all(
        dialect.limited(
          sql`SELECT ${dialect.idText(raw('o.id'))} AS id, ${dialect.epochMs(raw('o.created_at'))} AS at_ms, o.phone AS phone,
            o.content AS content, ${raw(own)}o.ext_no AS ext_no FROM ${dialect.passing(tables[what], 'o')} WHERE o.id < ${before ?? ABOVE_ALL}`,
          limit,
          raw('o.id DESC'),
        ),
      );
      return rows.map((row) => ({
        ...{ id: str(row['id']), atMs: num(row['at_ms']), phone: str(row['phone']), content: text(row['content']) },
        ...{ category: text(row['category']), priority: number(row['priority']), extNo: text(row['ext_no']) },
        segments: number(row['segments']),
      }));
    },
  };
}
