import type { ServerResponse } from 'node:http';
import type { Text } from '../lib/text.ts';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** For every answer; the page has a policy of its own. */
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export const plain = (status: number, body: string): Reply => ({ status, type: 'text/plain; charset=utf-8', body });

export const json = (status: number, value: unknown): Reply => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

/** For the page and for programs alike. */
export const refusal = (status: number, error: Text, headers: Readonly<Record<string, string>> = {}): Reply => ({
  ...json(status, { error }),
  headers,
});

export function send(response: ServerResponse, { status, type, body, headers }: Reply): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...HEADERS, 'Content-Type': type, 'Content-Length': bytes.length, ...headers });
  response.end(bytes);
}
