import type { Config } from '../config/settings.ts';
import type { DaemonRow, Store } from '../db/store.ts';
import type { Text } from '../lib/text.ts';
import type { Gate } from '../platform/gate.ts';
import type { State } from '../state/open.ts';
import type { CallKind } from '../platform/platform.ts';
import type { Counters } from './counters.ts';
import { rulesOf, type Outbound } from './parts.ts';
import type { Reporter } from './reporter.ts';
import type { CallTotals } from './totals.ts';

/** Everything that `yxt-mw status` shows; also its `--json`. */
export interface StatusReport {
  readonly instance: string;
  readonly pid: number;
  readonly version: string;
  readonly database: string;
  /** Seconds since this process started. */
  readonly uptime: number;
  /** What is wrong in words; null: all well. */
  readonly trouble: Text | null;
  readonly channel: { readonly open: boolean; readonly reason: Text | null; readonly reachable: boolean };
  /** Parts per second that this daemon may send now; null: no limit. */
  readonly rate: number | null;
  /** Mean milliseconds in which the platform answers, the latest calls counting most; null before the first. */
  readonly answerMs: number | null;
  /** Calls of the platform since the start, and the time they took. */
  readonly calls: Partial<Record<CallKind, CallTotals>>;
  readonly sentMinute: number;
  readonly sentToday: number;
  /** Rows by what they wait for, counted up to `cap`. */
  readonly rows: {
    readonly waiting: number;
    readonly oldestMs: number | null;
    readonly scheduled: number;
    readonly sending: number;
    readonly held: number;
    /** Receipts that have matched no row yet. */
    readonly parked: number;
    /** Rows that no claim will ever see. */
    readonly unseen: number;
    /** Waiting rows too old to be sent by now; counted while the channel is closed, else null. */
    readonly overdue: number | null;
    readonly cap: number;
  };
  /** Entries in quarantine that nobody has dealt with. */
  readonly quarantined: number;
  readonly daemons: readonly DaemonRow[];
}

interface Sources {
  readonly state: Pick<State, 'identity' | 'quarantine'>;
  readonly config: Config;
  readonly store: Store;
  readonly gate: Gate;
  readonly outbound: Outbound;
  readonly counters: Counters;
  readonly reporter: Reporter;
  readonly version: string;
}

const CAP = 1_000_000;

export async function statusReport(s: Sources): Promise<StatusReport> {
  const closed = s.outbound.closed() ?? s.gate.closed('reply') ?? s.outbound.reach.closed();
  // our own row is as old as the last heartbeat
  const { lastError, trouble } = s.reporter;
  const now = { lastError, trouble, sentMinute: s.counters.sentMinute, sentToday: s.counters.sentToday };
  return {
    instance: s.config.instance,
    pid: process.pid,
    version: s.version,
    database: await s.store.version(),
    uptime: Math.round(process.uptime()),
    trouble,
    channel: { open: closed === null, reason: closed?.text ?? null, reachable: !s.outbound.reach.proving },
    rate: s.outbound.rate.rate,
    answerMs: s.outbound.rate.answerMs,
    calls: Object.fromEntries(s.counters.totals.calls),
    sentMinute: now.sentMinute,
    sentToday: now.sentToday,
    rows: {
      ...(await s.store.waiting(CAP)),
      unseen: await s.store.unseen(CAP),
      overdue: closed === null ? null : await s.store.overdue(CAP, rulesOf(s.config), true),
      cap: CAP,
    },
    quarantined: s.state.quarantine.list().length,
    daemons: (await s.store.daemons()).map((row) => (row.identity === s.state.identity ? { ...row, ...now } : row)),
  };
}
