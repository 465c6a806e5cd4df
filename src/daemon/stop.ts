import type { DaemonError } from '../lib/errors.ts';
import { Wake } from '../lib/wake.ts';

/**
 * How the daemon is asked to end. The first request stops it in order (no new claims, calls in flight finish, results are
 * written, the rest goes back); a second one, or the deadline, hurries: what is not written then is repeated by its serial.
 */
export class Stop {
  readonly #asked = new AbortController();
  readonly #hurried = new AbortController();
  readonly #wake = new Wake();
  #timer: NodeJS.Timeout | null = null;
  #reason = '';
  #fault: DaemonError | null = null;

  /** Aborted by the first request. */
  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  /** Aborted by the second request or the deadline. */
  get hurried(): AbortSignal {
    return this.#hurried.signal;
  }

  get reason(): string {
    return this.#reason;
  }

  /** `deadlineMs`: how long an orderly stop may take. */
  request(reason: string, deadlineMs: number): void {
    if (this.#asked.signal.aborted) {
      this.#hurried.abort();
      return;
    }
    this.#reason = reason;
    this.#asked.abort();
    this.#wake.now();
    this.#timer = setTimeout(() => this.#hurried.abort(), deadlineMs);
    this.#timer.unref();
  }

  /** A reason of our own to stop: the exit code is then not 0. */
  fail(fault: DaemonError, deadlineMs: number): void {
    this.#fault = fault;
    this.request(fault.code, deadlineMs);
  }

  get fault(): DaemonError | null {
    return this.#fault;
  }

  async whenAsked(): Promise<void> {
    while (!this.#asked.signal.aborted) await this.#wake.wait(Infinity);
  }

  /** Ends the deadline's timer. */
  done(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** SIGTERM, SIGINT (Ctrl+C) and, on Windows, the console's close. Returns how to stop listening. */
  listen(deadlineMs: () => number): () => void {
    const signals: NodeJS.Signals[] = [
      'SIGTERM',
      'SIGINT',
      ...(process.platform === 'win32' ? (['SIGBREAK', 'SIGHUP'] as const) : []),
    ];
    const handlers = signals.map((name) => [name, () => this.request(name, deadlineMs())] as const);
    for (const [name, handler] of handlers) process.on(name, handler);
    return () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    };
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}
