import { PlatformError, type PlatformErrorKind } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { ConnectFailure } from './connect.ts';
import type { CallKind } from './platform.ts';

/** What every error about a call may say: neither account nor body, both belong to nobody's log. */
export interface CallFacts {
  readonly call: CallKind;
  /** Host and port of the platform. */
  readonly host: string;
}

/** The call did not get a readable answer. `started`: its request was (being) written, so the platform may have it. */
export function failureOf(error: unknown, started: boolean, facts: CallFacts): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof ConnectFailure) return noConnection(error, facts);
  const code = codeOf(error);
  // TLS 1.3: the server judges our certificate after our side is done, and speaks of it when the request is on its way
  if (HANDSHAKE_ALERT.test(code)) return fail('tls', CLIENT_CERTIFICATE, error, facts, code);
  return started ? fail('doubtful', CUT, error, facts, code) : fail('unreached', NO_CONNECTION, error, facts, code);
}

export function timedOut(started: boolean, timeoutMs: number, facts: CallFacts): PlatformError {
  const text: Text = started
    ? {
        zh: `平台 ${timeoutMs} ms 内没有应答，请求可能已送达；短信会以原流水号重新提交，不会重复。经常出现请检查网络或调大 platform.timeout`,
        en: `The platform gave no answer within ${timeoutMs} ms and may have the request; messages are submitted again under the same serial and do not double. If it happens often, check the network or raise platform.timeout`,
      }
    : {
        zh: `${timeoutMs} ms 内没有空闲连接，请求没有发出，稍后自动再试。经常出现请调低 outbox.concurrency 或检查网络`,
        en: `No connection was free within ${timeoutMs} ms, nothing was sent, it is tried again later. If it happens often, lower outbox.concurrency or check the network`,
      };
  return fail(started ? 'doubtful' : 'unreached', text, undefined, facts, 'timeout');
}

export function tooLarge(limit: number, facts: CallFacts): PlatformError {
  return fail(
    'doubtful',
    {
      zh: `平台的应答超过 ${limit} 字节，已中断。请确认 platform.url 指向短信平台`,
      en: `The platform's answer is larger than ${limit} bytes and was cut off. Check that platform.url is the SMS platform`,
    },
    undefined,
    facts,
    'size',
  );
}

/** Something answered that is not the platform as we know it. */
export function notAnAnswer(status: number, facts: CallFacts): PlatformError {
  const text: Text =
    status === 200
      ? {
          zh: '应答里没有 result=，不是短信平台的应答（可能是登录页、代理或防火墙的页面）。请检查 platform.url 与网络代理',
          en: 'The answer has no result= and is not one of the SMS platform (perhaps a login page of a proxy or firewall). Check platform.url and the network',
        }
      : status === 404
        ? {
            zh: 'HTTP 404：地址不存在。请检查 platform.url，应以 /sms/Api 结尾',
            en: 'HTTP 404: no such address. Check platform.url, it should end in /sms/Api',
          }
        : {
            zh: `HTTP ${status}：平台或其前置设备出错，请求结果不明，稍后自动再试。持续出现请检查 platform.url 或联系平台`,
            en: `HTTP ${status}: the platform or a device in front of it failed, the outcome is unknown, it is tried again later. If it lasts, check platform.url or ask the platform`,
          };
  return new PlatformError('doubtful', text, { facts: { ...facts, why: 'answer', status } });
}

function noConnection(failure: ConnectFailure, facts: CallFacts): PlatformError {
  const code = codeOf(failure.cause);
  if (typeof failure.at === 'number') return fail('proxy', refusedByProxy(failure.at), failure, facts, `${failure.at}`);
  const tls = tlsText(code);
  const text = tls ?? networkText(code) ?? NO_CONNECTION;
  if (failure.at === 'platform') return fail(tls ? 'tls' : 'unreached', text, failure.cause, facts, code);
  return fail(
    'proxy',
    { zh: `连不上 platform.proxy 的代理：${text.zh}`, en: `The proxy of platform.proxy cannot be used: ${text.en}` },
    failure.cause,
    facts,
    code,
  );
}

function refusedByProxy(status: number): Text {
  return status === 407
    ? {
        zh: '代理要求用户名和密码（407）。请写成 platform.proxy: http://用户:密码@主机:端口',
        en: 'The proxy wants a user and password (407). Write platform.proxy: http://user:password@host:port',
      }
    : {
        zh: `代理拒绝连接平台（HTTP ${status}）。请让网络管理员放行平台的主机和端口（CONNECT）`,
        en: `The proxy refuses the way to the platform (HTTP ${status}). Have the network's admin allow its host and port (CONNECT)`,
      };
}

const HANDSHAKE_ALERT = /ALERT_(?:CERTIFICATE_\w+|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)$/;

const CUT: Text = {
  zh: '应答到达前连接断开，请求可能已送达；短信会以原流水号重新提交，不会重复',
  en: 'The connection broke before the answer and the platform may have the request; messages are submitted again under the same serial and do not double',
};
const NO_CONNECTION: Text = {
  zh: '连接没有建立，请求没有发出，稍后自动再试。请检查网络、防火墙和 platform.url',
  en: 'No connection came about, nothing was sent, it is tried again later. Check the network, the firewall and platform.url',
};
const CLIENT_CERTIFICATE: Text = {
  zh: 'TLS 握手被平台拒绝：可能要求客户端证书，或不接受我们的证书。请检查 platform.tls.cert 与 key',
  en: 'The platform refused the TLS handshake: it may want a client certificate, or not accept ours. Check platform.tls.cert and key',
};

function networkText(code: string): Text | null {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return {
        zh: '主机名解析不到，请求没有发出。请检查 platform.url 的拼写和本机 DNS',
        en: 'The host name cannot be resolved, nothing was sent. Check the spelling in platform.url and the DNS of this machine',
      };
    case 'ECONNREFUSED':
      return {
        zh: '对方端口拒绝连接，请求没有发出。请检查 platform.url 的主机和端口，以及防火墙',
        en: 'The port refuses connections, nothing was sent. Check host and port in platform.url and the firewall',
      };
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
      return {
        zh: '连接超时，请求没有发出。多半是防火墙没有放行，或需要 platform.proxy',
        en: 'Connecting timed out, nothing was sent. Most likely a firewall blocks it, or platform.proxy is needed',
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return {
        zh: '网络不通，请求没有发出。请检查本机网络和路由',
        en: 'There is no route to the host, nothing was sent. Check the network of this machine',
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return {
        zh: '连接在建立时被切断，请求没有发出。请检查端口是否正确，防火墙是否拦截 TLS',
        en: 'The connection was cut while it was being set up, nothing was sent. Check the port, and whether a firewall intercepts TLS',
      };
    default:
      return null;
  }
}

function tlsText(code: string): Text | null {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_UNTRUSTED':
    case 'CERT_SIGNATURE_FAILURE':
    case 'INVALID_CA':
      return {
        zh: '平台证书的签发机构不受信任，请求没有发出。若确认是平台（或单位防火墙）的证书，把其 CA 的 PEM 文件写入 platform.tls.ca',
        en: 'The issuer of the certificate is not trusted, nothing was sent. If it is the platform (or your own firewall), put the PEM file of its CA into platform.tls.ca',
      };
    case 'CERT_HAS_EXPIRED':
      return {
        zh: '平台的证书已过期，请求没有发出。请先核对本机时间，再联系平台更换证书',
        en: 'The certificate has expired, nothing was sent. Check the clock of this machine, then ask the platform for a new one',
      };
    case 'CERT_NOT_YET_VALID':
      return {
        zh: '平台的证书尚未生效，请求没有发出。多半是本机时间偏慢，请校时',
        en: 'The certificate is not valid yet, nothing was sent. Most likely the clock of this machine is behind: set it',
      };
    case 'CERT_REVOKED':
      return {
        zh: '平台的证书已被吊销，请求没有发出。请联系平台',
        en: 'The certificate has been revoked, nothing was sent. Ask the platform',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        zh: '证书上的名称与 platform.url 的主机不符，请求没有发出。请用证书上的主机名作 platform.url',
        en: 'The certificate is for another name than the host of platform.url, nothing was sent. Use the host name of the certificate',
      };
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_NO_PROTOCOLS_AVAILABLE':
    case 'ERR_SSL_VERSION_TOO_LOW':
      return {
        zh: '双方的 TLS 版本不相容，请求没有发出。平台须支持 TLS 1.2 以上；若已设 TLSv1.3，把 platform.tls.minVersion 改为 TLSv1.2',
        en: 'The two sides share no TLS version, nothing was sent. The platform must speak TLS 1.2 or newer; with TLSv1.3 set, lower platform.tls.minVersion to TLSv1.2',
      };
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'ERR_SSL_HTTP_REQUEST':
      return {
        zh: '该端口不是 TLS 端口，请求没有发出。请检查 platform.url 的端口（TLS 端口通常是 9600）',
        en: 'That port does not speak TLS, nothing was sent. Check the port in platform.url (the TLS port is usually 9600)',
      };
    default:
      if (HANDSHAKE_ALERT.test(code)) return CLIENT_CERTIFICATE;
      return /^(?:ERR_SSL|ERR_TLS|ERR_OSSL|CERT_|EPROTO)/.test(code)
        ? {
            zh: `TLS 握手失败（${code}），请求没有发出。请检查 platform.tls 的设置，运行 yxt-mw doctor 查看详情`,
            en: `The TLS handshake failed (${code}), nothing was sent. Check platform.tls and run yxt-mw doctor for details`,
          }
        : null;
  }
}

function codeOf(error: unknown): string {
  if (error instanceof ConnectFailure) return codeOf(error.cause);
  if (!(error instanceof Error) || !('code' in error)) return 'unknown';
  return typeof error.code === 'string' ? error.code : 'unknown';
}

function fail(kind: PlatformErrorKind, text: Text, cause: unknown, facts: CallFacts, why: string): PlatformError {
  return new PlatformError(kind, text, { cause, facts: { ...facts, why } });
}
