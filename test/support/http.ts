import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../../src/state/audit.ts';
import { Counters } from '../../src/daemon/counters.ts';
import { Loops } from '../../src/daemon/loops.ts';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { routesOf } from '../../src/http/open.ts';
import type { HttpParts } from '../../src/http/parts.ts';
import { serve, type HttpServer } from '../../src/http/server.ts';
import { carryOut, DEEDS } from '../../src/operate/deeds.ts';
import type { Closed } from '../../src/platform/gate.ts';
import { type FreshDatabase, freshDatabase } from './databases.ts';
import { type LogLine, recordedLog } from './log.ts';
import { configIn } from './config-file.ts';

export const TOKEN = 'made-up-token-0123456789';

/** A real server over a real SQLite; what else it sees of a daemon a test sets as it likes. */
export interface HttpBench {
  readonly parts: HttpParts;
  readonly db: FreshDatabase;
  readonly log: readonly LogLine[];
  readonly url: string;
  readonly counters: Counters;
  /** What closes the channel; null: nothing does. */
  closed: Closed | null;
  hung: string[];
  /** What was done, in order. */
  readonly deeds: string[];
  readonly audited: AuditEntry[];
  /** The path, asked with the token (another one, or none). */
  ask(path: string, more?: { token?: string | null; method?: string; body?: string }): Promise<Response>;
  close(): Promise<void>;
}

export interface HttpBenchOptions {
  /** Of the `http` section, by their dotted paths. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly store?: (store: Store) => Store;
}

export async function httpBench(given: HttpBenchOptions = {}): Promise<HttpBench> {
  const dir = mkdtempSync(join(tmpdir(), 'yxt-http-'));
  const db = await freshDatabase('sqlite');
  const real = await openStore(db.options);
  const store = given.store?.(real) ?? real;
  const config = configIn(dir, {
    locale: 'en',
    'database.connection': db.options.connection,
    'http.enabled': true,
    'http.token': TOKEN,
    ...given.config,
  });
  const { log, lines } = recordedLog();
  const clock = { mono: () => performance.now(), wall: () => Date.now() };
  const counters = new Counters(clock);
  counters.resume((await real.now()).text, null);
  const loops = new Loops(clock);
  const deeds: string[] = [];
  const parts: HttpParts = {
    ...{ config, version: '0.1.0', store, counters, clock, log },
    state: { identity: 'idA', quarantine: { list: () => [] } } as unknown as HttpParts['state'],
    gate: { closed: () => null },
    outbound: {
      closed: () => bench.closed,
      reach: { closed: () => null, proving: false },
      rate: { rate: 200, answerMs: 31 },
    } as unknown as HttpParts['outbound'],
    reporter: { trouble: null },
    heart: { silentMs: 1000 },
    loops: { hung: () => [...bench.hung, ...loops.hung()] },
    audit: (entry) => void bench.audited.push(entry),
    pause: (reason) => Promise.resolve(void deeds.push(`pause ${String(reason)}`)),
    resume: () => Promise.resolve(void deeds.push('resume')),
    decideHeld: (deed, which, after, most) =>
      carryOut({ store, deed, selection: { ...which, statuses: DEEDS[deed].from }, after, most }),
  };
  const server: HttpServer = await serve({ ...config.http, port: 0 }, routesOf(parts), log);
  const bench: HttpBench = {
    ...{ parts, db, log: lines, url: server.url, counters, deeds, audited: [], closed: null, hung: [] },
    ask(path, { token = TOKEN, method = 'GET', body } = {}) {
      const headers = token === null ? {} : { authorization: `Bearer ${token}` };
      return fetch(server.url.replace(/\/$/, path), { method, headers, ...(body !== undefined && { body }) });
    },
    async close() {
      await server.close();
      await real.close();
      await db.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return bench;
}
