import type { Socket } from 'node:net';
import type { Connect } from './undici.ts';

type Target = Parameters<Connect>[0];

/**
 * Connections made while the rows that need them are still being recorded: the handshakes of a burst's first calls then cost no time
 * of their own, and the answer to a citizen saves two round trips. One that nobody takes is closed again.
 */
export class EarlyConnections {
  readonly #connect: Connect;
  readonly #idleMs: number;
  readonly #ready = new Set<Waiting>();
  #coming = 0;
  #closed = false;

  /** `idleMs`: how long one waits to be taken. */
  constructor(connect: Connect, idleMs: number) {
    this.#connect = connect;
    this.#idleMs = idleMs;
  }

  /** For the pool: one that stands already, or a new one. */
  readonly connect: Connect = (target, done) => {
    const [waiting] = this.#ready;
    if (!waiting) {
      this.#connect(target, done);
      return;
    }
    waiting.leave();
    // a connector that answers at once would be heard by a client that is not listening yet
    setImmediate(done, null, waiting.socket);
  };

  /** Makes so many stand ready as `wanted` says. That one fails to come about tells nobody: the call that needs it will. */
  prepare(target: Target, wanted: number): void {
    for (let n = this.#coming + this.#ready.size; n < wanted; n++) {
      this.#coming++;
      this.#connect(target, (...[error, socket]) => {
        this.#coming--;
        if (error === null) this.#keep(socket);
      });
    }
  }

  close(): void {
    this.#closed = true;
    for (const { socket } of this.#ready) socket.destroy();
  }

  #keep(socket: Socket): void {
    if (this.#closed) {
      socket.destroy();
      return;
    }
    const waiting: Waiting = {
      socket,
      leave: () => {
        socket.off('error', ignore).off('timeout', gone).off('close', gone).setTimeout(0);
        this.#ready.delete(waiting);
      },
    };
    const gone = (): void => {
      waiting.leave();
      socket.on('error', ignore).destroy();
    };
    // whatever happens to it meanwhile, it is not there any more
    socket.on('error', ignore).on('timeout', gone).on('close', gone).setTimeout(this.#idleMs);
    this.#ready.add(waiting);
  }
}

interface Waiting {
  readonly socket: Socket;
  /** Nothing of ours is left on the socket. */
  readonly leave: () => void;
}

const ignore = (): void => undefined;
