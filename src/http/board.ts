import type { BacklogCount, Hour } from '../db/board-store.ts';
import type { DaemonRow, WaitingRows } from '../db/store.ts';
import { textOf } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { boundedBacklog } from './backlog.ts';
import { CAP, DAYS, HELD, type Figures } from './figures.ts';
import type { HttpParts } from './parts.ts';
import { problemsOf, type Problem } from './problems.ts';

type Daemon = Pick<
  DaemonRow,
  'instance' | 'host' | 'version' | 'state' | 'channelState' | 'trouble' | 'sentMinute' | 'sentToday' | 'silentMs'
>;

/** Everything that the page shows by itself. Null is what the database does not tell now. */
export interface Board {
  readonly instance: string;
  readonly version: string;
  /** Seconds since the start of this daemon. */
  readonly uptime: number;
  readonly trouble: Text | null;
  readonly channel: { readonly open: boolean; readonly reason: Text | null; readonly reachable: boolean };
  readonly database: { readonly version: string | null; readonly error: Text | null };
  readonly rate: number | null;
  readonly answerMs: number | null;
  readonly sentMinute: number;
  readonly sentToday: number;
  readonly quarantined: number;
  /** The database's time: '2026-11-26 09:15:00.123'. */
  readonly now: string | null;
  readonly rows: WaitingRows | null;
  /** Rows are counted up to here. */
  readonly cap: number;
  readonly backlog: readonly BacklogCount[] | null;
  readonly hours: readonly Hour[] | null;
  /** Days that `hours` goes back. */
  readonly days: number;
  readonly problems: readonly Problem[] | null;
  readonly daemons: readonly Daemon[] | null;
}

/** No phone, no text of a citizen. Never rejects: a database that is away is part of the picture. */
export async function boardOf(p: HttpParts, figures: Figures): Promise<Board> {
  const { outbound, gate, counters, reporter } = p;
  let error: Text | null = null;
  const told = <T>(question: Promise<T>): Promise<T | null> =>
    question.catch((cause: unknown) => {
      error ??= textOf(cause);
      return null;
    });
  const [version, now, rows, backlog, hours, troubled, daemons] = await Promise.all([
    told(figures.version()),
    told(figures.now()),
    told(figures.waiting()),
    told(figures.backlog()),
    told(figures.hours()),
    told(figures.troubled()),
    told(figures.daemons()),
  ]);
  const closed = outbound.closed() ?? gate.closed('reply') ?? outbound.reach.closed();
  return {
    instance: p.config.instance,
    version: p.version,
    uptime: Math.round(process.uptime()),
    trouble: reporter.trouble,
    channel: { open: closed === null, reason: closed?.text ?? null, reachable: !outbound.reach.proving },
    database: { version, error },
    rate: outbound.rate.rate,
    answerMs: outbound.rate.answerMs,
    sentMinute: counters.sentMinute,
    sentToday: counters.sentToday,
    quarantined: p.state.quarantine.list().length,
    now: now?.text ?? null,
    rows,
    cap: CAP,
    backlog: backlog && boundedBacklog(backlog),
    hours,
    days: DAYS,
    problems: troubled && problemsOf(troubled, HELD),
    daemons: daemons && daemons.map(shown),
  };
}

const shown = (d: DaemonRow): Daemon => ({
  instance: d.instance,
  host: d.host,
  version: d.version,
  state: d.state,
  channelState: d.channelState,
  trouble: d.trouble,
  sentMinute: d.sentMinute,
  sentToday: d.sentToday,
  silentMs: d.silentMs,
});
