import type { Text } from '../lib/text.ts';
import type { BoardStore } from './board-store.ts';
import type { KeepingStore } from './keeping-store.ts';
import type { OperateStore } from './operate-store.ts';
import type { PolicyStore } from './policy-store.ts';

/**
 * The verbs the loops use. No SQL, no engine name and no driver error passes this line: every failure is a `DbError`.
 * All times live in the database's clock; what crosses is milliseconds relative to its "now". Ids are decimal strings.
 */

import type { RowLocks } from './row-locks.ts';

/** Contract §2.3. */
export type RowStatus =
  | 'NEW'
  | 'SENDING'
  | 'SENT'
  | 'DELIVERED'
  | 'UNDELIVERED'
  | 'UNKNOWN'
  | 'FAILED'
  | 'REJECTED'
  | 'EXPIRED'
  | 'HELD'
  | 'CANCELLED';

/** A row as a claim sees it. */
export interface OutboxRow {
  readonly id: string;
  readonly phone: string;
  readonly content: string | null;
  readonly templateCode: string | null;
  /** Values for the template, as the bureau wrote them. */
  readonly params: string | null;
  readonly msgType: string;
  readonly category: string;
  /** eff_priority: 0 first … 9 last, replies already raised. */
  readonly priority: number;
  readonly extNo: string | null;
  readonly inboxId: string | null;
  readonly channel: string | null;
  readonly source: string | null;
  /** The bureau's own reference; null also where it is empty. */
  readonly bizId: string | null;
  /** Milliseconds until expire_at by the database's clock, negative when past; null: never. */
  readonly expiresInMs: number | null;
  /** Milliseconds since the contract's age start (created_at, send_at, age_from: the latest). */
  readonly ageMs: number;
  /** created_at as the database prints it; part of the journal key. */
  readonly createdAt: string;
  /** The serial of the row's previous try that it still knows: COALESCE(serial_no, prev_serial) while NEW, prev_serial once claimed (the claim keeps the older one when serial_no was null). */
  readonly prevSerial: string | null;
  /** True when it was us who put the row back to NEW; false with a prevSerial or lastCode means that a person did. */
  readonly requeued: boolean;
  /** result_code that the row still shows while NEW: why it came back or was held. Cleared by the claim (then null). */
  readonly lastCode: string | null;
  /** What a person has overruled before this, as `overrule` wrote it; null: nothing. */
  readonly overruled: string | null;
  /** Waiting, and yet it carries a claim: a person set it to NEW while it was being sent. */
  readonly inFlight: boolean;
  /** True: must be submitted alone (the platform refused a group without naming the number). */
  readonly solo: boolean;
  /** Checksum of everything that decides what goes out to whom: a row that shows another one has been edited since. */
  readonly mark: string;
}

/** Another row with the same biz_id. */
export interface Namesake {
  readonly id: string;
  readonly status: RowStatus;
  /** It carries a claim, whatever its status says: somebody may have changed that by hand. */
  readonly inFlight: boolean;
}

/** The codes for which a row was stopped and a person has put it back, as the row keeps them. */
export interface Overruled {
  readonly id: string;
  readonly mark: string;
  /** The mark of the row as it was then, and the codes, with blanks between them; no more than 200 characters. */
  readonly overruled: string;
}

/** What a claim writes into one row, in the same statement as its token. */
export interface ClaimItem {
  readonly id: string;
  /** null for rows that the check has already refused. */
  readonly serial: string | null;
  /** Normalised number, null when it is not one. */
  readonly phoneNorm: string | null;
  readonly segments: number;
  /** As the candidate showed them: a row that has been tried or edited in between is not taken. */
  readonly prevSerial: string | null;
  readonly mark: string;
  /** A person put the row back (not requeued, though it has an earlier serial or code): its age counts from now. */
  readonly resetByHand: boolean;
}

/** One phone of a submission; membership never changes once written. */
export interface Member {
  readonly id: string;
  readonly phone: string;
  /** The row's serial before this one: the chain that `explain` follows. */
  readonly prev: string | null;
}

/**
 * OPEN: written before the first byte, no answer known · ACCEPTED: waiting for receipts until next_at · DONE: nothing more to
 * come (all refused, or given up waiting) · VOID: surely never reached the platform · HELD: outcome unknown for too long
 */
export type SubmitState = 'OPEN' | 'ACCEPTED' | 'DONE' | 'VOID' | 'HELD';

export interface NewSubmit {
  readonly serial: string;
  readonly channel: string;
  readonly body: string;
  readonly extNo: string | null;
  /** The platform's number of the template that the body comes from; null: none is known. */
  readonly templateId: string | null;
  readonly priority: number;
  /** Billed parts of the body for one phone. */
  readonly segments: number;
  readonly members: readonly Member[];
}

export interface OpenResult {
  readonly unrecorded: ReadonlySet<string>;
  /** Of these, the ones that another daemon has used; not empty: whatever makes our serials makes somebody else's, too. */
  readonly taken: ReadonlySet<string>;
}

export interface Submit extends NewSubmit {
  readonly state: SubmitState;
  /**
   * At most how often the request has gone out. Counted before the post, so that a crash in between never makes a repeat look like a
   * first try; a take-over that ends without a post, since a receipt has proved the first one, counts as well.
   */
  readonly tries: number;
  /** Readable answers with a code that leaves the outcome open (20, unheard-of ones). */
  readonly unknownCodes: number;
  readonly resultCode: string | null;
  /** null for an acceptance: the code says it all. */
  readonly resultText: string | null;
  readonly taskId: string | null;
  /** Milliseconds since the first try. */
  readonly ageMs: number;
  /** Receipts that came for this serial but not for its row's present try. */
  readonly lateReceipts: number;
  /** Times as the database prints them. */
  readonly firstTryAt: string;
  readonly lastTryAt: string;
  readonly settledAt: string | null;
}

/** One row's new state after an answer (or the lack of one). Applied only while the row still carries `serial`. */
export interface RowResult {
  readonly id: string;
  readonly serial: string;
  /**
   * SENT: from SENDING, or CANCELLED (cancelled too late); a receipt that came early turns it into DELIVERED/UNDELIVERED at once ·
   * FAILED, HELD: from SENDING (or CANCELLED for FAILED); HELD as `EDITED` gives up its serial (serial_no → prev_serial), since the
   * text that the row now shows was never sent under it · NEW: back, due after delayMs · SENDING: outcome unknown, stays ·
   * CANCELLED: stays, with what is to be said about it.
   * What the platform has said of the message (SENT, FAILED) is true whoever heard it; everything else counts only while `owner` owns the
   * submission: another daemon may have taken it over and know better.
   */
  readonly status: 'SENT' | 'FAILED' | 'HELD' | 'NEW' | 'SENDING' | 'CANCELLED';
  /** Who made the call, as `open` or `takeOpen` recorded it. */
  readonly owner: string;
  /** null with NEW: nothing to say (the daemon stopped). */
  readonly code: string | null;
  readonly text: string | null;
  readonly taskId: string | null;
  /** With NEW: not before now + delayMs, and the age counts from then. */
  readonly delayMs: number;
  readonly solo: boolean;
  /** Posts to count into `attempts` (0 when surely nothing went out). */
  readonly posts: number;
}

export interface SubmitResult {
  readonly serial: string;
  /** As in `RowResult`: anything but an acceptance counts only while it is this one's. */
  readonly owner: string;
  readonly state: SubmitState;
  readonly code: string | null;
  readonly text: string | null;
  readonly taskId: string | null;
  /** OPEN: may be tried again after this; ACCEPTED: give up waiting for receipts after this. */
  readonly nextInMs: number;
  /** True adds one to unknownCodes. */
  readonly unknownCode: boolean;
}

/** A row that the local check refused after it had been claimed. */
export interface Refusal {
  readonly id: string;
  readonly status: 'REJECTED' | 'EXPIRED' | 'HELD';
  readonly code: string;
  readonly text: string;
}

/** What one poll sees, in one statement. */
export interface Probe {
  /** The database's local time as milliseconds from some fixed point. */
  readonly clockMs: number;
  /** Per effective priority with waiting rows: milliseconds until its first row is due (≤ 0: now). */
  readonly due: ReadonlyMap<number, number>;
  /** Milliseconds until the first OPEN submission may be taken over or tried again; null: none open. */
  readonly openInMs: number | null;
  /** Milliseconds until the first ACCEPTED submission's wait for receipts ends; null: none. */
  readonly giveUpInMs: number | null;
  /** Milliseconds until the first claimed, not yet opened row's lease ends; null: none, or not asked (`recover` false). */
  readonly leaseInMs: number | null;
  readonly channel: ChannelState | null;
  /** Daemons that have beaten within `aliveMs`, this one included; null when not asked (`recover` false). */
  readonly daemons: number | null;
  /** Of the daemons that have not stopped: how long ago (negative) the most silent one has beaten; null as `daemons`. */
  readonly beatInMs: number | null;
  /** … and since when (negative) the oldest row was waiting at their latest beats; null: none was, or as `daemons`. */
  readonly oldestInMs: number | null;
  /** True: there are commands by SQL that have not ended; false also when not asked (`recover` false). */
  readonly commands: boolean;
}

/** The channel's latch, shared by all daemons and commands (contract §2.3). */
export interface ChannelState {
  /** OPEN · PAUSED: sends stop (or all calls, per `scope`) until `untilInMs`, then one probe · LATCHED: every call stops · MANUAL: a person paused it. */
  readonly state: 'OPEN' | 'PAUSED' | 'LATCHED' | 'MANUAL';
  readonly scope: 'send' | 'all';
  readonly code: string | null;
  readonly reason: string | null;
  /** Milliseconds until a PAUSED channel may be probed; null: waits for a person or for new credentials. */
  readonly untilInMs: number | null;
  readonly since: string | null;
  /** Milliseconds since the latest pause ended; null: there was none. */
  readonly resumedMs: number | null;
  /** PBKDF2 of the credentials that this state belongs to, with its salt; null before the first call. */
  readonly credentials: string | null;
  /** Consecutive failed probes, for their back-off. */
  readonly probes: number;
}

export interface ChannelChange {
  readonly state: ChannelState['state'];
  readonly scope: ChannelState['scope'];
  readonly code: string | null;
  readonly reason: string | null;
  readonly untilInMs: number | null;
  readonly credentials: string | null;
  readonly probes: number;
}

/** When a person gave the word for a change: now, or when he wrote the command of this number into `sms_mw_command`. */
export type Said = 'now' | { readonly command: string };

/** A row that carries the serial and number of a receipt, as it is now. */
export interface ReceiptRow {
  readonly id: string;
  readonly serial: string;
  readonly phone: string;
  readonly status: RowStatus;
  readonly receiptCode: string | null;
}

export interface Receipt {
  readonly serial: string;
  readonly phone: string;
  readonly code: string;
}

/** Contract §2.2; `key` is what duplicates are told by. */
export interface InboxMessage {
  readonly key: string;
  readonly platformId: string | null;
  readonly phone: string;
  readonly content: string | null;
  readonly accessNo: string;
  readonly extNo: string | null;
  readonly keyword: string | null;
  readonly args: string | null;
  /** Platform time, `yyyy-MM-dd HH:mm:ss`, Beijing; null when unreadable (then the time of storing). */
  readonly receivedAt: string | null;
  /** Keyword under which a query rule takes it: stored as 'AUTO', never to be seen as 'NEW'; absent: none does. */
  readonly query?: string | null;
}

/**
 * What came of a message that a rule took. GIVEN_BACK: the legacy system's again · SILENT: no answer wanted · LIMITED: more than a
 * phone may ask in a day · GIVEN_UP: the business database did not answer in time.
 */
export type QueryOutcome =
  'ANSWERED' | 'NOT_FOUND' | 'BAD_FORMAT' | 'LOCKED' | 'LIMITED' | 'HELP' | 'GIVEN_UP' | 'GIVEN_BACK' | 'SILENT';

/** A message that a rule took and nobody has answered yet. */
export interface WaitingQuery {
  readonly inboxId: string;
  readonly phone: string;
  /** null also when the bureau has deleted the row. */
  readonly content: string | null;
  /** Times that it was put off. */
  readonly tries: number;
  readonly ageMs: number;
}

/** An earlier query of the same phone that was answered, or found nothing. */
export interface PastQuery {
  readonly subject: string;
  readonly outcome: QueryOutcome;
  /** True: the citizen was told. */
  readonly told: boolean;
  readonly agoMs: number;
}

export interface QueryEnd {
  readonly inboxId: string;
  readonly outcome: QueryOutcome;
  /** Tells what one phone asks about from what else it asks about; '': nothing. */
  readonly subject: string;
  readonly answer: { readonly phone: string; readonly text: string } | null;
  /** What is left of the message once its secrets are gone; null: it had none. */
  readonly wiped: { readonly content: string; readonly keyword: string | null; readonly args: string | null } | null;
  /** True: the message is 'NEW' from now on, for the legacy system. */
  readonly giveBack: boolean;
}

/** Queries of one day (of the database's clock) and keyword with one outcome; '': still waiting. */
export interface QueryCount {
  readonly day: string;
  readonly keyword: string;
  readonly outcome: QueryOutcome | '';
  readonly count: number;
  readonly answers: number;
}

export interface Heartbeat {
  readonly identity: string;
  readonly boot: string;
  readonly instance: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly state: 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED';
  readonly channelState: string;
  /** What is wrong, in the language of that daemon; null: all well. */
  readonly lastError: string | null;
  /** The same for readers of either language. */
  readonly trouble: Text | null;
  readonly sentMinute: number;
  readonly sentToday: number;
}

export interface DaemonRow extends Heartbeat {
  readonly startedAt: string;
  readonly heartbeatAt: string;
  /** Milliseconds since its last beat, by the database's clock. */
  readonly silentMs: number;
  /** Rows that are due. */
  readonly waiting: number;
  readonly oldestWaitingMs: number | null;
  /** Rows whose time (send_at, or ours after a deferral) has not come. */
  readonly scheduled: number;
}

export interface WaitingRows {
  readonly waiting: number;
  readonly oldestMs: number | null;
  readonly scheduled: number;
  readonly held: number;
  readonly sending: number;
  /** Receipts that have matched no row yet. */
  readonly parked: number;
}

/** How old a row may be when it is sent (contract §2.3, Age), milliseconds; null: any age. */
export interface AgeLimits {
  readonly maxAgeMs: number | null;
  readonly maxAgeByCategory: ReadonlyMap<string, number>;
}

/** A row as it came in; of an inbox row category, priority and segments are null. */
export interface PastRow {
  readonly id: string;
  /** created_at, milliseconds since 1970. */
  readonly atMs: number;
  readonly phone: string;
  readonly content: string | null;
  readonly category: string | null;
  readonly priority: number | null;
  readonly segments: number | null;
  readonly extNo: string | null;
}

/** Everything the tables know about one row, for `explain`. */
export interface RowStory {
  readonly row: Readonly<Record<string, string | number | null>>;
  readonly submits: readonly Submit[];
}

/**
 * A row that the database refuses to have changed (a constraint or trigger of the bureau's says no) stops none of its batch: it stays
 * as it is, is reported (`StoreOptions.onRefused`) and left alone for some minutes. `data` is thrown only where nothing gets through.
 * After `doubtful` what was written shows when it is read again. `claim`, `refuse`, `release`, `settle`, `applyReceipts`, `parkReceipts`
 * `storeInbox` and `endQuery` may simply be asked again: nothing is written, or counted, twice.
 */
export interface Store extends BoardStore, KeepingStore, OperateStore, PolicyStore {
  /** Engine and version for people: "MariaDB 10.11.19". Also proves that the connection works. */
  version(): Promise<string>;

  // outbox → platform
  probe(options: { recover: boolean; channel: string; aliveMs: number }): Promise<Probe>;
  /** Waiting rows of one priority, due now, in order. `timed` asks for retried and scheduled ones only. Takes nothing. */
  candidates(q: { priority: number; limit: number; timed: boolean; spread: number }): Promise<OutboxRow[]>;
  /** The same from a place in their order on, for whoever only looks. */
  due(q: { priority: number; limit: number; offset: number }): Promise<OutboxRow[]>;
  /** What a person has overruled, noted in rows that still are as they were read; see `OutboxRow.overruled`. */
  overrule(rows: readonly Overruled[]): Promise<number>;
  /** NEW → SENDING under `token`; returns how many it got: where that is not all, `claimed` tells which. */
  claim(token: string, leaseMs: number, items: readonly ClaimItem[]): Promise<number>;
  /** Those of these rows that the claim got. */
  claimed(token: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Local refusals, fenced by the claim's token. */
  refuse(token: string, refusals: readonly Refusal[]): Promise<number>;
  /** Never posted: SENDING → NEW, fenced by the token; the row gets back the serial that it had before the claim. */
  release(
    token: string,
    ids: readonly string[],
    why: { code: string | null; text: string | null; delayMs: number },
  ): Promise<number>;
  /**
   * The record without which no byte goes out. Returns the serials that could not be recorded: their rows' lease brings them back, but
   * for those that are on record as somebody else's (`taken`): these rows must be put back by the caller.
   * Any error means that none is recorded; after a `doubtful` one the database has been asked which are.
   */
  open(submits: readonly NewSubmit[], owner: string, leaseMs: number): Promise<OpenResult>;
  /**
   * One transaction; returns rows changed. A receipt that came early wins over any result: it proves that the platform has accepted.
   * A submission changes only while OPEN and its `owner`'s, except that an acceptance is always taken in, also from HELD and VOID.
   */
  settle(rows: readonly RowResult[], submits: readonly SubmitResult[]): Promise<number>;
  /** Rows of an accepted submission that a person reset to NEW meanwhile → HELD, serial given up as with `EDITED`. Returns how many. */
  holdReset(serials: readonly string[], why: { code: string; text: string }): Promise<number>;

  // recovery
  /** Takes over up to `limit` OPEN submissions whose time has come: lease renewed, tries + 1. `owner` must be new with each call: what was won is read back by it. */
  takeOpen(owner: string, leaseMs: number, limit: number): Promise<Submit[]>;
  /**
   * Claimed rows whose lease is over: never opened → NEW, with the serial that they had before the claim; VOID → NEW; opened → left
   * to their submission; settled without the row (somebody set it back to SENDING) → SENT or HELD as the record says. Returns rows put back.
   * `owner` must be new with each call.
   */
  recoverRows(owner: string, limit: number): Promise<number>;
  /** Rows that somebody set to SENDING by hand: `recoverRows` sees to them from now on. Returns how many. */
  adoptStrays(): Promise<number>;
  /**
   * For a database whose clock was set back: claims and open submissions come free after `mostMs` at the latest, no longer at some hour
   * of the old clock. Returns how many it changed.
   */
  shorten(mostMs: number): Promise<number>;
  /** After a crash of this very machine's earlier process: its leases end now (unopened) or once its last call must be over. */
  adopt(identity: string, boot: string, callMs: number): Promise<number>;
  submitsOf(serials: readonly string[]): Promise<Submit[]>;
  /** Present state of member rows, to see edits and early receipts before a submission is tried again. */
  rowsOf(
    ids: readonly string[],
  ): Promise<(OutboxRow & { status: RowStatus; serial: string | null; receiptCode: string | null })[]>;
  /**
   * SENT without a receipt for too long → UNKNOWN. `unproven`: those of them that count as accepted only because a repeat was
   * answered 15 (contract §2.3).
   */
  giveUp(limit: number): Promise<{ readonly rows: number; readonly unproven: number }>;

  // replies: who may be answered, and was it already
  /** Phone of each inbox row, also after the bureau deleted it (30 days). */
  inboxPhones(inboxIds: readonly string[]): Promise<Map<string, string>>;
  /**
   * Ids of those rows whose (inbox row, text) another outbox row has already answered; of several that have not gone yet all but
   * the first inserted. Rows that ended without being sent, and HELD ones never submitted, do not count.
   */
  answered(
    rows: readonly (Pick<OutboxRow, 'id' | 'content'> &
      Partial<Pick<OutboxRow, 'templateCode' | 'params'>> & { inboxId: string })[],
  ): Promise<Set<string>>;
  /**
   * Rows with these biz_ids, those asked for included, in the order of their numbers: all that wait, are being sent or are held, and those
   * that ended within `withinMs` of their insertion, but for FAILED, REJECTED and EXPIRED ones.
   */
  namesakes(bizIds: readonly string[], withinMs: number): Promise<ReadonlyMap<string, readonly Namesake[]>>;

  // receipts; `where`: rows that have been moved to the history are told apart from the others
  receiptRows(receipts: readonly Receipt[], where?: 'outbox' | 'history'): Promise<ReceiptRow[]>;
  /**
   * Writes code and time, and the status that follows from the code, unless the row is still being sent: then our own write-back does.
   * Fenced by the serial. Rows that the database refuses to have changed are in `refused`: their receipts must be kept elsewhere.
   */
  applyReceipts(
    rows: readonly { id: string; serial: string; code: string }[],
    where?: 'outbox' | 'history',
  ): Promise<{ readonly changed: number; readonly refused: ReadonlySet<string> }>;
  /** For serials that a row no longer carries: counted at their submission. Returns the serials that exist. */
  countLateReceipts(serials: ReadonlyMap<string, number>): Promise<Set<string>>;
  /** One that is parked already is passed over. */
  parkReceipts(receipts: readonly Receipt[]): Promise<void>;
  /** Those longest not looked at; what comes back here has been looked at. */
  parkedReceipts(limit: number): Promise<(Receipt & { parkedId: string; ageMs: number })[]>;
  unparkReceipts(ids: readonly string[]): Promise<void>;

  // inbox
  /** Stores messages not seen before, in one transaction; returns those stored (ids included). Throws kind `data` when one is refused. */
  storeInbox(messages: readonly InboxMessage[]): Promise<{ key: string; id: string }[]>;

  // queries by SMS
  /** Messages that a rule took and that are due, those first that wait longest. */
  waitingQueries(limit: number): Promise<WaitingQuery[]>;
  /** Earlier queries of a phone, the latest first. */
  queryHistory(phone: string, withinMs: number): Promise<PastQuery[]>;
  /** Answer, inbox row and record in one transaction. False: somebody else has ended it; nothing is written. */
  endQuery(end: QueryEnd): Promise<boolean>;
  /** Not before now + delayMs. */
  deferQuery(inboxId: string, delayMs: number): Promise<void>;
  /** Of the last so many days. */
  queryCounts(days: number): Promise<QueryCount[]>;

  // channel
  channel(name: string): Promise<ChannelState>;
  /** `said`: by a person. False: by a command, and somebody has paused or resumed since it was written; then nothing is changed. */
  changeChannel(name: string, change: ChannelChange, said?: Said): Promise<boolean>;
  /**
   * `probe`: the right to make the one call that all others wait for; `fetch`: to fetch citizens' messages and receipts; `keep`: to keep
   * house. False while somebody else has it.
   */
  takeTurn(what: 'probe' | 'fetch' | 'keep', name: string, owner: string, leaseMs: number): Promise<boolean>;
  endTurn(what: 'probe' | 'fetch' | 'keep', name: string, owner: string): Promise<void>;

  // daemon
  /** Registers this process under its identity; returns the earlier row of the identity, if any. */
  enrol(beat: Heartbeat): Promise<DaemonRow | null>;
  /** False: another process has taken the identity. */
  beat(beat: Heartbeat): Promise<boolean>;
  /** The elder takes its identity back from a younger process; false when we are the younger. */
  retake(beat: Heartbeat): Promise<boolean>;
  daemons(): Promise<DaemonRow[]>;
  /** Remembered inbox keys, ended submissions and daemons long gone, in small bites; returns rows deleted. */
  prune(seenDays: number, keepDays: number, limit: number): Promise<number>;

  // commands
  insertOutbox(row: {
    phone: string;
    content: string;
    category?: string | undefined;
    priority?: number | undefined;
    extNo?: string | undefined;
    source?: string | undefined;
    /** `expire_at`, from now. */
    expiresInMs?: number | undefined;
  }): Promise<string>;
  /** What came in, the newest first; null: from the newest on, else before that one. */
  past(what: 'outbox' | 'inbox', before: string | null, limit: number): Promise<PastRow[]>;
  /** Of a row in the outbox, else of the one with this id that was moved last; that one has a `moved_at`. */
  story(id: string): Promise<RowStory | null>;
  /** Counts of what has not ended, capped at `cap` each. Rows whose time has not come are `scheduled`, and neither waiting nor old. */
  waiting(cap: number): Promise<WaitingRows>;
  /** Rows that no claim will ever see, up to `cap`: where the database lets in what its CHECK should refuse. */
  unseen(cap: number): Promise<number>;
  /**
   * Rows due that are older than their limit, a pause that has ended meanwhile not considered; with `expired` also those past expire_at.
   * Reads every waiting row, up to `cap` of these.
   */
  overdue(cap: number, limits: AgeLimits, expired: boolean): Promise<number>;
  /** "2026-11-23 10:15:00.123" of the database's clock, and its offset from the given wall clock in milliseconds. */
  now(): Promise<{ text: string; epochMs: number }>;

  /** What the engine makes of locked rows, asked of this daemon's own row in the status table; decides how a time-out is looked into. */
  rowLocks(identity: string): Promise<RowLocks>;

  close(): Promise<void>;
}
