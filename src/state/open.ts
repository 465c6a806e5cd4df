import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock, type Clock } from '../lib/clock.ts';
import { DaemonError } from '../lib/errors.ts';
import { AUDIT_FILE, openAudit, type Audit } from './audit.ts';
import { identityOf, noteStart, type Start } from './identity.ts';
import { openJournal, type Journal } from './journal.ts';
import { openMeta, type Meta } from './meta.ts';
import { openQuarantine, type Quarantine } from './quarantine.ts';
import { openSpool, SPOOL_LIMITS, type Spool, type SpoolLimits } from './spool.ts';
import { ensureStateDir, isDamage, number, STATE_FILE, StateDb, stateError } from './sqlite.ts';

/** What the process remembers on its own disk. Everything is synchronous, short, and on disk when it returns. */
export interface State {
  /** 16 lower-case letters or digits, the same for the life of the directory. */
  readonly identity: string;
  readonly meta: Meta;
  readonly journal: Journal;
  readonly spool: Spool;
  readonly quarantine: Quarantine;
  readonly audit: Audit;
  /** For the daemon, once, after `lockState`. */
  start(): Start;
  /** Writes a little. @throws DaemonError `state`: the disk is full, read-only or broken */
  proveWritable(): void;
  /** Empties the write-ahead file, so that what was deleted is not left there either. For housekeeping; closing does it, too. */
  tidy(): void;
  close(): void;
}

export interface StateOptions {
  readonly clock?: Clock;
  readonly limits?: SpoolLimits;
  /** False: a command that only looks must not create the directory (as root, say). Default true. */
  readonly create?: boolean;
  /**
   * For the daemon, which holds the lock: every page is read, and a damaged file is set aside under the name given here and replaced by
   * an empty one. Without it a damaged file is an error.
   */
  readonly onDamaged?: (aside: string) => void;
}

/** What each version added to the one before; the file says which one it is. */
const STEPS = [
  `create table meta (key text primary key, value text not null) strict, without rowid;
  create table journal (seq integer primary key autoincrement, key blob not null, serial text not null, at integer not null) strict;
  create index journal_key on journal (key);
  create table spool (
    id integer primary key autoincrement, kind text not null, raw blob not null, at integer not null, settled integer not null) strict;
  create table quarantine (
    id integer primary key autoincrement, hash blob not null unique, kind text not null, reason text not null, facts text not null,
    raw blob not null, at integer not null, times integer not null) strict`,
  'alter table spool add column crc integer',
];

/**
 * Opens (and at first makes) the state directory. Commands may open it beside the running daemon; only the daemon locks it.
 * @throws DaemonError `state`: not usable, damaged, or written by a newer version
 */
export function openState(dir: string, options: StateOptions = {}): State {
  const path = join(dir, STATE_FILE);
  if (options.create === false && !existsSync(path)) throw absent(dir);
  ensureStateDir(dir);
  const { onDamaged } = options;
  if (onDamaged === undefined) return openFile(path, options);
  try {
    return openFile(path, options);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = setAside(path);
    const state = openFile(path, options);
    onDamaged(aside);
    return state;
  }
}

function openFile(path: string, options: StateOptions): State {
  const db = new StateDb(path);
  try {
    prepare(db);
    if (options.onDamaged !== undefined) db.check();
    return stateOn(db, options.clock ?? systemClock, options.limits ?? SPOOL_LIMITS);
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: StateDb): void {
  // FULL: each commit is on the disk, not in the system's cache; deleted content (texts, phones) is overwritten
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on');
  db.transaction(() => {
    const version = number(db.get('pragma user_version') ?? {}, 'user_version');
    if (version > STEPS.length) throw newer(db.path);
    for (const step of STEPS.slice(version)) db.exec(step);
    if (version < STEPS.length) db.exec(`pragma user_version = ${STEPS.length}`);
  });
}

/** Out of the way, with its write-ahead file, for whoever wants to look at it; returns its new name. */
function setAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  try {
    renameSync(path, aside);
    for (const suffix of ['-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  } catch (error) {
    throw stateError(path, error);
  }
  return aside;
}

function stateOn(db: StateDb, clock: Clock, limits: SpoolLimits): State {
  const meta = openMeta(db);
  return {
    identity: db.transaction(() => identityOf(meta)),
    meta,
    journal: openJournal(db, clock),
    spool: openSpool(db, meta, clock, limits),
    quarantine: openQuarantine(db, clock),
    audit: openAudit(db, meta, join(dirname(db.path), AUDIT_FILE), clock),
    start: () => noteStart(meta, db.path),
    proveWritable() {
      meta.set('written', String(clock.wall()));
    },
    tidy() {
      db.get('pragma wal_checkpoint(truncate)');
    },
    close() {
      db.close();
    },
  };
}

const absent = (dir: string): DaemonError =>
  new DaemonError('state', {
    zh: `${dir} 里还没有状态文件：守护进程还没有启动过，或 stateDir 配置不同`,
    en: `no state file in ${dir} yet: the daemon has not been started, or stateDir is another one`,
  });

const newer = (path: string): DaemonError =>
  new DaemonError('state', {
    zh: `状态文件 ${path} 由更新的版本写成：请用那个版本`,
    en: `state file ${path} was written by a newer version: use that version`,
  });
