import type { Draft, Report } from './cross.ts';

type Connected = Pick<NonNullable<Draft['database']>, 'client' | 'connection'>;

/** Of the outbox and of business databases. */
export function checkConnection({ client, connection }: Connected, path: string, problem: Report): void {
  if (client !== undefined && connection !== undefined && (client === 'sqlite') !== (typeof connection === 'string')) {
    problem(
      `${path}.connection`,
      client === 'sqlite'
        ? { zh: 'SQLite 要写文件路径，如 ./data/yxt-mw.db', en: 'SQLite wants a file path, such as ./data/yxt-mw.db' }
        : {
            zh: `${client} 要写 { host, port, user, password, database }`,
            en: `${client} wants { host, port, user, password, database }`,
          },
    );
    return; // what belongs to the other kind is neither right nor wrong
  }
  if (typeof connection === 'object') {
    for (const key of ['connectString', 'oracleClientDir', 'variant'] as const) {
      if (typeof connection[key] === 'string' && client !== 'oracle') {
        problem(`${path}.connection.${key}`, { zh: '只用于 Oracle', en: 'is for Oracle only' });
      }
    }
    for (const key of ['host', 'database'] as const) {
      if (connection[key] === '' && typeof connection.connectString !== 'string' && connection.variant !== 'dameng') {
        problem(`${path}.connection.${key}`, { zh: '缺少这个键', en: 'is missing' });
      }
    }
    if (connection.ssl) pair(connection.ssl, `${path}.connection.ssl`, problem);
  }
}

/** Allowed, but an admin should know. */
export function warnOfConnection({ client, connection }: Connected, path: string, warning: Report): void {
  if (client !== 'mssql' || typeof connection !== 'object' || connection.ssl !== null) return;
  const far = !/^(localhost|127(\.\d+){3}|::1)?(\\|$)/.test(connection.host ?? '');
  if (!far || connection.options?.['encrypt'] === true) return;
  warning(`${path}.connection.ssl`, {
    zh: '到 SQL Server 不加密：口令在网络上几乎是明文。请写 {} 或 { ca: … }',
    en: 'no TLS to SQL Server: the password travels almost in clear text. Write {} or { ca: … }',
  });
}

/** A host that only this machine reaches. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);

/** Certificate and key. */
export function pair(
  tls: { cert?: string | null | undefined; key?: string | null | undefined },
  path: string,
  problem: Report,
): void {
  if (tls.cert === undefined || tls.key === undefined || (tls.cert === null) === (tls.key === null)) return;
  problem(path, { zh: 'cert 与 key 必须成对给出', en: 'cert and key go together: give both or neither' });
}
