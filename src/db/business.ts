import { DbError } from '../lib/errors.ts';
import type { Dialect } from './dialect.ts';
import { failure } from './failure.ts';
import type { NamedSql } from './named-sql.ts';
import type { DatabaseOptions, PoolOptions } from './options.ts';

/** A row as a query rule sees it: everything as text, the columns' names in lower case. */
export type BusinessRow = Readonly<Record<string, string | null>>;

/**
 * The bureau's business database, to be read and nothing else: sessions are read-only (SQL Server, which has no such thing: always
 * rolled back), statements end after their time, and no more rows come than are wanted. Connects when it is first asked. Every
 * failure is a `DbError`.
 */
export interface Business {
  read(query: NamedSql, values: Readonly<Record<string, string>>): Promise<BusinessRow[]>;
  /** The columns that the query would give, without running it; the driver's own words when the database refuses it. */
  columns(query: NamedSql): Promise<string[]>;
  close(): Promise<void>;
}

export interface BusinessOptions extends Pick<DatabaseOptions, 'client' | 'connection' | 'drivers'>, PoolOptions {
  readonly statementTimeoutMs: number;
  readonly mostRows: number;
}

type Open = (options: BusinessOptions) => Business | Promise<Business>;

/** A driver is loaded only where somebody needs it. */
const ENGINES: Readonly<Record<BusinessOptions['client'], () => Promise<Open>>> = {
  sqlite: async () => (await import('./business/sqlite.ts')).sqliteBusiness,
  mysql: async () => (await import('./business/mysql.ts')).mysqlBusiness,
  postgres: async () => (await import('./business/postgres.ts')).postgresBusiness,
  mssql: async () => (await import('./business/mssql.ts')).mssqlBusiness,
  oracle: async () => (await import('./business/oracle.ts')).oracleBusiness,
};

export async function openBusiness(options: BusinessOptions): Promise<Business> {
  return (await ENGINES[options.client]())(options);
}

/** Longer than the server's own limit, so that a server that is alive speaks first. */
export const GRACE_MS = 1000;

export const CONNECT_MS = 3000;

export function asRow(row: Readonly<Record<string, unknown>>): BusinessRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), asText(value)]));
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value.trimEnd(); // CHAR(n) comes filled up with blanks
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

/** `2026-11-23 10:15:00`, with milliseconds where there are any; of the fields in UTC. */
export function timeText(time: Date): string {
  return time
    .toISOString()
    .replace('T', ' ')
    .replace(/(?:\.000)?Z$/, '');
}

/** The same for the fields by the clock of this machine. */
export function localTimeText(time: Date): string {
  const day = [time.getFullYear(), time.getMonth(), time.getDate()] as const;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds(), time.getMilliseconds()] as const;
  return timeText(new Date(Date.UTC(...day, ...clock)));
}

type Reads = Pick<Dialect, 'errorKind'>;

export function explained(error: unknown, dialect: Reads): DbError {
  if (error instanceof DbError) return error;
  const kind = dialect.errorKind(error);
  return failure(kind === 'duplicate' ? 'data' : kind, error);
}

/** Of a statement without values, nothing in what the driver says can be a citizen's. */
export function inWords(error: unknown, dialect: Reads): DbError {
  const own = explained(error, dialect);
  const { kind, facts } = own;
  const said = error instanceof Error ? `: ${error.message}` : '';
  return kind === 'lost' || kind === 'denied'
    ? own
    : new DbError(kind, { zh: `数据库不接受这条 SQL${said}`, en: `the database refuses this SQL${said}` }, { facts });
}
