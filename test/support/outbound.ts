import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counters } from '../../src/daemon/counters.ts';
import { buildOutbound, openConfiguredPlatform, openGate, type Outbound } from '../../src/daemon/parts.ts';
import { Reporter } from '../../src/daemon/reporter.ts';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import type { Gate } from '../../src/platform/gate.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { makeCertificates } from '../../src/lib/certificate.ts';
import type { FaultRule } from '../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import type { SettingsPatch } from '../../src/simulator/settings.ts';
import { openState, type State } from '../../src/state/open.ts';
import { configIn } from './config-file.ts';
import { type FreshDatabase, freshDatabase } from './databases.ts';
import { type LogLine, recordedLog } from './log.ts';
import { type OutboxTable, outboxTable } from './outbox-table.ts';

export interface BenchOptions {
  /** Settings by dotted path; the rate is unlimited unless said otherwise. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly simulator?: SettingsPatch;
  readonly faults?: readonly FaultRule[];
  readonly clock?: Clock;
  /** Puts something in front of the real part. */
  readonly store?: (store: Store) => Store;
  readonly send?: (send: Platform['send']) => Platform['send'];
  /** An outbox and a platform that another bench has made: a second daemon. */
  readonly beside?: Bench;
}

/**
 * The outbound path of one daemon in this process, wired as in the daemon: real SQLite, real state directory, real client, and the
 * simulator over TLS. Nothing happens by itself except in the pump: a test makes each pass.
 */
export interface Bench extends OutboxTable {
  readonly outbound: Outbound;
  readonly gate: Gate;
  readonly store: Store;
  readonly state: State;
  readonly database: FreshDatabase;
  readonly simulator: Simulator;
  readonly log: readonly LogLine[];
  /** One pass of the sender, and all that follows from it. */
  pass(): Promise<number>;
  /** Until no row is on its way and every answer is written. */
  idle(): Promise<void>;
  /** Whatever was put off for a while, row or submission, is due now. */
  due(): Promise<void>;
  /** Stops the pump as the daemon does, and waits for the last write. */
  stop(): Promise<void>;
  /** Stops, and leaves nothing behind. */
  drop(): Promise<void>;
}

const never = new AbortController().signal;
const certificates = makeCertificates();

export async function outboundBench(given: BenchOptions = {}): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), 'yxt-outbound-'));
  const database = given.beside?.database ?? (await freshDatabase('sqlite'));
  const simulator =
    given.beside?.simulator ??
    (await startSimulator({
      settings: given.simulator ?? {},
      faults: { rules: [...(given.faults ?? [])] },
      certificates,
    }));
  const ca = join(dir, 'ca.pem');
  writeFileSync(ca, simulator.ca);
  const config = configIn(dir, {
    'database.connection': database.options.connection,
    'platform.url': simulator.url,
    'platform.tls.ca': ca,
    'outbox.ratePerSecond': null,
    locale: 'en',
    ...given.config,
  });

  const clock = given.clock ?? systemClock;
  const state = openState(join(dir, 'state'));
  const owner = `${state.identity}.${state.start().boot}`;
  const { log, lines } = recordedLog();
  const reporter = new Reporter(log, new Counters(clock), 'en', () => undefined);
  const opened = await openStore(database.options);
  // a clock that a test moves is the database's, too
  const real: Store = given.clock
    ? { ...opened, probe: async (asked) => ({ ...(await opened.probe(asked)), clockMs: clock.mono() }) }
    : opened;
  const store = given.store?.(real) ?? real;
  const client = openConfiguredPlatform(config);
  if (given.send) client.send = given.send(client.send.bind(client));
  const gate = await openGate(config, store, clock, owner, (closed) => reporter.channelChanged(closed));
  const outbound = buildOutbound({
    config,
    store,
    platform: client,
    gate,
    state,
    clock,
    log,
    reporter,
    owner,
    company: false,
    onCommands: () => undefined,
  });
  const stopping = new AbortController();
  const running = outbound.pump.run(stopping.signal);

  const bench: Bench = {
    outbound,
    gate,
    store,
    state,
    database,
    simulator,
    log: lines,
    ...outboxTable(() => database),
    async pass() {
      const wait = await outbound.sender.pass(never);
      await bench.idle();
      return wait;
    },
    async idle() {
      while (outbound.pump.busy) await new Promise((done) => setTimeout(done, 2));
    },
    async due() {
      await database.rawQuery('update sms_outbox set retry_at = null where retry_at is not null');
      await database.rawQuery(`update sms_mw_submit set next_at = '2000-01-01 00:00:00.000' where state = 'OPEN'`);
    },
    async stop() {
      stopping.abort();
      await running;
      await outbound.settler.flush(never);
    },
    async drop() {
      await bench.stop();
      await client.close();
      await store.close();
      state.close();
      if (!given.beside) {
        await simulator.close();
        await database.drop();
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return bench;
}

/** Benches of a suite's tests, dropped after each of them, the latest first. */
export function benches(): {
  readonly open: (given?: BenchOptions) => Promise<Bench>;
  /** One that has proven its account by a balance call, so that no send need do so. */
  readonly proven: (given?: BenchOptions) => Promise<Bench>;
} {
  let opened: Bench[] = [];
  beforeEach(() => void (opened = []));
  afterEach(async () => {
    for (const bench of opened.reverse()) await bench.drop();
  });
  const open = async (given: BenchOptions = {}): Promise<Bench> => {
    const bench = await outboundBench(given);
    opened.push(bench);
    return bench;
  };
  return {
    open,
    async proven(given) {
      const bench = await open(given);
      await bench.gate.run('balance', () => Promise.resolve({ code: '0' }));
      return bench;
    },
  };
}
