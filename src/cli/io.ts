import type { Readable } from 'node:stream';
import { pick, type Locale, type Text } from '../lib/text.ts';

/** Everything that a command says goes through here, so that a test can listen. */
export interface Io {
  /** One line (or several) to standard output: what was asked for. */
  readonly out: (line: string) => void;
  /** One line to standard error: what went wrong, and remarks. */
  readonly err: (line: string) => void;
  readonly stdin: Readable;
  /** True: a person sits in front of it and can be asked. */
  readonly terminal: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** `--json`: standard output is for machines. */
  json: boolean;
  /** Changes once the configuration is known, unless `--locale` was given. */
  locale: Locale;
}

export function processIo(locale: Locale): Io {
  process.stdout.on('error', forgiveClosedPipe);
  process.stderr.on('error', () => undefined); // nobody is left to be told
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    stdin: process.stdin,
    terminal: process.stdin.isTTY && process.stdout.isTTY,
    env: process.env,
    json: false,
    locale,
  };
}

/** `yxt-mw status | head -1`: a reader who has seen enough hangs up, and the command ends as it would have ended. */
function forgiveClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** In the reader's language. */
export const say = (io: Pick<Io, 'locale'>, text: Text): string => pick(text, io.locale);

/** `--json` prints the value, otherwise the lines. */
export function print(io: Io, value: unknown, lines: () => readonly string[]): void {
  if (io.json) io.out(JSON.stringify(value));
  else for (const line of lines()) io.out(line);
}
