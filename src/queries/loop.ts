import type { QueryEnd, QueryOutcome, Store, WaitingQuery } from '../db/store.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { DbError } from '../lib/errors.ts';
import { answer, type AnswerParts } from './answer.ts';

export interface QueryParts extends AnswerParts {
  readonly store: Pick<Store, 'waitingQueries' | 'endQuery' | 'deferQuery'>;
  readonly clock: Pick<Clock, 'mono'>;
  /** Told of every message that has come to its end here. */
  readonly onEnd: (outcome: QueryOutcome, answered: boolean) => void;
  /** The outbox refuses an answer (a constraint or trigger of the bureau's). */
  readonly onRefused: (inboxId: string, error: DbError) => void;
}

/** Messages looked at in one pass. */
const BATCH = 200;
/** Citizens served at the same time. */
const ABREAST = 8;
/** What another process has left behind is found within this. */
const LOOK_EVERY_MS = 30_000;
const RETRY = { firstMs: 2000, mostMs: 30_000 };
/** The database counts whole milliseconds: not a moment before what was put off is due there. */
const MARGIN_MS = 20;

/** Answers what waits, pass by pass. */
export class QueryLoop {
  readonly #p: QueryParts;
  /** Messages put off here, and when they are due. */
  readonly #due = new Map<string, number>();

  constructor(parts: QueryParts) {
    this.#p = parts;
  }

  /**
   * One pass: every waiting message that is due gets its end, or another try later. The messages of one phone follow each other, so
   * that a hundred guesses at once meet the lock that the first ones have set. Returns the milliseconds until the next pass is wanted.
   * @throws DbError of our own database
   */
  async pass(stop: AbortSignal): Promise<number> {
    const waiting = await this.#p.store.waitingQueries(BATCH);
    const citizens = [...Map.groupBy(waiting, ({ phone }) => phone).values()];
    const serve = async (): Promise<void> => {
      for (let messages = citizens.shift(); messages !== undefined && !stop.aborted; messages = citizens.shift()) {
        for (const message of messages) await this.#one(message);
      }
    };
    const all = await Promise.allSettled(Array.from({ length: ABREAST }, serve));
    const failed = all.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    if (waiting.length === BATCH) return 0;
    const now = this.#p.clock.mono();
    // due and not there: another process has ended it
    for (const [id, at] of this.#due) if (at + MARGIN_MS <= now) this.#due.delete(id);
    return Math.min(LOOK_EVERY_MS, Math.min(...this.#due.values()) - now + MARGIN_MS);
  }

  async #one(query: WaitingQuery): Promise<void> {
    this.#due.delete(query.inboxId);
    const answered = await answer(this.#p, query);
    if ('laterMs' in answered) return this.#later(query, answered.laterMs);
    try {
      await this.#finish(answered);
    } catch (error) {
      if (!(error instanceof DbError) || error.kind !== 'data') throw error;
      this.#p.onRefused(query.inboxId, error);
      // an answer that the outbox does not take for so long: the legacy system's again
      if (query.ageMs <= this.#p.maxAgeMs) await this.#later(query, backoff(query.tries + 1, RETRY));
      else await this.#finish({ ...NOTHING, inboxId: query.inboxId });
    }
  }

  async #later({ inboxId }: WaitingQuery, ms: number): Promise<void> {
    await this.#p.store.deferQuery(inboxId, ms);
    this.#due.set(inboxId, this.#p.clock.mono() + ms);
  }

  async #finish(end: QueryEnd): Promise<void> {
    if (await this.#p.store.endQuery(end)) this.#p.onEnd(end.outcome, end.answer !== null);
  }
}

const NOTHING = { outcome: 'GIVEN_UP', subject: '', answer: null, wiped: null, giveBack: true } as const;
