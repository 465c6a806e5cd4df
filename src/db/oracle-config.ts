import { readFileSync } from 'node:fs';
import { makeCertificates } from '../lib/certificate.ts';
import { IDLE_MS, type PoolOptions, type ServerConnection } from './options.ts';

/** node-oracledb's pool out of our configuration. */
export function oraclePoolConfig(
  connection: ServerConnection,
  { poolSize, idleTimeoutMs = IDLE_MS }: PoolOptions,
): Record<string, unknown> {
  const idleSeconds = Math.ceil(idleTimeoutMs / 1000);
  const { user, password = '', options, ssl } = connection;
  // thin reads certificates out of one PEM text, the authority's and its own
  const wallet = ssl ? [...ownPart(connection), pemOf(ssl.ca)].filter((part) => part !== undefined) : [];
  return {
    expireTime: 1, // minutes: keeps a firewall from forgetting the connection
    connectTimeout: 10,
    transportConnectTimeout: 10,
    ...options,
    user,
    password,
    connectString: connectString(connection),
    ...(wallet.length > 0 ? { walletContent: wallet.join('\n') } : {}),
    ...(ssl ? { sslServerDNMatch: true } : {}),
    poolMin: 0,
    poolMax: poolSize,
    poolIncrement: 1,
    poolTimeout: idleSeconds,
    queueTimeout: 10_000,
    poolPingInterval: idleSeconds,
    stmtCacheSize: 60,
  };
}

const pemOf = (path: string | null | undefined): string | undefined => (path ? readFileSync(path, 'utf8') : undefined);

/**
 * Key and certificate of ours. The thin driver looks for a key in whatever it is given (ntTcp.js, createSecureContext) and fails where
 * there is an authority alone, NJS-505: it gets a pair made for nothing else, which proves nothing and signs nothing.
 */
function ownPart({ ssl, oracleClientDir }: ServerConnection): (string | undefined)[] {
  if (ssl?.key || ssl?.cert || !ssl?.ca || oracleClientDir) return [pemOf(ssl?.key), pemOf(ssl?.cert)];
  const { key, cert } = makeCertificates({ names: ['yxt-mw.invalid'] });
  return [key, cert];
}

/**
 * `database` is the service name. An older database has only a SID, written `sid:ORCL`. Whatever else there is (RAC, a standby,
 * TNS names) goes by `connectString`.
 */
export function connectString(connection: ServerConnection): string {
  const { host, port, user, password = '', database, connectString: given, ssl, variant } = connection;
  if (given) return given;
  // dmdb wants the login in it
  if (variant === 'dameng') {
    return `dm://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port ?? 5236}`;
  }
  const sid = /^sid:(.+)$/i.exec(database)?.[1];
  const target = sid === undefined ? `SERVICE_NAME=${database}` : `SID=${sid}`;
  const address = `(PROTOCOL=${ssl ? 'TCPS' : 'TCP'})(HOST=${host})(PORT=${port ?? (ssl ? 2484 : 1521)})`;
  return `(DESCRIPTION=(ADDRESS=${address})(CONNECT_DATA=(${target})))`;
}
