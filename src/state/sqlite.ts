import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { DaemonError } from '../lib/errors.ts';
import { giveToFolderOwner } from '../lib/folder-owner.ts';
import type { Text } from '../lib/text.ts';

/** SQLite's primary result codes that a person can do something about. */
const REMEDIES: Readonly<Record<number, Text>> = {
  5: { zh: '被另一个程序占用，稍后再试', en: 'another program is using it, try again shortly' },
  8: { zh: '只读：请检查磁盘与权限', en: 'read-only: check the disk and the permissions' },
  10: { zh: '磁盘读写出错：请检查磁盘', en: 'input/output error: check the disk' },
  11: {
    zh: '文件已损坏：请重启 yxt-mw start，它会把坏文件移到一边、另建新的',
    en: 'damaged: restart "yxt-mw start", which sets the file aside and makes a new one',
  },
  13: { zh: '磁盘已满：请腾出空间', en: 'the disk is full: make room' },
  14: { zh: '无法打开：请检查目录与权限', en: 'cannot be opened: check the directory and its permissions' },
  26: {
    zh: '内容不是本程序写的或已损坏：请重启 yxt-mw start，它会把坏文件移到一边、另建新的',
    en: 'damaged, or not a file of ours: restart "yxt-mw start", which sets it aside and makes a new one',
  },
};

/** The primary result code of an error thrown by node:sqlite; null for any other error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** True when it is the file itself that is bad, not the disk or the permissions. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error instanceof DaemonError ? error.cause : error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** What went wrong with a file or directory of ours, as an error for people. */
export function stateError(path: string, error: unknown): DaemonError {
  if (error instanceof DaemonError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const remedy = REMEDIES[sqliteCode(error) ?? -1] ?? { zh: message, en: message };
  const text = { zh: `状态文件 ${path}：${remedy.zh}`, en: `state file ${path}: ${remedy.en}` };
  return new DaemonError('state', text, { cause: error });
}

/**
 * Makes the state directory, private to its owner (0700).
 * A directory that is open to others and holds somebody else's files is refused, not tightened: it may be /tmp.
 * @throws DaemonError `state`
 */
export function ensureStateDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (process.platform === 'win32' || (statSync(dir).mode & 0o077) === 0) return;
    const names = readdirSync(dir);
    if (names.length > 0 && !names.includes(STATE_FILE) && !names.includes(LOCK_FILE)) {
      throw new DaemonError('state', {
        zh: `stateDir ${dir} 里有别的文件，且其他用户可以访问：请改用一个单独的空目录`,
        en: `stateDir ${dir} holds other files and is open to other users: name an empty directory of its own`,
      });
    }
    chmodSync(dir, 0o700);
  } catch (error) {
    throw stateError(dir, error);
  }
}

export const STATE_FILE = 'state.db';
export const LOCK_FILE = 'lock.db';

/**
 * Creates an empty file, readable by its owner only; made by root, it is the owner’s of the directory, who has to go on with it. SQLite
 * gives its -wal and -shm the same mode and owner.
 */
export function createPrivate(path: string): void {
  // never opened when it exists: closing any descriptor of a file drops this process's POSIX locks on it
  if (!existsSync(path)) {
    try {
      closeSync(openSync(path, 'wx', 0o600));
      giveToFolderOwner(path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
}

/** A small synchronous face of node:sqlite: statements prepared once, every failure a `DaemonError` of kind `state`. */
export class StateDb {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws DaemonError `state` */
  constructor(path: string) {
    this.path = path;
    try {
      createPrivate(path);
      this.#db = new DatabaseSync(path, { timeout: 1000 });
    } catch (error) {
      throw stateError(path, error);
    }
  }

  /** Statements without parameters: DDL, pragmas. */
  exec(sql: string): void {
    this.#guard(() => {
      this.#db.exec(sql);
    });
  }

  /** Returns the rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#guard(() => Number(this.#prepared(sql).run(...values).changes));
  }

  /** Inserts one row and returns its id. */
  insert(sql: string, ...values: SQLInputValue[]): string {
    return this.#guard(() => String(this.#prepared(sql).run(...values).lastInsertRowid));
  }

  all(sql: string, ...values: SQLInputValue[]): StateRow[] {
    return this.#guard(() => this.#prepared(sql).all(...values));
  }

  get(sql: string, ...values: SQLInputValue[]): StateRow | null {
    return this.#guard(() => this.#prepared(sql).get(...values)) ?? null;
  }

  /** All of `work` or nothing of it; on disk when this returns. */
  transaction<T>(work: () => T): T {
    this.exec('begin immediate');
    try {
      const result = work();
      this.exec('commit');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after a full disk or an input/output error
      if (this.#db.isTransaction) this.exec('rollback');
      throw error;
    }
  }

  /** Reads every page. @throws DaemonError `state`: damaged */
  check(): void {
    const [first] = this.all('pragma quick_check(1)');
    if (first?.['quick_check'] === 'ok') return;
    throw stateError(this.path, Object.assign(new Error('quick_check'), { errcode: CORRUPT }));
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw stateError(this.path, error);
    }
  }
}

export type StateRow = Readonly<Record<string, null | number | bigint | string | Uint8Array>>;

export const text = (row: StateRow, column: string): string => String(row[column]);
export const number = (row: StateRow, column: string): number => Number(row[column]);

/** A blob column's bytes, without copying them. */
export function bytes(row: StateRow, column: string): Buffer {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`column ${column} is not a blob`);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
