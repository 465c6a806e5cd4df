/**
 * Replaces time, chance and slowness for a whole thread, before anything of the product is loaded: timers run on virtual time,
 * SQLite's "now" is virtual time as well, random numbers come from a seed, and the key derivation (made slow on purpose) is
 * made quick. To be imported first, and only in a thread of its own.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import timersPromises from 'node:timers/promises';
import { databaseTime, running, time } from './time.ts';

type Timer = ReturnType<typeof time.set>;

const thread = globalThis as unknown as Record<'setTimeout' | 'clearTimeout', unknown>;
thread.setTimeout = (fire: () => void, ms: number): Timer => time.set(ms, fire);
thread.clearTimeout = (timer: Timer): void => time.clear(timer);

const delay = (ms: number, value: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const timer = time.set(ms, () => resolve(value));
    const aborted = (): void => {
      time.clear(timer);
      reject(new Error('aborted'));
    };
    signal?.addEventListener('abort', aborted, { once: true });
  });

type KeyDone = (error: null, key: Buffer) => void;
const quick = (secret: string, salt: Buffer, _rounds: number, length: number, digest: string, done: KeyDone): void =>
  done(null, crypto.pbkdf2Sync(secret, salt, 1, length, digest));

// whose turn it is, the explorer decides
const atOnce = (): Promise<void> => Promise.resolve();

Object.assign(timersPromises, { setTimeout: delay, setImmediate: atOnce });
Object.assign(crypto, { pbkdf2: quick });
syncBuiltinESMExports();

/** Small, fast, and the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** All randomness of the product from here on; what must be unguessable (boot ids, salts) is not touched. */
export function seedRandom(seed: number): void {
  Math.random = random(seed);
}

const calendar = new DatabaseSync(':memory:');
const formatted = [2, 3].map((n) =>
  calendar.prepare(`SELECT strftime(${Array<string>(n).fill('?').join(', ')}) AS told`),
);

/**
 * SQLite's own function, except that "now" is ours: by the clock of the process that asks (its skew: none, unless a test breaks it),
 * in the one format that the product uses, with or without "so many seconds later".
 */
function strftime(...args: SQLInputValue[]): SQLInputValue {
  if (args[1] !== 'now') return formatted[args.length - 2]?.get(...args)?.['told'] ?? null;
  const [, , , later] = args;
  const seconds = typeof later === 'string' ? Number.parseFloat(later) : 0;
  return databaseTime(time.now + time.leapt + (running.getStore()?.process?.skewMs ?? 0) + Math.round(seconds * 1000));
}

/** Told to every connection when it runs its first statement. */
const known = new WeakSet<DatabaseSync>([calendar]);
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the connection as `this` below
const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  if (!known.has(this)) {
    known.add(this);
    this.function('strftime', { varargs: true, deterministic: true }, strftime);
    this.function('model_actor', {}, () => running.getStore()?.verb ?? 'person');
  }
  exec.call(this, sql);
};
