import { runLoop } from '../daemon/pace.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { textOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { Wake } from '../lib/wake.ts';
import type { Memory } from './book.ts';
import type { Notice, Way } from './notice.ts';

/** What nobody could be told for so long is in the log, and no longer news. */
const KEPT_MS = 24 * 3_600_000;
/** Notices that wait for a way, at most: the latest say what is. */
const MOST = 100;

export interface PostParts {
  readonly way: Way;
  readonly clock: Clock;
  readonly log: Pick<Log, 'state'>;
  /** Where what could not be told yet outlives the process: the book takes it for told. */
  readonly memory: Memory;
  /** Wait after the first failed try, and the longest. */
  readonly retry?: { readonly firstMs: number; readonly mostMs: number };
}

const RETRY = { firstMs: 30_000, mostMs: 1_800_000 };

/** Notices on one way, in order. A way that fails is tried again, said once, and holds up nobody else. */
export class Post {
  readonly #p: PostParts;
  readonly #wake = new Wake();
  #waiting: readonly Notice[];

  constructor(parts: PostParts) {
    this.#p = parts;
    this.#waiting = JSON.parse(parts.memory.read() ?? '[]') as Notice[];
  }

  put(notice: Notice): void {
    this.#keep([...this.#waiting, notice].slice(-MOST));
    this.#wake.now();
  }

  /** Until `stop`. */
  run(stop: AbortSignal): Promise<void> {
    const { way, log, retry = RETRY } = this.#p;
    return runLoop(
      (s) => this.#pass(s),
      {
        retryMs: (failures) => backoff(failures, retry),
        wake: this.#wake,
        onFailure: (error) => log.state(`alarm.${way.name}`, error === null ? null : failing(way, error)),
      },
      stop,
    );
  }

  #keep(waiting: readonly Notice[]): void {
    this.#waiting = waiting;
    this.#p.memory.write(JSON.stringify(waiting));
  }

  async #pass(stop: AbortSignal): Promise<number> {
    for (let next = this.#waiting[0]; next !== undefined && !stop.aborted; next = this.#waiting[0]) {
      if (this.#p.clock.wall() - next.at < KEPT_MS) await this.#p.way.send(next, stop);
      this.#keep(this.#waiting.filter((notice) => notice !== next));
    }
    return Infinity;
  }
}

function failing({ name }: Way, error: unknown): { zh: string; en: string } {
  const { zh, en } = textOf(error);
  return {
    zh: `告警送不出去（alarms.${name}），保留并重试，其它方式不受影响：${zh}`,
    en: `alarms cannot be told by alarms.${name}; they are kept and tried again, the other ways go on: ${en}`,
  };
}
