import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { bytes, number, text, type StateDb, type StateRow } from './sqlite.ts';

export interface QuarantineEntry {
  readonly id: string;
  /** What it is: 'message', 'reply' (a whole answer), 'receipt' (records of an answer), 'page' (in place of an answer). */
  readonly kind: string;
  /** Why it is here; a stable word for code, not a sentence. */
  readonly reason: string;
  /** Safe to log. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly bytes: number;
  /** When it was last seen, milliseconds since 1970, and how many times. */
  readonly at: number;
  readonly times: number;
}

/** What could not be read or stored as it was, whole, for a person. Its content is never logged. */
export interface Quarantine {
  /** On disk when it returns. The same bytes for the same reason are kept once; `fresh` says whether an alarm is due. */
  put(kind: string, raw: Buffer, reason: string, facts?: QuarantineEntry['facts']): { id: string; fresh: boolean };
  /** Oldest first, without the content. */
  list(): QuarantineEntry[];
  get(id: string): (QuarantineEntry & { readonly raw: Buffer }) | null;
  /** False: no such entry. */
  remove(id: string): boolean;
  /** Forgets entries not seen for `olderThanMs`; returns how many. */
  prune(olderThanMs: number): number;
  /** Forgets the oldest of one kind, until the rest holds no more than `mostBytes`; returns how many. */
  thin(kind: string, mostBytes: number): number;
}

const COLUMNS = 'id, kind, reason, facts, length(raw) as bytes, at, times';

export function openQuarantine(db: StateDb, clock: Clock): Quarantine {
  return {
    put(kind, raw, reason, facts = {}) {
      const hash = createHash('sha256').update(`${kind}\n${reason}\n`).update(raw).digest();
      const [row] = db.all(
        `insert into quarantine (hash, kind, reason, facts, raw, at, times) values (?, ?, ?, ?, ?, ?, 1)
         on conflict (hash) do update set at = excluded.at, times = times + 1 returning id, times`,
        hash,
        kind,
        reason,
        JSON.stringify(facts),
        raw,
        clock.wall(),
      );
      if (!row) throw new TypeError('insert returned no row');
      return { id: text(row, 'id'), fresh: number(row, 'times') === 1 };
    },
    list: () => db.all(`select ${COLUMNS} from quarantine order by id`).map(entry),
    get(id) {
      const row = db.get(`select ${COLUMNS}, raw from quarantine where id = ?`, id);
      return row && { ...entry(row), raw: bytes(row, 'raw') };
    },
    remove: (id) => db.run('delete from quarantine where id = ?', id) > 0,
    prune: (olderThanMs) => db.run('delete from quarantine where at < ?', clock.wall() - olderThanMs),
    thin: (kind, mostBytes) =>
      db.run(
        `delete from quarantine where id in (select id from (
          select id, sum(length(raw)) over (order by at desc, id desc) as held from quarantine where kind = ?) where held > ?)`,
        kind,
        mostBytes,
      ),
  };
}

function entry(row: StateRow): QuarantineEntry {
  return {
    id: text(row, 'id'),
    kind: text(row, 'kind'),
    reason: text(row, 'reason'),
    facts: JSON.parse(text(row, 'facts')) as QuarantineEntry['facts'],
    bytes: number(row, 'bytes'),
    at: number(row, 'at'),
    times: number(row, 'times'),
  };
}
