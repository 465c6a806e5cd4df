import type { Carrier } from '../policy/carrier.ts';
import type { RowStatus } from './store.ts';

/** How long ended rows stay in the outbox. */
export interface MoveAges {
  readonly moveAfterMs: number;
  /** What has no receipt stays at least so long. */
  readonly giveUpAfterMs: number;
}

/** How long handled messages of citizens are kept, and known; null: as long as they are kept. */
export interface InboxAges {
  readonly keepMs: number;
  readonly maskMs: number | null;
}

/** Rows of one page in the order of their ids, by what is to become of them. */
export interface Page<Fate extends string> {
  readonly rows: readonly { readonly id: string; readonly fate: Fate }[];
  /** True: none of them is old, and what comes after was inserted later still. */
  readonly young: boolean;
}

/** Rows of one kind: those in the outbox, and those that have been counted when they were moved. */
export interface Tally {
  /** 'YYYY-MM-DD' by the database's clock: when it was accepted, else when it was inserted. */
  readonly day: string;
  readonly category: string;
  readonly carrier: Carrier;
  readonly msgType: string;
  readonly status: RowStatus;
  readonly rows: number;
  /** Billed parts of all of them together. */
  readonly parts: number;
  /** Milliseconds from due to accepted, of all of them together. */
  readonly waitMs: number;
  /** Milliseconds from accepted to receipt, of all of them together. */
  readonly receiptMs: number;
}

/** What the platform said at the beginning of a day. */
export interface Balance {
  readonly day: string;
  readonly messages: number;
  /** As the database prints it. */
  readonly takenAt: string;
}

/** The verbs of housekeeping and reports. Each that changes rows is one transaction, and looks again at what it changes. */
export interface KeepingStore {
  /** The outbox behind this id. */
  outboxPage(after: string, limit: number, ages: MoveAges): Promise<Page<'moves' | 'stays'>>;
  /**
   * Those of these rows that may still go: into the history, out of the outbox, and into the statistics, all or nothing. Rows that the
   * database refuses to give up are left aside and reported.
   */
  moveRows(ids: readonly string[], ages: MoveAges): Promise<number>;
  /** Rows of the history older than this, gone for good. */
  deleteHistory(keepMs: number, limit: number): Promise<number>;
  /** Phones masked, texts wiped in the history, where it has not been done. */
  maskHistory(maskMs: number, limit: number): Promise<number>;
  /** What the two would do; reads as much of an index as there is to do. */
  dueHistory(keepMs: number, maskMs: number | null): Promise<{ readonly deleted: number; readonly masked: number }>;
  /** Citizens' messages behind this id. */
  inboxPage(after: string, limit: number, ages: InboxAges): Promise<Page<'deleted' | 'masked' | 'stays'>>;
  deleteInbox(ids: readonly string[], ages: InboxAges): Promise<number>;
  maskInbox(ids: readonly string[], ages: InboxAges): Promise<number>;
  /** What keeps the database in shape, where that is cheap; nothing on most engines. */
  care(): Promise<void>;
  /** Milliseconds until housekeeping is due; null: nobody has planned it yet. */
  keepingIn(channel: string): Promise<number | null>;
  planKeeping(channel: string, inMs: number): Promise<void>;

  /** Rows from one day to another ('YYYY-MM-DD', the second one not included); reads the outbox, and of the history nothing. */
  statistics(from: string, to: string): Promise<Tally[]>;
  /** The first reading of a day counts. */
  noteBalance(messages: number): Promise<void>;
  /** In the order of days. */
  balances(from: string, to: string): Promise<Balance[]>;
}
