import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { ConfigError } from '../lib/errors.ts';
import { buildConnector, type BuildOptions, type Connect, whole } from './undici.ts';

/** Certificates and keys: the path of a PEM file, or its contents. */
export type Pem = string | Buffer;

export interface TlsOptions {
  /** Own authorities, beside those that Node trusts anyway: an inspecting firewall must not cost the public ones. */
  readonly ca?: Pem | null;
  readonly cert?: Pem | null;
  readonly key?: Pem | null;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}

export interface ConnectOptions {
  readonly tls: TlsOptions;
  /** `http://user:password@host:port`; requests go through it by CONNECT. */
  readonly proxy: string | null;
  readonly connectTimeoutMs: number;
}

/**
 * No connection came about, so nothing was sent. Wraps every error of a connect, because the same codes (a reset, a
 * time-out) on a connection that stands mean the opposite.
 */
export class ConnectFailure extends Error {
  /** Who failed: the platform, the way to the proxy, or the proxy's refusal (its HTTP status). */
  readonly at: 'platform' | 'proxy' | number;

  constructor(at: 'platform' | 'proxy' | number, cause?: unknown) {
    super('no connection', { cause });
    this.at = at;
  }
}

export interface Connector {
  readonly connect: Connect;
  close(): Promise<void>;
}

export function connectorOf(options: ConnectOptions): Connector {
  const build = {
    // one context for all connections: reading the list of authorities again for each costs milliseconds
    secureContext: secureContextOf(options.tls),
    // said out loud, because an environment variable may switch the default off
    rejectUnauthorized: true,
    timeout: options.connectTimeoutMs,
    allowH2: false,
  };
  const direct = buildConnector(build);
  if (options.proxy === null) return { connect: tagged(direct, 'platform'), close: () => Promise.resolve() };
  return throughProxy(options.proxy, direct, build, options.connectTimeoutMs);
}

/** One connection that nobody calls through: to look at. */
export function connectOnce(connector: Connector, { protocol, hostname, host, port }: URL): Promise<Socket> {
  return new Promise((done, refuse) => {
    connector.connect({ protocol, hostname, host, port }, (...[error, socket]) => {
      if (error) refuse(error);
      else done(socket);
    });
  });
}

function tagged(connect: Connect, at: 'platform' | 'proxy'): Connect {
  return (target, done) => {
    connect(target, (...[error, socket]) => {
      if (error) done(new ConnectFailure(at, error), null);
      else done(null, socket);
    });
  };
}

function throughProxy(proxy: string, direct: Connect, build: BuildOptions, timeoutMs: number): Connector {
  const url = urlOf(proxy, 'platform.proxy');
  const pool = new (whole().Pool)(url.origin, {
    connect: tagged(buildConnector(build), 'proxy'),
    headersTimeout: timeoutMs,
    allowH2: false,
  });
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = login === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
  const toPlatform = tagged(direct, 'platform');
  const connect: Connect = (target, done) => {
    const host = target.host ?? target.hostname;
    const path = target.port ? host : `${host}:${target.protocol === 'https:' ? 443 : 80}`;
    pool.connect({ path, headers: { host: path, ...headers } }).then(
      ({ statusCode, socket }) => {
        if (!(socket instanceof Socket) || statusCode < 200 || statusCode > 299) {
          socket.on('error', () => undefined).destroy();
          done(new ConnectFailure(statusCode), null);
        } else if (target.protocol === 'https:') toPlatform({ ...target, httpSocket: socket }, done);
        else done(null, socket);
      },
      (error: unknown) => done(error instanceof ConnectFailure ? error : new ConnectFailure('proxy', error), null),
    );
  };
  return { connect, close: () => pool.destroy() };
}

function secureContextOf(tls: TlsOptions): SecureContext {
  const ca = tls.ca ? [...getCACertificates('default'), pem(tls.ca, 'platform.tls.ca')] : undefined;
  try {
    return createSecureContext({
      minVersion: tls.minVersion,
      ...(ca && { ca }),
      ...(tls.cert && { cert: pem(tls.cert, 'platform.tls.cert') }),
      ...(tls.key && { key: pem(tls.key, 'platform.tls.key') }),
    });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      'config',
      {
        zh: 'platform.tls 里的证书或私钥无法使用：请确认 cert 与 key 是一对 PEM 文件，私钥没有口令。',
        en: 'The certificate or key under platform.tls cannot be used: check that cert and key are a pair of PEM files and the key has no passphrase.',
      },
      { cause: error },
    );
  }
}

function pem(source: Pem, key: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = typeof source === 'string' ? readFileSync(source) : source;
  } catch (error) {
    throw new ConfigError(
      'config',
      {
        zh: `${key} 指向的文件读不到：请检查路径和权限。`,
        en: `The file that ${key} names cannot be read: check its path and permissions.`,
      },
      { cause: error },
    );
  }
  // OpenSSL skips over a file without certificates in silence, and the admin would look for the fault elsewhere
  if (!bytes.includes('-----BEGIN ')) {
    throw new ConfigError('config', {
      zh: `${key} 指向的文件不是 PEM 格式：应含有 “-----BEGIN …” 一行（DER/PFX 请先转换）。`,
      en: `The file that ${key} names is not PEM: it must hold a line "-----BEGIN …" (convert DER or PFX first).`,
    });
  }
  return bytes;
}

/** An http(s) address of the configuration; the text never repeats it, because it may hold a password. */
export function urlOf(address: string, key: string): URL {
  const url = URL.parse(address);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ConfigError('config', {
    zh: `${key} 不是有效的 http(s) 地址：应类似 https://主机:端口/路径。`,
    en: `${key} is not a valid http(s) address: it should look like https://host:port/path.`,
  });
}
