import type { InboxAges, KeepingStore, MoveAges, Page } from '../db/keeping-store.ts';
import type { Clock } from '../lib/clock.ts';
import { Bites, type BitePace } from './bites.ts';

const DAY_MS = 86_400_000;
/** Rows read at once; they are read by the primary key, and reading takes nothing from anybody. */
const PAGE_ROWS = 1000;

export interface KeepingRules extends MoveAges {
  readonly keepDays: number;
  /** null: nobody is made unknown before he is deleted. */
  readonly maskDays: number | null;
}

/** How many rows of each kind a pass has changed, or would change. */
export interface KeepingCounts {
  /** From the outbox to the history. */
  moved: number;
  /** From the history. */
  deleted: number;
  masked: number;
  inboxDeleted: number;
  inboxMasked: number;
}

export const noCounts = (): KeepingCounts => ({ moved: 0, deleted: 0, masked: 0, inboxDeleted: 0, inboxMasked: 0 });

export interface KeepingParts {
  readonly store: KeepingStore;
  readonly rules: KeepingRules;
  readonly pace: BitePace;
  readonly clock: Clock;
  /** Asked before each transaction: false ends the pass, another daemon has taken it over. */
  readonly mine: () => Promise<boolean>;
}

/** What is kept no longer than people may be known: submission records, queries, quarantine. */
export const knownDays = ({ keepDays, maskDays }: Pick<KeepingRules, 'keepDays' | 'maskDays'>): number =>
  Math.min(keepDays, maskDays ?? keepDays);

const inboxAges = ({ keepDays, maskDays }: KeepingRules): InboxAges => ({
  keepMs: keepDays * DAY_MS,
  maskMs: maskDays === null ? null : maskDays * DAY_MS,
});

/**
 * One pass, from wherever the one before has stopped; `done` false: it was stopped, or somebody else has taken it over. A process that
 * dies in the middle leaves every row in one of the two tables. @throws DbError
 */
export async function keepHouse(
  p: KeepingParts,
  counts: KeepingCounts,
  stop: AbortSignal,
): Promise<{ readonly done: boolean }> {
  const { store, rules } = p;
  const bites = new Bites(p.pace, p.clock);
  const ages = inboxAges(rules);
  const goesOn = async (): Promise<boolean> => !stop.aborted && (await p.mine());
  const bite = async (kind: keyof KeepingCounts, work: (rows: number) => Promise<number>): Promise<number> => {
    const rows = await bites.take(work, stop);
    counts[kind] += rows;
    return rows;
  };
  const untilNone = async (kind: keyof KeepingCounts, work: (rows: number) => Promise<number>): Promise<boolean> => {
    while (await goesOn()) if ((await bite(kind, work)) === 0) return true;
    return false;
  };
  const each = async (
    kind: keyof KeepingCounts,
    ids: readonly string[],
    work: (ids: readonly string[]) => Promise<number>,
  ) => {
    for (let at = 0; at < ids.length;) {
      if (!(await goesOn())) return false;
      const part = ids.slice(at, at + bites.rows);
      await bite(kind, () => work(part));
      at += part.length;
    }
    return true;
  };

  const steps = [
    () =>
      walk(
        (after) => store.outboxPage(after, PAGE_ROWS, rules),
        goesOn,
        (of) => each('moved', of('moves'), (ids) => store.moveRows(ids, rules)),
      ),
    () => untilNone('deleted', (rows) => store.deleteHistory(ages.keepMs, rows)),
    async () => ages.maskMs === null || untilNone('masked', (rows) => store.maskHistory(ages.maskMs ?? 0, rows)),
    () =>
      walk(
        (after) => store.inboxPage(after, PAGE_ROWS, ages),
        goesOn,
        async (of) =>
          (await each('inboxDeleted', of('deleted'), (ids) => store.deleteInbox(ids, ages))) &&
          (await each('inboxMasked', of('masked'), (ids) => store.maskInbox(ids, ages))),
      ),
  ];
  for (const step of steps) if (!(await step())) return { done: false };
  await store.care();
  return { done: true };
}

/** What a pass would do now; changes nothing. @throws DbError */
export async function keepingDue(store: KeepingStore, rules: KeepingRules): Promise<KeepingCounts> {
  const counts = noCounts();
  const ages = inboxAges(rules);
  const always = (): Promise<boolean> => Promise.resolve(true);
  await walk(
    (after) => store.outboxPage(after, PAGE_ROWS, rules),
    always,
    (of) => {
      counts.moved += of('moves').length;
      return always();
    },
  );
  Object.assign(counts, await store.dueHistory(ages.keepMs, ages.maskMs));
  await walk(
    (after) => store.inboxPage(after, PAGE_ROWS, ages),
    always,
    (of) => {
      counts.inboxDeleted += of('deleted').length;
      counts.inboxMasked += of('masked').length;
      return always();
    },
  );
  return counts;
}

/** Page after page until all are young; false as soon as one is not finished. */
async function walk<F extends string>(
  read: (after: string) => Promise<Page<F>>,
  goesOn: () => Promise<boolean>,
  finish: (of: (fate: F) => string[]) => Promise<boolean>,
): Promise<boolean> {
  for (let after = '0'; await goesOn();) {
    const { rows, young } = await read(after);
    const last = rows.at(-1);
    if (last === undefined || young) return true;
    if (!(await finish((fate) => rows.filter((row) => row.fate === fate).map(({ id }) => id)))) return false;
    after = last.id;
  }
  return false;
}
