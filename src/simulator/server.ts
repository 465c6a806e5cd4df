import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../lib/clock.ts';
import { type CertificateSet, makeCertificates } from '../lib/certificate.ts';
import { answerLine, gbk, utf8 } from './codes.ts';
import { type FaultKind, type FaultRule, Faults, type FaultScript, takesEffect } from './faults.ts';
import { parseForm, type FormCharset } from './form.ts';
import { answerHeaders, connectionsOf, html, listen, readBody, reply, stopListening } from './http.ts';
import type { Phone } from './phones.ts';
import type { LedgerEntry } from './ledger.ts';
import { DEFAULT_SETTINGS, type SettingsPatch, type SimulatorSettings, withPatch } from './settings.ts';
import { CALLS, type CallName, type PlatformStats, VirtualPlatform } from './virtual-platform.ts';

export interface SimulatorOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  readonly settings?: SettingsPatch;
  readonly faults?: FaultScript;
  /** Default: made for this start. */
  readonly certificates?: CertificateSet;
  readonly clock?: Clock;
}

export interface SimulatorStats extends PlatformStats {
  /** Requests with a complete body, by path. */
  readonly requests: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly connections: number;
  readonly down: boolean;
}

/** The platform on 127.0.0.1, over TLS. */
export interface Simulator {
  /** Base URL for `platform.url`: `https://127.0.0.1:PORT/sms/Api`. */
  readonly url: string;
  readonly port: number;
  /** PEM of the authority to trust. */
  readonly ca: string;
  settings(): SimulatorSettings;
  /** Throws a ZodError when a value is out of its bounds; then nothing is changed. */
  change(patch: SettingsPatch): SimulatorSettings;
  setFaults(script: FaultScript): void;
  faults(): FaultRule[];
  /** A citizen writes; returns the message's id. */
  citizenWrites(phone: string, content: string, extNo?: string): string;
  unlock(): void;
  /** The platform's memory of serials is lost. */
  forgetSerials(): void;
  stats(): SimulatorStats;
  ledger(): readonly LedgerEntry[];
  /** The latest phones with their latest messages. */
  phones(): Phone[];
  /** Messages accepted in each of the last 60 seconds, oldest first. */
  speeds(): number[];
  /** No messages, no memory of serials, no faults, the first settings; down stays down. */
  reset(): void;
  /** Stops listening and destroys every connection. */
  down(): Promise<void>;
  /** Listens again on the same port. */
  up(): Promise<void>;
  /** Calls back after whatever changes the above; returns how to stop that. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

const PATHS: ReadonlyMap<string, CallName> = new Map([
  ...CALLS.map((call) => [`/sms/Api/${call}.do`, call] as const),
  ['/sms/Api/SendUTF8.do', 'Send'],
]);
const GARBAGE = '<html><body><h1>502</h1><!-- \u0000\u00ff\u00fe result? --></body>';
const NO_BYTES = Buffer.alloc(0);

/** Starts the platform. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const clock = options.clock ?? systemClock;
  const certificates = options.certificates ?? makeCertificates();
  const firstSettings = withPatch(DEFAULT_SETTINGS, options.settings ?? {});
  const listeners = new Set<() => void>();
  let faults = new Faults();
  let platform = new VirtualPlatform({ ...firstSettings }, clock);
  let requests: Record<string, number> = {};
  let calls = 0;
  let down = false;
  let closed = false;
  if (options.faults) faults.set(options.faults);

  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  const perform = (call: CallName, body: Buffer, charset: FormCharset): string => {
    const line = platform.answer(call, parseForm(body, charset));
    changed();
    return charset === 'gbk' ? line : utf8(line);
  };

  const answer = (req: IncomingMessage, res: ServerResponse, body: Buffer): void => {
    const call = PATHS.get(req.url ?? '');
    const path = req.url?.split('?', 1)[0] ?? '';
    calls++;
    if (call === undefined) {
      html(res, 404, 'Not Found');
      return;
    }
    requests[path] = (requests[path] ?? 0) + 1;
    if (req.method !== 'POST') {
      html(res, 405, 'Method Not Allowed');
      return;
    }
    // a servlet reads no parameters from a body of another type, so the call then lacks them all
    const form = req.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? body : NO_BYTES;
    const rule = faults.active ? faults.take(call, body) : null;
    const wait = platform.settings.latencyMs;
    const charset = path.endsWith('UTF8.do') ? 'utf8' : 'gbk';
    if (rule) fail(rule, call, form, req, res, charset);
    else if (wait === 0) reply(res, perform(call, form, charset), charset);
    else {
      const line = perform(call, form, charset);
      setTimeout(() => reply(res, line, charset), wait).unref();
    }
  };

  const fail = (
    rule: FaultRule,
    call: CallName,
    body: Buffer,
    req: IncomingMessage,
    res: ServerResponse,
    charset: FormCharset,
  ): void => {
    changed(); // it has struck, whatever follows
    if (rule.fault === 'slow') {
      const early = rule.late ? null : perform(call, body, charset);
      setTimeout(() => reply(res, early ?? perform(call, body, charset), charset), rule.ms ?? 1000).unref();
      return;
    }
    const line = takesEffect(rule) ? perform(call, body, charset) : null;
    switch (rule.fault) {
      case 'hangup-before':
      case 'accept-then-hangup':
        req.socket.destroy();
        return;
      case 'hang':
        return;
      case 'cut': {
        const whole = line ?? answerLine('0');
        res.writeHead(200, answerHeaders(whole));
        res.write(whole.slice(0, whole.length >> 1), 'latin1', () => req.socket.destroy());
        return;
      }
      case 'garbage':
        reply(res, rule.body === undefined ? GARBAGE : gbk(rule.body));
        return;
      case 'http-5xx':
        html(res, rule.status ?? 502, 'Error');
        return;
      case 'code':
        reply(res, line?.startsWith('result=0&') === false ? line : codeAnswer(rule, line));
    }
  };

  const server = createServer(
    {
      cert: certificates.cert,
      key: certificates.key,
      minVersion: 'TLSv1.2',
      // idle connections are the client's to close: otherwise its next request meets a hang-up that no rule asked for
      keepAliveTimeout: 0,
      requestTimeout: 0,
    },
    (req, res) => {
      readBody(req, res, (body) => answer(req, res, body));
    },
  );
  const sockets = connectionsOf(server);
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;

  return {
    url: `https://127.0.0.1:${port}/sms/Api`,
    port,
    ca: certificates.ca,
    settings: () => ({ ...platform.settings }),
    change(patch) {
      platform.settings = withPatch(platform.settings, patch);
      changed();
      return { ...platform.settings };
    },
    setFaults(script) {
      faults.set(script);
      changed();
    },
    faults: () => faults.rules,
    citizenWrites(phone, content, extNo = '') {
      const { id } = platform.citizenWrites(phone, content, extNo);
      changed();
      return String(id);
    },
    unlock() {
      platform.account.unlock();
      changed();
    },
    forgetSerials() {
      platform.ledger.forgetSerials();
      changed();
    },
    stats: () => ({
      ...platform.stats(),
      requests: { ...requests },
      calls,
      faults: { ...faults.struck },
      connections: sockets.size,
      down,
    }),
    ledger: () => platform.ledger.entries,
    phones: () => platform.phones.list(clock.wall(), platform.settings),
    speeds: () => platform.speed.list(clock.wall()),
    reset() {
      platform = new VirtualPlatform({ ...firstSettings }, clock);
      faults = new Faults();
      requests = {};
      calls = 0;
      changed();
    },
    async down() {
      if (down || closed) return;
      down = true;
      await stopListening(server, sockets);
      changed();
    },
    async up() {
      if (!down || closed) return;
      await listen(server, port);
      down = false;
      changed();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (closed) return;
      closed = true;
      if (!down) await stopListening(server, sockets);
    },
  };
}

/** The scripted code, with what an accepted call names (task id, `faillist`) when the request took effect. */
function codeAnswer(rule: FaultRule, accepted: string | null): string {
  const tail = accepted === null ? '' : accepted.slice(Math.max(accepted.indexOf('&taskid='), 0));
  return answerLine(rule.code ?? '20', tail.startsWith('&taskid=') ? tail : '', rule.description);
}
