import { DbError, type DbErrorKind } from '../lib/errors.ts';
import type { Dialect, Engine, Session } from './dialect.ts';
import { doubtful } from './failure.ts';
import { patiently, SERVER_PATIENCE } from './retry.ts';

/** One connection of a server engine, lent to one caller at a time. Every failure is a `DbError`. */
export interface Link {
  /** Statements that commit themselves. */
  readonly alone: Session;
  /** Statements between `begin` and `commit`. */
  readonly inside: Session;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Not to be lent again: it went, or could not even roll back. */
  broken: boolean;
}

export interface Links<L extends Link> {
  acquire(): Promise<L>;
  release(link: L): Promise<void>;
  close(): Promise<void>;
}

/** Lends a connection for a transaction that never counts. */
export async function rolledBack<L extends Link, T>(links: Links<L>, work: (link: L) => Promise<T>): Promise<T> {
  const link = await links.acquire();
  try {
    await link.begin();
    return await work(link);
  } finally {
    if (!link.broken) await link.rollback().catch(() => (link.broken = true));
    await links.release(link);
  }
}

/** An engine over the connections of a driver. */
export function pooledEngine<L extends Link>(
  dialect: Dialect,
  links: Links<L>,
  version: (session: Session) => Promise<string>,
): Engine {
  async function borrow<T>(work: (link: L) => Promise<T>): Promise<T> {
    const link = await links.acquire();
    try {
      return await work(link);
    } finally {
      await links.release(link);
    }
  }

  const once = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    borrow(async (link) => {
      await link.begin();
      try {
        const result = await work(link.inside);
        await written(link.commit(), ['lost', 'timeout']);
        return result;
      } catch (error) {
        // the first error is the one that says what happened
        if (error instanceof DbError && (error.kind === 'lost' || error.kind === 'doubtful')) link.broken = true;
        else await link.rollback().catch(() => (link.broken = true));
        throw error;
      }
    });

  return {
    dialect,
    all: (statement) => patiently(SERVER_PATIENCE, () => borrow((link) => link.alone.all(statement))),
    run: (statement) => patiently(SERVER_PATIENCE, () => borrow((link) => written(link.alone.run(statement)))),
    insert: (statement) => patiently(SERVER_PATIENCE, () => borrow((link) => written(link.alone.insert(statement)))),
    tx: (work) => patiently(SERVER_PATIENCE, () => once(work)),
    version: () => borrow((link) => version(link.alone)),
    close: () => links.close(),
  };
}

/**
 * Of a write that commits itself, or a COMMIT: a connection that goes while it is on its way leaves open whether it arrived. So does a
 * COMMIT that was cancelled for its time: it may have been through already.
 */
async function written<T>(write: Promise<T>, open: readonly DbErrorKind[] = ['lost']): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw error instanceof DbError && open.includes(error.kind) ? doubtful(error) : error;
  }
}
