/**
 * node-oracledb, as far as it is used here; it comes without types of its own. dmdb (Dameng) is made after it.
 * Names and meanings: node-oracledb.readthedocs.io, "API: OracleDB Class".
 */
export interface OracleDriver {
  readonly OUT_FORMAT_OBJECT: unknown;
  readonly BIND_OUT: unknown;
  readonly STRING: unknown;
  readonly NUMBER: unknown;
  readonly BUFFER: unknown;
  /** Also of text in the national character set; absent in dmdb. */
  readonly DB_TYPE_NVARCHAR?: unknown;
  readonly DB_TYPE_CLOB?: unknown;
  readonly DB_TYPE_NCLOB?: unknown;
  readonly DB_TYPE_BLOB?: unknown;
  readonly DB_TYPE_CHAR?: unknown;
  readonly DB_TYPE_NCHAR?: unknown;
  readonly DB_TYPE_NUMBER?: unknown;
  readonly DB_TYPE_DATE?: unknown;
  readonly DB_TYPE_TIMESTAMP?: unknown;
  readonly DB_TYPE_TIMESTAMP_TZ?: unknown;
  readonly DB_TYPE_TIMESTAMP_LTZ?: unknown;
  initOracleClient?(options: { libDir?: string }): void;
  createPool(attributes: Readonly<Record<string, unknown>>): Promise<OraclePool>;
}

export interface OraclePool {
  readonly connectionsOpen?: number;
  readonly connectionsInUse?: number;
  getConnection(): Promise<OracleConnection>;
  close(drainTime?: number): Promise<void>;
}

export interface OracleConnection {
  callTimeout?: number;
  execute(text: string, binds: readonly unknown[], options: object): Promise<OracleResult>;
  executeMany(text: string, rows: readonly (readonly unknown[])[], options: object): Promise<OracleResult>;
  /** Has the server parse the statement, and no more; absent in dmdb. */
  getStatementInfo?(text: string): Promise<{ readonly metaData?: readonly { readonly name: string }[] }>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(options?: { drop?: boolean }): Promise<void>;
}

export interface OracleResult {
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  readonly rowsAffected?: number;
  readonly outBinds?: unknown;
  readonly metaData?: readonly { readonly name: string }[];
}
