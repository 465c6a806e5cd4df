import type { RowStatus } from './store.ts';

/** What a person may decide about outbox rows, by command line, page or SQL. */
export type Deed = 'CANCEL' | 'RELEASE' | 'DISCARD' | 'RETRY' | 'PURGE';

/** Rows as people name them: what is given must hold, all of it. */
export interface Selection {
  readonly ids?: readonly string[];
  readonly bizId?: string;
  readonly category?: string;
  readonly statuses: readonly RowStatus[];
  /** `result_code`; '': of rows that have none. */
  readonly code?: string;
  /** Inserted longer ago than this. */
  readonly olderThanMs?: number;
}

export interface PickedRow {
  readonly id: string;
  readonly phone: string;
  readonly status: RowStatus;
  readonly category: string;
  readonly bizId: string | null;
  readonly code: string | null;
  readonly text: string | null;
  readonly ageMs: number;
  /** True: a submission of it went out, or may have gone out, so that sending it again may reach the citizen twice. */
  readonly mayDouble: boolean;
}

/** A row of `sms_mw_command`; texts are trimmed, blank ones null. */
export interface SqlCommand {
  readonly id: string;
  readonly command: string;
  readonly rowId: string | null;
  readonly bizId: string | null;
  readonly category: string | null;
  readonly instance: string | null;
  readonly reason: string | null;
  readonly createdBy: string | null;
  readonly ageMs: number;
  /** True: somebody else had it before, and did not come to its end. */
  readonly takenOver: boolean;
  /** Up to here its rows have been seen to, by whoever had it before; null: none. */
  readonly lastRow: string | null;
  /** Rows changed so far. */
  readonly changed: number;
}

/** Whose command a change belongs to: both are written in one transaction, or neither. */
export interface Fence {
  readonly command: string;
  readonly owner: string;
  readonly leaseMs: number;
}

export interface OperateStore {
  /**
   * The next rows of a selection after the id `after`, by id; `next` goes on from there, null: that was the last. Looks at a stretch
   * of the table at a time, so that it may find none and yet go on; waits for nobody.
   */
  pickRows(selection: Selection, after: string, limit: number): Promise<{ rows: PickedRow[]; next: string | null }>;
  /**
   * Does it to those of these rows that still are in one of `from`; returns how many. With a fence the command keeps count.
   * @throws DaemonError `fenced`: somebody else has the command by now; nothing is changed
   */
  decide(deed: Deed, ids: readonly string[], from: readonly RowStatus[], fence?: Fence): Promise<number>;

  /**
   * The oldest open command that is for `instance` or for anybody, or whose instance has not come for it within `staleMs`; its lease is
   * ours from now on. `only`: of these kinds. null: there is none.
   */
  takeCommand(
    owner: string,
    instance: string,
    leaseMs: number,
    staleMs: number,
    only?: readonly string[],
  ): Promise<SqlCommand | null>;
  /** Kinds of the commands given after this one that have been carried out. */
  doneAfter(id: string): Promise<ReadonlySet<string>>;
  /** False: somebody else has it by now. */
  endCommand(id: string, owner: string, status: 'DONE' | 'FAILED', result: string): Promise<boolean>;
}
