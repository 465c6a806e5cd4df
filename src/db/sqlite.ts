import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { DbError } from '../lib/errors.ts';
import type { Engine, Row, Session } from './dialect.ts';
import { CHECKSUM, sqlite as dialect } from './dialects/sqlite.ts';
import { DuplicateKey, failure } from './failure.ts';
import { str } from './rows.ts';
import { patiently, SQLITE_PATIENCE } from './retry.ts';
import { raw, type Sql } from './sql.ts';

/** The driver blocks the whole process while it waits for the file's lock: no longer than this, the rest is waited outside. */
const BUSY_MS = 100;

/** Statements kept compiled; the few whose text varies push each other out. */
const CACHED = 200;

export function sqliteEngine(file: string, readOnly = false): Engine {
  const db = open(file, readOnly);
  const compiled = new Map<string, StatementSync>();

  function prepare(text: string): StatementSync {
    let statement = compiled.get(text);
    if (statement === undefined) {
      statement = db.prepare(text);
      const oldest = compiled.size >= CACHED ? compiled.keys().next().value : undefined;
      if (oldest !== undefined) compiled.delete(oldest);
      compiled.set(text, statement);
    }
    return statement;
  }

  const bound = (statement: Sql): SQLInputValue[] => statement.values as SQLInputValue[];
  // asynchronous in form only: each runs to its end before anybody else's turn
  const session: Session = {
    all: (statement) => attempt(() => prepare(statement.text).all(...bound(statement)) as Row[]),
    run: (statement) => attempt(() => Number(prepare(statement.text).run(...bound(statement)).changes)),
    insert: (statement) => attempt(() => str((prepare(statement.text).get(...bound(statement)) as Row)['id'])),
  };

  // one connection: whoever is inside a transaction has it alone
  let tail: Promise<unknown> = Promise.resolve();
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = tail.then(work, work);
    tail = mine.catch(() => undefined);
    return mine;
  }

  async function once<T>(work: (session: Session) => Promise<T>): Promise<T> {
    // IMMEDIATE: a transaction that turns from reading to writing is refused at once when another writer came first
    await attempt(() => db.exec('BEGIN IMMEDIATE'));
    try {
      const result = await work(session);
      await attempt(() => db.exec('COMMIT'));
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Comes back in a later round of the event loop: loops that await one statement after another would else keep it from turning. */
  async function turn<T>(work: () => Promise<T>): Promise<T> {
    const result = await patiently(SQLITE_PATIENCE, () => alone(work));
    await setImmediate();
    return result;
  }

  return {
    dialect,
    all: (statement) => turn(() => session.all(statement)),
    run: (statement) => turn(() => session.run(statement)),
    insert: (statement) => turn(() => session.insert(statement)),
    tx: (work) => turn(() => once(work)),
    version: async () => {
      const [row] = await session.all(raw('SELECT sqlite_version() AS version'));
      return `SQLite ${str(row?.['version'])}`;
    },
    close: () =>
      alone(() =>
        attempt(() => {
          compiled.clear();
          if (db.isOpen) db.close();
        }),
      ),
  };
}

function attempt<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(explained(error));
  }
}

function open(path: string, readOnly: boolean): DatabaseSync {
  try {
    const db = new DatabaseSync(path, { timeout: BUSY_MS, readOnly });
    // FULL: with NORMAL a power cut may take back a commit, and with it a serial that has been submitted
    if (!readOnly) db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.function(CHECKSUM, { deterministic: true, varargs: true }, (...values) => crc32(values.join('|')));
    return db;
  } catch (error) {
    throw explained(error);
  }
}

function explained(error: unknown): DbError {
  if (error instanceof DbError) return error;
  const kind = dialect.errorKind(error);
  return kind === 'duplicate' ? new DuplicateKey(error) : failure(kind, error);
}
