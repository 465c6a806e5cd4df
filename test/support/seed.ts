import { randomInt } from 'node:crypto';

/** What this run's chances follow from. The same again: YXT_SEED=… in the environment. */
export const SEED = Number(process.env['YXT_SEED'] ?? randomInt(2 ** 31));

/** Numbers in [0, 1) that depend on the seed and on the name alone, not on what runs beside it (mulberry32). */
export function seeded(name: string): () => number {
  let state = SEED;
  for (const char of name) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
