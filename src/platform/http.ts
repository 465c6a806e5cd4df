import { ConfigError, PlatformError } from '../lib/errors.ts';
import { type ConnectOptions, type Connector, connectorOf, urlOf } from './connect.ts';
import { EarlyConnections } from './early-connections.ts';
import { Exchange, type Limits } from './exchange.ts';
import { notAnAnswer } from './failure.ts';
import { decodeGbk } from './gbk.ts';
import type { Answer, BalanceAnswer, CallKind, Fetched, Platform, SendAnswer, SendRequest } from './platform.ts';
import {
  type Account,
  accountForm,
  type Charset,
  confirmForm,
  pathOf,
  readBalance,
  readPlain,
  readReply,
  readReport,
  readSend,
  sendForm,
  tornReport,
} from './wire.ts';
import { resultOf } from './fields.ts';
import { Pool } from './undici.ts';

export interface HttpPlatformOptions extends Account, ConnectOptions {
  /** `https://host:port/sms/Api`. */
  readonly url: string;
  /** One call as a whole, in milliseconds. */
  readonly timeoutMs: number;
  /** Calls of `send` that may be out at once. */
  readonly concurrency: number;
  /** Allows `http:`, where the password travels in the open. */
  readonly allowInsecure: boolean;
  readonly charset: Charset;
  /** Contents of citizens' messages carry percent escapes that are to be undone. */
  readonly percentDecodeReplies: boolean;
}

/** Report, reply, confirm and balance must not wait for a connection while every send is busy. */
const SPARE_CONNECTIONS = 4;
/** Shorter than servers keep an idle connection: one that they close while we write costs an unknown outcome. */
const IDLE_MS = 4000;
const ANSWER_BYTES = 64 * 1024;
/** Receipts are handed out once: cutting off a large answer would lose them, so this only guards memory. */
const FETCH_BYTES = 64 * 1024 * 1024;
const HEADERS = ['content-type', 'application/x-www-form-urlencoded', 'accept', '*/*'];

/**
 * The platform's HTTP interface (facts: dialect U). Never tries a call twice: what may be repeated, and under which
 * serial, is the caller's to know. Throws ConfigError for settings that cannot work.
 */
export function openHttpPlatform(options: HttpPlatformOptions): Platform {
  const url = urlOf(options.url, 'platform.url');
  if (url.protocol === 'http:' && !options.allowInsecure) {
    throw new ConfigError('config', {
      zh: 'platform.url 是 http:，密码和短信会明文传输，已拒绝。请改用平台的 https 地址（端口 9600）；确需明文请设 platform.allowInsecure: true',
      en: 'platform.url is http: and would send password and messages in the open, so it is refused. Use the https address (port 9600), or set platform.allowInsecure: true if you must',
    });
  }
  if (url.username || url.password || url.search) {
    throw new ConfigError('config', {
      zh: 'platform.url 里不能带用户名、密码或 ? 参数：账户写在 platform.spCode、loginName、password',
      en: 'platform.url must not carry a user, a password or parameters after "?": the account goes into platform.spCode, loginName and password',
    });
  }
  return new HttpPlatform(url, options);
}

class HttpPlatform implements Platform {
  readonly #pool: Pool;
  readonly #connector: Connector;
  readonly #early: EarlyConnections;
  readonly #origin: URL;
  readonly #concurrency: number;
  readonly #charset: Charset;
  readonly #percentDecode: boolean;
  readonly #base: string;
  readonly #host: string;
  readonly #limits: Limits;
  readonly #fetchLimits: Limits;
  /** The account in each charset of a call, encoded once. */
  readonly #account: Readonly<Record<Charset, string>>;
  #closing: Promise<void> | null = null;

  constructor(url: URL, options: HttpPlatformOptions) {
    const connectTimeoutMs = Math.min(options.connectTimeoutMs, options.timeoutMs);
    this.#connector = connectorOf({ ...options, connectTimeoutMs });
    this.#early = new EarlyConnections(this.#connector.connect, IDLE_MS);
    this.#origin = url;
    this.#concurrency = options.concurrency;
    this.#pool = new Pool(url.origin, {
      connect: this.#early.connect,
      connections: options.concurrency + SPARE_CONNECTIONS,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      // the timer of each exchange covers both; two more would only cost
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#charset = options.charset;
    this.#percentDecode = options.percentDecodeReplies;
    this.#base = url.pathname.replace(/\/+$/, '');
    this.#host = url.host;
    this.#limits = { timeoutMs: options.timeoutMs, bytes: ANSWER_BYTES };
    this.#fetchLimits = { timeoutMs: options.timeoutMs, bytes: FETCH_BYTES };
    this.#account = { gbk: accountForm(options, 'gbk'), utf8: accountForm(options, 'utf8') };
  }

  prepare(calls: number): void {
    const { protocol, hostname, host, port } = this.#origin;
    const missing = Math.min(calls, this.#concurrency) - this.#pool.stats.free;
    if (this.#closing === null && missing > 0) this.#early.prepare({ protocol, hostname, host, port }, missing);
  }

  async send(request: SendRequest): Promise<SendAnswer> {
    const charset = this.#charset;
    const raw = await this.#post('send', charset, sendForm(request, charset), this.#limits).answer;
    return this.#read('send', readSend(charset === 'gbk' ? decodeGbk(raw) : raw.toString('utf8')));
  }

  async report(): Promise<Fetched> {
    const exchange = this.#post('report', 'gbk', '', this.#fetchLimits);
    try {
      return this.#fetched('report', await exchange.answer);
    } catch (error) {
      // the platform has forgotten what it began to hand out: what came before the line broke counts
      const received = exchange.received();
      const torn = tornReport(received);
      if (torn !== null) return { ...this.#fetched('report', torn), cut: true };
      if (error instanceof PlatformError && received.length > 0) error.raw = received;
      throw error;
    }
  }

  async reply(): Promise<Fetched> {
    return this.#fetched('reply', await this.#post('reply', 'gbk', '', this.#fetchLimits).answer);
  }

  async confirm(lastId: string): Promise<Answer> {
    const raw = await this.#post('confirm', 'gbk', confirmForm(lastId), this.#limits).answer;
    return this.#read('confirm', readPlain(decodeGbk(raw)));
  }

  async balance(): Promise<BalanceAnswer> {
    const raw = await this.#post('balance', 'gbk', '', this.#limits).answer;
    return this.#read('balance', readBalance(decodeGbk(raw)));
  }

  readReport = readReport;

  readReply(raw: Buffer): ReturnType<Platform['readReply']> {
    return readReply(raw, this.#percentDecode);
  }

  /** Waits for the calls that are out, at most their time limit, or until `hurry`; may be asked again. */
  close(hurry?: AbortSignal): Promise<void> {
    this.#early.close();
    this.#closing ??= this.#pool.close().then(() => this.#connector.close());
    hurry?.addEventListener('abort', () => void this.#pool.destroy(), { once: true });
    if (hurry?.aborted) void this.#pool.destroy();
    return this.#closing;
  }

  #post(kind: CallKind, charset: Charset, form: string, limits: Limits): Exchange {
    const exchange = new Exchange({ call: kind, host: this.#host }, limits);
    try {
      this.#pool.dispatch(
        {
          path: this.#base + pathOf(kind, charset),
          method: 'POST',
          headers: HEADERS,
          // a form is ASCII; the account stands in the body, never in the address
          body: Buffer.from(this.#account[charset] + form, 'latin1'),
        },
        exchange,
      );
    } catch (error) {
      // undici reports most things to the exchange; what it throws, it has not queued
      exchange.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
    }
    return exchange;
  }

  #fetched(kind: CallKind, raw: Buffer): Fetched {
    return { raw, code: this.#read(kind, resultOf(raw.toString('latin1'))) };
  }

  #read<T>(kind: CallKind, answer: T | null): T {
    if (answer === null) throw notAnAnswer(200, { call: kind, host: this.#host });
    return answer;
  }
}
