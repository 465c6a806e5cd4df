import type { QueryEnd, QueryOutcome, Store, WaitingQuery } from '../db/store.ts';
import { backoff } from '../lib/backoff.ts';
import { DbError } from '../lib/errors.ts';
import { answer, type AnswerParts } from './answer.ts';

export interface QueryParts extends AnswerParts {
  readonly store: Pick<Store, 'waitingQueries' | 'endQuery' | 'deferQuery'>;
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

/**
 * One pass: every waiting message that is due gets its end, or another try later. The messages of one phone follow each other, so that
 * a hundred guesses at once meet the lock that the first ones have set. Returns the milliseconds until the next pass is wanted.
 * @throws DbError of our own database
 */
export async function queriesPass(p: QueryParts, stop: AbortSignal): Promise<number> {
  const waiting = await p.store.waitingQueries(BATCH);
  const citizens = [...Map.groupBy(waiting, ({ phone }) => phone).values()];
  let soonest = LOOK_EVERY_MS;
  const serve = async (): Promise<void> => {
    for (let messages = citizens.shift(); messages !== undefined && !stop.aborted; messages = citizens.shift()) {
      for (const message of messages) soonest = Math.min(soonest, await one(p, message));
    }
  };
  const all = await Promise.allSettled(Array.from({ length: ABREAST }, serve));
  const failed = all.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return waiting.length === BATCH ? 0 : soonest;
}

/** Milliseconds after which it is to be looked at again. */
async function one(p: QueryParts, query: WaitingQuery): Promise<number> {
  const answered = await answer(p, query);
  if ('laterMs' in answered) return later(p, query, answered.laterMs);
  try {
    await finish(p, answered);
    return Infinity;
  } catch (error) {
    if (!(error instanceof DbError) || error.kind !== 'data') throw error;
    p.onRefused(query.inboxId, error);
    return query.ageMs > p.maxAgeMs ? handBack(p, query) : later(p, query, backoff(query.tries + 1, RETRY));
  }
}

/** An answer that the outbox does not take for so long: the legacy system's again. */
async function handBack(p: QueryParts, { inboxId }: WaitingQuery): Promise<number> {
  const nothing = { subject: '', answer: null, wiped: null };
  await finish(p, { inboxId, outcome: 'GIVEN_UP', ...nothing, giveBack: true });
  return Infinity;
}

async function later(p: QueryParts, query: WaitingQuery, ms: number): Promise<number> {
  await p.store.deferQuery(query.inboxId, ms);
  return ms;
}

async function finish(p: QueryParts, end: QueryEnd): Promise<void> {
  if (await p.store.endQuery(end)) p.onEnd(end.outcome, end.answer !== null);
}
