import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import type { Clock } from '../lib/clock.ts';
import { giveToFolderOwner } from '../lib/folder-owner.ts';
import { maskLine } from '../lib/mask.ts';
import type { Meta } from './meta.ts';
import { stateError, type StateDb } from './sqlite.ts';

/** One deed of a person. Never a message's text; numbers of citizens are masked whatever is given. */
export interface AuditEntry {
  /** `os:NAME`, `sql:NAME`, `page:…`. */
  readonly who: string;
  readonly action: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditLine extends AuditEntry {
  readonly n: number;
  readonly at: string;
}

/** What is wrong with the file; `line` counts from 1. */
export interface AuditFault {
  readonly line: number;
  readonly fault: 'altered' | 'missing' | 'order' | 'cut';
}

export interface AuditVerdict {
  readonly lines: number;
  /** Lines that a power cut left unfinished; nothing is lost by them. */
  readonly torn: number;
  /** null: every line is there, as it was written. */
  readonly fault: AuditFault | null;
}

/** What admins did, in a chain: each line carries the hash of the one before it. */
export interface Audit {
  /** On disk when this returns. @throws DaemonError `state` */
  append(entry: AuditEntry): void;
  /** The latest lines, oldest first. */
  list(most: number): AuditLine[];
  verify(): AuditVerdict;
}

export const AUDIT_FILE = 'audit.jsonl';
/** Number and hash of the last line, kept apart from the file: so that lines cut off at its end are missed. */
const HEAD = 'audit';
const NONE = { n: 0, hash: '0'.repeat(64) };
/** The last line stands in this much of the end: facts are cut well below it. */
const TAIL_BYTES = 16_384;
const LONGEST = 300;

interface Head {
  readonly n: number;
  readonly hash: string;
}

export function openAudit(db: StateDb, meta: Meta, path: string, clock: Clock): Audit {
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw stateError(path, error);
    }
  };
  return {
    append: (entry) =>
      guarded(() => {
        const facts = Object.fromEntries(
          Object.entries(entry.facts).map(([key, value]) => [key, typeof value === 'string' ? shown(value) : value]),
        );
        // the lock of the state file is that of the chain: daemon and commands write one after the other
        db.transaction(() => {
          const file = openOwn(path);
          try {
            const { last, whole } = tailOf(file);
            const head = headOf(meta);
            // lines that somebody cut off leave a gap that stays
            const { n, hash } = last !== null && last.n >= head.n ? last : head;
            const body = { n: n + 1, at: stamp(clock), who: shown(entry.who), action: entry.action, facts, prev: hash };
            const line = { ...body, hash: hashOf(body) };
            writeSync(file, `${whole ? '' : '\n'}${JSON.stringify(line)}\n`);
            fsyncSync(file);
            meta.set(HEAD, JSON.stringify({ n: line.n, hash: line.hash }));
          } finally {
            closeSync(file);
          }
        });
      }),
    list: (most) =>
      guarded(() =>
        linesIn(path)
          .flatMap((line) => readLine(line) ?? [])
          .slice(-most)
          .map(({ n, at, who, action, facts }) => ({ n, at, who, action, facts })),
      ),
    verify: () =>
      guarded(() => {
        return verify(linesIn(path), headOf(meta));
      }),
  };
}

function headOf(meta: Meta): Head {
  const written = meta.get(HEAD);
  return written === null ? NONE : (JSON.parse(written) as Head);
}

function verify(lines: readonly string[], head: Head): AuditVerdict {
  let before: Head = NONE;
  let torn = 0;
  let headSeen = head.n === 0;
  for (const [i, text] of lines.entries()) {
    const line = readLine(text);
    const at = i + 1;
    const fault = (what: AuditFault['fault']): AuditVerdict => ({
      lines: lines.length,
      torn,
      fault: { line: at, fault: what },
    });
    if (line === null) {
      // a power cut leaves the beginning of a line; the next one then follows the last whole one
      const next = lines
        .slice(at)
        .map(readLine)
        .find((each) => each !== null);
      if (next === undefined ? before.n >= head.n : next.prev === before.hash) {
        torn++;
        continue;
      }
      return fault('altered');
    }
    const { hash, ...body } = line;
    if (hashOf(body) !== hash) return fault('altered');
    if (line.prev !== before.hash) {
      // its own line was written over, hash and all: only the next one tells
      if (line.n === before.n + 1 && before.n > 0)
        return { ...fault('altered'), fault: { line: at - 1, fault: 'altered' } };
      const later = lines.slice(at).some((each) => readLine(each)?.hash === line.prev);
      return fault(line.n <= before.n || later ? 'order' : 'missing');
    }
    before = { n: line.n, hash };
    if (line.n === head.n && hash !== head.hash) return fault('altered');
    headSeen ||= line.n === head.n;
  }
  const fault = headSeen ? null : ({ line: lines.length + 1, fault: 'cut' } as const);
  return { lines: lines.length, torn, fault };
}

interface Chained extends AuditLine {
  readonly prev: string;
  readonly hash: string;
}

function readLine(text: string): Chained | null {
  try {
    const line = JSON.parse(text) as Partial<Chained> | null;
    return typeof line?.hash === 'string' && typeof line.n === 'number' ? (line as Chained) : null;
  } catch {
    return null;
  }
}

const hashOf = (body: object): string => createHash('sha256').update(JSON.stringify(body)).digest('hex');

const linesIn = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

/** The last whole line, and whether the file ends with it. */
function tailOf(file: number): { last: Head | null; whole: boolean } {
  const { size } = fstatSync(file);
  const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(file, bytes, 0, bytes.length, size - bytes.length);
  const text = bytes.toString('utf8');
  const last =
    text
      .split('\n')
      .map(readLine)
      .findLast((line) => line !== null) ?? null;
  return { last, whole: size === 0 || text.endsWith('\n') };
}

/** For its owner alone; made by root, it is the owner's of the directory, who has to go on with it. */
function openOwn(path: string): number {
  const file = openSync(path, 'a+', 0o600);
  if (process.platform === 'win32') return file;
  if ((fstatSync(file).mode & 0o077) !== 0) fchmodSync(file, 0o600);
  giveToFolderOwner(path);
  return file;
}

const shown = (value: string): string => maskLine(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);

const stamp = (clock: Clock): string => new Date(clock.wall()).toISOString();

/** The person at the keyboard, as the system knows him; behind sudo, who called it. */
export function osUser(env: NodeJS.ProcessEnv = process.env): string {
  let name = '?';
  try {
    name = userInfo().username;
  } catch {
    // a uid without an entry
    name = String(process.getuid?.() ?? '?');
  }
  const behind = env['SUDO_USER'];
  return behind === undefined || behind === '' || behind === name ? `os:${name}` : `os:${name} (${behind})`;
}
