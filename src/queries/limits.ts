import { createHash } from 'node:crypto';
import type { PastQuery } from '../db/store.ts';

export interface Limits {
  /** Answers to one phone in 24 hours. */
  readonly perPhonePerDay: number;
  /** So many queries in a row that find nothing lock phone and subject for a time. */
  readonly failures: number;
  readonly lockForMs: number;
}

const DAY_MS = 86_400_000;

/** How far back the two below look. */
export const lookBackMs = ({ lockForMs }: Limits): number => Math.max(DAY_MS, 2 * lockForMs);

/**
 * A short checksum of what is asked about: enough to tell the few cards that one phone asks for apart, and too short to find a card
 * number by trying.
 */
export const subjectOf = (value: string | undefined): string =>
  value === undefined ? '' : createHash('sha256').update(value).digest('hex').slice(0, 6);

/** Milliseconds for which phone and subject stay locked; 0: they are not. */
export function lockedForMs(history: readonly PastQuery[], subject: string, limits: Limits): number {
  const tries = history.filter(
    (past) => past.subject === subject && (past.outcome === 'NOT_FOUND' || past.outcome === 'ANSWERED'),
  );
  const latest = tries.slice(0, limits.failures);
  const [last] = latest;
  const first = latest.at(-1);
  if (last === undefined || first === undefined || latest.length < limits.failures) return 0;
  if (latest.some(({ outcome }) => outcome === 'ANSWERED') || first.agoMs - last.agoMs > limits.lockForMs) return 0;
  return Math.max(0, limits.lockForMs - last.agoMs);
}

/** `used`: the phone has had its answers for today · `told`: and it knows. */
export function daysLimit(history: readonly PastQuery[], { perPhonePerDay }: Limits): { used: boolean; told: boolean } {
  const today = history.filter(({ agoMs }) => agoMs < DAY_MS);
  return {
    used: today.filter(({ outcome }) => outcome !== 'LIMITED').length >= perPhonePerDay,
    told: today.some(({ outcome, told }) => outcome === 'LIMITED' && told),
  };
}

/** The help text goes to one phone once a day: what answers it may be a machine. */
export const knowsHelp = (history: readonly PastQuery[]): boolean =>
  history.some(({ outcome, agoMs }) => outcome === 'HELP' && agoMs < DAY_MS);
