import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Plan } from './plan.ts';
import type { Outcome } from './world.ts';

export interface Job {
  readonly id: number;
  readonly scenario: string;
  readonly plan: Plan;
  /** A deliberately broken build; null: the product as it is. */
  readonly broken: string | null;
}

export interface Report {
  readonly id: number;
  readonly outcome: Outcome | null;
  readonly error: string | null;
}

interface Waiting {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that explore: each has replaced its own time and nobody else's. */
export class Pool {
  readonly #workers: Worker[];
  readonly #idle: Worker[] = [];
  readonly #queue: Job[] = [];
  readonly #waiting = new Map<number, Waiting>();
  /** Runs so far. */
  runs = 0;

  constructor(size = Math.min(4, Math.max(2, availableParallelism()))) {
    this.#workers = Array.from({ length: size }, () => {
      const worker = new Worker(new URL('worker.ts', import.meta.url));
      worker.on('message', (report: Report) => this.#done(worker, report));
      worker.on('error', (error) => this.#broke(error));
      this.#idle.push(worker);
      return worker;
    });
  }

  run(scenario: string, plan: Plan, broken: string | null = null): Promise<Outcome> {
    const id = this.runs++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#queue.push({ id, scenario, plan, broken });
      this.#next();
    });
  }

  /** Ends what is under way, and the threads. */
  async close(): Promise<void> {
    this.#queue.length = 0;
    const alive = this.#workers.filter((worker) => worker.threadId >= 0);
    const ended = alive.map((worker) => new Promise((done) => worker.once('exit', done)));
    for (const worker of alive) worker.postMessage(null);
    await Promise.all(ended);
  }

  #next(): void {
    const worker = this.#queue.length > 0 ? this.#idle.pop() : undefined;
    if (worker) worker.postMessage(this.#queue.shift());
  }

  #done(worker: Worker, { id, outcome, error }: Report): void {
    this.#idle.push(worker);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (outcome) waiting?.resolve(outcome);
    else waiting?.reject(new Error(error ?? 'no outcome'));
    this.#next();
  }

  #broke(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
    this.#waiting.clear();
  }
}
