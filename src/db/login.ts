import { systemClock, type Clock } from '../lib/clock.ts';
import { DbError } from '../lib/errors.ts';

const MINUTE_MS = 60_000;
/** Oracle locks an account after 10 refused logins in a row, SQL Server as its policy says. */
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS] as const;

/** How long no login is tried after so many that were refused in a row. */
export const loginWaitMs = (refusals: number): number => WAITS_MS[refusals - 1] ?? 15 * MINUTE_MS;

/** The login was refused, not a privilege on something; or it was a moment ago, and is not tried yet. */
export class LoginRefused extends DbError {
  constructor({ text, facts }: DbError) {
    super('denied', text, { facts });
  }
}

/** Told of a login that is refused, and with null of each that is not. */
export type OnLogin = (refused: LoginRefused | null) => void;

export interface LoginOptions {
  /** Default: nobody is told. */
  readonly onLogin?: OnLogin;
  /** When it aborts, the wait is over. */
  readonly again?: AbortSignal;
  /** Only tests have another. */
  readonly clock?: Pick<Clock, 'mono'>;
}

/**
 * The logins of one pool. One at a time while it is open how it ends: whoever wants another connection meanwhile shares its failure.
 * After a refusal all wait.
 */
export class Logins {
  readonly #clock: Pick<Clock, 'mono'>;
  readonly #told: OnLogin;
  #first: Promise<unknown> | null = null;
  #refused: LoginRefused | null = null;
  #refusals = 0;
  /** Not tried before. */
  #until = -Infinity;

  constructor({ clock = systemClock, onLogin = () => undefined, again }: LoginOptions) {
    this.#clock = clock;
    this.#told = onLogin;
    again?.addEventListener('abort', () => (this.#until = -Infinity), { once: true });
  }

  /** `login` opens a connection, and throws a `DbError`. @throws LoginRefused, and what `login` throws */
  async try<T>(login: () => Promise<T>): Promise<T> {
    if (this.#first !== null) await this.#first;
    if (this.#refused !== null && this.#clock.mono() < this.#until) throw this.#refused;
    const attempt = this.#noted(login);
    this.#first ??= attempt;
    try {
      return await attempt;
    } finally {
      if (this.#first === attempt) this.#first = null;
    }
  }

  async #noted<T>(login: () => Promise<T>): Promise<T> {
    try {
      const opened = await login();
      this.#refused = null;
      this.#refusals = 0;
      this.#told(null);
      return opened;
    } catch (error) {
      if (!(error instanceof DbError && error.kind === 'denied')) throw error;
      this.#refused = new LoginRefused(error);
      const now = this.#clock.mono();
      // those that went together count once
      if (now >= this.#until) this.#until = now + loginWaitMs(++this.#refusals);
      this.#told(this.#refused);
      throw this.#refused;
    }
  }
}
