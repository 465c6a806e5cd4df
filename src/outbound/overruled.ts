import type { OutboxRow, Overruled } from '../db/store.ts';

const NOTHING: ReadonlySet<string> = new Set();

/** A person put the row back: it was tried or refused before, and it was not us. */
export const resetByHand = (row: OutboxRow): boolean =>
  !row.requeued && (row.prevSerial !== null || row.lastCode !== null);

/** That a row was reset over a submission without an answer says nothing of its next one. */
export const editedUnder = (serial: string | null): string => `EDITED=${serial ?? ''}`;

/**
 * The codes for which the row was stopped before and that a person has set aside by putting it back, once and for all for this text: what
 * it carries still counts however often it was given back since, unless somebody has edited it.
 */
export function overruledBy(row: OutboxRow): ReadonlySet<string> {
  const latest = latestOf(row);
  if (row.overruled === null && latest === null) return NOTHING;
  const [mark, ...codes] = row.overruled?.split(' ') ?? [];
  return new Set([...(mark === row.mark ? codes : []), ...(latest === null ? [] : [latest])]);
}

/** Rules that put a row off, and hold none. */
const DEFERRING: ReadonlySet<string> = new Set(['RATE_LIMIT', 'QUIET_HOURS']);

/** The code that it was stopped for last, where a person has put it back since; the platform's, which are numbers, are no rule's. */
function latestOf(row: OutboxRow): string | null {
  const { lastCode: code } = row;
  if (code === null || !resetByHand(row) || DEFERRING.has(code) || !/^[A-Z_]+$/.test(code)) return null;
  return code === 'EDITED' ? editedUnder(row.prevSerial) : code;
}

/** What is to be written into these rows before their claim clears the code that tells of it. */
export function toRemember(rows: readonly OutboxRow[]): Overruled[] {
  return rows.flatMap((row) => {
    const latest = latestOf(row);
    if (latest === null) return [];
    // one submission is the row's latest: what was said of an earlier one no longer matters
    const codes = [...overruledBy(row)].filter((code) => code === latest || !code.startsWith('EDITED='));
    const overruled = [row.mark, ...codes].join(' ');
    return overruled === row.overruled ? [] : [{ id: row.id, mark: row.mark, overruled }];
  });
}
