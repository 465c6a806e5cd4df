import type { Clock } from '../lib/clock.ts';
import type { Store } from './store.ts';

export interface TurnParts {
  readonly store: Pick<Store, 'takeTurn' | 'endTurn'>;
  readonly clock: Pick<Clock, 'mono'>;
  readonly what: Parameters<Store['takeTurn']>[0];
  readonly channel: string;
  readonly owner: string;
  /** How long it is taken for; what a dead daemon had is free after that. */
  readonly leaseMs: number;
  /** What is begun in it takes no longer: so much of the lease must be left. */
  readonly neededMs: number;
}

/** What one of several daemons does at a time. */
export class Turn {
  readonly #p: TurnParts;
  #until = -Infinity;

  constructor(parts: TurnParts) {
    this.#p = parts;
  }

  /** False: another daemon has it. Spends no statement while enough of the lease is left. @throws DbError */
  async mine(): Promise<boolean> {
    const { store, clock, what, channel, owner, leaseMs, neededMs } = this.#p;
    const now = clock.mono();
    if (now + neededMs <= this.#until) return true;
    const taken = await store.takeTurn(what, channel, owner, leaseMs);
    this.#until = taken ? now + leaseMs : -Infinity;
    return taken;
  }

  /** True: taken, and not over yet. */
  get held(): boolean {
    return this.#p.clock.mono() < this.#until;
  }

  /** @throws DbError */
  async end(): Promise<void> {
    const { store, what, channel, owner } = this.#p;
    this.#until = -Infinity;
    await store.endTurn(what, channel, owner);
  }
}
