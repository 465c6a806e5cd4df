import type { Store } from '../db/store.ts';
import { Turn } from '../db/turn.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Text } from '../lib/text.ts';

export interface FetchTurnParts {
  readonly store: Pick<Store, 'takeTurn' | 'endTurn'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'state'>;
  readonly channel: string;
  readonly owner: string;
  /** True: no other daemon is alive; null: not looked yet. */
  readonly alone: () => boolean | null;
  /** Time that one call may take in all. */
  readonly callMs: number;
}

/** Beside the time of a call: while this lasts no statement is spent on the turn. */
const HELD_MS = 15_000;
/** By then another daemon has tried its luck. */
const REST_MS = 30_000;
const STANDBY = 'fetch.standby';

/**
 * Citizens' messages and receipts wait in one queue at the platform: of several daemons one fetches them and the others stand by. Two at
 * once would lose and double nothing, but ask twice as often as the platform may like. A daemon alone spends no statement on it.
 */
export class FetchTurn {
  readonly #p: FetchTurnParts;
  readonly #turn: Turn;
  #notBefore = -Infinity;

  constructor(parts: FetchTurnParts) {
    this.#p = parts;
    const { callMs } = parts;
    this.#turn = new Turn({ ...parts, what: 'fetch', leaseMs: callMs + HELD_MS, neededMs: callMs });
  }

  /** True: a call may leave now, and is over before it can be anybody else's turn. @throws DbError */
  async mine(): Promise<boolean> {
    const alone = this.#p.alone();
    if (alone === null) return false;
    const mine = alone || (this.#p.clock.mono() >= this.#notBefore && (await this.#turn.mine()));
    this.#p.log.state(STANDBY, mine ? null : STANDING_BY, { level: 'info', ended: FETCHING });
    return mine;
  }

  /** Leaves it to the others for a while: the platform was not reached from here, or this daemon ends. */
  async yield(): Promise<void> {
    const { clock, alone } = this.#p;
    if (alone() !== true) this.#notBefore = clock.mono() + REST_MS;
    // taken beside one that has gone since: whoever comes next need not wait until it ends
    else if (!this.#turn.held) return;
    await this.#turn.end().catch(() => undefined); // it ends by itself
  }
}

const STANDING_BY: Text = {
  zh: '上行短信与回执由另一个守护进程取，本进程待命',
  en: 'another daemon fetches messages and receipts; this one stands by',
};

const FETCHING: Text = {
  zh: '上行短信与回执改由本进程取',
  en: 'this daemon fetches messages and receipts now',
};
