import type { Text } from './text.ts';

/**
 * An error belongs to a pass or a command, never to one row (a row's fate is an `Outcome`).
 * `text` is for people; `kind` is what code switches on; `facts` are safe to log: no phone, no text, no secret.
 */
export abstract class AppError<K extends string = string> extends Error {
  abstract readonly area: string;
  readonly kind: K;
  readonly text: Text;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(kind: K, text: Text, options: { cause?: unknown; facts?: Record<string, string | number> } = {}) {
    super(text.en, { cause: options.cause });
    this.kind = kind;
    this.text = text;
    this.facts = options.facts ?? {};
  }

  /** Stable, for machines: `YXT_DB_LOST`. */
  get code(): string {
    return `YXT_${this.area}_${this.kind.toUpperCase()}`;
  }
}

/**
 * What a database driver's error means to us; only a dialect reads driver codes.
 * again: dead lock, busy: over at once, the same statement may be tried again · timeout: it has waited as long as it may, for a
 * lock or for itself: later, not at once · lost: connection gone, server down or frozen, surely nothing written ·
 * doubtful: the connection went while a write or its COMMIT was on the way: whether it counts must be read again ·
 * schema: table or column missing or of another version · denied: login or privilege ·
 * data: a value is refused (too long, a character the database cannot hold, a constraint or trigger of the bureau's) · other: a bug
 */
export type DbErrorKind = 'again' | 'timeout' | 'lost' | 'doubtful' | 'schema' | 'denied' | 'data' | 'other';

export class DbError extends AppError<DbErrorKind> {
  override readonly area = 'DB';
  /** What a DBA can do about this very fault, said at the end of `text`; null: nothing is known beyond the kind. */
  readonly remedy: Text | null;

  constructor(kind: DbErrorKind, text: Text, { remedy = null, ...options }: DbErrorOptions = {}) {
    super(kind, text, options);
    this.remedy = remedy;
  }
}

type DbErrorOptions = NonNullable<ConstructorParameters<typeof AppError>[2]> & { readonly remedy?: Text | null };

/**
 * unreached: surely not sent (no address, refused, connect time-out) · tls: certificate or handshake, surely not sent ·
 * proxy: the proxy refused, surely not sent · doubtful: maybe sent (time-out, reset, unreadable answer) ·
 * blocked: our own gate did not let the call out (channel paused or latched), surely not sent
 */
export type PlatformErrorKind = 'unreached' | 'tls' | 'proxy' | 'doubtful' | 'blocked';

export class PlatformError extends AppError<PlatformErrorKind> {
  override readonly area = 'PLATFORM';
  #raw: Buffer | null = null;

  /** What came, though it was no answer; null: nothing. For the quarantine, never for a log: hence not shown with the error. */
  get raw(): Buffer | null {
    return this.#raw;
  }

  set raw(bytes: Buffer | null) {
    this.#raw = bytes;
  }
}

/** Bad command line or configuration: exit code 2. */
export class ConfigError extends AppError<'config' | 'usage'> {
  override readonly area = 'CONFIG';
}

/** Anything else that ends a command or the daemon: running already, not running, state directory, fenced. */
export class DaemonError extends AppError<'running' | 'notrunning' | 'waiting' | 'state' | 'fenced' | 'failed'> {
  override readonly area = 'DAEMON';
}

/** The sentence of any error, ours or not. */
export function textOf(error: unknown): Text {
  if (error instanceof AppError) return error.text;
  const message = error instanceof Error ? error.message : String(error);
  return { zh: message, en: message };
}
