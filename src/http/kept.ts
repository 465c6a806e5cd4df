import type { Clock } from '../lib/clock.ts';

/** Asks no more than once in `forMs`, however many want to know; who comes while the answer is on its way waits for the same one. */
export function kept<T>(clock: Clock, forMs: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  let askedAt = -Infinity;
  let settled = true;
  return () => {
    if (answer !== null && (!settled || clock.mono() - askedAt < forMs)) return answer;
    askedAt = clock.mono();
    settled = false;
    answer = ask().finally(() => (settled = true));
    answer.catch(() => (askedAt = -Infinity)); // a failure is not kept
    return answer;
  };
}
