import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Clock } from '../lib/clock.ts';
import { DaemonError } from '../lib/errors.ts';
import type { Meta } from './meta.ts';
import { bytes, number, stateError, text, type StateDb } from './sqlite.ts';

export type SpoolKind = 'report' | 'reply';

export interface Spooled {
  readonly id: string;
  readonly raw: Buffer;
  /** When it was written, milliseconds since 1970. */
  readonly at: number;
  /** Records at its beginning that are settled already: a replay goes on behind them. */
  readonly settled: number;
  /** False: not the bytes that were written; the disk has changed them. */
  readonly intact: boolean;
}

/** Raw answers of `report.do` and `reply.do` between the network and the database's commit. */
export interface Spool {
  /** On disk when it returns. Never refused for size: what is in hand must be kept. */
  put(kind: SpoolKind, raw: Buffer): string;
  /** Oldest first: after a crash, what was fetched but not settled. */
  pending(kind: SpoolKind): Spooled[];
  /** The first `records` of the answer are committed elsewhere. */
  settled(id: string, records: number): void;
  /** Everything in it is committed elsewhere: overwritten and gone. */
  done(id: string): void;
  /**
   * Asked before receipts are fetched, which the platform hands out only once: proves by a write that the disk takes one, and wants
   * some space left over, so that a filling disk stops receipts before it stops anything else.
   * @throws DaemonError `state`
   */
  ensureRoom(): void;
}

export interface SpoolLimits {
  /** Bytes of unsettled answers above which no more are fetched. */
  readonly maxBytes: number;
  /** Bytes that must be free on the disk. */
  readonly minFreeBytes: number;
}

export const SPOOL_LIMITS: SpoolLimits = { maxBytes: 256 * 2 ** 20, minFreeBytes: 32 * 2 ** 20 };

export function openSpool(db: StateDb, meta: Meta, clock: Clock, limits: SpoolLimits): Spool {
  return {
    put: (kind, raw) =>
      // SQLite checks what is in its write-ahead file, but not what has moved to the main one
      db.insert(
        'insert into spool (kind, raw, crc, at, settled) values (?, ?, ?, ?, 0)',
        kind,
        raw,
        crc32(raw),
        clock.wall(),
      ),
    pending: (kind) =>
      db.all('select id, raw, crc, at, settled from spool where kind = ? order by id', kind).map((row) => ({
        id: text(row, 'id'),
        raw: bytes(row, 'raw'),
        at: number(row, 'at'),
        settled: number(row, 'settled'),
        intact: row['crc'] === null || crc32(bytes(row, 'raw')) === number(row, 'crc'),
      })),
    settled(id, records) {
      db.run('update spool set settled = ? where id = ?', records, id);
    },
    done(id) {
      db.run('delete from spool where id = ?', id);
    },
    ensureRoom() {
      const held = number(db.get('select coalesce(sum(length(raw)), 0) as held from spool') ?? {}, 'held');
      if (held > limits.maxBytes) {
        throw full({
          zh: `有 ${megabytes(held)} 应答尚未入库，超过上限，暂停取回执：请检查数据库`,
          en: `${megabytes(held)} of answers wait for the database, above the limit; receipts are not fetched: check the database`,
        });
      }
      const free = freeBytes(dirname(db.path));
      if (free < limits.minFreeBytes) {
        throw full({
          zh: `状态目录所在磁盘只剩 ${megabytes(free)}，暂停取回执：请腾出空间`,
          en: `only ${megabytes(free)} are free on the disk of the state directory; receipts are not fetched: make room`,
        });
      }
      meta.set('written', String(clock.wall()));
    },
  };
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

function freeBytes(dir: string): number {
  try {
    const { bavail, bsize, blocks } = statfsSync(dir);
    return blocks > 0 ? bavail * bsize : Infinity; // some file systems do not count
  } catch (error) {
    throw stateError(dir, error);
  }
}

const full = (what: DaemonError['text']): DaemonError => new DaemonError('state', what);
