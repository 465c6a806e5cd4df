import { openArena, type Arena } from '../support/arena.ts';
import type { DaemonPlace, RunningDaemon } from '../support/daemon.ts';
import type { Client } from '../support/databases.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';

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
}

/** What people have done, so far as the end must be told from a fault by it. */
export interface Deeds {
  /** Rows cancelled while their call was out. */
  readonly cancelledLate: Set<string>;
  /** Rows set to NEW by hand while their call was out: what was being sent then may have been accepted. */
  readonly resetUnderWay: Set<string>;
  /** Everything done to a row, for the one who looks for the reason. */
  readonly history: Map<string, string[]>;
  /** Phones of purged rows, and how often each had been accepted by then. */
  readonly purged: Map<string, number>;
}

/** Several daemons, one outbox, one platform. */
export interface World {
  readonly arena: Arena;
  readonly nodes: readonly Node[];
  readonly random: () => number;
  readonly deeds: Deeds;
  /** Phones whose rows may still be met in the table, the youngest last. */
  readonly phones: string[];
  nextPhone(): string;
  nextMark(): string;
  /** One deed after the other. */
  oneByOne<T>(deed: () => Promise<T>): Promise<T>;
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
}

export async function openWorld({ client, daemons, random, beside }: WorldOptions): Promise<World> {
  const arena = await openArena(client, { values: VALUES });
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
    });
    nodes.push({ name: `node-${i}`, place, line, bin: i % 2 === 0 ? beside : undefined, daemon: null, busy: false });
  }
  let phones = 0;
  let marks = 0;
  let tail: Promise<unknown> = Promise.resolve();
  return {
    arena,
    nodes,
    random,
    deeds: { cancelledLate: new Set(), resetUnderWay: new Set(), history: new Map(), purged: new Map() },
    phones: [],
    nextPhone: () => String(13_900_000_000 + phones++),
    oneByOne(deed) {
      const mine = tail.then(deed, deed);
      tail = mine.catch(() => undefined);
      return mine;
    },
    nextMark: () => `chaos ${++marks}`,
    async close() {
      await arena.close();
      for (const { line } of nodes) await line?.close();
    },
  };
}

/** From `low` to below `high`. */
export const between = ({ random }: Pick<World, 'random'>, low: number, high: number): number =>
  low + random() * (high - low);

export function pick<T>({ random }: Pick<World, 'random'>, list: readonly T[]): T | undefined {
  return list[Math.floor(random() * list.length)];
}
