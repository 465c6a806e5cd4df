import type { Config } from '../config/settings.ts';
import type { DaemonRow, Store } from '../db/store.ts';
import type { Text } from '../lib/text.ts';
import type { Gate } from '../platform/gate.ts';
import type { Counters } from './counters.ts';
import type { Outbound } from './parts.ts';
import type { Reporter } from './reporter.ts';

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
  readonly sentMinute: number;
  readonly sentToday: number;
  /** Rows by what they wait for, counted up to `cap`. */
  readonly rows: {
    readonly waiting: number;
    readonly oldestMs: number | null;
    readonly sending: number;
    readonly held: number;
    readonly cap: number;
  };
  readonly daemons: readonly DaemonRow[];
}

interface Sources {
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
  const closed = s.gate.closed('send') ?? s.gate.closed('reply') ?? s.outbound.reach.closed();
  return {
    instance: s.config.instance,
    pid: process.pid,
    version: s.version,
    database: await s.store.version(),
    uptime: Math.round(process.uptime()),
    trouble: s.reporter.trouble,
    channel: { open: closed === null, reason: closed?.text ?? null, reachable: !s.outbound.reach.proving },
    rate: s.outbound.rate.rate,
    sentMinute: s.counters.sentMinute,
    sentToday: s.counters.sentToday,
    rows: { ...(await s.store.waiting(CAP)), cap: CAP },
    daemons: await s.store.daemons(),
  };
}
