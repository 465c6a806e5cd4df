import type { Engine } from './dialect.ts';
import type { Tables } from './names.ts';
import { num } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';

/** In the order in which every collation has them. */
const STATUSES = [
  ...['CANCELLED', 'DELIVERED', 'EXPIRED', 'FAILED', 'HELD', 'NEW', 'REJECTED', 'SENDING', 'SENT', 'UNDELIVERED'],
  'UNKNOWN',
] as const;

/**
 * Outbox rows that no claim will ever see: of an unheard-of status, or waiting with a priority outside 0–9. Counted up to `cap`.
 * MySQL before 8.0.16 and old MariaDB parse CHECK and ignore it, so there it is asked for always, by index; where the engine enforces
 * CHECK, a look into the dictionary does as long as nobody has dropped the constraints. @throws DbError
 */
export async function unseenRows(engine: Engine, tables: Tables, cap: number): Promise<number> {
  const { dialect } = engine;
  const enforced = ENFORCED[dialect.name](tables.outbox.text);
  if (enforced !== null && num((await engine.all(enforced))[0]?.['n']) > 0) return 0;
  const rows = dialect.byIndex(tables.outbox, 'o', tables.index('outbox', 'claim'));
  const ranges =
    enforced === null
      ? [...GAPS, ...['< 0', '> 9'].map((range) => `o.status = 'NEW' AND o.eff_priority ${range}`)].map(
          (range) => sql`${rows} WHERE ${raw(range)}`,
        )
      : [sql`${dialect.passing(tables.outbox, 'o')} WHERE ${raw(STRANGE)}`];
  const counted = ranges.map(
    (from, i) => sql`SELECT one FROM (${dialect.limited(sql`SELECT 1 AS one FROM ${from}`, cap)}) u${raw(String(i))}`,
  );
  const [row] = await engine.all(sql`SELECT COUNT(*) AS n FROM (${dialect.firstOf(counted, cap)}) counted`);
  return num(row?.['n']);
}

const STRANGE = `(o.status NOT IN (${STATUSES.map((each) => `'${each}'`).join(', ')}) OR (o.status = 'NEW' AND o.priority NOT BETWEEN 0 AND 9))`;

/** What lies before, between and behind the known ones: ranges of an index, which `NOT IN` is not everywhere. */
const GAPS = [...STATUSES, null].map((status, i) =>
  [
    ...(i > 0 ? [`o.status > '${STATUSES[i - 1] ?? ''}'`] : []),
    ...(status === null ? [] : [`o.status < '${status}'`]),
  ].join(' AND '),
);

/** A statement whose `n` says whether both constraints are there; null: nobody can say whether they count. */
const ENFORCED: Readonly<Record<Engine['dialect']['name'], (outbox: string) => Sql | null>> = {
  mysql: () => null,
  postgres: (outbox) => {
    const names = ['status', 'priority'].map((what) => `${bare(outbox)}_ck_${what}`.toLowerCase());
    return sql`SELECT CASE WHEN COUNT(*) = 2 THEN 1 ELSE 0 END AS n FROM pg_constraint
      WHERE conrelid = to_regclass(${outbox}) AND convalidated AND conname = ANY(CAST(${names} AS text[]))`;
  },
  sqlite: (outbox) =>
    sql`SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(${outbox})
      AND sql LIKE '%_ck_status %' AND sql LIKE '%_ck_priority %'`,
  // sys.check_constraints, is_disabled: set by ALTER TABLE … NOCHECK CONSTRAINT
  mssql: (outbox) =>
    sql`SELECT CASE WHEN COUNT(*) = 2 THEN 1 ELSE 0 END AS n FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID(${outbox})
      AND is_disabled = 0 AND name IN (${raw(checksOf(outbox))})`,
  // ALL_CONSTRAINTS, STATUS: ENABLED or DISABLED
  oracle: (outbox) =>
    sql`SELECT CASE WHEN COUNT(*) = 2 THEN 1 ELSE 0 END AS n FROM all_constraints WHERE table_name = ${bare(outbox).toUpperCase()}
      ${outbox.includes('.') ? sql`AND owner = ${outbox.slice(0, outbox.indexOf('.')).toUpperCase()}` : raw('')} AND status = 'ENABLED' AND constraint_name IN (${raw(checksOf(outbox).toUpperCase())})`,
};

const checksOf = (outbox: string): string =>
  ['status', 'priority'].map((what) => `'${bare(outbox)}_ck_${what}'`).join(', ');

const bare = (table: string): string => table.slice(table.indexOf('.') + 1);
