import type { TableNames } from './names.ts';

export interface ServerConnection {
  readonly host: string;
  readonly port?: number | undefined;
  readonly user: string;
  readonly password?: string | undefined;
  readonly database: string;
  /** Handed to the driver as they are. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

interface Common {
  /** MySQL: the database, PostgreSQL: the schema that holds the tables; null: the connection's own. */
  readonly schema: string | null;
  readonly tables: TableNames;
  readonly poolSize: number;
  /** The server gives a statement up after this; the client a little later. */
  readonly statementTimeoutMs: number;
}

export type SqliteOptions = Common & { readonly client: 'sqlite'; readonly connection: string };
export type ServerOptions = Common & { readonly client: 'mysql' | 'postgres'; readonly connection: ServerConnection };
export type StoreOptions = SqliteOptions | ServerOptions;
