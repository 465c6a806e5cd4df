import { AGE_BANDS, type BoardStore, type Hour, type HourCounts, type TroubledRow } from './board-store.ts';
import { PRIORITIES } from './probe.ts';
import { num, str, text, type Db } from './rows.ts';
import { join, raw, sql, type Sql } from './sql.ts';
import type { RowStatus } from './store.ts';

const DAY_MS = 86_400_000;
/** Where one band of age ends and the next begins. */
const BAND_ENDS_MS = [60_000, 600_000, 3_600_000, DAY_MS];

const COUNTS = ['sent', 'delivered', 'undelivered', 'refused'] as const satisfies readonly (keyof HourCounts)[];

/** Where a message did not reach the citizen, and nobody is asked. */
const TROUBLED = "('FAILED', 'REJECTED', 'EXPIRED', 'UNDELIVERED', 'UNKNOWN')";

export function boardVerbs({ engine, dialect, tables }: Db): BoardStore {
  const { outbox, hour } = tables;

  /** The hour some days ago, as `hour_at` has it. */
  async function hourBefore(days: number): Promise<string> {
    const then = dialect.timeText(dialect.after(sql`${-days * DAY_MS}`));
    const [row = {}] = await engine.all(sql`SELECT ${then} AS told FROM ${dialect.oneRow}`);
    return str(row['told']).slice(0, 13);
  }

  return {
    async keepHours(owner, hours) {
      for (const each of hours) {
        const set = COUNTS.map((name) => sql`${raw(name)} = ${each[name]}`);
        const kept = await engine.run(
          dialect.updateByKey(hour, join(set), sql`hour_at = ${each.hour} AND owner = ${owner}`),
        );
        if (kept > 0) continue;
        await engine.run(
          dialect.insert({
            table: hour,
            columns: [
              { name: 'hour_at', kind: 'serial' },
              { name: 'owner', kind: 'serial' },
              ...COUNTS.map((name) => ({ name, kind: 'int' as const })),
            ],
            rows: [[each.hour, owner, ...COUNTS.map((name) => each[name])]],
            constant: [],
            unlessThere: ['hour_at', 'owner'],
          }),
        );
      }
    },

    async hours(days) {
      const sums = COUNTS.map((name) => raw(`SUM(h.${name}) AS ${name}`));
      const rows = await engine.all(
        sql`SELECT h.hour_at AS hour_at, ${join(sums)} FROM ${hour} h WHERE h.hour_at >= ${await hourBefore(days)}
          GROUP BY h.hour_at ORDER BY h.hour_at`,
      );
      return rows.map((row): Hour => ({
        hour: str(row['hour_at']),
        sent: num(row['sent']),
        delivered: num(row['delivered']),
        undelivered: num(row['undelivered']),
        refused: num(row['refused']),
      }));
    },

    async pruneHours(keepDays) {
      await engine.run(sql`DELETE FROM ${hour} WHERE hour_at < ${await hourBefore(keepDays)}`);
    },

    async backlog(cap) {
      const since = dialect.greatest(raw('o.created_at'), raw('COALESCE(o.send_at, o.created_at)'));
      const index = tables.index('outbox', 'claim');
      const ranges = PRIORITIES.map((p) => {
        const { from, where } = dialect.waiting(outbox, index, raw(String(p)), 'due', cap);
        const rows = sql`SELECT o.category AS category, ${since} AS since FROM ${from} WHERE ${where}`;
        return sql`SELECT category, since FROM (${dialect.limited(rows, cap)}) p${raw(String(p))}`;
      });
      const age = dialect.msBetween(raw('f.since'), dialect.now);
      const ends = BAND_ENDS_MS.map((ms, band) => raw(`WHEN a.age_ms < ${ms} THEN ${band}`));
      const rows = await engine.all(
        sql`SELECT b.category AS category, b.band AS band, COUNT(*) AS n FROM (SELECT a.category AS category,
          CASE ${join(ends, ' ')} ELSE ${raw(String(BAND_ENDS_MS.length))} END AS band FROM (SELECT f.category AS category, ${age} AS age_ms
          FROM (${dialect.firstOf(ranges, cap)}) f) a) b GROUP BY b.category, b.band`,
      );
      return rows.map((row) => ({
        category: str(row['category']),
        age: AGE_BANDS[num(row['band'])] ?? 'older',
        rows: num(row['n']),
      }));
    },

    async troubledRows(newest, held) {
      const columns = sql`${dialect.idText(raw('o.id'))} AS id, o.status AS status, o.result_code AS result_code, o.receipt_code AS receipt_code`;
      const read = async (select: Sql): Promise<TroubledRow[]> =>
        (await engine.all(select)).map((row) => ({
          id: str(row['id']),
          status: str(row['status']) as RowStatus,
          code: text(row['result_code']),
          receiptCode: text(row['receipt_code']),
        }));
      // a range of the key, though all of it: read from its end, and no further than wanted
      const latest = dialect.limited(
        sql`SELECT ${columns} FROM ${dialect.passing(outbox, 'o')} WHERE o.id > 0`,
        newest,
        raw('o.id DESC'),
      );
      const troubled = sql`SELECT n.id AS id, n.status AS status, n.result_code AS result_code, n.receipt_code AS receipt_code FROM (${latest}) n
        WHERE n.status IN ${raw(TROUBLED)} OR (n.status = 'NEW' AND n.result_code IS NOT NULL)`;
      const waiting = dialect.limited(
        sql`SELECT ${columns} FROM ${dialect.passing(outbox, 'o')} WHERE o.status = 'HELD'`,
        held,
      );
      return [...(await read(troubled)), ...(await read(waiting))];
    },
  };
}
