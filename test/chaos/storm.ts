import { setTimeout as pause } from 'node:timers/promises';

/** Busy or locked, by SQLite's primary result code. */
const SQLITE = [5, 6];
/** Dead lock, waited too long for a lock, session killed, server going or full: by the names and numbers of the drivers. */
const CODES = [
  ...['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CON_COUNT_ERROR', 'ER_SERVER_SHUTDOWN', 'ER_CONNECTION_KILLED'],
  ...['ER_QUERY_INTERRUPTED', 'ER_NEW_ABORTING_CONNECTION', 'ER_HOST_IS_BLOCKED', 'PROTOCOL_CONNECTION_LOST'],
  ...['ER_OPTION_PREVENTS_STATEMENT', 'ER_READ_ONLY_MODE', 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION'],
  ...['40P01', '40001', '55P03', '57P01', '57P02', '57P03', '53300', '53100', '25006', '25P02'],
  ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'],
];
/** What drivers say, without a code, of a connection that is gone. */
const GONE =
  /^(Connection terminated|Client has encountered a connection error|Can't add new command when connection is in closed state|timeout expired|connect ETIMEDOUT)/;

/**
 * True of the error of a person's own database session that was killed, locked out or in a dead lock: the row is as it was. Nothing
 * else is forgiven, and no error of a daemon ever is.
 */
export function isTheStorm(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === 'number') return SQLITE.includes(errcode & 0xff);
  return typeof code === 'string' && CODES.includes(code) ? true : GONE.test(error.message);
}

/** The database's answer, as soon as it gives one: what has been written must be known. */
export async function answered<T>(ask: () => Promise<T>, ms = 60_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isTheStorm(error) || performance.now() > end) throw error;
      await pause(200);
    }
  }
}

/** For a statement whose effect is looked up afterwards, or does not matter. */
export function forgiven(error: unknown): void {
  if (!isTheStorm(error)) throw error;
}
