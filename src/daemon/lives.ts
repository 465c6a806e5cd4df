import { setImmediate } from 'node:timers/promises';
import type { Config } from '../config/settings.ts';
import { differences } from '../config/differences.ts';
import { LoginRefused, loginWaitMs } from '../db/login.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { ConfigError, DaemonError, DbError, textOf, type DbErrorKind } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { sleep } from '../lib/sleep.ts';
import { spanText } from '../lib/span.ts';
import type { Text } from '../lib/text.ts';
import type { AuditEntry } from '../state/audit.ts';
import type { ControlRequest, LifeVerb } from './control.ts';
import { advised } from './logins.ts';
import { stopDeadlineMs } from './parts.ts';
import { aborted, Stop } from './stop.ts';

/** The daemon under one configuration: from opening the database to the last write-back. */
export interface Life {
  /** Milliseconds for which it claims nothing yet, so that other daemons notice it first. */
  readonly holdBackMs: number;
  /** Null: it is about to end, and no longer answers. */
  answer(request: ControlRequest<LifeVerb>): Promise<unknown> | null;
  /** Resolves once it was asked to stop and nothing of it is left. @throws DaemonError: why it has stopped by itself */
  readonly over: Promise<void>;
}

/** The configuration file. */
export interface Source {
  /** As it is now, checked as at the start. @throws ConfigError with every problem, DbError: its SQLite file is not there */
  load(): Config;
  /** Told before a life begins under this configuration, one that `load` has given or the first: the log is as it says. */
  use(config: Config): Promise<void>;
}

export interface LivesParts {
  readonly log: Pick<Log, 'info' | 'warn' | 'error' | 'state'>;
  readonly clock: Clock;
  readonly source: Source;
  /** Whether a life under this configuration could begin, beside the one that goes on. @throws AppError: it could not */
  readonly prove: (config: Config) => Promise<void>;
  /** Once `stop` is asked it begins nothing that has to be stopped, or stops it. @throws AppError: it has not begun; nothing is left of it */
  readonly begin: (config: Config, stop: Stop) => Promise<Life>;
  readonly audit: (entry: AuditEntry) => void;
}

/** What has become of a reload; `text` says why not. `config`: the file is wrong; `undone`: the old configuration is in force again. */
export type Reloaded =
  | {
      readonly done: true;
      /** Keys whose values differ. */
      readonly changed: readonly string[];
      /** Those of them that want a restart. */
      readonly waiting: readonly string[];
      /** How long nothing was sent. */
      readonly silentMs: number;
    }
  | { readonly done: false; readonly why: 'config' | 'failed' | 'undone' | 'refused'; readonly text: Text };

interface Order {
  readonly config: Config;
  readonly changed: readonly string[];
  readonly waiting: readonly string[];
  /** When the life before was asked to stop. */
  readonly since: number;
  readonly answer: (reloaded: Reloaded) => void;
}

/** What the process holds from start to end; everything else begins anew with each life. */
const BOUND: readonly (keyof Config)[] = ['stateDir'];
const RETRY = { firstMs: 500, mostMs: 30_000 };
/** What a database says that will answer again. */
const PASSING: ReadonlySet<DbErrorKind> = new Set(['again', 'timeout', 'lost', 'doubtful']);

/**
 * The lives of the daemon in one process, one after the other: a reload is an orderly stop and a start under the new configuration, while
 * state directory, its lock and the control socket stay open. Before anything is stopped, the new configuration is proved; where it does
 * not start all the same, the old one comes back.
 */
export class Lives {
  readonly #p: LivesParts;
  /** Asks the process to end, at whatever moment. */
  readonly end = new Stop();
  #config: Config;
  /** Of the life that goes on, begins or stops. */
  #stop = new Stop();
  #life: Life | null = null;
  /** Why the first has not begun yet. */
  #refused: Text | null = null;
  #reloading = false;
  #order: Order | null = null;

  constructor(config: Config, parts: LivesParts) {
    this.#config = config;
    this.#p = parts;
    this.end.asked.addEventListener('abort', () => {
      if (!this.#stop.asked.aborted) this.#stop.request(this.end.reason, this.deadlineMs);
    });
    this.end.hurried.addEventListener('abort', () => {
      this.#stop.request(this.end.reason, this.deadlineMs);
    });
  }

  /** How long an orderly stop may take. */
  get deadlineMs(): number {
    return stopDeadlineMs(this.#config);
  }

  /** Until `end`. @throws what `begin` and `over` throw, unless an earlier configuration could go on */
  async run(): Promise<void> {
    try {
      let life = await this.#first();
      while (life !== null) {
        await life.over;
        this.#life = null;
        if (this.#order === null || this.end.asked.aborted) return;
        life = await this.#renew(this.#order);
      }
    } finally {
      this.#life = null;
      this.#settle(no('refused', STOPPING));
      await setImmediate(); // whoever waits for it hears it before the socket is closed
    }
  }

  /** To a command at the control socket. */
  answer(request: ControlRequest): Promise<unknown> {
    const { verb } = request;
    if (verb === 'reload') return this.reload();
    if (verb === 'stop') {
      // asked twice it is still an orderly stop; only a second signal means "hurry"
      if (!this.end.asked.aborted) this.end.request('yxt-mw stop', this.deadlineMs);
      return Promise.resolve({ stopping: true, deadlineMs: this.deadlineMs });
    }
    const kind = this.#refused === null ? 'failed' : 'waiting';
    return this.#life?.answer({ ...request, verb }) ?? Promise.reject(new DaemonError(kind, this.#between));
  }

  /** By signal: nobody waits for the answer, so it is written down. */
  async hangUp(): Promise<void> {
    const reloaded = await this.reload();
    if (!reloaded.done) return;
    this.#p.audit({ who: 'signal:SIGHUP', action: 'reload', facts: { changed: reloaded.changed.join(' ') } });
  }

  /** Never rejects; what comes of it is logged. */
  async reload(): Promise<Reloaded> {
    const { log } = this.#p;
    if (this.#reloading || this.#life === null || this.#stop.asked.aborted) {
      log.warn('reload.refused', this.#between);
      return no('refused', this.#between);
    }
    this.#reloading = true;
    try {
      const reloaded = await this.#ask();
      if (reloaded.done) log.info('reload.done', doneText(reloaded), { silentMs: Math.round(reloaded.silentMs) });
      else log.error(`reload.${reloaded.why}`, reloaded.text);
      return reloaded;
    } finally {
      this.#reloading = false;
    }
  }

  async #ask(): Promise<Reloaded> {
    const { log, source, clock } = this.#p;
    log.info('reload.asked', ASKED);
    let loaded: Config;
    try {
      loaded = source.load();
    } catch (error) {
      return no(error instanceof ConfigError ? 'config' : 'failed', goesOn(textOf(error)));
    }
    const changed = differences(this.#config, loaded);
    const waiting = changed.filter((key) => BOUND.some((bound) => key === bound));
    const config = { ...loaded, stateDir: this.#config.stateDir };
    try {
      await Promise.race([this.#p.prove(config), aborted(this.#stop.asked)]);
    } catch (error) {
      return no(error instanceof ConfigError ? 'config' : 'failed', goesOn(textOf(error)));
    }
    if (this.#stop.asked.aborted) return no('refused', STOPPING);
    return new Promise((answer) => {
      this.#order = { config, changed, waiting, since: clock.mono(), answer };
      this.#stop.request('reload', this.deadlineMs);
    });
  }

  /** Null: to end in a hurry, while the database or the like has not answered. */
  async #begin(config: Config): Promise<Life | null> {
    this.#stop = new Stop();
    if (this.end.asked.aborted) this.#stop.request(this.end.reason, this.deadlineMs);
    const begun = this.#p.begin(config, this.#stop);
    // taken off again: `hurried` lasts as long as the process, and would keep every life
    const left = Promise.withResolvers<null>();
    const leave = (): void => left.resolve(null);
    this.end.hurried.addEventListener('abort', leave);
    if (this.end.hurried.aborted) leave();
    try {
      this.#life = await Promise.race([begun, left.promise]);
    } finally {
      this.end.hurried.removeEventListener('abort', leave);
    }
    if (this.#life === null) begun.then((life) => life.over).catch(() => undefined);
    return this.#life;
  }

  /** Whoever restarts a process that ends would have its login refused every few seconds, until the account is locked. */
  async #first(): Promise<Life | null> {
    for (let refusals = 1; ; refusals++) {
      try {
        const life = await this.#begin(this.#config);
        this.#refused = null;
        return life;
      } catch (error) {
        if (!(error instanceof LoginRefused)) throw error;
        this.#refused = advised(error.text);
        await sleep(loginWaitMs(refusals), this.end.asked);
        if (this.end.asked.aborted) return null;
      }
    }
  }

  /** The next life: under the configuration that was asked for, else under the one before. */
  async #renew(order: Order): Promise<Life | null> {
    const { log, source, clock } = this.#p;
    const { config, changed, waiting, since } = order;
    const before = this.#config;
    let why: Text;
    try {
      await source.use(config);
      const life = await this.#begin(config);
      if (life === null || this.end.asked.aborted) return life;
      this.#config = config;
      this.#settle({ done: true, changed, waiting, silentMs: clock.mono() - since + life.holdBackMs });
      return life;
    } catch (error) {
      why = textOf(error);
    }
    await source.use(before);
    log.error('reload.back', goesBack(why));
    const life = await this.#goBack(before);
    if (life !== null && !this.end.asked.aborted) this.#settle(no('undone', undone(why)));
    return life;
  }

  /** A daemon outlives the outage of its database, also when it comes in the middle of a reload. */
  async #goBack(config: Config): Promise<Life | null> {
    const { log } = this.#p;
    for (let failures = 1; ; failures++) {
      try {
        const life = await this.#begin(config);
        log.state('reload.database', null);
        return life;
      } catch (error) {
        if (this.end.asked.aborted) return null;
        if (!(error instanceof DbError && PASSING.has(error.kind))) throw error;
        log.state('reload.database', error.text, { level: 'error' });
        await sleep(backoff(failures, RETRY), this.end.asked);
      }
    }
  }

  #settle(reloaded: Reloaded): void {
    this.#order?.answer(reloaded);
    this.#order = null;
  }

  /** Why nothing can be asked for now. */
  get #between(): Text {
    if (this.end.asked.aborted) return STOPPING;
    if (this.#reloading) return RELOADING;
    return this.#life === null ? (this.#refused ?? STARTING) : STOPPING;
  }
}

const no = (why: Extract<Reloaded, { done: false }>['why'], text: Text): Reloaded => ({ done: false, why, text });

/** What has changed, in words. */
export function doneText({ changed, waiting, silentMs }: Extract<Reloaded, { done: true }>): Text {
  const now = changed.filter((key) => !waiting.includes(key));
  const span = spanText(silentMs);
  const what =
    now.length === 0
      ? { zh: '没有键的值不同', en: 'no key has another value' }
      : { zh: `改变的键：${now.join('、')}`, en: `changed: ${now.join(', ')}` };
  const later =
    waiting.length === 0
      ? { zh: '', en: '' }
      : {
          zh: `；要重启才生效：${waiting.join('、')}`,
          en: `; waiting for a restart: ${waiting.join(', ')}`,
        };
  return {
    zh: `已重新读入配置。${what.zh}${later.zh}；停发 ${span.zh}`,
    en: `the configuration is reloaded. ${what.en}${later.en}; nothing was sent for ${span.en}`,
  };
}

const ASKED: Text = { zh: '要求重新读入配置：先核对', en: 'asked to reload the configuration: it is checked first' };
const STARTING: Text = { zh: 'yxt-mw 正在启动，稍后再试', en: 'yxt-mw is starting: try again in a moment' };
const RELOADING: Text = {
  zh: 'yxt-mw 正在重新读入配置，稍后再试',
  en: 'yxt-mw is reloading its configuration: try again in a moment',
};
const STOPPING: Text = { zh: 'yxt-mw 正在停止', en: 'yxt-mw is stopping' };

const goesOn = ({ zh, en }: Text): Text => ({
  zh: `没有重新读入，原来的配置继续有效：${zh}`,
  en: `not reloaded, the configuration in force stays: ${en}`,
});

const goesBack = ({ zh, en }: Text): Text => ({
  zh: `用新配置启动不了，退回原来的配置：${zh}`,
  en: `it does not start with the new configuration, back to the one before: ${en}`,
});

const undone = ({ zh, en }: Text): Text => ({
  zh: `用新配置启动不了，已用原来的配置继续：${zh}`,
  en: `it did not start with the new configuration and goes on with the one before: ${en}`,
});
