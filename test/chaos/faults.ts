import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRule } from '../../src/simulator/faults.ts';
import { within } from '../support/daemon.ts';
import type { Proxy } from '../support/proxy.ts';
import { between, pick, type Node, type World } from './world.ts';

/** What machines, lines, databases and the platform do. Each is over when its promise resolves. */
export const FAULTS: Readonly<Record<string, { weight: number; act: (world: World) => Promise<void> }>> = {
  'kill -9': { weight: 4, act: (w) => onNode(w, kill) },
  'stopped and started': { weight: 1, act: (w) => onNode(w, restart) },
  suspended: { weight: 2, act: (w) => onNode(w, suspend) },
  'started twice': { weight: 1, act: (w) => onNode(w, startTwice) },
  'clock of a daemon set': { weight: 1, act: (w) => onNode(w, setClock) },
  'platform line': { weight: 4, act: (w) => strike(w, w.arena.platformLine) },
  'database line': { weight: 4, act: async (w) => strike(w, pick(w, w.nodes)?.line ?? null) },
  'database sessions killed': { weight: 2, act: killSessions },
  platform: { weight: 6, act: platform },
};

/** Starts the daemon of a node; one that cannot start at once is started again, as a service manager does. */
export async function startNode(node: Node): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const daemon = node.place.startUnder({}, node.bin);
    try {
      await within('start', daemon.said('daemon.started'), 40_000);
      node.daemon = daemon;
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
  await node.daemon?.kill();
  node.daemon = null;
  await pause(between(w, 0, 1500));
  await startNode(node);
}

async function restart(w: World, node: Node): Promise<void> {
  const code = await node.daemon?.stop();
  if (code !== 0) throw new Error(`${node.name} ended with ${String(code)}:\n${node.daemon?.log() ?? ''}`);
  node.daemon = null;
  await pause(between(w, 0, 1500));
  await startNode(node);
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
  await Promise.race([node.daemon?.order({ clock: { wall, mono: 0 } }).catch(() => undefined), pause(2000)]);
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
