import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from '../lib/errors.ts';

/** Something that happened on a recorded day. */
const EVENT = z.union([
  z.strictObject({
    /** Seconds since the beginning. */
    at: z.number().min(0),
    /** A row that the bureau inserted. */
    insert: z.strictObject({
      phone: z.string().min(1).max(20),
      content: z.string().max(1000),
      category: z.string().min(1).max(20).optional(),
      priority: z.int().min(0).max(9).optional(),
      extNo: z.string().max(10).optional(),
    }),
  }),
  z.strictObject({
    at: z.number().min(0),
    /** A message that a citizen wrote. */
    mo: z.strictObject({
      phone: z.string().regex(/^\+?\d{3,20}$/),
      content: z.string(),
      ext: z.string().regex(/^\d*$/).optional(),
    }),
  }),
]);

export type RecordedEvent = z.infer<typeof EVENT>;

/** The events of a recording (JSON lines), in the order of their times. @throws ConfigError, naming file and line */
export function readRecording(file: string): RecordedEvent[] {
  const lines = textOf(file).split('\n');
  const events = lines.flatMap((line, i) => (line.trim() === '' ? [] : [eventOf(line, file, i + 1)]));
  return events.sort((a, b) => a.at - b.at);
}

export const lineOf = (event: RecordedEvent): string => JSON.stringify(event);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError('usage', { zh: `读不了 ${file}`, en: `cannot read ${file}` }, { cause: error });
  }
}

function eventOf(line: string, file: string, at: number): RecordedEvent {
  try {
    return EVENT.parse(JSON.parse(line));
  } catch (error) {
    // what stands there may be somebody's text: it is not repeated
    throw new ConfigError(
      'usage',
      {
        zh: `${file} 第 ${at} 行不对：应为 {"at": 秒, "insert": {"phone", "content", …}} 或 {"at": 秒, "mo": {"phone", "content"}}`,
        en: `${file}, line ${at}: expected {"at": seconds, "insert": {"phone", "content", …}} or {"at": seconds, "mo": {"phone", "content"}}`,
      },
      { cause: error },
    );
  }
}
