import { readFileSync } from 'node:fs';
import type { ConnectionConfiguration, ConnectionOptions } from 'tedious';
import type { ServerConnection } from './options.ts';

/** tedious' configuration out of ours. A named instance stands behind the host, as everywhere else: `DB1\\SMS`. */
export function mssqlConfig(connection: ServerConnection, timeoutMs: number): ConnectionConfiguration {
  const { host, port, user, password = '', database, ssl } = connection;
  const [server = host, instance] = host.split('\\');
  const given = (connection.options ?? {}) as { readonly domain?: string } & ConnectionOptions;
  const { domain, ...options } = given;
  return {
    server,
    authentication:
      domain === undefined
        ? { type: 'default', options: { userName: user, password } }
        : { type: 'ntlm', options: { userName: user, password, domain } },
    options: {
      appName: 'yxt-mw',
      connectTimeout: 10_000,
      cancelTimeout: 2_000,
      ...tls(ssl),
      ...options,
      // the port of an instance is asked of the SQL Server Browser, unless it is given
      ...(instance !== undefined && !port ? { instanceName: instance } : { port: port ?? 1433 }),
      ...(database === '' ? {} : { database }),
      requestTimeout: timeoutMs,
      abortTransactionOnError: true,
      enableArithAbort: true,
      enableQuotedIdentifier: true,
      // no time passes through a JavaScript Date; rows are read as they come
      useColumnNames: false,
      rowCollectionOnRequestCompletion: false,
    },
  };
}

/** `ssl: null` is no TLS at all, and a password that is hardly hidden; the configuration warns of it. */
function tls(ssl: ServerConnection['ssl']): ConnectionOptions {
  if (!ssl) return { encrypt: false };
  const file = (path: string | null | undefined): Buffer | undefined => (path ? readFileSync(path) : undefined);
  const [ca, cert, key] = [file(ssl.ca), file(ssl.cert), file(ssl.key)];
  return {
    encrypt: true,
    trustServerCertificate: false,
    cryptoCredentialsDetails: {
      minVersion: 'TLSv1.2',
      ...(ca ? { ca } : {}),
      ...(cert ? { cert } : {}),
      ...(key ? { key } : {}),
    },
  };
}
