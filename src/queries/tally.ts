import type { QueryOutcome } from '../db/store.ts';
import type { Log } from '../lib/log.ts';
import { plural } from '../lib/text.ts';

/** What came of the queries of a pass, as one line of the log: counts, and nothing that a citizen wrote. */
export class Tally {
  readonly #log: Pick<Log, 'info'>;
  readonly #counts = new Map<QueryOutcome, number>();

  constructor(log: Pick<Log, 'info'>) {
    this.#log = log;
  }

  count(outcome: QueryOutcome): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  tell(): void {
    if (this.#counts.size === 0) return;
    const all = [...this.#counts.values()].reduce((a, b) => a + b, 0);
    const list = [...this.#counts].map(([outcome, n]) => `${outcome} ${n}`).join(', ');
    this.#log.info(
      'queries.ended',
      { zh: `点播 ${all} 条：${list}`, en: `${plural(all, 'query', 'queries')}: ${list}` },
      Object.fromEntries(this.#counts),
    );
    this.#counts.clear();
  }
}
