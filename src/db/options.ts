import type { Locale } from '../lib/text.ts';
import type { OnRefused } from './aside.ts';
import type { TableNames } from './names.ts';

/** Where a server is and who asks. The fields are those of `database.connection`. */
export interface ServerConnection {
  readonly host: string;
  /** null: the engine's usual one. */
  readonly port?: number | null;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  /** Paths of PEM files; `{}` is TLS against the system's authorities, null none. */
  readonly ssl?: { readonly ca?: string | null; readonly cert?: string | null; readonly key?: string | null } | null;
  /** Handed to the driver as they are. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What it takes to reach the database; the configuration's `database` fits. */
export interface DatabaseOptions {
  readonly client: 'sqlite' | 'mysql' | 'postgres';
  /** SQLite: the file. */
  readonly connection: string | ServerConnection;
  /** MySQL: the database, PostgreSQL: the schema that holds the tables; null: the connection's own. */
  readonly schema: string | null;
  readonly tables: TableNames;
}

export interface StoreOptions extends DatabaseOptions {
  readonly poolSize: number;
  /** The server gives a statement up after this; the client a little later. */
  readonly statementTimeoutMs: number;
  /** Of the sentences that the store itself writes into rows; default zh-CN. */
  readonly locale?: Locale;
  /** Default: nobody is told. */
  readonly onRefused?: OnRefused;
}
