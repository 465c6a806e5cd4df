import type { Clock } from '../lib/clock.ts';
import type { Text } from '../lib/text.ts';
import { CONDITIONS, type Alarm, type Condition } from './notice.ts';

/** A trouble as it is now; another `sign` makes it another trouble. */
export interface Trouble {
  readonly text: Text;
  readonly sign?: string;
}

interface Entry extends Trouble {
  readonly since: number;
  readonly toldAt: number;
}

/** Where raised alarms outlive the process, so that a restart neither repeats them nor forgets their all-clear. */
export interface Memory {
  read(): string | null;
  write(text: string): void;
}

/** Which alarms are raised: each is told once, reminded of, and told again when it is over. */
export class AlarmBook {
  readonly #clock: Clock;
  readonly #memory: Memory;
  readonly #remindMs: number | null;
  readonly #raised: Map<Condition, Entry>;

  constructor(clock: Clock, memory: Memory, remindMs: number | null) {
    this.#clock = clock;
    this.#memory = memory;
    this.#remindMs = remindMs;
    this.#raised = remembered(memory.read());
  }

  /** What is to be told of this condition as it is now, if that is news; null: nothing. */
  see(condition: Condition, trouble: Trouble | null): Alarm | null {
    const before = this.#raised.get(condition);
    const now = this.#clock.wall();
    if (trouble === null) {
      if (before === undefined) return null;
      this.#raised.delete(condition);
      return this.#told({ condition, state: 'cleared', text: before.text, since: before.since, at: now });
    }
    const since = before?.since ?? now;
    if (before !== undefined && before.sign === trouble.sign) {
      this.#raised.set(condition, { ...before, text: trouble.text });
      return null;
    }
    this.#raised.set(condition, { ...trouble, since, toldAt: now });
    return this.#told({ condition, state: 'raised', text: trouble.text, since, at: now });
  }

  /** Of what has lasted long enough since it was told the last time. */
  reminders(): Alarm[] {
    const remindMs = this.#remindMs;
    if (remindMs === null) return [];
    const now = this.#clock.wall();
    const due = [...this.#raised].filter(([, { toldAt }]) => now - toldAt >= remindMs);
    return due.map(([condition, entry]) => {
      this.#raised.set(condition, { ...entry, toldAt: now });
      return this.#told({ condition, state: 'reminder', text: entry.text, since: entry.since, at: now });
    });
  }

  /** Raised now. */
  get raised(): readonly Condition[] {
    return [...this.#raised.keys()];
  }

  #told(notice: Alarm): Alarm {
    this.#memory.write(JSON.stringify([...this.#raised]));
    return notice;
  }
}

function remembered(text: string | null): Map<Condition, Entry> {
  const known = new Set<string>(CONDITIONS);
  const entries = text === null ? [] : (JSON.parse(text) as [Condition, Entry][]);
  return new Map(entries.filter(([condition]) => known.has(condition)));
}
