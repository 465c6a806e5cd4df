import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRule } from '../../src/simulator/faults.ts';
import { within } from '../support/daemon.ts';
import { setDatabaseClock } from '../support/database-clock.ts';
import type { Proxy } from '../support/proxy.ts';
import type { ScratchServer } from '../support/scratch.ts';
import { burst } from './people.ts';
import { forgiven } from './storm.ts';
import { between, pick, type Node, type World } from './world.ts';

interface Fault {
  readonly weight: number;
  readonly act: (world: World) => Promise<void>;
}

/** What machines, lines, databases and the platform do. Each is over when its promise resolves. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'kill -9': { weight: 4, act: (w) => onNode(w, kill) },
  'stopped and started': { weight: 1, act: (w) => onNode(w, restart) },
  suspended: { weight: 2, act: (w) => onNode(w, suspend) },
  'started twice': { weight: 1, act: (w) => onNode(w, startTwice) },
  'clock of a daemon set': { weight: 1, act: (w) => onNode(w, setClock) },
  'monotonic clock leaps': { weight: 1, act: (w) => onNode(w, leap) },
  'a burst of rows': { weight: 1, act: (w) => burst(w).catch(forgiven) },
  'clock of the database set': { weight: 1, act: setDatabase },
  'platform line': { weight: 4, act: (w) => strike(w, w.arena.platformLine) },
  'database line': { weight: 4, act: async (w) => strike(w, pick(w, w.nodes)?.line ?? null) },
  'database sessions killed': { weight: 2, act: killSessions },
  platform: { weight: 6, act: platform },
};

/** What wants a server or a disk of its own, or takes long: only where one has all the time in the world. */
export const HEAVY: Readonly<Record<string, Fault>> = {
  'database restarted': { weight: 1, act: (w) => onServer(w, (server) => server.stop()) },
  'database killed': { weight: 1, act: (w) => onServer(w, (server) => server.kill()) },
  'database read-only': { weight: 1, act: readOnly },
  'database out of connections': { weight: 1, act: occupied },
  'database line refused': { weight: 1, act: refused },
  'state directory full': { weight: 1, act: fullDisk },
  'standing backlog': { weight: 1, act: backlog },
};

/** Starts the daemon of a node; one that cannot start at once is started again, as a service manager does. */
export async function startNode(w: World, node: Node): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const daemon = node.place.startUnder({}, node.bin);
    try {
      await within('start', daemon.said('daemon.started'), 40_000);
      node.daemon = daemon;
      node.leapt = 0;
      void daemon.exited.then((code) => {
        if (node.daemon === daemon)
          w.broken.push(new Error(`${node.name} ended with ${String(code)}:\n${daemon.log()}`));
      });
      return;
    } catch (error) {
      await daemon.kill();
      if (attempt === 20) throw error;
      await pause(500);
    }
  }
}

async function onNode(w: World, act: (w: World, node: Node) => Promise<void>): Promise<void> {
  const node = pick(
    w,
    w.nodes.filter(({ busy, daemon }) => !busy && daemon !== null),
  );
  if (!node) return;
  node.busy = true;
  try {
    await act(w, node);
  } finally {
    node.busy = false;
  }
}

async function kill(w: World, node: Node): Promise<void> {
  const { daemon } = node;
  node.daemon = null;
  await daemon?.kill();
  await pause(between(w, 0, 1500));
  await startNode(w, node);
}

async function restart(w: World, node: Node): Promise<void> {
  await stopNode(node);
  await pause(between(w, 0, 1500));
  await startNode(w, node);
}

/** In order. @throws Error: it has not ended with 0 */
export async function stopNode(node: Node): Promise<void> {
  const { daemon } = node;
  node.daemon = null;
  if (!daemon) return;
  const code = await within(`${node.name} ends by SIGTERM`, daemon.stop(), STOP_MS).catch((error: unknown) => {
    throw new Error(daemon.log().slice(-2000), { cause: error });
  });
  if (code !== 0) throw new Error(`${node.name} ended with ${String(code)}:\n${daemon.log()}`);
}

/** Also for longer than its leases. */
async function suspend(w: World, node: Node): Promise<void> {
  node.daemon?.freeze();
  await pause(between(w, 300, 14_000));
  node.daemon?.thaw();
}

async function startTwice(_w: World, node: Node): Promise<void> {
  const twin = node.place.start();
  const code = await within('the second of two starts', twin.exited, 40_000);
  if (code !== 1) throw new Error(`started twice, the second one ended with ${String(code)}:\n${twin.log()}`);
}

async function setClock(w: World, node: Node): Promise<void> {
  const wall = Math.round(between(w, -5, 5)) * 3_600_000;
  // one that has died since will not obey
  await setClocks(node, wall);
}

/** As after a sleep of the machine that its monotonic clock has counted. */
async function leap(w: World, node: Node): Promise<void> {
  node.leapt += Math.round(between(w, 5000, 60_000));
  await setClocks(node, 0);
}

const setClocks = (node: Node, wall: number): Promise<unknown> =>
  Promise.race([node.daemon?.order({ clock: { wall, mono: node.leapt } }).catch(() => undefined), pause(2000)]);

async function setDatabase(w: World): Promise<void> {
  // forward only: set back, what is put off stays so for hours, and `faults/clocks` looks at what is leased
  const { database, client } = w.arena;
  if (client === 'mssql') return; // no server of its own
  await setDatabaseClock(database, client, Math.ceil(between(w, 60, 7200))).catch(forgiven);
}

/** One thing at a time befalls the server: an end of the one would be the end of the other. */
async function onServer(w: World, strikeIt: (server: ScratchServer) => Promise<void>): Promise<void> {
  const { server } = w;
  if (server === null) return;
  await w.alone(async () => {
    await strikeIt(server);
    await pause(between(w, 0, 4000));
    await server.start();
  });
}

async function readOnly(w: World): Promise<void> {
  await onServer(w, async (server) => {
    await server.readOnly(true);
    await pause(between(w, 1000, 5000));
    await server.readOnly(false);
  });
}

async function occupied(w: World): Promise<void> {
  await onServer(w, async (server) => {
    const letGo = await server.occupy();
    await pause(between(w, 500, 4000));
    await letGo();
  });
}

/** For all daemons at once. */
async function refused({ nodes, ...w }: World): Promise<void> {
  for (const { line } of nodes) {
    await line?.refuse();
    line?.cut();
  }
  await pause(between(w, 1000, 8000));
  for (const { line } of nodes) await line?.heal();
}

async function fullDisk(w: World): Promise<void> {
  w.disk?.fill(w.random() < 0.5 ? 0 : 8 * 2 ** 20);
  await pause(between(w, 1000, 6000));
  w.disk?.free();
}

/** A slow channel for a while: most rows that are claimed wait in the processes, and people get at them. */
async function backlog(w: World): Promise<void> {
  await w.alone(async () => {
    await everyRate(w, SLOW);
    await burst(w).catch(forgiven);
    await pause(20_000);
    await everyRate(w, null);
  });
}

async function everyRate(w: World, rate: number | null): Promise<void> {
  for (const node of w.nodes) {
    node.place.configure(rate === null ? {} : { 'outbox.ratePerSecond': rate });
    while (node.busy) await pause(100);
    if (node.daemon === null) continue;
    node.busy = true;
    await restart(w, node).finally(() => (node.busy = false));
  }
}

async function strike(w: World, line: Proxy | null): Promise<void> {
  if (line === null) return;
  const ms = between(w, 200, 5000);
  const ways: (() => unknown)[] = [
    () => line.cut(),
    () => void line.cutAfter(w.random() < 0.5 ? 'up' : 'down', Math.ceil(between(w, 1, 20_000))).catch(() => undefined),
    () => line.halfOpen(w.random() < 0.5 ? 'up' : 'down'),
    () => void line.freeze(),
    () => line.delay(between(w, 20, 400)),
    () => line.refuse(),
  ];
  await pick(w, ways)?.();
  await pause(ms);
  line.thaw();
  line.cut(); // what a half-open line has swallowed does not come back
  line.delay(0);
  await line.heal();
}

async function killSessions(w: World): Promise<void> {
  const { client, database } = w.arena;
  if (w.server) {
    await w.server.killSessions().catch(forgiven);
    return;
  }
  if (client === 'mysql') {
    const rows = await database.rawQuery(
      'select id from information_schema.processlist where db = database() and id <> connection_id()',
    );
    for (const { id } of rows) await database.rawQuery(`kill ${Number(id)}`).catch(() => undefined);
  }
  if (client === 'postgres') {
    await database.rawQuery(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
  }
}

/** An orderly stop hurries after 14 s; some more for a busy machine. */
const STOP_MS = 40_000;
/** Rows a second, in a standing backlog. */
const SLOW = 20;

const RULES: readonly Omit<FaultRule, 'call'>[] = [
  { fault: 'hangup-before' },
  { fault: 'accept-then-hangup' },
  { fault: 'hang' },
  { fault: 'hang', processed: true },
  { fault: 'cut' },
  { fault: 'garbage' },
  { fault: 'http-5xx' },
  { fault: 'slow', ms: 1500 },
  { fault: 'slow', ms: 3500, late: true },
  { fault: 'code', code: '20' },
  { fault: 'code', code: '20', processed: true },
  { fault: 'code', code: '11' },
  { fault: 'code', code: '18' },
  { fault: 'code', code: '33' },
];

async function platform(w: World): Promise<void> {
  const rule = pick(w, RULES);
  if (!rule) return;
  const call = w.random() < 0.8 ? 'Send' : '*';
  if (call === '*' && rule.fault === 'code') return; // not a code of those calls
  await w.arena.simulator.faults(
    [{ call, probability: between(w, 0.1, 0.9), ...rule }],
    Math.floor(w.random() * 2 ** 31),
  );
  await pause(between(w, 300, 4000));
  await w.arena.simulator.faults([]);
}
