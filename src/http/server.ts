import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { DbError, textOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Config } from '../config/settings.ts';
import type { Text } from '../lib/text.ts';
import { plain, refusal, send, type Reply } from './reply.ts';
import { holderOf, type Holder } from './token.ts';

export interface Asked {
  /** What the path's pattern has captured. */
  readonly found: readonly string[];
  /** Of a POST: the JSON object in its body, else empty. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Whose token came along; null: none is wanted. */
  readonly holder: Holder | null;
  /** Who asks, for log and audit log: name of the token's holder and address. */
  readonly who: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** Whom it answers; open: it tells and does nothing that is not for everybody. */
  readonly access: 'open' | Holder['role'];
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
/** Wrong tokens, and deeds that are not for their holder, are told no more often. */
const DENIED_EVERY_MS = 60_000;

type Options = Pick<Config['http'], 'host' | 'port' | 'token' | 'tokenLabel' | 'tokens' | 'tls'>;

/** Listens, and answers by these routes. Rejects when the port is taken, or the certificate cannot be read. */
export async function serve(options: Options, routes: readonly Route[], log: Pick<Log, 'warn'>): Promise<HttpServer> {
  const holderIn = holderOf(options);
  const [denied, forbidden] = [seldom(log), seldom(log)];
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
    const holder = route?.access === 'open' ? null : holderIn(request.headers.authorization);
    if (route?.access !== 'open' && holder === null) {
      // before anything is said of what there is
      if (request.headers.authorization !== undefined) denied('http.denied', deniedText(from), { from });
      response.setHeader('Connection', 'close');
      return refusal(401, DENIED, { 'WWW-Authenticate': 'Bearer realm="yxt-mw"' });
    }
    if (!route) {
      if (there.length === 0) return plain(404, 'not found\n');
      return { ...plain(405, 'method not allowed\n'), headers: { Allow: there.map((each) => each.method).join(', ') } };
    }
    const found = route.path.exec(path)?.slice(1) ?? [];
    const who = [holder?.name, from].filter((part) => part !== undefined).join(' ');
    if (route.access === 'operate' && holder?.role !== 'operate') {
      forbidden('http.forbidden', forbiddenText(who), { who });
      response.setHeader('Connection', 'close'); // its body was not read
      return refusal(403, FORBIDDEN);
    }
    if (route.method === 'GET') return route.answer({ found, body: {}, holder, who });
    const body = await bodyOf(request);
    if (body !== null) return route.answer({ found, body, holder, who });
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

/** Logs at most once a minute: what it is told meanwhile is more of the same. */
function seldom(log: Pick<Log, 'warn'>): Log['warn'] {
  let quietUntil = -Infinity;
  return (event, text, fields) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + DENIED_EVERY_MS;
    log.warn(event, text, fields);
  };
}

const deniedText = (from: string): Text => ({
  zh: `来自 ${from} 的访问令牌不对（一分钟内的后续尝试不再逐条记录）`,
  en: `wrong access token from ${from} (further ones are not told within a minute)`,
});
const forbiddenText = (who: string): Text => ({
  zh: `状态页，${who}：令牌只可查看，操作未执行（一分钟内的后续尝试不再逐条记录）`,
  en: `page, ${who}: the token is for reading, nothing was done (further tries are not told within a minute)`,
});

const DENIED: Text = { zh: '令牌不对', en: 'wrong token' };
const FORBIDDEN: Text = {
  zh: '这个令牌只可查看，不可操作',
  en: 'this token is for reading only',
};
const UNREADABLE: Text = { zh: '请求体太长，或不是 JSON 对象', en: 'the body is too long, or no JSON object' };
