import type { DaemonRow, Heartbeat, Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { fit, type Text } from '../lib/text.ts';
import { ALIVE_MS } from '../outbound/sender.ts';
import type { Start } from '../state/identity.ts';
import type { Counters } from './counters.ts';
import type { Stop } from './stop.ts';

const BEAT_MS = 10_000;
/** Beats that a change of state brings forward come no closer than this. */
const LEAST_MS = 1000;
/** By then the others have seen us and made room in the shared rate, and whoever uses our identity has taken it back. */
const JOIN_MS = BEAT_MS + 2000;
/** Of what is wrong, in words. */
const LONGEST = 1000;

export interface HeartParts {
  readonly store: Pick<Store, 'enrol' | 'beat' | 'retake' | 'daemons' | 'now' | 'keepHours'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly counters: Counters;
  readonly stop: Stop;
  readonly deadlineMs: number;
  readonly start: Start;
  /** Who we are; the same with every beat. */
  readonly self: Pick<Heartbeat, 'identity' | 'boot' | 'instance' | 'host' | 'pid' | 'version'>;
  /** What changes: asked with every beat. */
  readonly condition: () => Pick<Heartbeat, 'channelState' | 'lastError' | 'trouble'>;
}

/** This daemon's row in the status table: what a DBA sees of it, and how daemons know of each other. */
export class Heart {
  readonly #p: HeartParts;
  #triedAt = -Infinity;
  #beatAt = -Infinity;
  #claimFrom = -Infinity;
  #company = false;

  constructor(parts: HeartParts) {
    this.#p = parts;
  }

  /**
   * Registers. True: the row of our identity was last written by a process of this directory on this machine, which is dead, and what
   * it held is ours.
   * @throws DbError
   */
  async enrol(): Promise<boolean> {
    const { store, clock, counters } = this.#p;
    const earlier = await store.enrol(this.#row('STARTING'));
    this.#beatAt = clock.mono();
    const now = (await store.now()).text;
    counters.resume(now, earlier && { at: earlier.heartbeatAt, sentToday: earlier.sentToday });
    const predecessor = earlier !== null && this.#isPredecessor(earlier);
    await this.#join(earlier !== null && !predecessor && isAlive(earlier));
    return predecessor;
  }

  /** When the database took the latest beat, by the monotonic clock. */
  get beatAt(): number {
    return this.#beatAt;
  }

  /** True: there was a daemon beside us when we enrolled that had not stopped, be it alive or not. */
  get company(): boolean {
    return this.#company;
  }

  /**
   * Milliseconds for which no row may be claimed; 0: go on. Not before others who may be sending have noticed us: after the start, and
   * after a silence in which they had to take us for dead and our share of the rate for theirs.
   * @throws DbError
   */
  async holdBackMs(): Promise<number> {
    const { clock } = this.#p;
    if (clock.mono() - this.#beatAt >= ALIVE_MS) {
      await this.beat();
      await this.#join(false);
    }
    return Math.max(0, this.#claimFrom - clock.mono());
  }

  /** For the loop: a beat, if the last one was not just now; resolves with the wait for the next. @throws DbError */
  async pass(): Promise<number> {
    const early = this.#triedAt + LEAST_MS - this.#p.clock.mono();
    if (early > 0) return early;
    await this.beat();
    return BEAT_MS;
  }

  /** @throws DbError */
  async beat(): Promise<void> {
    const { store, clock, counters } = this.#p;
    this.#triedAt = clock.mono();
    if (counters.dayIsOver) counters.day((await store.now()).text);
    const beat = this.#row('RUNNING');
    if (!(await store.beat(beat))) await this.#contested(beat);
    this.#beatAt = clock.mono();
    await this.#keepHours();
  }

  /** Milliseconds since the latest beat that the database has taken. */
  get silentMs(): number {
    return this.#p.clock.mono() - this.#beatAt;
  }

  /** What was counted goes down with the beat: one statement, and none where nothing happened. */
  async #keepHours(): Promise<void> {
    const { store, counters, self } = this.#p;
    const hours = counters.hours.unwritten();
    if (hours.length === 0) return;
    await store.keepHours(`${self.identity}.${self.boot}`, hours);
    counters.hours.written(hours);
  }

  async #join(beside: boolean): Promise<void> {
    const { store, clock, self } = this.#p;
    const others = (await store.daemons()).filter(({ identity }) => identity !== self.identity);
    this.#company ||= beside || others.some(({ state }) => state !== 'STOPPED');
    if (beside || others.some(isAlive)) this.#claimFrom = clock.mono() + JOIN_MS;
  }

  /** The last beat, as far as the database takes it. */
  async stopped(): Promise<void> {
    await this.#p.store.beat(this.#row('STOPPED')).catch(() => false);
    await this.#keepHours().catch(() => undefined);
  }

  /** True: `row` was written by the process that had this very directory before us, which is dead, since we hold its lock. */
  #isPredecessor(row: DaemonRow): boolean {
    const { start } = this.#p;
    return start.previousHere && row.boot === start.previousBoot;
  }

  /** Another process beats under our identity. The elder keeps it; the younger steps back. */
  async #contested(beat: Heartbeat): Promise<void> {
    const { store, log, stop, deadlineMs, self } = this.#p;
    if (await store.retake(beat)) {
      log.warn('daemon.contested', ELDER);
      return;
    }
    const row = (await store.daemons()).find(({ identity }) => identity === self.identity);
    if (row && row.boot !== self.boot && isAlive(row)) {
      stop.fail(new DaemonError('fenced', YOUNGER), deadlineMs);
      return;
    }
    log.error('database.setback', SET_BACK);
    await store.enrol(beat);
    await this.#join(false);
  }

  #row(state: Heartbeat['state']): Heartbeat {
    const { self, counters, condition } = this.#p;
    const { channelState, lastError, trouble } = condition();
    const words = {
      channelState: fit(channelState, 400),
      lastError: lastError && fit(lastError, LONGEST),
      trouble: trouble && { zh: fit(trouble.zh, LONGEST), en: fit(trouble.en, LONGEST) },
    };
    return { ...self, ...words, state, sentMinute: counters.sentMinute, sentToday: counters.sentToday };
  }
}

const isAlive = (row: DaemonRow): boolean => row.state !== 'STOPPED' && row.silentMs < ALIVE_MS;

const ELDER: Text = {
  zh: '另一个进程用了同一个身份（复制的状态目录或克隆的虚拟机？），本进程继续，对方应当停止。请在对方机器上清空 stateDir',
  en: 'another process uses our identity (copied state directory, cloned machine?); we go on, it should stop. Empty stateDir on that machine',
};

const SET_BACK: Text = {
  zh: 'sms_mw_status 里没有本进程的行了：表被人清空，或数据库退回了旧状态（恢复备份、主备切换）。若是后者，本机日志记得的行会转为 HELD，由其它守护进程发出的请凭流水号向平台核对',
  en: 'our row in sms_mw_status is gone: somebody emptied the table, or the database was set back (restored backup, fail-over). In that case rows that the local journal remembers end HELD; what other daemons had sent, ask the platform by the serials',
};

const YOUNGER: Text = {
  zh: '本进程的身份正被另一个先启动的进程使用（复制的状态目录或克隆的虚拟机？），本进程已停止。请清空本机的 stateDir 再启动',
  en: 'our identity is in use by a process that started earlier (copied state directory, cloned machine?), so this one has stopped. Empty stateDir on this machine and start again',
};
