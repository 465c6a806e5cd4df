import type { Dispatcher } from 'undici';
import { type CallFacts, failureOf, notAnAnswer, timedOut, tooLarge } from './failure.ts';

const NOTHING = Buffer.alloc(0);

/** What a call allows its answer. */
export interface Limits {
  /** From the call to the last byte of its answer, waiting for a connection included. */
  readonly timeoutMs: number;
  readonly bytes: number;
}

/**
 * One request and its answer. Listens to undici directly, because only there one learns whether a request had begun to be
 * written when it failed: the difference between "surely not sent" and "maybe sent". One timer covers everything.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<Buffer>;
  readonly #facts: CallFacts;
  readonly #limits: Limits;
  readonly #timer: NodeJS.Timeout;
  #resolve!: (answer: Buffer) => void;
  #reject!: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #over = false;

  constructor(facts: CallFacts, limits: Limits) {
    this.#facts = facts;
    this.#limits = limits;
    this.answer = new Promise<Buffer>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(expire, limits.timeoutMs, this);
  }

  /** Bytes of a 200 answer that have come so far. */
  received(): Buffer {
    return this.#status === 200 ? this.#body() : NOTHING;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // given up while it waited for a connection: it has been reported as not sent and must not go out any more
    if (this.#over) controller.abort(new Error('given up before it was sent'));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.bytes) this.#giveUp(tooLarge(this.#limits.bytes, this.#facts));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#status !== 200) this.#fail(notAnAnswer(this.#status, this.#facts));
    else if (this.#end()) this.#resolve(this.#body());
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(failureOf(error, this.#controller !== null, this.#facts));
  }

  expire(): void {
    this.#giveUp(timedOut(this.#controller !== null, this.#limits.timeoutMs, this.#facts));
  }

  #giveUp(error: Error): void {
    this.#fail(error);
    this.#controller?.abort(error);
  }

  #fail(error: Error): void {
    if (this.#end()) this.#reject(error);
  }

  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#timer);
    return true;
  }

  #body(): Buffer {
    const [first = NOTHING] = this.#chunks;
    return this.#chunks.length < 2 ? first : Buffer.concat(this.#chunks);
  }
}

function expire(exchange: Exchange): void {
  exchange.expire();
}
