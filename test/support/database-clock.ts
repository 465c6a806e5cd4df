import type { Client, FreshDatabase } from './databases.ts';

/** Every time that is compared with the database's "now". What is only shown, or only tells rows apart, stays. */
const COMPARED = {
  sms_outbox: ['lease_until', 'retry_at', 'age_from'],
  sms_mw_submit: ['next_at', 'first_try_at', 'last_try_at'],
  sms_mw_channel: ['until_at', 'probe_until', 'fetch_until', 'resumed_at', 'said_at'],
  sms_mw_status: ['heartbeat_at'],
} as const;

const EARLIER: Record<Client, (column: string, seconds: number) => string> = {
  sqlite: (column, seconds) => `strftime('%Y-%m-%d %H:%M:%f', ${column}, '${-seconds} seconds')`,
  mysql: (column, seconds) => `${column} - INTERVAL ${seconds} SECOND`,
  postgres: (column, seconds) => `${column} - interval '${seconds} seconds'`,
};

/**
 * As if the clock of the database's machine were set forward (or back, when negative): all that is stored lies so much further back.
 * A server's own clock cannot be moved without the machine's.
 */
export async function setDatabaseClock(database: FreshDatabase, client: Client, seconds: number): Promise<void> {
  for (const [table, columns] of Object.entries(COMPARED)) {
    const set = columns.map((column) => `${column} = ${EARLIER[client](column, seconds)}`).join(', ');
    await database.rawQuery(`update ${table} set ${set}`);
  }
}
