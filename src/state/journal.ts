import { hash } from 'node:crypto';
import type { OutboxRow } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { text, type StateDb } from './sqlite.ts';

/** Above this the oldest go, whatever their age: half a gigabyte at most, two days of a channel that is never idle at 30 a second. */
const MOST_ENTRIES = 5_000_000;
/** Rows per bite of a prune: short enough to stand between two submissions. */
const BITE = 500;

/**
 * The last serial of every row that went out, on this machine's own disk: what tells a fresh row from one whose submission a database
 * forgot (fail-over with lost commits, restored backup). Written before the first byte of a submission.
 */
export interface Journal {
  /** One transaction, on disk when it returns. `key`: see `journalKey`. */
  write(entries: readonly { readonly key: string; readonly serial: string }[]): void;
  /** The latest serial of each key that has one. */
  latest(keys: readonly string[]): Map<string, string>;
  /** Forgets up to 500 entries older than `olderThanMs`, or too many; returns how many: call again until 0. */
  prune(olderThanMs: number): number;
}

/**
 * Tells a row from any other, also from one that got the same id in a recreated database. 32 hex digits, the row's number first, so
 * that what is written together lies together in the index; the rest is not reversible.
 */
export function journalKey({ id, createdAt, phone, content }: JournalledRow): string {
  const facts = hash('sha256', JSON.stringify([id, createdAt, phone, content]));
  return BigInt(id).toString(16).padStart(16, '0') + facts.slice(0, 16);
}

type JournalledRow = Pick<OutboxRow, 'id' | 'createdAt' | 'phone' | 'content'>;

export function openJournal(db: StateDb, clock: Clock, mostEntries = MOST_ENTRIES): Journal {
  return {
    write(entries) {
      db.run(
        `insert into journal (key, serial, at) select unhex(value ->> '$[0]'), value ->> '$[1]', ? from json_each(?)`,
        clock.wall(),
        JSON.stringify(entries.map(({ key, serial }) => [key, serial])),
      );
    },
    latest(keys) {
      const rows = db.all(
        // cross join: SQLite keeps the order as written, so the index is asked once per key
        `select k.value as key, j.serial as serial from json_each(?) k cross join journal j on j.key = unhex(k.value) order by j.seq`,
        JSON.stringify(keys),
      );
      return new Map(rows.map((row) => [text(row, 'key'), text(row, 'serial')]));
    },
    prune(olderThanMs) {
      return db.run(
        `delete from journal where seq in (select seq from journal order by seq limit ?)
          and (at < ? or seq <= (select max(seq) from journal) - ?)`,
        BITE,
        clock.wall() - olderThanMs,
        mostEntries,
      );
    },
  };
}
