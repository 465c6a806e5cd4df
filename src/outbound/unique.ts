import type { Namesake, OutboxRow, Store } from '../db/store.ts';
import { deferred, type Finding } from '../policy/finding.ts';

/**
 * `outbox.uniqueBy: biz_id`: of the rows with one biz_id one is sent. Several daemons agree without a lock:
 * - before the claim a row gives way to any with a lower number, and to one that was sent already; while one with a higher number is being
 *   sent (its transaction was committed first), it waits;
 * - after the claim it looks once more for a lower number. Whoever has the lower one has seen the other as not claimed yet, so that the
 *   claim, and this look, come after its own row was there to be seen: of two that were claimed at the same moment the lower one goes.
 */
export interface UniqueParts {
  readonly store: Pick<Store, 'namesakes'>;
  /** Milliseconds that a biz_id is remembered, from created_at; absent: biz_id may repeat. */
  readonly uniqueWithinMs?: number;
}

type Duplicate = Finding & { readonly status: 'REJECTED' };

/** How long a row waits for the one that is being sent; an answer takes seconds. */
const WAIT_MS = 10_000;

/** Before the claim: those of these rows that are not to go, or not now, by id. */
export const givesWay = (p: UniqueParts, rows: readonly OutboxRow[]): Promise<ReadonlyMap<string, Finding>> =>
  among(p, rows, (row, others) => {
    const first = others.find((other) => counts(row, other) && !(isHigher(row, other) && other.inFlight));
    if (first) return duplicateOf(first.id);
    const sending = others.find((other) => isHigher(row, other) && other.inFlight);
    return sending ? waitsFor(sending.id) : null;
  });

/** After the claim: those that another one, which came to light in between, goes before. */
export const overtaken = (p: UniqueParts, rows: readonly OutboxRow[]): Promise<ReadonlyMap<string, Duplicate>> =>
  among(p, rows, (row, others) => {
    const first = others.find((other) => !isHigher(row, other));
    return first ? duplicateOf(first.id) : null;
  });

async function among<F extends Finding>(
  { store, uniqueWithinMs }: UniqueParts,
  rows: readonly OutboxRow[],
  judge: (row: OutboxRow, others: readonly Namesake[]) => F | null,
): Promise<ReadonlyMap<string, F>> {
  const named = rows.filter(({ bizId }) => bizId !== null);
  if (uniqueWithinMs === undefined || named.length === 0) return new Map();
  const found = await store.namesakes(
    named.map(({ bizId }) => bizId ?? ''),
    uniqueWithinMs,
  );
  return new Map(
    named.flatMap((row) => {
      const others = (found.get(row.bizId ?? '') ?? []).filter(({ id }) => id !== row.id);
      const finding = judge(row, others);
      return finding ? [[row.id, finding] as const] : [];
    }),
  );
}

const isHigher = (row: OutboxRow, other: Namesake): boolean => BigInt(other.id) > BigInt(row.id);

/** A copy that was cancelled takes nothing from its original; an original that was cancelled is not to go out as its copy. */
const counts = (row: OutboxRow, other: Namesake): boolean =>
  !isHigher(row, other) || (other.status !== 'NEW' && other.status !== 'CANCELLED');

const duplicateOf = (id: string): Duplicate => ({
  status: 'REJECTED',
  code: 'DUPLICATE',
  text: {
    zh: `biz_id 与第 ${id} 行相同（outbox.uniqueBy），只发那一行。确要再发，把 status 置为 NEW`,
    en: `same biz_id as row ${id} (outbox.uniqueBy), which is the one that counts. To send this one as well, set status to NEW`,
  },
});

const waitsFor = (id: string): Finding =>
  deferred(
    'DUPLICATE',
    WAIT_MS,
    `biz_id 与第 ${id} 行相同（outbox.uniqueBy），那一行正在发送，等它的结果`,
    `same biz_id as row ${id} (outbox.uniqueBy), which is being sent: its outcome is waited for`,
  );
