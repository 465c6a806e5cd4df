import type { Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';

/** Longer than any transaction of ours, short enough for another daemon to take over from a dead one. */
const LEASE_MS = 60_000;
const RENEW_MS = 20_000;

/** The right to keep house: one process has it. Nothing would be lost if two had; it would only be done twice as fast as it should. */
export class Turn {
  #renewAt = -Infinity;
  readonly #store: Pick<Store, 'takeTurn' | 'endTurn'>;
  readonly #channel: string;
  readonly #owner: string;
  readonly #clock: Pick<Clock, 'mono'>;

  constructor(store: Pick<Store, 'takeTurn' | 'endTurn'>, channel: string, owner: string, clock: Pick<Clock, 'mono'>) {
    this.#store = store;
    this.#channel = channel;
    this.#owner = owner;
    this.#clock = clock;
  }

  /** False: another process has it. @throws DbError */
  async mine(): Promise<boolean> {
    if (this.#clock.mono() < this.#renewAt) return true;
    const taken = await this.#store.takeTurn('keep', this.#channel, this.#owner, LEASE_MS);
    this.#renewAt = taken ? this.#clock.mono() + RENEW_MS : -Infinity;
    return taken;
  }

  /** @throws DbError */
  async end(): Promise<void> {
    await this.#store.endTurn('keep', this.#channel, this.#owner);
  }
}
