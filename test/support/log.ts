import { Writable } from 'node:stream';
import { createLog, type Log } from '../../src/lib/log.ts';

/** A line as the log file has it. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly text: string;
  readonly [field: string]: unknown;
}

/** The real log, in English, with what it has written so far. */
export function recordedLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const console = new Writable({
    write(chunk: Buffer, _encoding, next) {
      for (const line of chunk.toString().trim().split('\n')) lines.push(JSON.parse(line) as LogLine);
      next();
    },
  });
  return { log: createLog({ level: 'debug', dir: null, format: 'json', locale: 'en', console }), lines };
}
