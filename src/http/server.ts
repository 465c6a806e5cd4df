import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { DbError, textOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Config } from '../config/settings.ts';
import type { Text } from '../lib/text.ts';
import { plain, refusal, send, type Reply } from './reply.ts';
import { bearerCheck } from './token.ts';

export interface Asked {
  /** What the path's pattern has captured. */
  readonly found: readonly string[];
  /** Of a POST: the JSON object in its body, else empty. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Who asks: label of the token and address. */
  readonly who: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** open: tells and does nothing that is not for everybody. */
  readonly access: 'open' | 'token';
  readonly answer: (asked: Asked) => Reply | Promise<Reply>;
}

export interface HttpServer {
  /** The address to type into a browser. */
  readonly url: string;
  close(): Promise<void>;
}

/** A slow or greedy client costs one of these, for some seconds. */
const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
} as const;
const MOST_CONNECTIONS = 64;
const MOST_BODY = 4096;
/** Wrong tokens are told no more often. */
const DENIED_EVERY_MS = 60_000;

type Options = Pick<Config['http'], 'host' | 'port' | 'token' | 'tokenLabel' | 'tls'>;

/** Listens, and answers by these routes. Rejects when the port is taken, or the certificate cannot be read. */
export async function serve(options: Options, routes: readonly Route[], log: Pick<Log, 'warn'>): Promise<HttpServer> {
  const allowed = bearerCheck(options.token ?? '');
  const denied = deniedNotes(log);
  const listener: RequestListener = (request, response) => {
    void answer(request, response).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, refusal(error instanceof DbError ? 503 : 500, textOf(error))),
    );
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Reply> {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const there = routes.filter((route) => route.path.test(path));
    const route = there.find((each) => each.method === method);
    const from = request.socket.remoteAddress ?? '?';
    const known = route?.access === 'open' || allowed(request.headers.authorization);
    if (!known) {
      // before anything is said of what there is
      if (request.headers.authorization !== undefined) denied(from);
      response.setHeader('Connection', 'close');
      return refusal(401, DENIED, { 'WWW-Authenticate': 'Bearer realm="yxt-mw"' });
    }
    if (!route) {
      if (there.length === 0) return plain(404, 'not found\n');
      return { ...plain(405, 'method not allowed\n'), headers: { Allow: there.map((each) => each.method).join(', ') } };
    }
    const found = route.path.exec(path)?.slice(1) ?? [];
    const who = `${options.tokenLabel} ${from}`;
    if (route.method === 'GET') return route.answer({ found, body: {}, who });
    const body = await bodyOf(request);
    if (body !== null) return route.answer({ found, body, who });
    response.setHeader('Connection', 'close');
    return refusal(400, UNREADABLE);
  }

  const { cert, key } = options.tls;
  const server: Server =
    cert === null || key === null
      ? createServer(LIMITS, listener)
      : createTlsServer(
          {
            ...LIMITS,
            cert: readFileSync(cert),
            key: readFileSync(key),
            minVersion: 'TLSv1.2',
            handshakeTimeout: 5000,
          },
          listener,
        );
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(options.port, options.host, () => {
      server.off('error', fail);
      done();
    });
  });
  server.on('error', () => undefined); // of single connections: theirs
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${cert === null ? 'http' : 'https'}://${host}:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** null: too long, or no JSON object. */
async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) return null;
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function deniedNotes(log: Pick<Log, 'warn'>): (from: string) => void {
  let quietUntil = -Infinity;
  return (from) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + DENIED_EVERY_MS;
    log.warn(
      'http.denied',
      {
        zh: `来自 ${from} 的访问令牌不对（一分钟内的后续尝试不再逐条记录）`,
        en: `wrong access token from ${from} (further ones are not told within a minute)`,
      },
      { from },
    );
  };
}

const DENIED: Text = { zh: '令牌不对', en: 'wrong token' };
const UNREADABLE: Text = { zh: '请求体太长，或不是 JSON 对象', en: 'the body is too long, or no JSON object' };
