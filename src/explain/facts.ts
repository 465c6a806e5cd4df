import type { DaemonRow, RowStory } from '../db/store.ts';
import type { Text } from '../lib/text.ts';
import type { RuleVerdict } from './report.ts';

/** Rows that will be sent before this one, counted up to a cap. */
export interface Ahead {
  readonly higher: number;
  readonly earlier: number;
  readonly cap: number;
}

/** What is known about one row and what surrounds it; all from the database, so that it works without a daemon. */
export interface ExplainFacts extends RowStory {
  /** The database's clock, as it prints times. */
  readonly now: string;
  /** Why the channel lets no message out, and no call at all; null: open. */
  readonly closed: { readonly send: Text | null; readonly all: Text | null };
  readonly daemons: readonly DaemonRow[];
  /** null: not asked, the row does not wait. */
  readonly ahead: Ahead | null;
  /** What each rule says of the row now; none where it has gone already. */
  readonly verdicts?: readonly RuleVerdict[];
  /** The text that the template of the row makes of it; null: it has none, or that cannot be filled in. */
  readonly filledIn?: string | null;
  readonly rules: {
    readonly pollMs: number;
    readonly giveUpAfterMs: number;
    readonly unknownWindowMs: number;
    readonly ratePerSecond: number | null;
  };
}

/** A daemon that has not beaten for three of its ten seconds is taken for dead. */
export const ALIVE_MS = 30_000;

export function alive(daemons: readonly DaemonRow[]): DaemonRow[] {
  return daemons.filter((daemon) => daemon.silentMs < ALIVE_MS && daemon.state !== 'STOPPED');
}

/** A column as text; null when it is null or not there. */
export function column(facts: Pick<RowStory, 'row'>, name: string): string | null {
  const value = facts.row[name];
  return value === null || value === undefined ? null : String(value);
}

/** Milliseconds between two times as the database prints them; null where one is missing or is no time. */
export function msFrom(from: string | null, to: string | null): number | null {
  const [a, b] = [parse(from), parse(to)];
  return a === null || b === null ? null : b - a;
}

// both ends are local times of one clock, so any zone will do for their difference
function parse(time: string | null): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?)?$/.exec(time ?? '');
  if (!match) return null;
  const ms = Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00'}${match[3] ?? ':00'}Z`);
  return Number.isNaN(ms) ? null : ms;
}
