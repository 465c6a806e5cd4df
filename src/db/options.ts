import type { DbErrorKind } from '../lib/errors.ts';
import type { Locale } from '../lib/text.ts';
import type { OnRefused } from './aside.ts';
import type { LoginOptions } from './login.ts';
import type { Tedious } from './mssql.ts';
import type { TableNames } from './names.ts';
import type { OracleDriver } from './oracle-driver.ts';

/** Where a server is and who asks. The fields are those of `database.connection`. */
export interface ServerConnection {
  readonly host: string;
  /** null: the engine's usual one. */
  readonly port?: number | null;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  /** Oracle: whatever else leads there (RAC, TNS names), instead of host, port and database. */
  readonly connectString?: string | null;
  /** Oracle: the folder of Instant Client, which then speaks with the server (thick mode); null: the driver itself does. */
  readonly oracleClientDir?: string | null;
  /** A relative of the engine: its DDL or its driver is another. */
  readonly variant?: 'oracle-11g' | 'dameng' | null;
  /** Paths of PEM files; `{}` is TLS against the system's authorities, null none. */
  readonly ssl?: { readonly ca?: string | null; readonly cert?: string | null; readonly key?: string | null } | null;
  /** Handed to the driver as they are. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export const CLIENTS = ['sqlite', 'mysql', 'postgres', 'mssql', 'oracle'] as const;

/** What it takes to reach the database; the configuration's `database` fits. */
export interface DatabaseOptions {
  readonly client: (typeof CLIENTS)[number];
  /** SQLite: the file. */
  readonly connection: string | ServerConnection;
  /** MySQL: the database, Oracle: the user, else the schema that holds the tables; null: the connection's own. */
  readonly schema: string | null;
  readonly tables: TableNames;
  /** Instead of the installed drivers of SQL Server and Oracle: only tests have others. */
  readonly drivers?: { readonly mssql?: () => Promise<Tedious>; readonly oracle?: () => Promise<OracleDriver> };
  /** True: nothing is ever written, so that a user that may only read suffices; SQLite then opens its file for reading. */
  readonly readOnly?: boolean;
}

/** The connections of a server engine. */
export interface PoolOptions extends LoginOptions {
  readonly poolSize: number;
  /** A connection that nobody uses is closed after this; default `IDLE_MS`. */
  readonly idleTimeoutMs?: number;
}

export const IDLE_MS = 30_000;

export interface StoreOptions extends DatabaseOptions, PoolOptions {
  /** The server gives a statement up after this; the client a little later. */
  readonly statementTimeoutMs: number;
  /** Of the sentences that the store itself writes into rows; default zh-CN. */
  readonly locale?: Locale;
  /** Default: nobody is told. */
  readonly onRefused?: OnRefused;
  /** Told of every statement or transaction that failed after what retries there are; default: nobody is. */
  readonly onError?: (kind: DbErrorKind) => void;
}
