import { Agent, request } from 'node:https';
import iconv from 'iconv-lite';
import type { SettingsPatch } from '../../src/simulator/settings.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';

/** A bare caller of the interface, written apart from the product's client: bytes out, bytes in, no opinion. */
export interface RawClient {
  post(path: string, body: string | Buffer, headers?: Record<string, string>, method?: string): Promise<RawAnswer>;
  /** `Send.do` and so on with the right account; `fields` add to or replace parameters. Returns the answer as text. */
  call(name: string, fields?: Record<string, string>): Promise<string>;
  /** `call('Send', …)` with a fresh serial and harmless defaults. */
  send(fields?: Record<string, string>): Promise<string>;
  close(): void;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** The body as GBK. */
  readonly text: string;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** GBK bytes behind percent signs. */
export function percentGbk(text: string): string {
  let out = '';
  for (const byte of iconv.encode(text, 'cp936')) out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

export function formOf(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${percentGbk(value)}`)
    .join('&');
}

/** 20 digits that no earlier call returned. */
let serials = 0;
export function nextSerial(): string {
  return String(++serials).padStart(20, '20261123');
}

export function rawClient(url: string, ca: string): RawClient {
  const agent = new Agent({ keepAlive: true, ca });
  const base = new URL(url);
  const post: RawClient['post'] = (path, body, headers = FORM, method = 'POST') =>
    new Promise((resolve, reject) => {
      const req = request({ host: base.hostname, port: base.port, path, method, headers, agent }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const whole = Buffer.concat(chunks);
          resolve({ status: res.statusCode ?? 0, body: whole, text: iconv.decode(whole, 'cp936') });
        });
      });
      req.on('error', reject);
      req.end(body);
    });
  const call: RawClient['call'] = async (name, fields = {}) => {
    const account = { SpCode: '000000', LoginName: 'demo', Password: 'demo-password' };
    return (await post(`${base.pathname}/${name}.do`, formOf({ ...account, ...fields }))).text;
  };
  return {
    post,
    call,
    send: (fields = {}) =>
      call('Send', {
        MessageContent: '您好',
        UserNumber: '13000000001',
        SerialNumber: nextSerial(),
        f: '1',
        ...fields,
      }),
    close: () => agent.destroy(),
  };
}

/** Runs `work` against a fresh simulator in this process, and closes both whatever happens. */
export async function withSimulator(
  settings: SettingsPatch,
  work: (simulator: Simulator, client: RawClient) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator({ settings });
  const client = rawClient(simulator.url, simulator.ca);
  try {
    await work(simulator, client);
  } finally {
    client.close();
    await simulator.close();
  }
}
