import { Writable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import winston from 'winston';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { LogFile } from './log-file.ts';
import { maskLine } from './mask.ts';
import { spanText } from './span.ts';
import { pick } from './text.ts';
import type { Locale, Text } from './text.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface LogOptions {
  readonly level: LogLevel;
  /** Null: no files. */
  readonly dir: string | null;
  readonly format: 'json' | 'text';
  readonly locale: Locale;
  /** True: standard error. */
  readonly console: boolean | NodeJS.WritableStream;
  readonly maxSize?: number;
  readonly maxFiles?: number;
  readonly keepDays?: number;
  readonly clock?: Clock;
}

/** `event` is a stable id for machines (`send.batch`), `text` is for people; both languages come, one is written. */
type Write = (event: string, text: Text, fields?: LogFields) => void;

export interface Log {
  readonly error: Write;
  readonly warn: Write;
  readonly info: Write;
  readonly debug: Write;
  /**
   * Once per change: a condition is logged when it begins (`text`) and when it ends (null), and not in between.
   * Another condition wants another `key`; the key is the event.
   */
  state(key: string, text: Text | null, options?: { level?: LogLevel; ended?: Text; fields?: LogFields }): void;
  /** Writes what waits; lines after it go nowhere. */
  close(): Promise<void>;
}

export interface OwnLog extends Log {
  /** From here on as these options say, and every condition is told anew. Resolves when what waited is written. */
  reopen(options: LogOptions): Promise<void>;
}

/** Never throws into its caller, and neither a full disk nor a closed console stops the daemon. */
export function createLog(options: LogOptions): OwnLog {
  const { clock = systemClock } = options;
  let now = options;
  let sink = openSink(options);
  let closed: Promise<void> | null = null;
  const began = new Map<string, { text: Text; at: number }>();

  const at =
    (level: LogLevel): Write =>
    (event, text, fields = {}) => {
      if (closed === null) sink.write(level, event, text, fields);
    };
  const levels = { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };

  return {
    ...levels,
    state(key, text, { level = 'warn', ended, fields } = {}) {
      const before = began.get(key);
      if (text !== null && !before) {
        began.set(key, { text, at: clock.mono() });
        levels[level](key, text, fields);
      } else if (text === null && before) {
        began.delete(key);
        const span = spanText(clock.mono() - before.at);
        const over = ended ?? {
          zh: `已恢复（历时 ${span.zh}）：${before.text.zh}`,
          en: `over after ${span.en}: ${before.text.en}`,
        };
        levels.info(key, over, fields);
      }
    },
    async reopen(next) {
      began.clear();
      if (isDeepStrictEqual(next, now)) return;
      const before = sink;
      now = next;
      sink = openSink(next);
      await before.close();
    },
    close() {
      closed ??= sink.close();
      return closed;
    },
  };
}

interface Sink {
  write(level: LogLevel, event: string, text: Text, fields: LogFields): void;
  close(): Promise<void>;
}

function openSink(options: LogOptions): Sink {
  const { locale, clock = systemClock } = options;
  const console = options.console === true ? process.stderr : options.console || null;
  if (console) surviveErrors(console);

  const file = options.dir === null ? null : openFile(options.dir);
  const transports = [
    ...(console ? [new winston.transports.Stream({ stream: console, eol: '\n' })] : []),
    ...(file ? [new winston.transports.Stream({ stream: toFile(file), eol: '' })] : []),
  ];

  const logger = winston.createLogger({
    level: options.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: lineFormat(options.format, clock),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its transports as interfaces
    transports,
    // winston complains on standard error about a logger without transports
    silent: transports.length === 0,
  });

  function openFile(dir: string): LogFile {
    const { maxSize = 20 * 1024 ** 2, maxFiles = 60, keepDays = 30 } = options;
    return new LogFile({
      dir,
      maxSize,
      maxFiles,
      keepDays,
      clock,
      onState: (failure, lost) => {
        const text = failure
          ? {
              zh: `写不了日志目录 ${dir}（${failure.code}）；程序继续运行`,
              en: `cannot write to the log folder ${dir} (${failure.code}); the daemon goes on`,
            }
          : {
              zh: `日志目录 ${dir} 又能写了，丢失 ${lost} 行`,
              en: `the log folder ${dir} can be written again, ${lost} lines lost`,
            };
        // straight to the console: through the logger it would come back to the file
        const stream = console ?? process.stderr;
        surviveErrors(stream);
        stream.write(`${stamp(clock.wall())} ${failure ? 'ERROR' : 'INFO'} log.file ${pick(text, locale)}\n`);
      },
    });
  }

  return {
    write: (level, event, text, fields) => void logger.log(level, pick(text, locale), { event, fields }),
    async close() {
      await new Promise<void>((done) => logger.once('finish', done).end());
      await file?.close();
    },
  };
}

/** winston's own file transport can stall when it rotates, so the file is ours. It takes every line at once. */
function toFile(file: LogFile): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string, _encoding, next) {
      file.write(line);
      next();
    },
  });
}

function lineFormat(format: LogOptions['format'], clock: Clock): winston.Logform.Format {
  return winston.format.printf((info) => {
    const { level, message } = info;
    const event = String(info['event']);
    const text = maskLine(String(message));
    const fields = Object.entries(info['fields'] as LogFields).map(
      ([name, value]) => [name, maskField(name, value)] as const,
    );
    const time = stamp(clock.wall());
    if (format === 'json') return JSON.stringify({ time, level, event, text, ...Object.fromEntries(fields) });
    const tail = fields.map(([name, value]) => ` ${name}=${String(value)}`).join('');
    return oneLine(`${time} ${level.toUpperCase()} ${event} ${text}${tail}`);
  });
}

/** Serials and the platform's task ids are digits too, and the log is of no use without them. */
const OPEN_FIELDS: Readonly<Record<string, RegExp>> = { serial: /^\d{20}$/, taskId: /^\d{12,13}$/ };

function maskField(name: string, value: LogFields[string]): LogFields[string] {
  if (typeof value === 'string') return OPEN_FIELDS[name]?.test(value) === true ? value : maskLine(value);
  if (typeof value !== 'number' || Math.abs(value) < 1e10) return value;
  const masked = maskLine(String(value));
  return masked === String(value) ? value : masked;
}

/** `2026-11-23T10:15:00.123+08:00`: local, and unmistakable. */
function stamp(wall: number): string {
  const minutes = -new Date(wall).getTimezoneOffset();
  const local = new Date(wall + minutes * 60_000).toISOString().slice(0, -1);
  const two = (part: number): string => String(Math.trunc(part)).padStart(2, '0');
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** Nothing that the platform or a database answers may look like a line of ours. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]/g, ' ');
}

const survivors = new WeakSet<NodeJS.WritableStream>();

/** A console whose other end is gone (EPIPE) or full would otherwise end the process. */
function surviveErrors(stream: NodeJS.WritableStream): void {
  if (survivors.has(stream)) return;
  survivors.add(stream);
  stream.on('error', () => undefined);
}
