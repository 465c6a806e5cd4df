import { textOf } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { figuresOf } from './figures.ts';
import { healthz, readyz } from './health.ts';
import { openMetrics } from './metrics.ts';
import type { HttpParts } from './parts.ts';
import { actionsOf } from './actions.ts';
import { boardOf } from './board.ts';
import { PAGE } from './page.ts';
import { json } from './reply.ts';
import { rowStory } from './row.ts';
import { serve, type HttpServer, type Route } from './server.ts';

/** Opens page, metrics and health. null: they could not be served, which is logged and hinders nothing else. */
export async function openHttp(p: HttpParts): Promise<HttpServer | null> {
  const { http } = p.config;
  try {
    const server = await serve(http, routesOf(p), p.log);
    p.log.info('http.listening', { zh: `状态页和指标：${server.url}`, en: `page and metrics: ${server.url}` });
    return server;
  } catch (error) {
    p.log.error('http.failed', failed(`${http.host}:${http.port}`, error));
    return null;
  }
}

/**
 * One rule: what tells nothing (the empty page, /healthz) is open, everything else wants a token, and every POST one that is for operating;
 * `http.openMetrics` opens /metrics and /readyz as well, which the configuration allows on the loopback only.
 */
export function routesOf(p: HttpParts): Route[] {
  const figures = figuresOf(p);
  const metrics = openMetrics(p, figures);
  const actions = actionsOf(p, figures);
  const access = p.config.http.openMetrics ? 'open' : 'read';
  const [reading, operating] = [{ access: 'read' }, { access: 'operate' }] as const;
  return [
    { method: 'GET', path: /^\/$/, access: 'open', answer: () => PAGE },
    {
      method: 'GET',
      path: /^\/api\/board$/,
      ...reading,
      answer: async ({ holder }) => json(200, { ...(await boardOf(p, figures)), you: holder }),
    },
    {
      method: 'GET',
      path: /^\/api\/rows\/(\d{1,19})$/,
      ...reading,
      answer: ({ found: [id = ''] }) => rowStory(p, id),
    },
    { method: 'POST', path: /^\/api\/pause$/, ...operating, answer: actions.pause },
    { method: 'POST', path: /^\/api\/resume$/, ...operating, answer: actions.resume },
    { method: 'POST', path: /^\/api\/rows\/(\d{1,19})\/(release|discard)$/, ...operating, answer: actions.one },
    { method: 'POST', path: /^\/api\/held\/count$/, ...operating, answer: actions.count },
    { method: 'POST', path: /^\/api\/held\/(release|discard)$/, ...operating, answer: actions.some },
    { method: 'GET', path: /^\/healthz$/, access: 'open', answer: () => healthz(p) },
    { method: 'GET', path: /^\/readyz$/, access, answer: () => readyz(p, figures) },
    {
      method: 'GET',
      path: /^\/metrics$/,
      access,
      answer: async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
    },
  ];
}

function failed(place: string, error: unknown): Text {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const why = taken ? { zh: '端口已被占用：请改 http.port', en: 'the port is taken: change http.port' } : textOf(error);
  return {
    zh: `状态页和指标开不了（${place}）：${why.zh}。短信收发照常`,
    en: `page and metrics cannot be served (${place}): ${why.en}. Messages go on`,
  };
}
