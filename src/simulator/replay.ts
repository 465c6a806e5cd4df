import type { Clock } from '../lib/clock.ts';
import { sleep } from '../lib/sleep.ts';
import type { RecordedEvent } from './recording.ts';

export interface ReplayParts {
  readonly clock: Clock;
  /** So many times as fast as it was recorded. */
  readonly speed: number;
  readonly citizenWrites: (message: { phone: string; content: string; ext?: string | undefined }) => void;
  /** null: rows are passed over. */
  readonly insert: ((row: InsertedRow) => Promise<unknown>) | null;
}

export type InsertedRow = Extract<RecordedEvent, { insert: unknown }>['insert'];

export interface Replayed {
  readonly messages: number;
  readonly rows: number;
  readonly passedOver: number;
}

/** Plays a recording, each event at its time; returns early when `stop` is aborted. */
export async function replay(
  events: readonly RecordedEvent[],
  { clock, speed, citizenWrites, insert }: ReplayParts,
  stop: AbortSignal,
): Promise<Replayed> {
  const began = clock.mono();
  const done = { messages: 0, rows: 0, passedOver: 0 };
  for (const event of events) {
    await sleep(began + (event.at * 1000) / speed - clock.mono(), stop);
    if (stop.aborted) break;
    if ('mo' in event) {
      citizenWrites(event.mo);
      done.messages++;
    } else if (insert) {
      await insert(event.insert);
      done.rows++;
    } else done.passedOver++;
  }
  return done;
}
