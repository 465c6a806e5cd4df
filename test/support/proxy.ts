import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `up`: from the daemon to the server; `down`: its answers. */
export type Direction = 'up' | 'down';

/** A line on its way through the proxy that is held at a certain statement. */
export interface Hold {
  /** Resolves when a connection has come to it. */
  readonly reached: Promise<void>;
  /** Lets the connection go on as if nothing had been. */
  release(): void;
  /** Cuts the connection: what was held back is lost. */
  cut(): void;
}

/**
 * A TCP line that the test has in its hand, between a daemon and a server on loopback. Knows no protocol, so that it serves
 * databases and the platform's TLS alike; only `hold` looks for text, which the database drivers send in clear.
 */
export interface Proxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Connections made so far. */
  readonly accepted: number;
  /** Everything as it should be: listens, forwards, without delay. What `cutAfter` waits for is forgotten. */
  heal(): Promise<void>;
  /** New connections are refused by the operating system; those that stand stay. */
  refuse(): Promise<void>;
  /** Resets every connection. */
  cut(): void;
  /** Forwards `bytes` more in this direction, over all connections, and resets the one that brought the last of them. Resolves when it has. */
  cutAfter(direction: Direction, bytes: number): Promise<void>;
  /** Bytes of this direction are thrown away; connections stay open and nobody is told. */
  halfOpen(direction: Direction): void;
  /** Nothing moves in either direction, new connections included, and nothing is lost. Resolves when the first bytes were stopped. */
  freeze(): Promise<void>;
  thaw(): void;
  /**
   * A connection on which nothing has moved for so long is gone, as behind a firewall or a 网闸: reset, or without anybody being told, what
   * is written on it from then on being thrown away. Counts for connections that are made from now on.
   */
  dropIdle(ms: number, how: 'reset' | 'silent'): void;
  /** Connections dropped so far because they were idle. */
  readonly dropped: number;
  /** Every piece of data arrives so many milliseconds later. */
  delay(ms: number): void;
  /**
   * Stops the first connection that carries these texts upwards, one after the other. `before`: the last one has not arrived at the
   * server; `after`: the server has answered it, and the daemon does not know.
   */
  hold(when: 'before' | 'after', texts: readonly RegExp[]): Hold;
  /** Resets everything and stops listening. */
  close(): Promise<void>;
}

/** Texts are looked for in what came last; a statement's beginning may be in the chunk before. */
const REMEMBERED = 64 * 1024;

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** What waits to be forwarded, while this direction is stopped. */
  readonly waiting: Record<Direction, Buffer[]>;
  held: Record<Direction, boolean>;
  /** The end of what went up, as text. */
  said: string;
  /** Texts of the hold that this connection has carried. */
  seen: number;
  /** Dropped in silence. */
  forgotten: boolean;
}

interface Wanted extends Hold {
  readonly when: 'before' | 'after';
  readonly texts: readonly RegExp[];
  pair: Pair | null;
  armed: boolean;
  readonly reach: () => void;
}

const plainly = (chunk: Buffer): string => chunk.toString('latin1');

/**
 * SQL Server's drivers write a statement in UTF-16, and COMMIT as a request of its own without words: MS-TDS, Transaction Manager
 * Request, TM_COMMIT_XACT, after 8 bytes of packet header and 22 of ALL_HEADERS.
 */
export const inTds = (chunk: Buffer): string =>
  chunk[0] === 14 && chunk.length >= 32 && chunk.readUInt16LE(30) === 7
    ? ' COMMIT '
    : chunk.toString('latin1').replaceAll('\0', '');

/** Starts one to `127.0.0.1:target`. `words`: how `hold` reads what goes up. */
export async function startProxy(target: number, words = plainly): Promise<Proxy> {
  const pairs = new Set<Pair>();
  let server: Server | null = null;
  let port = 0;
  let frozen: (() => void) | null = null;
  let isFrozen = false;
  let delayMs = 0;
  let idle: { ms: number; how: 'reset' | 'silent' } | null = null;
  let dropped = 0;
  let accepted = 0;
  let deaf: Direction | null = null;
  let limit: { direction: Direction; left: number; struck: () => void } | null = null;
  const holds = new Set<Wanted>();

  const listen = async (): Promise<void> => {
    if (server) return;
    const fresh = createServer({ pauseOnConnect: true }, accept);
    await new Promise<void>((done, fail) => {
      fresh.once('error', fail);
      fresh.listen(port, '127.0.0.1', done);
    });
    port = (fresh.address() as AddressInfo).port;
    server = fresh;
  };

  const accept = (client: Socket): void => {
    accepted++;
    const pair: Pair = {
      client,
      server: createConnection({ host: '127.0.0.1', port: target, noDelay: true }),
      waiting: { up: [], down: [] },
      held: { up: false, down: false },
      said: '',
      seen: 0,
      forgotten: false,
    };
    pairs.add(pair);
    if (idle) watch(pair, idle);
    client.setNoDelay(true);
    for (const [from, to, direction] of [
      [client, pair.server, 'up'],
      [pair.server, client, 'down'],
    ] as const) {
      from.on('data', (chunk) => take(pair, direction, chunk));
      from.on('end', () => later(() => to.end()));
      from.on('error', () => drop(pair));
      from.on('close', () => {
        pairs.delete(pair);
        later(() => to.destroy());
      });
    }
    client.resume();
  };

  const watch = (pair: Pair, { ms, how }: NonNullable<typeof idle>): void => {
    // what is written counts as well as what is read: it is the whole connection that is idle
    pair.client.setTimeout(ms, () => {
      if (pair.forgotten) return;
      dropped++;
      if (how === 'reset') drop(pair);
      else pair.forgotten = true;
    });
  };

  const later = (work: () => void): void => {
    if (delayMs === 0) work();
    else setTimeout(work, delayMs);
  };

  const drop = (pair: Pair): void => {
    pairs.delete(pair);
    for (const socket of [pair.client, pair.server]) {
      // Node does not close a handle that is to be reset while it is shutting down
      if (socket.connecting || socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  };

  const take = (pair: Pair, direction: Direction, chunk: Buffer): void => {
    if (deaf === direction || pair.forgotten) return;
    if (isFrozen) {
      frozen?.();
      frozen = null;
      pair.held[direction] = true;
    }
    for (const hold of holds) if (stopsAt(hold, pair, direction, chunk)) break;
    if (pair.held[direction]) pair.waiting[direction].push(chunk);
    else forward(pair, direction, chunk);
  };

  /** True: this hold has taken the connection with this chunk. */
  const stopsAt = (hold: Wanted, pair: Pair, direction: Direction, chunk: Buffer): boolean => {
    if (hold.pair === pair && hold.armed && direction === 'down') {
      hold.armed = false;
      pair.held.down = true;
      hold.reach();
      return true;
    }
    if (hold.pair !== null || direction !== 'up') return false;
    pair.said = (pair.said + words(chunk)).slice(-REMEMBERED);
    for (let text = hold.texts[pair.seen]; text; text = hold.texts[pair.seen]) {
      const found = text.exec(pair.said);
      if (!found) return false;
      pair.said = pair.said.slice(found.index + found[0].length);
      pair.seen++;
    }
    hold.pair = pair;
    if (hold.when === 'after') {
      hold.armed = true;
      return true;
    }
    pair.held.up = true;
    hold.reach();
    return true;
  };

  const forward = (pair: Pair, direction: Direction, chunk: Buffer): void => {
    const to = direction === 'up' ? pair.server : pair.client;
    if (limit?.direction !== direction) {
      later(() => to.write(chunk));
      return;
    }
    const { struck } = limit;
    if (chunk.length < limit.left) {
      limit.left -= chunk.length;
      to.write(chunk);
      return;
    }
    const last = chunk.subarray(0, limit.left);
    limit = null;
    const end = (): void => {
      drop(pair);
      struck();
    };
    if (last.length === 0) end();
    else to.write(last, end);
  };

  const flow = (pair: Pair): void => {
    for (const direction of ['up', 'down'] as const) {
      pair.held[direction] = false;
      for (const chunk of pair.waiting[direction].splice(0)) forward(pair, direction, chunk);
    }
  };

  const thaw = (): void => {
    isFrozen = false;
    frozen = null;
    for (const pair of pairs) if (![...holds].some((hold) => hold.pair === pair)) flow(pair);
  };

  const refuse = async (): Promise<void> => {
    const old = server;
    server = null;
    // resolves only when the last connection has gone; that it has stopped listening is true at once
    old?.close();
    await new Promise((done) => setImmediate(done));
  };

  const proxy: Proxy = {
    get port() {
      return port;
    },
    get connections() {
      return pairs.size;
    },
    get accepted() {
      return accepted;
    },
    async heal() {
      delayMs = 0;
      deaf = null;
      idle = null;
      limit = null;
      holds.clear();
      thaw();
      await listen();
    },
    refuse,
    cut() {
      for (const pair of pairs) drop(pair);
    },
    cutAfter: (direction, bytes) => new Promise((struck) => (limit = { direction, left: bytes, struck })),
    halfOpen(direction) {
      deaf = direction;
    },
    freeze: () =>
      new Promise((done) => {
        isFrozen = true;
        frozen = done;
      }),
    thaw,
    dropIdle(ms, how) {
      idle = { ms, how };
    },
    get dropped() {
      return dropped;
    },
    delay(ms) {
      delayMs = ms;
    },
    hold(when, texts) {
      let reach = (): void => undefined;
      const reached = new Promise<void>((done) => (reach = done));
      for (const pair of pairs) {
        pair.said = '';
        pair.seen = 0;
      }
      const hold: Wanted = {
        when,
        texts,
        pair: null,
        armed: false,
        reached,
        reach,
        release() {
          holds.delete(hold);
          if (hold.pair) flow(hold.pair);
        },
        cut() {
          holds.delete(hold);
          if (hold.pair) drop(hold.pair);
        },
      };
      holds.add(hold);
      return hold;
    },
    async close() {
      proxy.cut();
      await refuse();
    },
  };
  await listen();
  return proxy;
}
