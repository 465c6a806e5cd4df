export interface BackoffRange {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Exponential wait before try `failures + 1`, with up to 30 % jitter so that daemons do not come back together. */
export function backoff(failures: number, range: BackoffRange, random: () => number = Math.random): number {
  const base = Math.min(range.mostMs, range.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(base * (0.7 + 0.3 * random()));
}
