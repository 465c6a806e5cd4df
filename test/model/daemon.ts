import type { Config } from '../../src/config/settings.ts';
import { chores, CHORES_EVERY_MS } from '../../src/daemon/chores.ts';
import { Counters } from '../../src/daemon/counters.ts';
import { FetchPace } from '../../src/daemon/fetch-pace.ts';
import { Heart } from '../../src/daemon/heart.ts';
import { runLoop, type Pass } from '../../src/daemon/pace.ts';
import { buildOutbound, callMsOf, openGate } from '../../src/daemon/parts.ts';
import { Reporter } from '../../src/daemon/reporter.ts';
import { Stop } from '../../src/daemon/stop.ts';
import type { Engine } from '../../src/db/dialect.ts';
import { storeOf } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { inboxPass } from '../../src/inbound/loop.ts';
import { backoff } from '../../src/lib/backoff.ts';
import { AppError } from '../../src/lib/errors.ts';
import { createLog } from '../../src/lib/log.ts';
import { Wake } from '../../src/lib/wake.ts';
import { gated } from '../../src/platform/gate.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { receiptPass } from '../../src/receipts/loop.ts';
import { openState, type State } from '../../src/state/open.ts';
import { callerOf, type ModelPlatform } from './platform.ts';
import { Killed, type Points } from './points.ts';
import { Process, running } from './time.ts';
import { namedVerbs, watchedEngine, watchedState } from './watched.ts';

/** What a deliberately broken build puts in the place of a part. */
export interface Build {
  readonly engine?: (engine: Engine) => Engine;
  readonly store?: (store: Store) => Store;
  readonly platform?: (platform: Platform) => Platform;
  readonly state?: (state: State) => State;
}

export interface DaemonNeeds {
  readonly process: Process;
  readonly config: Config;
  readonly stateDir: string;
  readonly engine: Engine;
  readonly platform: ModelPlatform;
  readonly points: Points;
  readonly build: Build;
  readonly onWrite: () => void;
  /** Told of an error that nothing outside of the daemon explains. */
  readonly onBug: (error: unknown) => void;
  /** It has ended by itself: stopped, or unable to start. */
  readonly onExit: () => void;
}

export interface Daemon {
  readonly process: Process;
  /** `IDENTITY.BOOT`, once it is known. */
  owner: string | null;
  /** Answers that are on its disk and not in the database. */
  spooled(): number;
  /** As SIGTERM does. */
  stop(): void;
  /** Nothing of it happens any more, and its own files are closed, as a killed process's are. */
  kill(): void;
}

const RETRY = { firstMs: 500, mostMs: 30_000 };
const log = createLog({ level: 'error', dir: null, format: 'text', locale: 'en', console: false });

/** The parts of `src/daemon`, wired as there, over the real store and state directory behind await points. */
export function startDaemon(n: DaemonNeeds): Daemon {
  const { process, config, points, build } = n;
  const inside = <T>(work: () => T): T => running.run({ process, verb: '' }, work);
  const files = openState(n.stateDir, { clock: process });
  const stop = new Stop();
  const daemon: Daemon = {
    process,
    owner: null,
    spooled: () => files.spool.pending('report').length + files.spool.pending('reply').length,
    stop: () => inside(() => stop.request('SIGTERM', callMsOf(config) + 10_000)),
    kill() {
      process.dead = true;
      files.close();
    },
  };
  const bug = (error: unknown): void => {
    if (error !== null && !(error instanceof AppError) && !(error instanceof Killed)) n.onBug(error);
  };

  async function serve(): Promise<void> {
    const clock = process;
    const state = (build.state ?? same)(watchedState(files, points));
    const store = (build.store ?? same)(
      namedVerbs(
        storeOf(watchedEngine((build.engine ?? same)(n.engine), points, n.onWrite), { schema: null, tables: {} }),
      ),
    );
    const start = state.start();
    const owner = (daemon.owner = `${state.identity}.${start.boot}`);
    const counters = new Counters(clock);
    const deadlineMs = callMsOf(config) + 10_000;
    const reporter = new ListeningReporter(log, counters, config.locale, bug);
    const gate = await openGate(config, store, clock, owner, (closed) => reporter.channelChanged(closed));
    const heart = new Heart({
      ...{ store, clock, log, counters, stop, deadlineMs, start },
      self: { identity: state.identity, boot: start.boot, instance: process.name, host: 'model', pid: 1, version: '0' },
      condition: () => ({ channelState: 'OPEN', lastError: reporter.lastError, trouble: reporter.trouble }),
    });
    const predecessor = await heart.enrol();
    if (predecessor) await store.adopt(state.identity, start.boot, callMsOf(config));

    const raw = (build.platform ?? same)(callerOf(n.platform, points));
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
      onCommands: () => undefined,
    });
    const pumpStop = new AbortController();
    const pump = outbound.pump.run(pumpStop.signal);
    const loop = (pass: Pass, wake = new Wake()): Promise<void> =>
      runLoop(pass, { retryMs: (failures) => backoff(failures, RETRY), wake, onFailure: bug }, stop.asked);
    const fetching = (everyMs: number, pass: (s: AbortSignal) => Promise<{ more: boolean }>): Promise<void> => {
      const pace = new FetchPace(everyMs);
      return loop(async (s) => {
        const from = clock.mono();
        return pace.next((await pass(s)).more, clock.mono() - from);
      });
    };
    // every daemon fetches whenever it likes: that none of them waits for its turn must cost order, not messages
    const inHand: Buffer[] = [];
    const fetcher = { platform, store, state, log, mayFetch: () => Promise.resolve(true) };
    const inbound = { ...fetcher, accessNo: config.platform.accessNo, separators: '#' };
    const duties = {
      ...{ store, state, log },
      keepDays: config.housekeeping.keepDays,
      seenForMs: config.inbox.seenFor,
      giveUpAfterMs: config.receipts.giveUpAfter,
    };
    await Promise.all([
      loop(async (s) => (await heart.holdBackMs()) || outbound.sender.pass(s), outbound.pump.hungry),
      fetching(config.inbox.pollEvery, (s) => inboxPass(inbound, s)),
      fetching(config.receipts.pollEvery, (s) => receiptPass({ ...fetcher, inHand }, s)),
      loop(() => heart.pass()),
      loop(async (s) => {
        await chores(duties, s);
        return CHORES_EVERY_MS;
      }),
    ]);
    pumpStop.abort();
    await pump;
    await outbound.settler.flush(stop.hurried);
    await heart.stopped();
    stop.done();
  }

  const exit = (): void => {
    if (process.dead) return;
    daemon.kill();
    n.onExit();
  };
  void inside(() => serve().catch(bug).then(exit));
  return daemon;
}

/** Hears of every error that the parts outlive. */
class ListeningReporter extends Reporter {
  readonly #onError: (error: unknown) => void;

  constructor(logger: typeof log, counters: Counters, locale: Config['locale'], onError: (error: unknown) => void) {
    super(logger, counters, locale, () => undefined);
    this.#onError = onError;
  }

  override failure(...[what, error]: Parameters<Reporter['failure']>): void {
    this.#onError(error);
    super.failure(what, error);
  }
}

const same = <T>(part: T): T => part;
