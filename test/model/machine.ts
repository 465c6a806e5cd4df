import type { RowStatus, SubmitState } from '../../src/db/store.ts';

/** What of an outbox row decides its fate. */
export interface Row {
  readonly id: string;
  readonly status: RowStatus;
  readonly serial: string | null;
  /** The serial before. */
  readonly prev: string | null;
  /** Normalised number. */
  readonly phone: string | null;
  readonly receipt: string | null;
  readonly token: string | null;
  /** Database time, sortable; null: no lease of its own. */
  readonly lease: string | null;
}

/** What of a submission record decides its fate. */
export interface Submission {
  readonly serial: string;
  readonly state: SubmitState;
  readonly code: string;
  readonly tries: number;
  readonly owner: string;
  /** Database time from which an OPEN one may be taken over. */
  readonly due: string;
  /** Text, extension and members as one string: written once. */
  readonly request: string;
}

/** What is true whatever the tables say, at the moment of the step. */
export interface Facts {
  /** The database's time. */
  readonly now: string;
  /** The record of a serial after the step. */
  submission(serial: string | null): Submission | null;
  /** The platform has accepted this number under this serial. */
  accepted(serial: string | null, phone: string | null): boolean;
  /** A repeat under this serial is answered "duplicate serial". */
  duplicate(serial: string | null): boolean;
  /** The platform has accepted this serial for anybody, or says so. */
  taken(serial: string): boolean;
  /** A request with this serial has reached the platform. */
  posted(serial: string): boolean;
  /** Some row or record carried this serial before the step. */
  used(serial: string): boolean;
  /** The process that made this token or owner has been killed. */
  dead(token: string | null): boolean;
}

/** Null: allowed; else what is wrong. */
type Guard<S> = (was: S, is: S, facts: Facts) => string | null;

interface Rule<S, State extends string> {
  /** Who: a verb of the store, or a person with SQL. */
  readonly by: string;
  readonly from: readonly State[];
  readonly to: readonly State[];
  readonly guard?: Guard<S>;
}

// prettier-ignore
export const ENDED: readonly RowStatus[] =
  ['SENT', 'DELIVERED', 'UNDELIVERED', 'UNKNOWN', 'FAILED', 'REJECTED', 'EXPIRED', 'HELD', 'CANCELLED'];
export const EVERY: readonly RowStatus[] = ['NEW', 'SENDING', ...ENDED];
const STATES: readonly SubmitState[] = ['OPEN', 'ACCEPTED', 'DONE', 'VOID', 'HELD'];
/** Says that the platform has it. */
export const OUT: readonly RowStatus[] = ['SENT', 'DELIVERED', 'UNDELIVERED'];
const RECEIVED: readonly RowStatus[] = ['DELIVERED', 'UNDELIVERED'];

const unless = (wrong: boolean, what: string): string | null => (wrong ? what : null);
const first = (...faults: (string | null)[]): string | null => faults.find((fault) => fault !== null) ?? null;

const isAccepted: Guard<Row> = (_was, is, f) => unless(!f.accepted(is.serial, is.phone), 'never accepted');
const countsAsAccepted: Guard<Row> = (was, is, f) => (f.duplicate(is.serial) ? null : isAccepted(was, is, f));
const isRefused: Guard<Row> = (was, _is, f) => unless(f.accepted(was.serial, was.phone), 'accepted all the same');
const leaseOver: Guard<Row> = (was, _is, f) => unless(was.lease === null || was.lease >= f.now, 'lease is not over');
const neverOpened: Guard<Row> = (was, is, f) =>
  first(
    unless(f.submission(was.serial) !== null, 'its submission has a record'),
    unless(is.serial !== was.prev, 'does not get its earlier serial back'),
  );
const settledAs =
  (...states: SubmitState[]): Guard<Row> =>
  (was, _is, f) => {
    const state = f.submission(was.serial)?.state;
    return unless(state === undefined || !states.includes(state), `its submission is ${state ?? 'not recorded'}`);
  };
const both =
  (...guards: Guard<Row>[]): Guard<Row> =>
  (was, is, f) =>
    first(...guards.map((guard) => guard(was, is, f)));

/** Contract §2.3, every arrow with the one who may draw it. A change that fits no line is a fault. */
export const ROW_RULES: readonly Rule<Row, RowStatus>[] = [
  {
    by: 'claim',
    from: ['NEW'],
    to: ['SENDING'],
    guard: (_was, is, f) =>
      first(
        unless(is.serial !== null && f.used(is.serial), 'serial used before'),
        unless(is.lease === null || is.token === null, 'claimed without a lease'),
        unless(is.receipt !== null, 'carries the receipt of an earlier try'),
      ),
  },
  {
    by: 'refuse',
    from: ['SENDING'],
    to: ['REJECTED', 'EXPIRED', 'HELD'],
    guard: (was) => unless(was.serial !== null, 'refused under a serial'),
  },
  { by: 'release', from: ['SENDING'], to: ['NEW'], guard: neverOpened },
  {
    by: 'recoverRows',
    from: ['SENDING'],
    to: ['NEW'],
    guard: (was, is, f) =>
      first(leaseOver(was, is, f), isRefused(was, is, f)) ??
      (f.submission(was.serial) === null ? neverOpened(was, is, f) : settledAs('VOID')(was, is, f)),
  },
  // taken from its owner, or left to its submission
  {
    by: 'recoverRows',
    from: ['SENDING'],
    to: ['SENDING'],
    guard: (was, is, f) =>
      leaseOver(was, is, f) ??
      (is.token === was.token ? settledAs('OPEN')(was, is, f) : unless(is.lease !== was.lease, 'lease')),
  },
  { by: 'recoverRows', from: ['SENDING'], to: OUT, guard: both(leaseOver, countsAsAccepted) },
  { by: 'recoverRows', from: ['SENDING'], to: ['HELD'], guard: both(leaseOver, settledAs('DONE', 'HELD')) },
  { by: 'settle', from: ['SENDING', 'CANCELLED'], to: OUT, guard: countsAsAccepted },
  { by: 'settle', from: ['SENDING', 'CANCELLED'], to: ['FAILED'], guard: isRefused },
  { by: 'settle', from: ['SENDING'], to: ['NEW'], guard: isRefused },
  // outcome unknown: asked again, or left to a person
  { by: 'settle', from: ['SENDING'], to: ['SENDING', 'HELD'] },
  // cancelled while the outcome was unknown: it says so
  { by: 'settle', from: ['CANCELLED'], to: ['CANCELLED'] },
  // reset by a person over a submission that was accepted, if perhaps not for this number
  { by: 'holdReset', from: ['NEW'], to: ['HELD'], guard: settledAs('ACCEPTED') },
  { by: 'giveUp', from: ['SENT'], to: ['UNKNOWN'] },
  // kept for our own write-back, which comes later
  { by: 'applyReceipts', from: ['SENDING'], to: ['SENDING'], guard: isAccepted },
  {
    by: 'applyReceipts',
    from: ENDED.filter((status) => status !== 'DELIVERED'),
    to: ['DELIVERED'],
    guard: isAccepted,
  },
  {
    by: 'applyReceipts',
    from: ENDED.filter((status) => !RECEIVED.includes(status)),
    to: ['UNDELIVERED'],
    guard: isAccepted,
  },
  // a repeat, read by two daemons before either has written
  { by: 'applyReceipts', from: ['UNDELIVERED'], to: ['UNDELIVERED'] },
  // only leases: the process is surely dead
  { by: 'adopt', from: ['SENDING'], to: ['SENDING'], guard: (was, _is, f) => unless(!f.dead(was.token), 'alive') },
  // people set NEW or CANCELLED, and edit
  { by: 'person', from: EVERY, to: ['NEW', 'CANCELLED'] },
  ...EVERY.map((status) => ({ by: 'person', from: [status], to: [status] })),
];

const stillOpen: Guard<Submission> = (was, is, f) =>
  first(
    unless(was.due > f.now, 'taken over while its lease was running'),
    unless(is.tries !== was.tries + 1, 'the try is not counted'),
  );

export const SUBMIT_RULES: readonly Rule<Submission, SubmitState>[] = [
  { by: 'takeOpen', from: ['OPEN'], to: ['OPEN'], guard: stillOpen },
  { by: 'settle', from: ['OPEN'], to: ['OPEN', 'HELD'] },
  {
    by: 'settle',
    from: ['OPEN', 'HELD', 'VOID'],
    to: ['ACCEPTED'],
    guard: (_was, is, f) => unless(!f.taken(is.serial), 'never accepted'),
  },
  {
    by: 'settle',
    from: ['OPEN'],
    to: ['VOID'],
    guard: (_was, is, f) => unless(f.posted(is.serial), 'it has reached the platform'),
  },
  {
    by: 'settle',
    from: ['OPEN'],
    to: ['DONE'],
    // given up because nobody waits for it any more: then nothing is claimed about its outcome
    guard: (_was, is, f) => unless(is.code !== 'OUTCOME_UNKNOWN' && f.taken(is.serial), 'accepted all the same'),
  },
  { by: 'giveUp', from: ['ACCEPTED'], to: ['DONE'] },
  { by: 'adopt', from: ['OPEN'], to: ['OPEN'], guard: (was, _is, f) => unless(!f.dead(was.owner), 'alive') },
  ...STATES.map((state) => ({ by: 'countLateReceipts', from: [state], to: [state] })),
];

/** What is wrong with a row as it stands, whoever made it so. */
function rowItself(row: Row, facts: Facts): string | null {
  switch (row.status) {
    case 'SENDING':
      return unless(
        row.lease === null && facts.submission(row.serial)?.state !== 'OPEN',
        'nobody will ever come back to it',
      );
    case 'SENT':
    case 'UNKNOWN':
      return first(
        unless(row.serial === null, 'no serial'),
        unless(row.receipt !== null, 'has a receipt that it does not show'),
      );
    case 'DELIVERED':
    case 'UNDELIVERED':
      return unless(
        row.receipt === null || (row.receipt === '0') !== (row.status === 'DELIVERED'),
        'does not show its receipt',
      );
    case 'NEW':
    case 'FAILED':
    case 'REJECTED':
    case 'EXPIRED':
    case 'HELD':
    case 'CANCELLED':
      return null;
  }
}

/** One change of a row; null: the machine allows it. */
export function rowFault(by: string, was: Row | null, is: Row, facts: Facts): string | null {
  if (was === null) return unless(by !== 'person' || is.status !== 'NEW', `inserted as ${is.status} by ${by}`);
  const serialMoves = was.serial !== is.serial && by !== 'claim' && is.serial !== null && is.serial !== was.prev;
  return first(
    verdict(ROW_RULES, by, was, is, was.status, is.status, facts),
    unless(serialMoves, `serial changed by ${by}`),
    by === 'person' ? null : rowItself(is, facts),
  );
}

/** One change of a submission record. */
export function submitFault(by: string, was: Submission | null, is: Submission, facts: Facts): string | null {
  if (was === null) {
    return first(
      unless(by !== 'open' || is.state !== 'OPEN' || is.tries !== 1, `made as ${is.state} by ${by}`),
      unless(facts.posted(is.serial), 'recorded after it had been posted'),
    );
  }
  if (was.request !== is.request) return `its text or members were changed by ${by}`;
  return verdict(SUBMIT_RULES, by, was, is, was.state, is.state, facts);
}

function verdict<S, State extends string>(
  rules: readonly Rule<S, State>[],
  by: string,
  was: S,
  is: S,
  from: State,
  to: State,
  facts: Facts,
): string | null {
  const rule = rules.find((r) => r.by === by && r.from.includes(from) && r.to.includes(to));
  const fault = rule === undefined ? 'no such step' : (rule.guard?.(was, is, facts) ?? null);
  return fault && `${from} → ${to} by ${by}: ${fault}`;
}
