import { join } from 'node:path';
import { openArena, type Arena } from '../support/arena.ts';
import type { DaemonPlace, RunningDaemon } from '../support/daemon.ts';
import type { Client } from '../support/databases.ts';
import { inTurn } from '../support/in-turn.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { scratchMariadb } from '../support/scratch-mariadb.ts';
import { scratchPostgres } from '../support/scratch-postgres.ts';
import type { ScratchServer } from '../support/scratch.ts';
import { type TinyDisk, tinyDisk } from '../support/tiny-disk.ts';

/** A daemon's place with a line to the database of its own. */
export interface Node {
  readonly name: string;
  readonly place: DaemonPlace;
  /** SQLite has none. */
  readonly line: Proxy | null;
  /** Another version's program, which every second node runs on the same schema; undefined: this one. */
  readonly bin: string | undefined;
  daemon: RunningDaemon | null;
  /** Something is being done to its process: nothing else may be. */
  busy: boolean;
  /** Milliseconds by which the monotonic clock of its process is ahead. */
  leapt: number;
}

/** What people have done, so far as the end must be told from a fault by it. */
export interface Deeds {
  /** Waiting rows that were cancelled, and the serial of an earlier try that they still showed. */
  readonly cancelled: Map<string, string | null>;
  /** Rows cancelled while their call was out. */
  readonly cancelledLate: Set<string>;
  /** Rows set to NEW by hand while their call was out: what was being sent then may have been accepted. */
  readonly resetUnderWay: Set<string>;
  /** Everything done to a row, for the one who looks for the reason. */
  readonly history: Map<string, string[]>;
  /**
   * By phone, the serials of tries that a person has written off by setting NEW or CANCELLED, or deleting the row. `true`: the row
   * said that the platform had it; `false`: HELD, nobody could tell.
   */
  readonly writtenOff: Map<string, Map<string, boolean>>;
  readonly purged: Set<string>;
}

/** Several daemons, one outbox, one platform. */
export interface World {
  readonly arena: Arena;
  /** The run's own, to be treated as no shared one may be; null: a shared one, or SQLite. */
  readonly server: ScratchServer | null;
  /** Under the state directory of the first daemon; null: not mounted. */
  readonly disk: TinyDisk | null;
  /** Rows of a burst. */
  readonly burst: number;
  /** Ended by themselves: what must not happen. */
  readonly broken: Error[];
  readonly nodes: readonly Node[];
  readonly random: () => number;
  readonly deeds: Deeds;
  /** Phones whose rows may still be met in the table, the youngest last. */
  readonly phones: string[];
  nextPhone(): string;
  nextMark(): string;
  /** One deed after the other. */
  oneByOne<T>(deed: () => Promise<T>): Promise<T>;
  /** The same for what befalls the whole of it. */
  alone<T>(fault: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const VALUES = {
  'outbox.batchSize': 50,
  'outbox.concurrency': 8,
  'outbox.ratePerSecond': 200,
  'database.statementTimeout': '4s',
};

const LINE_PORT: Record<Client, number> = { sqlite: 0, mysql: 3306, postgres: 5432 };

export interface WorldOptions {
  readonly client: Client;
  readonly daemons: number;
  readonly random: () => number;
  /** The other version's `bin/yxt-mw.js`. */
  readonly beside?: string | undefined;
  /** Also what takes long or an own server and a disk: restarts of the database, standing backlogs, a full disk. Default false. */
  readonly everything?: boolean;
}

/** Connections of an own server: all daemons, people, and some to spare. */
const CONNECTIONS = 60;
/** Above what must be free before receipts are fetched (32 MB). */
const DISK_MB = 48;
/** Ten seconds of the channel. */
const BURST = 2000;

async function ownServer(client: Client): Promise<ScratchServer | null> {
  if (client === 'sqlite') return null;
  return client === 'mysql' ? scratchMariadb(CONNECTIONS) : scratchPostgres(CONNECTIONS);
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { client, daemons, random, beside, everything = false } = options;
  const server = everything ? await ownServer(client) : null;
  const disk = everything ? tinyDisk(DISK_MB) : null;
  const arena = await openArena(client, { values: VALUES, ...(server && { database: server.database }) });
  await arena.simulator.options({ latencyMs: 20, receiptDelayMs: 100 });
  const { connection } = arena.database.options;
  // people find rows by their phone here; without an index each of their updates would lock the whole table
  await arena.database.rawQuery('create index chaos_phone on sms_outbox (phone)');
  const nodes: Node[] = [];
  for (let i = 1; i <= daemons; i++) {
    const line = typeof connection === 'string' ? null : await startProxy(connection.port ?? LINE_PORT[client]);
    const place = arena.place({
      instance: `node-${i}`,
      ...(line && { 'database.connection.port': line.port }),
      ...(disk && i === 1 && { stateDir: join(disk.dir, 'state') }),
    });
    const bin = i % 2 === 0 ? beside : undefined;
    nodes.push({ name: `node-${i}`, place, line, bin, daemon: null, busy: false, leapt: 0 });
  }
  let phones = 0;
  let marks = 0;
  return {
    arena,
    server,
    disk,
    burst: everything ? BURST : BURST / 10,
    broken: [],
    nodes,
    random,
    deeds: {
      cancelled: new Map(),
      cancelledLate: new Set(),
      resetUnderWay: new Set(),
      history: new Map(),
      writtenOff: new Map(),
      purged: new Set(),
    },
    phones: [],
    nextPhone: () => String(13_900_000_000 + phones++),
    oneByOne: inTurn(),
    alone: inTurn(),
    nextMark: () => `chaos ${++marks}`,
    async close() {
      await arena.close();
      for (const { line } of nodes) await line?.close();
      disk?.remove();
    },
  };
}

/** From `low` to below `high`. */
export const between = ({ random }: Pick<World, 'random'>, low: number, high: number): number =>
  low + random() * (high - low);

export function pick<T>({ random }: Pick<World, 'random'>, list: readonly T[]): T | undefined {
  return list[Math.floor(random() * list.length)];
}
