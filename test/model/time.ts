import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../src/lib/clock.ts';

/** One start of the daemon as its operating system sees it: it can be killed and suspended. */
export class Process implements Clock {
  readonly name: string;
  dead = false;
  /** Suspended until then, virtual time. */
  wakesAt = -Infinity;
  /** How far its own clock, and what it takes for the database's, is ahead. */
  skewMs = 0;
  /** Times when its machine slept: its monotonic clock has not seen them. */
  readonly #sleeps: { from: number; to: number }[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get suspended(): boolean {
    return this.wakesAt > time.now;
  }

  wall(): number {
    return time.now + this.skewMs;
  }

  mono(): number {
    return this.#sleeps.reduce((now, { from, to }) => now - (Math.min(time.now, to) - from), time.now);
  }

  suspend(ms: number, machineSleeps: boolean): void {
    this.wakesAt = time.now + ms;
    if (machineSleeps) this.#sleeps.push({ from: time.now, to: this.wakesAt });
  }

  wake(): void {
    this.wakesAt = time.now;
  }
}

/** Whose code is running, and which verb of the store. */
export interface Running {
  readonly process: Process | null;
  readonly verb: string;
}

export const running = new AsyncLocalStorage<Running>();

interface Timer {
  at: number;
  unref(): void;
  readonly running: Running | undefined;
  readonly fire: () => void;
}

/** 2026-11-23 10:00 in Beijing. */
const START = Date.UTC(2026, 10, 23, 2);

/** The only time there is in an exploring thread: it moves when nobody has anything left to do. */
class VirtualTime {
  now = START;
  /** How far the clock of the database's machine has been set forward. */
  leapt = 0;
  #timers: Timer[] = [];

  reset(): void {
    this.now = START;
    this.leapt = 0;
    this.#timers = [];
  }

  set(ms: number, fire: () => void): Timer {
    const timer: Timer = { at: this.now + Math.max(1, ms), unref: () => undefined, running: running.getStore(), fire };
    this.#insert(timer);
    return timer;
  }

  clear(timer: Timer): void {
    const place = this.#timers.indexOf(timer);
    if (place >= 0) this.#timers.splice(place, 1);
  }

  /** On to the next timer and all of that moment; false: there is none. */
  advance(): boolean {
    const first = this.#next(Infinity);
    if (first === null) return false;
    this.now = Math.max(this.now, first.at);
    for (let timer: Timer | null = first; timer !== null; timer = this.#next(this.now)) {
      if (timer.running === undefined) timer.fire();
      else running.run(timer.running, timer.fire);
    }
    return true;
  }

  /** Takes out the next timer that is due by then. Those of the dead never are, those of the suspended when they wake. */
  #next(until: number): Timer | null {
    for (;;) {
      const [timer] = this.#timers;
      if (timer === undefined || timer.at > until) return null;
      this.#timers.shift();
      const process = timer.running?.process;
      if (process?.dead === true) continue;
      if (!process || process.wakesAt <= timer.at) return timer;
      timer.at = process.wakesAt;
      this.#insert(timer);
    }
  }

  #insert(timer: Timer): void {
    let place = this.#timers.length;
    while (place > 0 && (this.#timers[place - 1]?.at ?? 0) > timer.at) place--;
    this.#timers.splice(place, 0, timer);
  }
}

export const time = new VirtualTime();

/** As the tables write it: local time of Beijing. */
export function databaseTime(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, -1).replace('T', ' ');
}
