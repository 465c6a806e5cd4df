import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2Async = promisify(pbkdf2);
/** Slow on purpose; not scrypt, whose 16 MB the C library would keep for good. */
const derive = (secret: string, salt: Buffer): Promise<Buffer> => pbkdf2Async(secret, salt, 210_000, 32, 'sha512');
const HASH_BYTES = 16;

/**
 * The account's credentials as the channel row may remember them: `salt$hash`, or `salt$hash,hash` for several that the platform has
 * refused. Only this ever leaves the process.
 */
export class Credentials {
  readonly #secret: string;
  #own: string | null = null;
  /** Stored ones that were compared and are not ours: comparing is slow on purpose. */
  #strange: string | null = null;

  /** `secret`: everything that identifies the account and proves who we are. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Ours alone; null before they were needed or met. */
  get own(): string | null {
    return this.#own;
  }

  /** Ours alone, under a salt of our own where none has been met yet. */
  async alone(): Promise<string> {
    return (this.#own ??= await this.#under(randomBytes(16)));
  }

  /** True: ours are among them. */
  async areAmong(stored: string | null): Promise<boolean> {
    if (stored === null || stored === this.#strange) return false;
    if (stored === this.#own) return true;
    const salt = Buffer.from(saltOf(stored), 'hex');
    const key = await derive(this.#secret, salt);
    const ours = hashesOf(stored).some((hash) => equal(Buffer.from(hash, 'hex'), key));
    if (ours) this.#own = written(salt, key);
    else this.#strange = stored;
    return ours;
  }

  /** Those of another account or password, and ours. */
  async addedTo(stored: string | null): Promise<string> {
    if (stored === null) return this.alone();
    if (await this.areAmong(stored)) return stored;
    const own = await this.#under(Buffer.from(saltOf(stored), 'hex'));
    return `${stored},${hashesOf(own).join()}`;
  }

  async #under(salt: Buffer): Promise<string> {
    return written(salt, await derive(this.#secret, salt));
  }
}

/** How many are remembered there. */
export const countOf = (stored: string | null): number => (stored === null ? 0 : hashesOf(stored).length);

const saltOf = (stored: string): string => stored.slice(0, stored.indexOf('$'));
const hashesOf = (stored: string): string[] => stored.slice(stored.indexOf('$') + 1).split(',');
const written = (salt: Buffer, key: Buffer): string =>
  `${salt.toString('hex')}$${key.subarray(0, HASH_BYTES).toString('hex')}`;
/** An earlier version wrote the whole of it. */
const equal = (known: Buffer, key: Buffer): boolean =>
  known.length >= HASH_BYTES && known.length <= key.length && timingSafeEqual(known, key.subarray(0, known.length));
