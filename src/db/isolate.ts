import { DbError } from '../lib/errors.ts';

export interface Refused<T> {
  readonly item: T;
  readonly error: DbError;
}

/** The database says no to a value, not to us. */
export const isRefusal = (error: unknown): error is DbError => error instanceof DbError && error.kind === 'data';

/** Tried alone before a batch is taken apart: where none of them gets through, it is not the fault of single rows. */
const SAMPLE = 5;

/**
 * Runs `work` on all items at once. Where the database refuses the data of one (a constraint, a trigger of the bureau's), on ever
 * smaller parts, until only the refused ones are left aside. `work` returns rows changed, and changes nothing when it fails.
 * @throws DbError every other kind; `data` too when none of several gets through
 */
export async function isolated<T>(
  items: readonly T[],
  work: (part: readonly T[]) => Promise<number>,
): Promise<{ done: number; refused: Refused<T>[] }> {
  let done = 0;
  const refused: Refused<T>[] = [];
  /** The error, where one of several was refused. */
  const attempt = async (part: readonly T[]): Promise<DbError | null> => {
    try {
      done += await work(part);
      return null;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [item] = part;
      if (part.length > 1 || item === undefined) return error;
      refused.push({ item, error });
      return null;
    }
  };
  const error = items.length === 0 ? null : await attempt(items);
  if (error === null) return { done, refused };

  const step = Math.max(1, Math.floor(items.length / SAMPLE));
  const alone = items.filter((_, i) => i % step === 0);
  const rest = items.filter((_, i) => i % step !== 0);
  for (const item of alone) await attempt([item]);
  if (refused.length === alone.length && rest.length > 0) throw error;

  const parts = rest.length > 0 ? [rest] : [];
  for (let part = parts.pop(); part; part = parts.pop()) {
    if ((await attempt(part)) === null) continue;
    const middle = Math.ceil(part.length / 2);
    parts.push(part.slice(middle), part.slice(0, middle));
  }
  return { done, refused };
}
