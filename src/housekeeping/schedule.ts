import { schedule, validate } from 'node-cron';

/** Where the platform, and its night, is. */
const ZONE = 'Asia/Shanghai';

/** Minute, hour, day, month, weekday; the library's field for seconds is none of ours. */
export const isCron = (expression: string): boolean =>
  expression.trim().split(/\s+/).length === 5 && validate(expression);

export interface Schedule {
  /** Milliseconds until the expression next holds. */
  nextInMs(): number;
  close(): void;
}

/** When housekeeping is to begin, by the clock of Beijing. */
export function openSchedule(expression: string): Schedule {
  // the table says when it is due, so that a night without a daemon is made up for: the task is only asked for its next time
  const task = schedule(expression, () => undefined, { timezone: ZONE });
  return {
    nextInMs: () => Math.max((task.getNextRun()?.getTime() ?? Date.now()) - Date.now(), 1000),
    close: () => void task.destroy(),
  };
}
