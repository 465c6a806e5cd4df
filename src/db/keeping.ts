import type { Dialect } from './dialect.ts';
import type { KeepingStore, MoveAges, InboxAges, Page } from './keeping-store.ts';
import { itself, num, sortedIds, str, type Db } from './rows.ts';
import { join, raw, sql, unindexed, type Sql } from './sql.ts';
import { countMoved } from './statistics.ts';

type Verbs = Omit<KeepingStore, 'keepingIn' | 'planKeeping' | 'statistics' | 'noteBalance' | 'balances'>;

/** What the two tables have in common, in the order of the schema files. */
export const MOVED_COLUMNS = [
  ...['id', 'phone', 'content', 'template_code', 'params', 'msg_type', 'category', 'priority', 'send_at', 'expire_at'],
  ...['ext_no', 'inbox_id', 'biz_id', 'source', 'channel', 'created_at', 'status', 'result_code', 'result_text'],
  ...['segments', 'attempts', 'serial_no', 'task_id', 'sent_at', 'receipt_code', 'receipt_at', 'phone_norm'],
  ...['eff_priority', 'retry_at', 'due_at', 'age_from', 'claim_token', 'lease_until', 'prev_serial', 'requeued'],
  ...['solo', 'text_mark', 'overruled'],
];

const HANDLED = raw("status IN ('DONE', 'AUTO')");
const before = (dialect: Dialect, ms: number): Sql => dialect.after(sql`${-ms}`);

/** A mobile number keeps its ends, whatever else stood there goes. */
const maskedPhone = (dialect: Dialect, column: string): Sql =>
  sql`CASE WHEN ${raw(column)} LIKE '___________' THEN ${dialect.masked(raw(column))} ELSE '****' END`;

/** Nothing has happened to the row, and nobody has worked on it, since. */
const lastDeed = (dialect: Dialect): Sql =>
  dialect.greatest(
    raw('created_at'),
    ...['send_at', 'sent_at', 'receipt_at', 'age_from', 'lease_until'].map((c) => raw(`COALESCE(${c}, created_at)`)),
  );

function ended(dialect: Dialect, { moveAfterMs, giveUpAfterMs }: MoveAges): Sql {
  const since = lastDeed(dialect);
  const unproven = Math.max(moveAfterMs, giveUpAfterMs);
  return sql`(status IN ('DELIVERED', 'UNDELIVERED') AND ${since} < ${before(dialect, moveAfterMs)}
    OR status IN ('UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND ${since} < ${before(dialect, unproven)})`;
}

const overdue = (dialect: Dialect, ages: InboxAges): Sql =>
  sql`${HANDLED} AND created_at < ${before(dialect, ages.keepMs)}`;

const known = (dialect: Dialect, { maskMs }: InboxAges): Sql =>
  maskMs === null
    ? raw('1 = 0')
    : sql`${HANDLED} AND created_at < ${before(dialect, maskMs)} AND (content IS NOT NULL OR args IS NOT NULL OR phone NOT LIKE '%*%')`;

/** Ended rows out of the outbox, old ones out of the history, citizens out of both. */
export function keepingVerbs(db: Db): Verbs {
  const { engine, dialect, tables, eachRow } = db;
  const { outbox, history, inbox } = tables;

  /** By the primary key, and waiting for nobody; `id` is a number only under a name of its own: in text 10 comes before 2. */
  async function page<F extends string>(
    table: Sql,
    fates: readonly (readonly [F, Sql])[],
    oldMs: number,
    after: string,
    limit: number,
  ): Promise<Page<F | 'stays'>> {
    const cases = fates.map(([fate, condition]) => sql`WHEN ${condition} THEN ${raw(`'${fate}'`)}`);
    const found = await engine.all(
      dialect.limited(
        sql`SELECT ${dialect.idText(raw('id'))} AS row_id, CASE ${join(cases, ' ')} ELSE 'stays' END AS fate,
          CASE WHEN created_at < ${before(dialect, oldMs)} THEN 1 ELSE 0 END AS old
          FROM ${dialect.locking?.peek(table) ?? table} WHERE id > ${BigInt(after)}`,
        limit,
        raw('id'),
      ),
    );
    return {
      rows: found.map((row) => ({ id: str(row['row_id']), fate: str(row['fate']) as F | 'stays' })),
      young: found.every((row) => num(row['old']) === 0),
    };
  }

  async function changeHistory(condition: Sql, limit: number, change: (rows: Sql) => Sql): Promise<number> {
    const found = await engine.all(
      dialect.limited(
        sql`SELECT ${dialect.idText(raw('id'))} AS id FROM ${dialect.byIndex(history, '', tables.index('history', 'age'))} WHERE ${condition}`,
        limit,
      ),
    );
    if (found.length === 0) return 0;
    const ids = sortedIds(found.map((row) => str(row['id'])));
    return engine.run(change(sql`${dialect.inList(raw('id'), 'id', ids)} AND ${unindexed(condition)}`));
  }

  // both values of `masked`, so that the index serves it
  const tooOld = (keepMs: number): Sql => sql`masked IN (0, 1) AND created_at < ${before(dialect, keepMs)}`;
  const unmasked = (maskMs: number): Sql => sql`masked = 0 AND created_at < ${before(dialect, maskMs)}`;

  return {
    outboxPage: (after, limit, ages) => page(outbox, [['moves', ended(dialect, ages)]], ages.moveAfterMs, after, limit),

    async moveRows(ids, ages) {
      const { done } = await eachRow(sortedIds(ids), itself, (part) =>
        engine.tx(async (session) => {
          // held, so that nobody sets one back to NEW and no receipt reaches it between the copy and the deletion
          const free = dialect.locking?.free(outbox) ?? outbox;
          const held = await session.all(
            sql`SELECT ${dialect.idText(raw('id'))} AS id FROM ${free}
              WHERE ${dialect.inList(raw('id'), 'id', part)} AND ${unindexed(ended(dialect, ages))}${dialect.locking?.waiting ?? raw('')}`,
          );
          if (held.length === 0) return 0;
          const these = dialect.inList(raw('id'), 'id', sortedIds(held.map((row) => str(row['id']))));
          const columns = raw(MOVED_COLUMNS.join(', '));
          await session.run(
            sql`INSERT INTO ${history} (${columns}, moved_at) SELECT ${columns}, ${dialect.now} FROM ${free} WHERE ${these}`,
          );
          await countMoved(db, session, sql`${free} WHERE ${these}`);
          return session.run(sql`${dialect.deleteByKey(outbox)} WHERE ${these}`);
        }),
      );
      return done;
    },

    deleteHistory: (keepMs, limit) =>
      changeHistory(tooOld(keepMs), limit, (rows) => sql`${dialect.deleteByKey(history)} WHERE ${rows}`),

    maskHistory: (maskMs, limit) =>
      changeHistory(unmasked(maskMs), limit, (rows) =>
        dialect.updateByKey(
          history,
          sql`phone = ${maskedPhone(dialect, 'phone_norm')}, phone_norm = ${maskedPhone(dialect, 'phone_norm')}, content = NULL, params = NULL, masked = 1`,
          rows,
        ),
      ),

    async dueHistory(keepMs, maskMs) {
      const byAge = dialect.byIndex(history, '', tables.index('history', 'age'));
      const count = (condition: Sql): Sql => sql`(SELECT COUNT(*) FROM ${byAge} WHERE ${condition})`;
      const masked = maskMs === null ? raw('0') : count(unmasked(maskMs));
      const [row = {}] = await engine.all(
        sql`SELECT ${count(tooOld(keepMs))} AS too_old, ${masked} AS unmasked FROM ${dialect.oneRow}`,
      );
      return { deleted: num(row['too_old']), masked: num(row['unmasked']) };
    },

    inboxPage(after, limit, ages) {
      const oldMs = Math.min(ages.keepMs, ages.maskMs ?? ages.keepMs);
      const fates = [
        ['deleted', overdue(dialect, ages)],
        ['masked', known(dialect, ages)],
      ] as const;
      return page(inbox, fates, oldMs, after, limit);
    },

    deleteInbox: (ids, ages) =>
      engine.run(
        sql`${dialect.deleteByKey(inbox)} WHERE ${dialect.inList(raw('id'), 'id', sortedIds(ids))} AND ${unindexed(overdue(dialect, ages))}`,
      ),

    maskInbox: (ids, ages) =>
      engine.run(
        dialect.updateByKey(
          inbox,
          sql`phone = ${maskedPhone(dialect, 'phone')}, content = NULL, keyword = NULL, args = NULL`,
          sql`${dialect.inList(raw('id'), 'id', sortedIds(ids))} AND ${unindexed(known(dialect, ages))}`,
        ),
      ),

    async care() {
      for (const statement of dialect.care) await engine.all(statement);
    },
  };
}
