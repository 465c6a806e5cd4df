/** What a firewall forgets in less than this is no connection to work with; a break after it has other causes. */
const SHORTEST_MS = 1_000;
/** A lesson may have been wrong (a server that was restarted twice), or the firewall is another by now. */
const LESSON_MS = 600_000;

/**
 * Which idle connections of a pool are to be lent. What lies idle may be dead without a word: a firewall or a 网闸 has forgotten it, a
 * server was restarted. Whoever meets one waits for a statement's time-out, so one is enough: those that lay idle when it was lost are
 * not lent any more. And where one did not live through a rest although nothing was lost meanwhile, it is the rest that kills: for ten
 * minutes none is lent that has rested as long.
 */
export class IdleConnections<C extends WeakKey> {
  readonly #now: () => number;
  readonly #rests = new WeakMap<C, { readonly from: number; lasted: number }>();
  #lostAt = -Infinity;
  #lesson = { restMs: Infinity, at: -Infinity };

  /** `now` in ms, never going back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Asked before a connection is lent; one that was never returned has not rested. */
  mayLend(connection: C): boolean {
    const rest = this.#rests.get(connection);
    if (rest === undefined) return true;
    const now = this.#now();
    rest.lasted = now - rest.from;
    const bearable = now - this.#lesson.at < LESSON_MS ? this.#lesson.restMs : Infinity;
    return rest.from >= this.#lostAt && rest.lasted < bearable;
  }

  /** Told when a connection comes back, broken or not. */
  returned(connection: C, broken: boolean): void {
    const now = this.#now();
    if (broken) {
      this.#lostAt = now;
      const lasted = this.#rests.get(connection)?.lasted ?? 0;
      if (lasted >= SHORTEST_MS) this.#lesson = { restMs: lasted, at: now };
    }
    this.#rests.set(connection, { from: now, lasted: 0 });
  }
}
