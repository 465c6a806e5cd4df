import type { Clock } from '../lib/clock.ts';
import { textOf } from '../lib/errors.ts';
import type { Closed } from '../platform/gate.ts';
import type { State } from '../state/open.ts';

const ASK_AGAIN_MS = 2000;

/**
 * Whether the state directory takes writes. No serial goes out that the journal does not know, so sending waits while it cannot be
 * written, and goes on by itself once it can.
 */
export class Disk {
  readonly #state: Pick<State, 'proveWritable'>;
  readonly #clock: Clock;
  readonly #onChange: (error: unknown) => void;
  #closed: Closed | null = null;
  #askAt = 0;

  /** `onChange`: told the error when writing has become impossible, and null when it works again. */
  constructor(state: Pick<State, 'proveWritable'>, clock: Clock, onChange: (error: unknown) => void) {
    this.#state = state;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Passes on what `work` throws, and remembers it. */
  write(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /** Why nothing may be sent now; null: nothing wrong. Looks again every two seconds. */
  closed(): Closed | null {
    if (this.#closed === null || this.#clock.mono() < this.#askAt) return this.#closed;
    try {
      this.#state.proveWritable();
      this.#closed = null;
      this.#onChange(null);
    } catch (error) {
      this.#failed(error);
    }
    return this.#closed;
  }

  #failed(error: unknown): void {
    this.#closed = { code: 'CHANNEL_PAUSED', text: textOf(error) };
    this.#askAt = this.#clock.mono() + ASK_AGAIN_MS;
    this.#onChange(error);
  }
}
