import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { giveToFolderOwner } from './folder-owner.ts';

export interface LogFileOptions {
  readonly dir: string;
  /** Bytes after which the next file of the day starts. */
  readonly maxSize: number;
  readonly maxFiles: number;
  readonly keepDays: number;
  /** Told once when lines can no longer be written (with the system's error code), and once (null) when they can again. */
  readonly onState: (failure: { code: string } | null, lost: number) => void;
  readonly clock?: Clock;
  readonly retryMs?: number;
}

/** Lines that wait for the disk; what comes beyond is counted and dropped, for a log must not eat the memory. */
const MOST_WAITING = 10_000;
/** How long `close` waits for a disk that hangs. */
const LAST_WRITE_MS = 2_000;
const NAME = /^yxt-mw-(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.log$/;

/**
 * Appends lines to `yxt-mw-2026-11-23.log`, `yxt-mw-2026-11-23.1.log`, …: a new file each day and above `maxSize`, never a
 * rename (Windows refuses to rename an open file). Every batch opens the file anew, so a deleted file, a full disk or a
 * folder that comes back need no special treatment. Nothing here throws: a log that fails must not stop the daemon.
 */
export class LogFile {
  readonly #options: Required<LogFileOptions>;
  #waiting: string[] = [];
  #lost = 0;
  #failing = false;
  #writing: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #current: Current | null = null;

  constructor(options: LogFileOptions) {
    this.#options = { clock: systemClock, retryMs: 5_000, ...options };
  }

  /** Queues one line, without its line break. */
  write(line: string): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost++;
      return;
    }
    this.#waiting.push(`${line}\n`);
    if (this.#retry === null) void this.#start();
  }

  /** Writes what waits, as far as the disk lets it. */
  async close(): Promise<void> {
    const deadline = new Promise<'late'>((done) => setTimeout(() => done('late'), LAST_WRITE_MS).unref());
    this.#forgetRetry();
    for (let writing = this.#start(); writing !== null; writing = this.#failing ? null : this.#start()) {
      if ((await Promise.race([writing, deadline])) === 'late') break;
    }
    this.#forgetRetry();
  }

  /** The write under way, begun now if there is reason to; null: nothing to do. Never rejects. */
  #start(): Promise<void> | null {
    if (this.#writing === null && this.#waiting.length > 0) {
      this.#writing = this.#drain().finally(() => {
        this.#writing = null;
        if (this.#retry === null) void this.#start();
      });
    }
    return this.#writing;
  }

  #forgetRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  async #drain(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      await this.#append(batch.join(''));
      if (this.#failing) this.#options.onState(null, this.#lost);
      this.#failing = false;
      this.#lost = 0;
    } catch (error) {
      this.#keep(batch);
      if (!this.#failing) this.#options.onState({ code: codeOf(error) }, 0);
      this.#failing = true;
      this.#retry = setTimeout(() => {
        this.#retry = null;
        void this.#start();
      }, this.#options.retryMs).unref();
    }
  }

  /** Puts a batch that failed back in front. */
  #keep(batch: readonly string[]): void {
    const all = [...batch, ...this.#waiting];
    this.#waiting = all.slice(0, MOST_WAITING);
    this.#lost += all.length - this.#waiting.length;
  }

  async #append(lines: string): Promise<void> {
    const { dir, maxSize, clock } = this.#options;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const file = await this.#fileFor(dayOf(clock.wall()));
    const path = join(dir, nameOf(file));
    const handle = await open(path, 'a', 0o600);
    try {
      const { size } = await handle.stat();
      if (size === 0) giveToFolderOwner(path);
      try {
        await handle.appendFile(lines);
      } catch (error) {
        // half a batch, cut by a full disk, would be there twice after the next try
        await handle.truncate(size).catch(() => undefined);
        throw error;
      }
      if (size + Buffer.byteLength(lines) >= maxSize) this.#current = { ...file, full: true };
    } finally {
      await handle.close();
    }
  }

  async #fileFor(day: string): Promise<Current> {
    const current = this.#current;
    if (current?.day === day && !current.full) return current;
    const there = (await readdir(this.#options.dir)).flatMap(numbered).sort(byAge);
    const last = there.filter((each) => each.day === day).at(-1)?.sequence ?? 0;
    // after a start the day's last file goes on; a full one is followed by the next
    const next = { day, sequence: current?.day === day ? current.sequence + 1 : last, full: false };
    await this.#thin(there.filter((each) => nameOf(each) !== nameOf(next)));
    this.#current = next;
    return next;
  }

  /** Deletes what is too old or too many beside the file that now begins. */
  async #thin(others: readonly Numbered[]): Promise<void> {
    const { dir, maxFiles, keepDays, clock } = this.#options;
    const oldest = dayOf(clock.wall() - keepDays * 86_400_000);
    const surplus = others.length - (maxFiles - 1);
    for (const [index, file] of others.entries()) {
      // one that cannot be deleted now (open in an editor on Windows) is tried again with the next file
      if (index < surplus || file.day < oldest)
        await rm(join(dir, nameOf(file)), { force: true }).catch(() => undefined);
    }
  }
}

interface Numbered {
  readonly day: string;
  readonly sequence: number;
}

interface Current extends Numbered {
  readonly full: boolean;
}

function nameOf({ day, sequence }: Numbered): string {
  return `yxt-mw-${day}${sequence === 0 ? '' : `.${sequence}`}.log`;
}

function numbered(name: string): Numbered[] {
  const match = NAME.exec(name);
  return match?.[1] === undefined ? [] : [{ day: match[1], sequence: Number(match[2] ?? 0) }];
}

function byAge(a: Numbered, b: Numbered): number {
  return a.day < b.day ? -1 : a.day > b.day ? 1 : a.sequence - b.sequence;
}

/** The local day, as in the file's name. */
function dayOf(wall: number): string {
  const date = new Date(wall);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
