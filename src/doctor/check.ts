import type { Problem } from '../config/problem.ts';
import type { Config } from '../config/settings.ts';
import type { Inspection } from '../db/health.ts';
import type { Clock } from '../lib/clock.ts';
import { textOf } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';

/** ok · warn: works, with a drawback · fail: does not work · skip: could not be looked at, `text` says why. */
export type Level = 'ok' | 'warn' | 'fail' | 'skip';

/** One line: what was found, and what to do. */
export interface Finding {
  readonly level: Level;
  /** What was looked at. */
  readonly check: Text;
  readonly text: Text;
  readonly todo: Text | null;
}

export type Found = Omit<Finding, 'check'>;

/** What a check may know; some learn things that later ones need. */
export interface Patient {
  readonly file: string;
  readonly config: Config;
  readonly warnings: readonly Problem[];
  readonly clock: Clock;
  /** Open while the database answers; null: it does not. */
  database: Inspection | null;
  /** False: the daemon's tables cannot be used. */
  schemaUsable: boolean;
  /** A verified connection to the platform came about. */
  platformReached: boolean;
  /** Its clock minus ours in milliseconds, by its Date header, exact to a second; null: not said. */
  platformAheadMs: number | null;
}

export interface Check {
  readonly name: Text;
  readonly run: (patient: Patient) => Promise<Found[]>;
}

export const ok = (zh: string, en: string): Found => ({ level: 'ok', text: { zh, en }, todo: null });
export const skip = (zh: string, en: string): Found => ({ level: 'skip', text: { zh, en }, todo: null });
export const warn = (text: Text, todo: Text | null = null): Found => ({ level: 'warn', text, todo });
export const fail = (text: Text, todo: Text | null = null): Found => ({ level: 'fail', text, todo });

/** What was thrown; the sentences of our errors say what to do themselves. */
export const failed = (error: unknown): Found => fail(textOf(error));

export const NO_DATABASE = skip('数据库用不了，无法检查', 'the database cannot be used, so this cannot be looked at');
