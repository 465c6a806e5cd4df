import { setImmediate as turn } from 'node:timers/promises';
import type { Deed, Fence, OperateStore, PickedRow, Selection } from '../db/operate-store.ts';
import type { RowStatus } from '../db/store.ts';
import { DbError } from '../lib/errors.ts';

/** Rows changed in one statement: its locks are held for some milliseconds, also on SQLite. */
const BITE = 200;
/** More rows than this that the database refuses to have changed are no longer single rows. */
const MOST_REFUSED = 20;

export const ENDED = [
  ...['DELIVERED', 'UNDELIVERED', 'UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'CANCELLED'],
] as RowStatus[];

export interface DeedFacts {
  /** From which statuses it takes a row. */
  readonly from: readonly RowStatus[];
  /** … where nobody has named rows or statuses: never what has reached somebody. */
  readonly usually: readonly RowStatus[];
  /** The rows go out again: some of them perhaps a second time. */
  readonly sends: boolean;
}

const only = (sends: boolean, ...from: RowStatus[]): DeedFacts => ({ from, usually: from, sends });

export const DEEDS: Readonly<Record<Deed, DeedFacts>> = {
  CANCEL: only(false, 'NEW'),
  RELEASE: only(true, 'HELD'),
  DISCARD: only(false, 'HELD'),
  RETRY: { from: ENDED, usually: ['FAILED', 'UNDELIVERED', 'REJECTED', 'EXPIRED'], sends: true },
  PURGE: only(false, ...ENDED),
};

/** True: at least one thing says which rows are meant. */
export function isNarrow({ ids, bizId, category, code, olderThanMs }: Omit<Selection, 'statuses'>): boolean {
  return [ids, bizId, category, code, olderThanMs].some((given) => given !== undefined);
}

const LEAST_ID = (-(2n ** 63n)).toString();

/** The rows of a selection in bites, by id, from behind the id `after` on. */
export async function* bites(
  store: Pick<OperateStore, 'pickRows'>,
  selection: Selection,
  after: string | null = null,
): AsyncGenerator<PickedRow[]> {
  for (let from: string | null = after ?? LEAST_ID; from !== null; await turn()) {
    const { rows, next } = await store.pickRows(selection, from, BITE);
    if (rows.length > 0) yield rows;
    from = next;
  }
}

export interface Done {
  readonly changed: number;
  /** Of these, those that may reach a citizen a second time. */
  readonly mayDouble: number;
  /** Rows that a trigger or constraint of the bureau's, or somebody's open transaction, keeps as they are. */
  readonly refused: readonly string[];
  /** There may be more of the selection behind this row; not given: that was all. */
  readonly next?: string;
}

export interface CarryOut {
  readonly store: Pick<OperateStore, 'pickRows' | 'decide'>;
  readonly deed: Deed;
  readonly selection: Selection;
  readonly fence?: Fence;
  /** Go on behind this row. */
  readonly after?: string | null;
  /** No more rows than these; not given: all. */
  readonly most?: number;
  /** Called between bites. */
  readonly meanwhile?: () => Promise<void>;
}

/**
 * Does it to every row of the selection, in bites, each looked at again as it is changed: what has moved on meanwhile stays as it is.
 * @throws DbError, DaemonError `fenced`
 */
export async function carryOut(c: CarryOut): Promise<Done> {
  const sum = { changed: 0, mayDouble: 0, refused: [] as string[] };
  let left = c.most ?? Infinity;
  for await (const bite of bites(c.store, c.selection, c.after)) {
    const rows = bite.slice(0, left);
    const ids = rows.map(({ id }) => id);
    sum.mayDouble += DEEDS[c.deed].sends ? rows.filter(({ mayDouble }) => mayDouble).length : 0;
    sum.changed += await onEach(c, ids, sum.refused);
    left -= rows.length;
    const last = ids.at(-1);
    if (left <= 0 && last !== undefined) return { ...sum, next: last };
    await c.meanwhile?.();
  }
  return sum;
}

export interface Survey {
  readonly count: number;
  readonly mayDouble: number;
  /** The first of them. */
  readonly rows: readonly PickedRow[];
  /** Rows by `result_code` ('': none), the most frequent first. */
  readonly causes: readonly { readonly code: string; readonly rows: number }[];
}

/** How many rows a deed would be done to. Counts up to `most`. @throws DbError */
export async function survey(
  store: Pick<OperateStore, 'pickRows'>,
  selection: Selection,
  { shown, most = Infinity }: { readonly shown: number; readonly most?: number },
): Promise<Survey> {
  const rows: PickedRow[] = [];
  const causes = new Map<string, number>();
  let [count, mayDouble] = [0, 0];
  for await (const bite of bites(store, selection)) {
    const counted = bite.slice(0, most - count);
    count += counted.length;
    mayDouble += counted.filter((row) => row.mayDouble).length;
    for (const { code } of counted) causes.set(code ?? '', (causes.get(code ?? '') ?? 0) + 1);
    rows.push(...counted.slice(0, shown - rows.length));
    if (count >= most) break;
  }
  const frequent = [...causes].map(([code, n]) => ({ code, rows: n })).sort((a, b) => b.rows - a.rows);
  return { count, mayDouble, rows, causes: frequent };
}

async function onEach({ store, deed, selection, fence }: CarryOut, ids: string[], refused: string[]): Promise<number> {
  try {
    return await store.decide(deed, ids, selection.statuses, fence);
  } catch (error) {
    if (!isOneRows(error)) throw error;
  }
  let changed = 0;
  for (const id of ids) {
    try {
      changed += await store.decide(deed, [id], selection.statuses, fence);
    } catch (error) {
      if (!isOneRows(error) || refused.length >= MOST_REFUSED) throw error;
      refused.push(id);
    }
  }
  return changed;
}

/** A refused value or a locked row: perhaps only one of them has it. */
const isOneRows = (error: unknown): boolean =>
  error instanceof DbError && (error.kind === 'data' || error.kind === 'timeout');
