import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Text } from '../lib/text.ts';
import { faultScript } from './faults.ts';
import { connectionsOf, listen, readBody, stopListening } from './http.ts';
import { PAGE, PAGE_POLICY } from './page.ts';
import type { Simulator } from './server.ts';
import { settingsPatch, type SimulatorSettings } from './settings.ts';

/** The control port: plain HTTP on 127.0.0.1, JSON, server-sent events, and the page at `/`. */
export interface ControlServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

const moMessage = z.strictObject({
  phone: z.string().regex(/^\+?\d{3,20}$/),
  content: z.string(),
  ext: z.string().regex(/^\d*$/).optional(),
});
const nothing = z.strictObject({});

/** Shortest time between two events to one listener, milliseconds: a burst of 10,000 messages is shown, not counted aloud. */
const EVENT_EVERY_MS = 40;
const PAGE_EVERY_MS = 200;
const LEDGER_PAGE = 10_000;

/**
 * Serves the control interface of a simulator. Only requests whose Host (and Origin, if any) is this loopback address
 * are answered and POST must be JSON, so that no web page elsewhere can reach it through a visitor's browser.
 */
export async function startControl(simulator: Simulator, port = 0): Promise<ControlServer> {
  const streams = new Set<ServerResponse>();

  /** A verb without parameters; answers with the state after it. */
  const plain = (work: () => void | Promise<void>) => async (body: unknown) => {
    nothing.parse(body);
    await work();
    return simulator.stats();
  };
  const posts: Readonly<Record<string, (body: unknown) => unknown>> = {
    '/mo': (body) => {
      const messages = z.union([moMessage, z.array(moMessage)]).parse(body);
      const list = Array.isArray(messages) ? messages : [messages];
      return { ids: list.map(({ phone, content, ext }) => simulator.citizenWrites(phone, content, ext)) };
    },
    '/faults': (body) => {
      simulator.setFaults(faultScript.parse(body));
      return { rules: simulator.faults() };
    },
    '/options': (body) => withoutPassword(simulator.change(settingsPatch.parse(body))),
    '/down': plain(() => simulator.down()),
    '/up': plain(() => simulator.up()),
    '/unlock': plain(() => simulator.unlock()),
    '/forget': plain(() => simulator.forgetSerials()),
    '/reset': plain(() => {
      simulator.reset();
      return simulator.up();
    }),
  };
  const gets: Readonly<Record<string, (query: URLSearchParams) => unknown>> = {
    '/stats': () => simulator.stats(),
    '/faults': () => ({ rules: simulator.faults() }),
    '/options': () => withoutPassword(simulator.settings()),
    '/phones': () => ({ phones: simulator.phones() }),
    '/ledger': (query) => {
      const { from } = z.object({ from: z.coerce.number().int().min(0).default(0) }).parse(Object.fromEntries(query));
      const entries = simulator.ledger();
      return { total: entries.length, from, entries: entries.slice(from, from + LEDGER_PAGE) };
    },
  };

  const handle = async (req: IncomingMessage, res: ServerResponse, body: Buffer): Promise<void> => {
    const url = new URL(req.url ?? '/', 'http://127.0.0.1');
    if (!isLoopback(req.headers.host) || !sameOrigin(req)) {
      problem(res, 403, {
        zh: '只接受本机回环地址的请求。',
        en: 'Only requests to this loopback address are answered.',
      });
    } else if (req.method === 'GET' && url.pathname === '/') {
      res.writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': PAGE_POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-store',
      });
      res.end(PAGE);
    } else if (req.method === 'GET' && url.pathname === '/events') {
      stream(simulator, streams, res, url.searchParams.has('page'));
    } else if (req.method === 'GET' && gets[url.pathname]) {
      json(res, 200, gets[url.pathname]?.(url.searchParams));
    } else if (req.method === 'POST' && posts[url.pathname]) {
      if (!req.headers['content-type']?.startsWith('application/json')) {
        problem(res, 415, { zh: '请以 application/json 提交。', en: 'Send it as application/json.' });
        return;
      }
      json(res, 200, await posts[url.pathname]?.(JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'))));
    } else {
      problem(res, 404, { zh: '没有这个地址。', en: 'There is no such address.' });
    }
  };

  const server = createServer((req, res) => {
    readBody(req, res, (body) => {
      handle(req, res, body).catch((error: unknown) => refuse(res, error));
    });
  });
  const sockets = connectionsOf(server);
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const res of streams) res.end();
      await stopListening(server, sockets);
    },
  };
}

function withoutPassword(settings: SimulatorSettings): Partial<SimulatorSettings> {
  const shown: Partial<SimulatorSettings> = { ...settings };
  delete shown.password;
  return shown;
}

/** Server-sent events: the present state at once, then after every change; `forPage` adds what the page shows. */
function stream(simulator: Simulator, streams: Set<ServerResponse>, res: ServerResponse, forPage: boolean): void {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  streams.add(res);
  let timer: NodeJS.Timeout | null = null;
  const push = (): void => {
    timer = null;
    if (res.writableLength > 1_000_000) return; // a reader that sleeps gets the next state instead of all of them
    const page = forPage && { rules: simulator.faults(), phones: simulator.phones(), speeds: simulator.speeds() };
    res.write(`data: ${JSON.stringify({ ...simulator.stats(), ...page })}\n\n`);
  };
  const stop = simulator.onChange(() => {
    timer ??= setTimeout(push, forPage ? PAGE_EVERY_MS : EVENT_EVERY_MS);
  });
  // time alone changes what the page shows: receipts become due, the chart moves on
  const again = forPage ? setInterval(push, 1000) : null;
  res.once('close', () => {
    stop();
    streams.delete(res);
    if (timer) clearTimeout(timer);
    if (again) clearInterval(again);
  });
  push();
}

function isLoopback(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host ?? '');
}

function sameOrigin(req: IncomingMessage): boolean {
  const { origin, host } = req.headers;
  return origin === undefined || origin === `http://${host ?? ''}`;
}

function refuse(res: ServerResponse, error: unknown): void {
  if (error instanceof z.ZodError) {
    const where = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    problem(res, 400, { zh: `内容不符合要求：${where}`, en: `The body is not as required: ${where}` });
  } else if (error instanceof SyntaxError) {
    problem(res, 400, { zh: '不是有效的 JSON。', en: 'That is not JSON.' });
  } else {
    const message = error instanceof Error ? error.message : String(error);
    problem(res, 500, { zh: `模拟器出错：${message}`, en: `The simulator failed: ${message}` });
  }
}

function problem(res: ServerResponse, status: number, error: Text): void {
  json(res, status, { error });
}

function json(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  res.end(JSON.stringify(value));
}
