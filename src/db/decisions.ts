import { DaemonError } from '../lib/errors.ts';
import type { Row } from './dialect.ts';
import type { Deed, OperateStore, PickedRow, Selection } from './operate-store.ts';
import { num, sortedIds, str, text, type Db } from './rows.ts';
import { join, raw, sql, unindexed, type Sql, whole } from './sql.ts';
import type { RowStatus } from './store.ts';

/** Ids that one statement looks through: some ten milliseconds, whatever the table holds. */
const STRETCH = 20_000n;

const list = (statuses: readonly RowStatus[]): Sql => raw(`(${statuses.map((status) => `'${status}'`).join(', ')})`);

/** Held by hand, or by a program that says no more than the status. */
const NO_CODE = raw("(result_code IS NULL OR result_code = '')");

/** What people decide about rows. */
export function decisionVerbs({ engine, dialect, tables }: Db): Pick<OperateStore, 'pickRows' | 'decide'> {
  const { outbox, command } = tables;
  // by key and without waiting: every row is looked at again when it is changed
  const seen = dialect.locking?.peek(outbox) ?? outbox;
  const columns = join([
    // under another name: ORDER BY id is about the number, not about its text
    sql`${dialect.idText(raw('id'))} AS picked`,
    raw('phone, status, category, biz_id, result_code, result_text, serial_no, prev_serial'),
    sql`${dialect.msBetween(raw('created_at'), dialect.now)} AS age_ms`,
  ]);

  const matching = (s: Selection): Sql =>
    unindexed(
      join(
        [
          sql`status IN ${list(s.statuses)}`,
          ...(s.bizId === undefined ? [] : [sql`biz_id = ${s.bizId}`]),
          ...(s.category === undefined ? [] : [sql`category = ${s.category}`]),
          ...(s.code === undefined ? [] : [s.code === '' ? NO_CODE : sql`result_code = ${s.code}`]),
          ...(s.olderThanMs === undefined ? [] : [sql`created_at < ${dialect.after(sql`${-s.olderThanMs}`)}`]),
        ],
        ' AND ',
      ),
    );

  // a person's word: what was deferred is due, its age counts from now, and the claim sees that it was not us
  const set: Record<Exclude<Deed, 'PURGE'>, Sql> = {
    CANCEL: raw("status = 'CANCELLED', requeued = 0"),
    DISCARD: raw("status = 'CANCELLED', requeued = 0"),
    RELEASE: sql`status = 'NEW', requeued = 0, retry_at = NULL, age_from = ${dialect.now}`,
    RETRY: sql`status = 'NEW', requeued = 0, retry_at = NULL, age_from = ${dialect.now}`,
  };

  function change(deed: Deed, ids: readonly string[], from: readonly RowStatus[]): Sql {
    const where = sql`${dialect.inList(raw('id'), 'id', ids)} AND ${unindexed(sql`status IN ${list(from)}`)}`;
    return deed === 'PURGE'
      ? sql`${dialect.deleteByKey(outbox)} WHERE ${where}`
      : dialect.updateByKey(outbox, set[deed], where);
  }

  return {
    async pickRows(selection, after, limit) {
      if (selection.ids !== undefined) {
        const ids = sortedIds(new Set(selection.ids.map((id) => BigInt(id).toString())));
        const rest = ids.filter((id) => BigInt(id) > BigInt(after)).slice(0, limit);
        if (rest.length === 0) return { rows: [], next: null };
        const rows = await engine.all(
          sql`SELECT ${columns} FROM ${seen} WHERE ${dialect.inList(raw('id'), 'id', rest)} AND ${matching(selection)} ORDER BY id`,
        );
        return { rows: rows.map(readPicked), next: rest.length < limit ? null : (rest.at(-1) ?? null) };
      }
      const least = dialect.limited(sql`SELECT id FROM ${seen} WHERE id > ${whole(BigInt(after))}`, 1, raw('id'));
      const [first] = await engine.all(sql`SELECT ${dialect.idText(raw('f.id'))} AS id FROM (${least}) f`);
      if (first === undefined) return { rows: [], next: null };
      const from = BigInt(str(first['id']));
      const found = await engine.all(
        dialect.limited(
          sql`SELECT ${columns} FROM ${seen} WHERE id >= ${whole(from)} AND id < ${whole(from + STRETCH)} AND ${matching(selection)}`,
          limit,
          raw('id'),
        ),
      );
      const rows = found.map(readPicked);
      return { rows, next: rows.length < limit ? (from + STRETCH - 1n).toString() : (rows.at(-1)?.id ?? null) };
    },

    async decide(deed, ids, from, fence) {
      if (ids.length === 0) return 0;
      const sorted = sortedIds(ids);
      if (fence === undefined) return engine.run(change(deed, sorted, from));
      return engine.tx(async (session) => {
        const changed = await session.run(change(deed, sorted, from));
        const counted = await session.run(
          sql`UPDATE ${command} SET last_row = ${whole(BigInt(sorted.at(-1) ?? '0'))}, changed = changed + ${changed},
            lease_until = ${dialect.after(sql`${fence.leaseMs}`)}
            WHERE ${dialect.inList(raw('id'), 'id', [fence.command])} AND ${unindexed(sql`status = 'RUNNING' AND owner = ${fence.owner}`)}`,
        );
        if (counted === 0) throw taken();
        return changed;
      });
    },
  };
}

function readPicked(row: Row): PickedRow {
  const status = str(row['status']) as RowStatus;
  return {
    id: str(row['picked']),
    phone: str(row['phone']),
    status,
    category: str(row['category']),
    bizId: text(row['biz_id']),
    code: text(row['result_code']),
    text: text(row['result_text']),
    ageMs: num(row['age_ms']),
    mayDouble: mayDouble(status, text(row['serial_no']), text(row['prev_serial'])),
  };
}

/**
 * HELD keeps its serial only while the outcome of that submission is unknown (what an edited row gave up says nothing of the text that
 * it shows now); of what has ended, the refused and the undelivered surely reached nobody.
 */
export function mayDouble(status: RowStatus, serial: string | null, earlier: string | null): boolean {
  if (status === 'HELD') return serial !== null;
  if (status === 'CANCELLED') return serial !== null || earlier !== null;
  return status === 'SENT' || status === 'DELIVERED' || status === 'UNKNOWN';
}

const taken = (): DaemonError =>
  new DaemonError('fenced', {
    zh: '这条命令已由别的守护进程接手，其余的由它执行',
    en: 'another daemon has taken this command over and does the rest',
  });
