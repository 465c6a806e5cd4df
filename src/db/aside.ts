import type { DbError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { isRefusal, type Refused } from './isolate.ts';

/** Told of each row that the database refuses to have changed; `id` is its number in the outbox. The text is fit for the log. */
export type OnRefused = (row: { readonly id: string; readonly text: Text }) => void;

/** A row is tried again after this: by then somebody may have mended the trigger … */
const REST_MS = 600_000;
/** … or ended the transaction. */
const LOCKED_REST_MS = 60_000;

/** More than these are no longer single rows. */
const MOST = 1000;

/**
 * Outbox rows that the database refuses to have changed (a constraint or a trigger of the bureau's says no), or that somebody keeps
 * locked. They are left alone for
 * some minutes, so that they neither stop nor slow the others; each is reported when it is put here.
 */
export class Aside {
  readonly #until = new Map<string, number>();
  readonly #onRefused: OnRefused;
  readonly #now: () => number;

  constructor(onRefused: OnRefused = () => undefined, now: () => number = () => performance.now()) {
    this.#onRefused = onRefused;
    this.#now = now;
  }

  /** @throws DbError `data`, when there are too many: the table's trigger is broken, not a row */
  put<T>(refused: readonly Refused<T>[], idOf: (item: T) => string): void {
    this.#forget();
    for (const { item, error } of refused) {
      const id = idOf(item);
      if (this.#until.size >= MOST && !this.#until.has(id)) throw error;
      this.#until.set(id, this.#now() + (isRefusal(error) ? REST_MS : LOCKED_REST_MS));
      this.#onRefused({ id, text: reason(id, error) });
    }
  }

  has(id: string): boolean {
    return this.#until.has(id);
  }

  /** Rows now resting. */
  get size(): number {
    this.#forget();
    return this.#until.size;
  }

  #forget(): void {
    const now = this.#now();
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
  }
}

function reason(id: string, error: DbError): Text {
  return isRefusal(error) ? refusedReason(id, error) : lockedReason(id);
}

const lockedReason = (id: string): Text => ({
  zh: `发件表第 ${id} 行被另一个未结束的事务锁住，先放在一边，其余照常；请让那个会话提交或回滚，1 分钟后再试`,
  en: `row ${id} of the outbox is locked by somebody's open transaction and left aside, the others go on; have that session commit or roll back, it is tried again after a minute`,
});

const refusedReason = (id: string, { text }: DbError): Text => ({
  zh: `发件表第 ${id} 行改不了，先放在一边，其余照常；请检查该表的触发器和约束，10 分钟后再试。${text.zh}`,
  en: `row ${id} of the outbox cannot be changed and is left aside, the others go on; check the table's triggers and constraints, it is tried again after 10 minutes. ${text.en}`,
});
