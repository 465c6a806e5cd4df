import type { Clock } from '../lib/clock.ts';

export interface Kept<T> {
  (): Promise<T>;
  /** Whoever asks from now on gets an answer of his own. */
  forget(): void;
}

/** Asks no more than once in `forMs`, however many want to know; who comes while the answer is on its way waits for the same one. */
export function kept<T>(clock: Clock, forMs: number, ask: () => Promise<T>): Kept<T> {
  let answer: Promise<T> | null = null;
  let askedAt = -Infinity;
  let settled = true;
  const get = (): Promise<T> => {
    if (answer !== null && (!settled || clock.mono() - askedAt < forMs)) return answer;
    askedAt = clock.mono();
    settled = false;
    const mine = ask().finally(() => {
      if (answer === mine) settled = true;
    });
    answer = mine;
    mine.catch(() => {
      if (answer === mine) askedAt = -Infinity; // a failure is not kept
    });
    return mine;
  };
  return Object.assign(get, { forget: () => void (answer = null) });
}
