import type { Aside } from './aside.ts';
import type { Dialect, Engine, Row } from './dialect.ts';
import type { EachRow } from './each-row.ts';
import type { Tables } from './names.ts';
import { join, raw, sql, type Sql } from './sql.ts';
import type { OutboxRow, RowStatus } from './store.ts';
import type { Words } from './words.ts';

/** What every verb works with. */
export interface Db {
  readonly engine: Engine;
  readonly dialect: Dialect;
  readonly tables: Tables;
  readonly aside: Aside;
  readonly eachRow: EachRow;
  readonly words: Words;
  /** Whether the engine tells locked rows from free ones; believed until it is found out. */
  readonly locks: { told: boolean };
}

export const text = (value: unknown): string | null =>
  value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);

export const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

/** Of a column that is never null. */
export const str = (value: unknown): string => text(value) ?? '';
export const num = (value: unknown): number => number(value) ?? 0;

export const compareIds = (a: string, b: string): number => {
  const x = BigInt(a);
  const y = BigInt(b);
  return x < y ? -1 : x > y ? 1 : 0;
};

export const idOf = ({ id }: { readonly id: string }): string => id;
export const itself = (id: string): string => id;

/** Rows are touched in the order of their ids everywhere: two daemons then wait for each other instead of dead-locking. */
export const sortedIds = (ids: Iterable<string>): string[] => [...ids].sort(compareIds);
export const byId = <T extends { readonly id: string }>(rows: Iterable<T>): T[] =>
  [...rows].sort((a, b) => compareIds(a.id, b.id));

/**
 * True of a row waiting as NEW that a person put there: it was tried or refused before, and it was not us who put it back.
 * When they did it is not known; nothing of its age is held against it.
 */
export const RESET_BY_PERSON = raw(
  '(o.requeued <> 1 AND (o.serial_no IS NOT NULL OR o.prev_serial IS NOT NULL OR o.result_code IS NOT NULL))',
);

/** A row's new status, unless a receipt came before the answer: that one proves that the platform had accepted. */
export function afterReceipt(status: RowStatus): Sql {
  return sql`CASE WHEN receipt_code IS NULL THEN ${status} WHEN receipt_code = '0' THEN 'DELIVERED' ELSE 'UNDELIVERED' END`;
}

/** … and what goes with it; `text` is the answer's own. */
export function textAfterReceipt(dialect: Dialect, text: Sql, { delivered, undelivered }: Words): Sql {
  return sql`CASE WHEN receipt_code IS NULL THEN ${text} WHEN receipt_code = '0' THEN ${dialect.text(delivered)} ELSE ${dialect.text(undelivered)} END`;
}

/** `OutboxRow.ageMs`; of a row that a person has put back it counts from the claim. */
export function ageMs(dialect: Dialect, waiting: boolean): Sql {
  const began = dialect.greatest(
    raw('o.created_at'),
    raw('COALESCE(o.send_at, o.created_at)'),
    raw('COALESCE(o.age_from, o.created_at)'),
  );
  const age = dialect.msBetween(began, dialect.now);
  return waiting ? sql`CASE WHEN ${RESET_BY_PERSON} THEN 0 ELSE ${age} END` : age;
}

/** What a person may not change while the row is being sent: it decides what goes out, to whom and how. */
const MARKED = ['phone', 'ext_no', 'content', 'template_code', 'params', 'msg_type', 'inbox_id', 'channel'];

/** `OutboxRow.mark`; `alias` with its dot. */
export const rowMark = (dialect: Dialect, alias = ''): Sql =>
  dialect.checksum(...MARKED.map((column) => raw(alias + column)));

/** The columns of an `OutboxRow` of alias `o`; `waiting`: as a candidate sees it, else as its claimer does. */
export function rowColumns(dialect: Dialect, waiting: boolean): Sql {
  const age = ageMs(dialect, waiting);
  return join([
    sql`${dialect.idText(raw('o.id'))} AS id`,
    raw(
      'o.phone AS phone, o.content AS content, o.template_code AS template_code, o.params AS params, o.msg_type AS msg_type, o.category AS category',
    ),
    raw(
      'o.eff_priority AS priority, o.ext_no AS ext_no, o.channel AS channel, o.source AS source, o.biz_id AS biz_id, o.solo AS solo, o.requeued AS requeued, o.overruled AS overruled',
    ),
    sql`${dialect.idText(raw('o.inbox_id'))} AS inbox_id`,
    sql`${dialect.msBetween(dialect.now, raw('o.expire_at'))} AS expires_in`,
    sql`${age} AS age_ms`,
    sql`${dialect.timeText(raw('o.created_at'))} AS created_at`,
    sql`${rowMark(dialect, 'o.')} AS mark`,
    raw('CASE WHEN o.claim_token IS NULL THEN 0 ELSE 1 END AS in_flight'),
    raw(waiting ? 'COALESCE(o.serial_no, o.prev_serial) AS prev_serial' : 'o.prev_serial AS prev_serial'),
    raw(waiting ? 'o.result_code AS last_code' : 'NULL AS last_code'),
  ]);
}

/** `requeued` is 1 on a row that we put back and 2 once it was claimed after that: a reset by hand of a claimed row is then told apart. */
export function readRow(row: Row, waiting: boolean): OutboxRow {
  return {
    id: str(row['id']),
    phone: str(row['phone']),
    content: text(row['content']),
    templateCode: text(row['template_code']),
    params: text(row['params']),
    msgType: str(row['msg_type']),
    category: str(row['category']),
    priority: num(row['priority']),
    extNo: text(row['ext_no']),
    inboxId: text(row['inbox_id']),
    channel: text(row['channel']),
    source: text(row['source']),
    bizId: text(row['biz_id']) || null,
    expiresInMs: number(row['expires_in']),
    ageMs: num(row['age_ms']),
    createdAt: str(row['created_at']),
    prevSerial: text(row['prev_serial']),
    requeued: num(row['requeued']) === (waiting ? 1 : 2),
    lastCode: text(row['last_code']),
    overruled: text(row['overruled']),
    inFlight: waiting && num(row['in_flight']) === 1,
    solo: num(row['solo']) === 1,
    mark: str(row['mark']),
  };
}
