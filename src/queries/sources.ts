import { openBusiness, type Business, type BusinessOptions, type BusinessRow } from '../db/business.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { DbError } from '../lib/errors.ts';
import type { Rule } from './rule.ts';
import type { Values } from './request.ts';

/** What a business database says: rows, or that it cannot say now. */
export type Found = readonly BusinessRow[] | { readonly laterMs: number };

const PAUSE = { firstMs: 2000, mostMs: 30_000 };

interface Source {
  readonly business: Promise<Business>;
  failures: number;
  /** Not asked before. */
  until: number;
}

/** The business databases by their names. One that fails is left in peace for a moment: what is asked meanwhile waits with it. */
export class Sources {
  readonly #sources = new Map<string, Source>();
  readonly #options: Readonly<Record<string, BusinessOptions>>;
  readonly #clock: Clock;
  readonly #told: (name: string, error: DbError | null) => void;

  /** `told`: a database has failed; with null: it answers again. */
  constructor(
    options: Readonly<Record<string, BusinessOptions>>,
    clock: Clock,
    told: (name: string, error: DbError | null) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#told = told;
  }

  /** `tries`: how often this was put off already. Never throws a `DbError`. */
  async ask(rule: Rule, values: Values, tries: number): Promise<Found> {
    const source = this.#source(rule.database);
    const pause = source.until - this.#clock.mono();
    if (pause > 0) return { laterMs: pause };
    try {
      const rows = await (await source.business).read(rule.sql, values);
      this.#answers(rule.database, source);
      return rows;
    } catch (error) {
      if (!(error instanceof DbError)) throw error;
      // a value that the column cannot be compared with is one that nobody has
      if (error.kind === 'data') return [];
      this.#told(rule.database, error);
      // only who cannot be reached keeps the others of this database waiting: a wrong statement is its rule's own trouble
      if (error.kind !== 'lost' && error.kind !== 'denied') return { laterMs: backoff(tries + 1, PAUSE) };
      return { laterMs: this.#pause(source) };
    }
  }

  async close(): Promise<void> {
    for (const { business } of this.#sources.values()) await (await business).close();
    this.#sources.clear();
  }

  /** Those that were under way when it went count as one failure. */
  #pause(source: Source): number {
    const now = this.#clock.mono();
    if (source.until <= now) source.until = now + backoff(++source.failures, PAUSE);
    return source.until - now;
  }

  #answers(name: string, source: Source): void {
    this.#told(name, null);
    source.failures = 0;
    source.until = 0;
  }

  #source(name: string): Source {
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const options = this.#options[name];
    if (options === undefined) throw new TypeError(`no business database ${name}`); // refused with the configuration
    const made = { business: openBusiness(options), failures: 0, until: 0 };
    this.#sources.set(name, made);
    return made;
  }
}
