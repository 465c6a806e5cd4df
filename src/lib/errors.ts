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
 * again: dead lock, lock or statement time-out, busy: the same statement may be tried again ·
 * lost: connection gone, server down or frozen · schema: table or column missing or of another version ·
 * denied: login or privilege · data: this value is refused (too long, a character the database cannot hold) · other: a bug
 */
export type DbErrorKind = 'again' | 'lost' | 'schema' | 'denied' | 'data' | 'other';

export class DbError extends AppError<DbErrorKind> {
  override readonly area = 'DB';
}

/**
 * unreached: surely not sent (no address, refused, connect time-out) · tls: certificate or handshake, surely not sent ·
 * proxy: the proxy refused, surely not sent · doubtful: maybe sent (time-out, reset, unreadable answer) ·
 * blocked: our own gate did not let the call out (channel paused or latched), surely not sent
 */
export type PlatformErrorKind = 'unreached' | 'tls' | 'proxy' | 'doubtful' | 'blocked';

export class PlatformError extends AppError<PlatformErrorKind> {
  override readonly area = 'PLATFORM';
}

/** Bad command line or configuration: exit code 2. */
export class ConfigError extends AppError<'config' | 'usage'> {
  override readonly area = 'CONFIG';
}

/** Anything else that ends a command or the daemon: running already, not running, state directory, fenced. */
export class DaemonError extends AppError<'running' | 'notrunning' | 'state' | 'fenced' | 'failed'> {
  override readonly area = 'DAEMON';
}

/** The sentence of any error, ours or not. */
export function textOf(error: unknown): Text {
  if (error instanceof AppError) return error.text;
  const message = error instanceof Error ? error.message : String(error);
  return { zh: message, en: message };
}
