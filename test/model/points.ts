import { random } from './patches.ts';
import type { Action, Plan } from './plan.ts';
import { type Process, running } from './time.ts';

/** How an operation ends at its point: it goes on, or it fails with this. */
type Verdict = 'go' | 'fail' | 'drop' | 'late';

interface Waiting {
  readonly process: Process;
  readonly label: string;
  readonly go: (verdict: Verdict) => void;
}

/** What a killed process meets where it cannot be stopped in silence: in the middle of synchronous code. */
export class Killed extends Error {}

export interface PointsOptions {
  readonly plan: Plan;
  /** Carries out what the plan says beyond the operation itself. */
  readonly act: (action: Action, process: Process) => void;
  /** Told of every point that is passed, before anything happens there. */
  readonly onPass: (process: Process, label: string) => void;
}

/**
 * The await points of all processes. Each operation waits before it takes effect, and again before its result is seen, until
 * it is its turn; one at a time goes on. So a run is determined by its plan.
 */
export class Points {
  /** Labels of the points passed; the place in it is the number. */
  readonly trace: string[] = [];
  readonly #o: PointsOptions;
  readonly #random: (() => number) | null;
  #waiting: Waiting[] = [];

  constructor(options: PointsOptions) {
    this.#o = options;
    this.#random = options.plan.order === 0 ? null : random(options.plan.order);
  }

  /** Resolves when it is the caller's turn; never, once its process is dead. */
  at(label: string): Promise<Verdict> {
    const process = current();
    return new Promise((go) => {
      if (!process.dead) this.#waiting.push({ process, label, go });
    });
  }

  /** For synchronous operations, which nobody can interleave with. @throws Killed */
  now(label: string): Verdict {
    const process = current();
    if (process.dead) throw new Killed();
    const verdict = this.#pass(process, label);
    if (process.dead as boolean) throw new Killed();
    return verdict;
  }

  /** Lets one operation go on; false: none is waiting. */
  turn(): boolean {
    this.#waiting = this.#waiting.filter((w) => !w.process.dead);
    const ready = this.#waiting.filter((w) => !w.process.suspended);
    const chosen = ready[this.#random ? Math.floor(this.#random() * ready.length) : 0];
    if (chosen === undefined) return false;
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1);
    const verdict = this.#pass(chosen.process, chosen.label);
    if (chosen.process.dead) return true;
    // suspended just here: the operation is what it does first when it wakes
    if (chosen.process.suspended) this.#waiting.unshift({ ...chosen, label: '' });
    else chosen.go(verdict);
    return true;
  }

  #pass(process: Process, label: string): Verdict {
    if (label === '') return 'go'; // counted before its process was suspended
    this.#o.onPass(process, label);
    this.trace.push(`${process.name} ${label}`);
    const action = this.#o.plan.at[this.trace.length];
    if (action === undefined) return 'go';
    this.#o.act(action, process);
    return action.do === 'fail' || action.do === 'drop' || action.do === 'late' ? action.do : 'go';
  }
}

function current(): Process {
  const process = running.getStore()?.process;
  if (!process) throw new TypeError('an await point outside of a process');
  return process;
}
