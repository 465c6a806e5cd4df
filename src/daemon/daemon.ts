import { hostname } from 'node:os';
import type { Config } from '../config/settings.ts';
import type { DaemonRow, Heartbeat, Store } from '../db/store.ts';
import { requireSchema } from '../db/schema.ts';
import type { Clock } from '../lib/clock.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { pick, type Text } from '../lib/text.ts';
import { Wake } from '../lib/wake.ts';
import { inboxPass } from '../inbound/loop.ts';
import { gated, type Gate } from '../platform/gate.ts';
import { parkedPass } from '../receipts/parked.ts';
import { receiptPass } from '../receipts/loop.ts';
import { lockState } from '../state/lock.ts';
import { openState, type State } from '../state/open.ts';
import { controlPath, serveControl, type ControlRequest } from './control.ts';
import { Counters } from './counters.ts';
import { runLoop, type Pass } from './pace.ts';
import {
  buildOutbound,
  callMsOf,
  openConfiguredPlatform,
  openConfiguredStore,
  openGate,
  type Outbound,
} from './parts.ts';
import { Reporter } from './reporter.ts';
import { statusReport, type StatusReport } from './status.ts';
import { Stop } from './stop.ts';

export interface DaemonIo {
  readonly log: Log;
  readonly clock: Clock;
  readonly version: string;
}

const BEAT_MS = 10_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const JOURNAL_KEPT_MS = 48 * HOUR_MS;
const PRUNE_ROWS = 1000;
/** Passes behind one another when the platform has more; the loop's other duties come in between. */
const RETRY = { firstMs: 500, mostMs: 30_000 };
const FETCH_RETRY = { firstMs: 2000, mostMs: 60_000 };

/**
 * The daemon from start to stop; returns the exit code. Started in order: state directory (locked), database, enrolment, gate,
 * loops, control socket; stopped in reverse. Whatever happens in between, the loops log it and go on.
 * @throws DaemonError, DbError, ConfigError: it could not start; nothing was sent
 */
export async function runDaemon(config: Config, io: DaemonIo): Promise<number> {
  const lock = lockState(config.stateDir);
  try {
    const state = openState(config.stateDir);
    try {
      const store = await openConfiguredStore(config);
      try {
        await requireSchema(config.database);
        return await serve(config, io, state, store);
      } finally {
        await store.close();
      }
    } finally {
      state.tidy();
      state.close();
    }
  } finally {
    lock.release();
  }
}

async function serve(config: Config, io: DaemonIo, state: State, store: Store): Promise<number> {
  const { clock, log } = io;
  const start = state.start();
  const owner = `${state.identity}.${start.boot}`;
  const counters = new Counters(clock);
  const reporter = new Reporter(log, counters, config.locale);
  const stop = new Stop();
  const deadlineMs = callMsOf(config) + 10_000;
  const unlisten = stop.listen(deadlineMs);

  const beatOf = (beatState: Heartbeat['state']): Heartbeat => ({
    identity: state.identity,
    boot: start.boot,
    instance: config.instance,
    host: hostname(),
    pid: process.pid,
    version: io.version,
    state: beatState,
    channelState: gate ? channelWords(gate, config) : '',
    lastError: reporter.lastError,
    sentMinute: counters.sentMinute,
    sentToday: counters.sentToday,
  });
  let gate: Gate | null = null;
  const earlier = await store.enrol(beatOf('STARTING'));
  goOnCounting(counters, earlier, (await store.now()).text);
  if (start.previousHere) await store.adopt(state.identity, start.boot, callMsOf(config));
  gate = await openGate(config, store, clock, owner, (closed) => reporter.channelChanged(closed));
  const raw = openConfiguredPlatform(config);
  const outbound = buildOutbound({ config, store, platform: raw, gate, state, clock, log, reporter, owner });
  const platform = gated(raw, gate);

  const report = (): Promise<StatusReport> =>
    statusReport({ config, store, gate, outbound, counters, reporter, version: io.version });
  const control = await serveControl(controlPath(config.stateDir), (request) =>
    answer(request, { gate, report, stop, deadlineMs, outbound }),
  );
  const others = (await store.daemons()).filter((d) => d.identity !== state.identity && d.silentMs < 2 * BEAT_MS);
  log.info(
    'daemon.started',
    {
      zh: `yxt-mw ${io.version} 已启动：实例 ${config.instance}，数据库 ${await store.version()}`,
      en: `yxt-mw ${io.version} started: instance ${config.instance}, database ${await store.version()}`,
    },
    { instance: config.instance, pid: process.pid, boot: start.boot },
  );

  const pumpStop = new AbortController();
  const pump = outbound.pump.run(pumpStop.signal);
  const wakes = {
    sender: outbound.pump.hungry,
    inbox: new Wake(),
    receipts: new Wake(),
    beat: new Wake(),
    chores: new Wake(),
  };
  const loop = (name: Parameters<Reporter['failure']>[0], pass: Pass, wake: Wake, retry = RETRY): Promise<void> =>
    runLoop(pass, { name, retry, wake, onFailure: (n, e) => reporter.failure(n as typeof name, e) }, stop.asked);

  const inboxParts = {
    platform,
    store,
    state,
    log,
    accessNo: config.platform.accessNo,
    separators: config.inbox.separators.join(''),
  };
  const receiptParts = { platform, store, state, log };
  const loops = [
    // with others alive the first claim waits one heartbeat: by then they have made room in the shared rate
    loop(
      'claim',
      others.length > 0 ? after(BEAT_MS, clock, (s) => outbound.sender.pass(s)) : (s) => outbound.sender.pass(s),
      wakes.sender,
    ),
    loop(
      'inbox',
      async (s) => ((await inboxPass(inboxParts, s)).more ? 0 : config.inbox.pollEvery),
      wakes.inbox,
      FETCH_RETRY,
    ),
    loop(
      'receipts',
      async (s) => ((await receiptPass(receiptParts, s)).more ? 0 : config.receipts.pollEvery),
      wakes.receipts,
      FETCH_RETRY,
    ),
    loop(
      'heartbeat',
      async () => {
        if (!(await store.beat(beatOf('RUNNING')))) await contested(store, beatOf('RUNNING'), stop, log, deadlineMs);
        return BEAT_MS;
      },
      wakes.beat,
    ),
    loop(
      'prune',
      async () => {
        await chores(config, store, state, log);
        counters.day(dayOf((await store.now()).text));
        return HOUR_MS;
      },
      wakes.chores,
    ),
  ];

  await stop.whenAsked();
  log.info('daemon.stopping', { zh: `正在停止（${stop.reason}）`, en: `stopping (${stop.reason})` });
  await Promise.race([Promise.all(loops), aborted(stop.hurried)]);
  pumpStop.abort();
  await Promise.race([pump, aborted(stop.hurried)]);
  await outbound.settler.flush(stop.hurried);
  await control.close();
  await store.beat(beatOf('STOPPED')).catch(() => false);
  await raw.close();
  unlisten();
  stop.done();
  const left = outbound.settler.backlog;
  log.info('daemon.stopped', left === 0 ? STOPPED_CLEAN : stoppedHurried(left), { left });
  return stop.fault === null ? 0 : 1;
}

/** Another process beats under our identity. The elder keeps it; the younger steps back. */
async function contested(store: Store, beat: Heartbeat, stop: Stop, log: Log, deadlineMs: number): Promise<void> {
  if (await store.retake(beat)) {
    log.warn('daemon.contested', CONTESTED_ELDER);
    return;
  }
  log.error('daemon.contested', CONTESTED_YOUNGER);
  stop.fail(new DaemonError('fenced', CONTESTED_YOUNGER), deadlineMs);
}

/** Small regular duties that no other loop has; each in bites. */
async function chores(config: Config, store: Store, state: State, log: Log): Promise<void> {
  while (state.journal.prune(JOURNAL_KEPT_MS) > 0);
  while ((await store.prune(Math.ceil(config.inbox.seenFor / DAY_MS), config.housekeeping.keepDays, PRUNE_ROWS)) > 0);
  const parked = { store, log, dropAfterMs: config.receipts.giveUpAfter + 6 * HOUR_MS };
  while ((await parkedPass(parked)) > 0);
}

interface Answering {
  readonly gate: Gate;
  readonly outbound: Outbound;
  readonly report: () => Promise<StatusReport>;
  readonly stop: Stop;
  readonly deadlineMs: number;
}

async function answer(request: ControlRequest, a: Answering): Promise<unknown> {
  switch (request.verb) {
    case 'status':
      return a.report();
    case 'pause':
      await a.gate.pause(request.reason ?? null);
      return a.report();
    case 'resume':
      await a.gate.resume();
      a.outbound.pump.hungry.now();
      return a.report();
    case 'stop':
      a.stop.request('yxt-mw stop', a.deadlineMs);
      return { stopping: true, deadlineMs: a.deadlineMs };
  }
}

const channelWords = (gate: Gate, config: Config): string => {
  const closed = gate.closed('send') ?? gate.closed('reply');
  return closed ? pick(closed.text, config.locale) : 'OPEN';
};

function goOnCounting(counters: Counters, earlier: DaemonRow | null, now: string): void {
  const today = dayOf(now);
  counters.resume(today, earlier && dayOf(earlier.heartbeatAt) === today ? earlier.sentToday : 0);
}

const dayOf = (time: string): string => time.slice(0, 10);

/** Holds back the first passes until `ms` have gone by. */
function after(ms: number, clock: Clock, pass: Pass): Pass {
  const from = clock.mono() + ms;
  return (stop) => (clock.mono() < from ? Promise.resolve(from - clock.mono()) : pass(stop));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}

const STOPPED_CLEAN: Text = {
  zh: '已停止：结果全部写回，未发送的行已退回',
  en: 'stopped: every result written, unsent rows put back',
};

const stoppedHurried = (rows: number): Text => ({
  zh: `已停止：${rows} 行的结果未及写回，下次启动时以原流水号核对，不会重发`,
  en: `stopped: the results of ${rows} rows could not be written; the next start asks again under their serials, nothing doubles`,
});

const CONTESTED_ELDER: Text = {
  zh: '另一个进程用了同一个身份（复制的状态目录或克隆的虚拟机？），本进程继续，对方应当停止。请在对方机器上清空 stateDir',
  en: 'another process uses our identity (copied state directory, cloned machine?); we go on, it should stop. Empty stateDir on that machine',
};

const CONTESTED_YOUNGER: Text = {
  zh: '本进程的身份正被另一个先启动的进程使用（复制的状态目录或克隆的虚拟机？），本进程停止。请清空本机的 stateDir 再启动',
  en: 'our identity is in use by a process that started earlier (copied state directory, cloned machine?); stopping. Empty stateDir on this machine and start again',
};
