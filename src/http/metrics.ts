import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ALIVE_MS } from '../outbound/sender.ts';
import { CODES } from '../platform/codes.ts';
import type { Figures } from './figures.ts';
import type { HttpParts } from './parts.ts';
import { boundedBacklog } from './backlog.ts';

/** Seconds; answers of the platform take tens of milliseconds, and give up after `platform.timeout`. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const ERRORS = new Set(['unreached', 'tls', 'proxy', 'doubtful', 'error']);

type Sample = readonly [labels: Record<string, string>, value: number];

export interface Metrics {
  readonly contentType: string;
  /** In the text format of Prometheus. Never fails: what the database does not tell is left out, and `yxt_mw_database_up` is 0. */
  text(): Promise<string>;
  readonly names: readonly string[];
}

/** No label comes from a message, a phone or free text; of the bureau's own categories the longest queues are told apart. */
export function openMetrics(p: HttpParts, figures: Figures): Metrics {
  const registry = new Registry();
  const { totals } = p.counters;
  const registers = [registry];
  const total = (name: string, help: string, labelNames: string[], read: () => readonly Sample[]): void => {
    new Counter({
      ...{ name: `yxt_mw_${name}`, help, labelNames, registers },
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  };
  const gauge = (name: string, help: string, labelNames: string[], read: () => readonly Sample[]): void => {
    new Gauge({
      ...{ name: `yxt_mw_${name}`, help, labelNames, registers },
      collect() {
        this.reset();
        // without labels a gauge begins as 0, which would be a lie about what is not known
        if (labelNames.length === 0) this.remove();
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
  };
  const one = (value: number | null | undefined): readonly Sample[] =>
    value === null || value === undefined ? [] : [[{}, value]];

  total('rows_sent_total', 'Rows accepted by the platform.', [], () => one(totals.settled.of('SENT')));
  total(
    'rows_unsent_total',
    'Rows written back as anything but SENT, by their new status: SENDING is an unknown outcome, NEW goes again.',
    ['status'],
    () => totals.settled.entries().flatMap(([status, n]) => (status === 'SENT' ? [] : [[{ status }, n]])),
  );
  total('rows_refused_total', 'Rows refused or put off by a check of our own, by result_code.', ['code'], () =>
    totals.refused.entries().map(([code, n]) => [{ code }, n]),
  );
  total('receipts_total', 'Delivery receipts, by what they did.', ['result'], () =>
    totals.receipts.entries().map(([result, n]) => [{ result }, n]),
  );
  total('database_errors_total', 'Statements and transactions that failed, by what the error means.', ['kind'], () =>
    totals.databaseErrors.entries().map(([kind, n]) => [{ kind }, n]),
  );
  total('process_cpu_seconds_total', 'CPU time of this process.', [], () => {
    const { user, system } = process.cpuUsage();
    return one((user + system) / 1e6);
  });

  const calls = new Counter({
    name: 'yxt_mw_platform_calls_total',
    help: "Calls of the platform, by the platform's code or the kind of error.",
    labelNames: ['call', 'result'],
    registers,
  });
  const durations = new Histogram({
    name: 'yxt_mw_platform_call_duration_seconds',
    help: 'Time from the start of a call of the platform to its end.',
    labelNames: ['call'],
    buckets: BUCKETS,
    registers,
  });
  totals.onCall((call, result, seconds) => {
    // a platform gone mad must not fill the monitoring with codes
    calls.inc({ call, result: CODES.has(result) || ERRORS.has(result) ? result : 'other' });
    durations.observe({ call }, seconds);
  });

  // read once per scrape, before the gauges are asked
  let waiting: Awaited<ReturnType<Figures['waiting']>> | null = null;
  let daemons: Awaited<ReturnType<Figures['daemons']>> | null = null;
  let backlog: Awaited<ReturnType<Figures['backlog']>> | null = null;

  gauge('info', 'Always 1.', ['version', 'daemon'], () => [[{ version: p.version, daemon: p.config.instance }, 1]]);
  gauge('start_time_seconds', 'When this process started, in seconds since 1970.', [], () =>
    one(Math.round(Date.now() / 1000 - process.uptime())),
  );
  gauge('resident_memory_bytes', 'Memory of this process.', [], () => one(process.memoryUsage.rss()));
  gauge(
    'channel_open',
    '1: messages may be sent; 0: a person, the platform or the state directory has closed the channel.',
    [],
    () => one(p.outbound.closed() === null ? 1 : 0),
  );
  gauge(
    'channel_closed',
    'Why the channel is closed: 1 under its code, and nothing while it is open.',
    ['code'],
    () => {
      const closed = p.outbound.closed();
      return closed === null ? [] : [[{ code: closed.code }, 1]];
    },
  );
  gauge('platform_reachable', '1: the latest calls got through.', [], () => one(p.outbound.reach.proving ? 0 : 1));
  gauge('rate_limit_parts_per_second', 'Messages per second that this daemon may send now; none: no limit.', [], () =>
    one(p.outbound.rate.rate),
  );
  gauge('heartbeat_age_seconds', 'Since the database has taken the latest heartbeat of this daemon.', [], () =>
    one(p.heart.silentMs / 1000),
  );
  gauge('quarantine_entries', 'Answers of the platform that nobody could read or store.', [], () =>
    one(p.state.quarantine.list().length),
  );
  gauge('database_up', '1: the database has answered this scrape.', [], () => one(waiting === null ? 0 : 1));
  gauge('daemons_alive', 'Daemons on this outbox that have beaten lately.', [], () =>
    one(daemons?.filter(({ state, silentMs }) => state !== 'STOPPED' && silentMs < ALIVE_MS).length),
  );
  gauge('rows_waiting', 'Rows that are due, counted up to 10000.', [], () => one(waiting?.waiting));
  gauge('rows_scheduled', 'Rows whose time has not come, counted up to 10000.', [], () => one(waiting?.scheduled));
  gauge('rows_held', 'Rows that wait for a person, counted up to 10000.', [], () => one(waiting?.held));
  gauge('rows_sending', 'Rows claimed, or of unknown outcome, counted up to 10000.', [], () => one(waiting?.sending));
  gauge('receipts_parked', 'Receipts that have matched no row yet, counted up to 10000.', [], () =>
    one(waiting?.parked),
  );
  gauge('oldest_waiting_seconds', 'How long the oldest row has been due; 0: none is.', [], () =>
    one(waiting && (waiting.oldestMs ?? 0) / 1000),
  );
  gauge('backlog_rows', 'Rows that are due, by category and age, of the first 10000.', ['category', 'age'], () =>
    boundedBacklog(backlog ?? []).map(({ category, age, rows }) => [{ category, age }, rows]),
  );

  return {
    contentType: registry.contentType,
    names: registry.getMetricsAsArray().map(({ name }) => name),
    async text() {
      [waiting, daemons, backlog] = await Promise.all([
        figures.waiting().catch(() => null),
        figures.daemons().catch(() => null),
        figures.backlog().catch(() => null),
      ]);
      return registry.metrics();
    },
  };
}
