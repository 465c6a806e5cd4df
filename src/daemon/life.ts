import { hostname } from 'node:os';
import type { Config } from '../config/settings.ts';
import { ROW_LOCKS } from '../db/row-locks.ts';
import type { Store } from '../db/store.ts';
import { requireSchema } from '../db/schema.ts';
import type { HttpParts } from '../http/parts.ts';
import type { HttpServer } from '../http/server.ts';
import { keeperPass } from '../housekeeping/keeper.ts';
import { knownDays } from '../housekeeping/pass.ts';
import { openSchedule } from '../housekeeping/schedule.ts';
import { inboxPass } from '../inbound/loop.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { DaemonError, PlatformError, type DbError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { pick, plural, type Text } from '../lib/text.ts';
import { Wake } from '../lib/wake.ts';
import { gated, type Gate } from '../platform/gate.ts';
import { timed } from '../platform/timed.ts';
import { optOut } from '../policy/opt-out.ts';
import { commandPass } from '../operate/commands.ts';
import { receiptPass } from '../receipts/loop.ts';
import type { Counts } from '../receipts/settle.ts';
import type { State } from '../state/open.ts';
import { buildAlarms, type Alarms } from './alarms.ts';
import { balancePass } from './balance.ts';
import { chores, CHORES_EVERY_MS } from './chores.ts';
import { auditOrLog, commandParts } from './commands.ts';
import { Counters } from './counters.ts';
import { answer, deedsOf } from './deeds.ts';
import { FetchPace } from './fetch-pace.ts';
import { FetchTurn } from './fetch-turn.ts';
import { Heart } from './heart.ts';
import { loginsTold } from './logins.ts';
import { Loops } from './loops.ts';
import type { Life } from './lives.ts';
import { keepParserSmall, leanOnceIdle } from './memory.ts';
import { runLoop, type Pace, type Pass } from './pace.ts';
import {
  bitesOf,
  buildOutbound,
  callMsOf,
  keepingOf,
  CHANNEL,
  openConfiguredPlatform,
  openConfiguredStore,
  openGate,
  stopDeadlineMs,
} from './parts.ts';
import { buildQueries } from './queries.ts';
import { Reporter } from './reporter.ts';
import { statusReport, type StatusReport } from './status.ts';
import { aborted, type Stop } from './stop.ts';

export interface LifeIo {
  readonly log: Log;
  readonly clock: Clock;
  readonly version: string;
}

const RETRY = { firstMs: 500, mostMs: 30_000 };

/**
 * One life of the daemon. Started in order: database, enrolment, gate, loops; stopped in reverse. Whatever happens in between, the loops
 * log it and go on. `onOpen`: told when the database is open, from when on there is something to stop in order.
 */
export async function beginLife(
  config: Config,
  io: LifeIo,
  state: State,
  stop: Stop,
  onOpen: () => void,
): Promise<Life> {
  const counters = new Counters(io.clock);
  const store = await openConfiguredStore(config, {
    onRefused: ({ id, text }) => io.log.error('outbox.refused', text, { row: id }),
    onError: (kind) => counters.totals.databaseErrors.add(kind),
    onLogin: loginsTold(io.log),
    again: stop.asked, // what there is to write back must not wait for it
  });
  try {
    await requireSchema(config.database);
    onOpen();
    const life = await serve(config, io, state, store, counters, stop);
    return { ...life, over: life.over.finally(() => store.close()) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function serve(
  config: Config,
  io: LifeIo,
  state: State,
  store: Store,
  counters: Counters,
  stop: Stop,
): Promise<Life> {
  const { clock, log } = io;
  const start = state.start();
  const owner = `${state.identity}.${start.boot}`;
  const turning = new Loops(clock);
  const deadlineMs = stopDeadlineMs(config);
  let alarms: Alarms | null = null;
  const wakes = {
    beat: new Wake(),
    commands: new Wake(),
    alarms: new Wake(),
    inbox: new Wake(),
    queries: new Wake(),
    receipts: new Wake(),
    chores: new Wake(),
    housekeeping: new Wake(),
    balance: new Wake(),
  };

  const reporter = new Reporter(
    log,
    counters,
    config.locale,
    () => wakes.beat.now(),
    (text) => {
      alarms?.watch.storm(text);
      wakes.alarms.now();
    },
  );
  const gate = await openGate(config, store, clock, owner, (closed) => {
    reporter.channelChanged(closed);
    wakes.alarms.now();
    wakes.inbox.now();
    wakes.receipts.now();
  });
  const heart = new Heart({
    ...{ store, clock, log, counters, stop, deadlineMs, start },
    self: {
      identity: state.identity,
      boot: start.boot,
      instance: config.instance,
      host: hostname(),
      pid: process.pid,
      version: io.version,
    },
    condition: () => ({
      channelState: channelWords(gate, config),
      lastError: reporter.lastError,
      trouble: reporter.trouble,
    }),
  });
  const enrolled = async (): Promise<{ locks: Text; version: string; holdBackMs: number }> => {
    if (await heart.enrol()) await store.adopt(state.identity, start.boot, callMsOf(config));
    const locks = ROW_LOCKS[await store.rowLocks(state.identity)];
    return { locks, version: await store.version(), holdBackMs: await heart.holdBackMs() };
  };
  const { locks, version, holdBackMs } = await enrolled().catch(async (error: unknown) => {
    await heart.stopped(); // whoever goes on elsewhere need not wait for this one
    throw error;
  });

  keepParserSmall();
  const raw = timed(openConfiguredPlatform(config), counters.totals.called);
  const platform = gated(raw, gate);
  const outbound = buildOutbound({
    config,
    store,
    platform: raw,
    gate,
    state,
    clock,
    log,
    reporter,
    owner,
    company: heart.company,
    onCommands: () => wakes.commands.now(),
  });
  alarms = buildAlarms(config, { store, clock, log, state, gate, heart, outbound, platform });
  const { watch, delivery } = alarms;
  const report = (): Promise<StatusReport> =>
    statusReport({
      ...{ config, store, state, gate, outbound, counters, reporter },
      version: io.version,
    });
  const deeds = deedsOf({ gate, heart, store, hungry: outbound.pump.hungry });
  log.info(
    'daemon.started',
    {
      zh: `yxt-mw ${io.version} 已启动：实例 ${config.instance}，数据库 ${version}`,
      en: `yxt-mw ${io.version} started: instance ${config.instance}, database ${version}`,
    },
    { instance: config.instance, pid: process.pid, boot: start.boot },
  );
  log.info('database.strategy', {
    zh: `领取方式：读候选行，按主键更新并核对状态，按令牌读回；${locks.zh}`,
    en: `claims: candidates are read, updated by key where still NEW, and read back by token; ${locks.en}`,
  });

  const pumpStop = new AbortController();
  const pump = outbound.pump.run(pumpStop.signal);
  const loop = (name: LoopName, wake: Wake, pass: Pass, retryMs: Pace['retryMs'] = (n) => backoff(n, RETRY)) =>
    // these take as long as there is to do
    runLoop(
      BY_NEED.has(name) ? pass : turning.watched(name, pass),
      { retryMs, wake, onFailure: (error) => reporter.failure(name, error) },
      stop.asked,
    );
  const turn = new FetchTurn({
    ...{ store, clock, log, owner, channel: CHANNEL },
    alone: () => outbound.sender.alone,
    callMs: callMsOf(config),
  });
  const mayFetch = async (): Promise<boolean> => (await heart.holdBackMs()) === 0 && turn.mine();
  const fetching = (
    name: LoopName,
    wake: Wake,
    everyMs: number,
    pass: (s: AbortSignal) => Promise<{ more: boolean }>,
    roomMs: () => number = () => 0,
  ) => {
    const pace = new FetchPace(everyMs);
    return loop(
      name,
      wake,
      async (s) => {
        const from = clock.mono();
        const held = pace.held(roomMs(), from);
        if (held > 0) return held;
        return pace.next((await pass(s)).more, clock.mono() - from);
      },
      (failures, error) => {
        if (isOurTrouble(error)) void turn.yield();
        return pace.afterFailure(failures, error);
      },
    );
  };
  const queries = buildQueries(config, {
    ...{ store, clock, log },
    onTrouble: (error) => reporter.failure('queries', error),
    onAnswer: () => outbound.pump.hungry.now(),
  });
  const inbound = {
    ...{ platform, store, state, log, mayFetch },
    accessNo: config.platform.accessNo,
    separators: config.inbox.separators.join(''),
    ...(queries && { takes: queries.takes, onQueries: () => wakes.queries.now() }),
    optOut: optOut(store, config.policy.optOut, (error) => log.error('inbox.optOut', notListed(error))),
  };
  const onReceipts = (counts: Counts): void => {
    counters.receipts(counts);
    delivery.add(counts);
  };
  const receipts = { platform, store, state, log, mayFetch, onReceipts, inHand: [] };
  const duties = {
    ...{ store, state, log, onReceipts },
    keepDays: knownDays(config.housekeeping),
    seenForMs: config.inbox.seenFor,
    giveUpAfterMs: config.receipts.giveUpAfter,
  };
  const schedule = openSchedule(config.housekeeping.cron);
  const keeper = {
    ...{ store, clock, log, schedule, channel: CHANNEL },
    // the same after a restart, which goes on at once where it was killed
    owner: state.identity,
    ...keepingOf(config),
    pace: { ...bitesOf(config), busy: () => outbound.pump.busy },
  };
  const audit = auditOrLog(state, log);
  const commands = commandParts(config, { store, clock, log, audit, gate, heart, outbound, owner });
  const loops = [
    loop('claim', outbound.pump.hungry, async (s) => (await heart.holdBackMs()) || outbound.sender.pass(s)),
    fetching(
      'inbox',
      wakes.inbox,
      config.inbox.pollEvery,
      (s) => inboxPass(inbound, s),
      () => (queries ? outbound.rate.wait(1) : 0),
    ),
    fetching('receipts', wakes.receipts, config.receipts.pollEvery, (s) => receiptPass(receipts, s)),
    ...(queries ? [loop('queries', wakes.queries, (s) => queries.pass(s))] : []),
    loop('heartbeat', wakes.beat, () => heart.pass()),
    loop('alarms', wakes.alarms, () => watch.pass()),
    loop('commands', wakes.commands, async (s) => {
      await commandPass(commands, s);
      return Infinity;
    }),
    loop('chores', wakes.chores, async (s) => {
      await chores(duties, s);
      return CHORES_EVERY_MS;
    }),
    loop('housekeeping', wakes.housekeeping, (s) => keeperPass(keeper, s)),
    loop('balance', wakes.balance, () => balancePass(platform, store)),
    alarms.run(stop.asked),
    leanOnceIdle(() => outbound.pump.busy, stop.asked),
  ];

  const seen = { ...{ store, state, gate, outbound, counters, reporter, heart, audit, loops: turning }, ...deeds };
  const web = config.http.enabled ? await openWeb({ config, clock, log, version: io.version, ...seen }) : null;

  let answering = true;
  const over = async (): Promise<void> => {
    await stop.whenAsked();
    schedule.close();
    log.info('daemon.stopping', { zh: `正在停止（${stop.reason}）`, en: `stopping (${stop.reason})` });
    await Promise.race([Promise.all(loops), aborted(stop.hurried)]);
    pumpStop.abort();
    await Promise.race([pump, aborted(stop.hurried)]);
    await outbound.settler.flush(stop.hurried);
    answering = false;
    await web?.close();
    await Promise.all([turn.yield(), heart.stopped()]);
    await Promise.race([Promise.all([raw.close(stop.hurried), queries?.close()]), aborted(stop.hurried)]);
    stop.done();
    const left = outbound.settler.backlog;
    log.info('daemon.stopped', left === 0 ? STOPPED_CLEAN : stoppedHurried(left), { left });
    if (stop.fault !== null) throw stop.fault;
  };
  return { holdBackMs, answer: (request) => (answering ? answer(request, { ...deeds, report }) : null), over: over() };
}

type LoopName =
  | 'claim'
  | 'alarms'
  | 'inbox'
  | 'receipts'
  | 'heartbeat'
  | 'commands'
  | 'chores'
  | 'housekeeping'
  | 'balance'
  | 'queries';

const BY_NEED: ReadonlySet<LoopName> = new Set(['chores', 'commands', 'housekeeping']);

/** Loaded where it is wanted: most daemons do not carry it. */
async function openWeb(parts: HttpParts): Promise<HttpServer | null> {
  const { openHttp } = await import('../http/open.ts');
  return openHttp(parts);
}

/** Another daemon may fetch all the same: its line or its disk may be well. */
function isOurTrouble(error: unknown): boolean {
  if (error instanceof PlatformError) return error.kind !== 'blocked';
  return error instanceof DaemonError && error.kind === 'state';
}

const channelWords = (gate: Gate, config: Config): string => {
  const closed = gate.closed('send') ?? gate.closed('reply');
  return closed ? pick(closed.text, config.locale) : 'OPEN';
};

const STOPPED_CLEAN: Text = {
  zh: '已停止：结果全部写回，未发送的行已退回',
  en: 'stopped: every result written, unsent rows put back',
};

const stoppedHurried = (rows: number): Text => ({
  zh: `已停止：${rows} 行的结果未及写回，下次启动时以原流水号核对，不会重发`,
  en: `stopped: the results of ${plural(rows, 'row')} could not be written; the next start asks again under their serials, nothing doubles`,
});

const notListed = (error: DbError): Text => ({
  zh: `市民退订，但数据库拒绝写入 sms_blacklist：${error.text.zh}。请检查该表的约束与触发器，并手工补上`,
  en: `a citizen has opted out, but the database refuses the row of sms_blacklist: ${error.text.en}. Check the constraints and triggers of that table, and add it by hand`,
});
