import type { Client } from '../support/databases.ts';
import { openStore } from '../../src/db/open.ts';
import { bareHttp, bareSql } from './bare.ts';
import { median } from './numbers.ts';
import { openPlace, type Place } from './place.ts';
import { clear, insertHistory, insertRows } from './rows.ts';
import { burst } from './scenarios/burst.ts';
import { POLICY, fillPolicy } from './scenarios/policy.ts';
import { drain, FULL_SPEED, type Drained } from './scenarios/drain.ts';
import { flood } from './scenarios/flood.ts';
import { idle } from './scenarios/idle.ts';
import { housekeeping } from './scenarios/housekeeping.ts';
import { query } from './scenarios/query.ts';
import { trickle } from './scenarios/trickle.ts';
import { backlogCost, type Cost } from './scenarios/weight.ts';

export interface Sizes {
  readonly runs: number;
  readonly distinct: number;
  readonly same: number;
  readonly history: number;
  readonly backlog: number;
  readonly burst: number;
  readonly flood: number;
  readonly trickle: number;
  readonly query: number;
  readonly idleS: number;
  readonly kept: number;
}

export interface Line {
  readonly name: string;
  readonly value: string;
  readonly aim?: string;
}

export interface EngineReport {
  readonly engine: string;
  readonly lines: readonly Line[];
}

export interface Run {
  readonly wanted: (scenario: string) => boolean;
  readonly say: (what: string) => void;
  readonly profile: string | null;
}

const CONCURRENCY = 32;

export async function benchEngine(client: Client, sizes: Sizes, run: Run): Promise<EngineReport> {
  const place = await openPlace(client, { profile: run.profile });
  try {
    const lines: Line[] = [];
    if (run.wanted('drain')) lines.push(...(await drains(place, sizes, run)));
    if (run.wanted('burst')) lines.push(...(await burstLines(place, sizes, run)));
    if (run.wanted('trickle')) lines.push(...(await trickleLines(place, sizes, run)));
    if (run.wanted('query')) lines.push(...(await queryLines(place, sizes, run)));
    if (run.wanted('idle')) lines.push(...(await idleLines(place, sizes, run)));
    if (run.wanted('policy')) lines.push(...(await policyLines(place, sizes, run)));
    if (run.wanted('flood')) lines.push(...(await floodLines(place, sizes, run)));
    if (run.wanted('weight')) lines.push(...(await weights(place, sizes, run)));
    if (run.wanted('housekeeping')) lines.push(...(await keepingLines(place, sizes, run)));
    return { engine: await engineName(place), lines };
  } finally {
    await place.remove();
  }
}

async function engineName({ database }: Place): Promise<string> {
  const store = await openStore(database.options);
  try {
    return await store.version();
  } finally {
    await store.close();
  }
}

/** Alternating, so that a noisy minute falls on all alike. */
async function drains(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  const http: number[] = [];
  const plain: number[] = [];
  const distinct: Drained[] = [];
  const same: Drained[] = [];
  const daemon = await place.start(FULL_SPEED);
  await drain(place, daemon, Math.ceil(sizes.distinct / 4), false); // warm
  for (let i = 1; i <= sizes.runs; i++) {
    http.push(await bareHttp(place, sizes.distinct, CONCURRENCY));
    distinct.push(await drain(place, daemon, sizes.distinct, false));
    await daemon.pause();
    plain.push(await bareSql(place, sizes.same));
    await clear(place.database);
    same.push(await drain(place, daemon, sizes.same, true));
    say(
      `run ${i} of ${sizes.runs}: bare HTTP ${n(http.at(-1))}/s, distinct ${n(distinct.at(-1)?.rowsPerSecond)}/s, bare SQL ${n(plain.at(-1))}/s, same text ${n(same.at(-1)?.rowsPerSecond)}/s`,
    );
  }
  await daemon.stop();
  const of = (runs: readonly Drained[], pick: (d: Drained) => number): number => median(runs.map(pick));
  const ratio = (runs: readonly Drained[], bare: readonly number[]): string =>
    (of(runs, (d) => d.rowsPerSecond) / median(bare)).toFixed(2);
  return [
    { name: 'bare undici loop, calls/s', value: n(median(http)), aim: '≥ 8,000' },
    { name: 'bare SQL loop, rows/s', value: n(median(plain)) },
    ...speed('distinct texts', distinct, of),
    { name: 'distinct texts: share of the bare undici loop', value: ratio(distinct, http), aim: '≥ 0.45' },
    ...speed('same text', same, of),
    { name: 'same text: share of the bare SQL loop', value: ratio(same, plain), aim: '≥ 0.60' },
    { name: 'RSS after it, MB', value: n(of([...distinct, ...same], (d) => d.rssMb)) },
  ];
}

function speed(
  what: string,
  runs: readonly Drained[],
  of: (r: readonly Drained[], p: (d: Drained) => number) => number,
): Line[] {
  const ms = (['p50', 'p95', 'p99'] as const).map((q) => n(of(runs, (d) => d[q])));
  return [
    { name: `${what}, rows/s`, value: n(of(runs, (d) => d.rowsPerSecond)) },
    { name: `${what}: CPU s per 1,000 rows`, value: of(runs, (d) => d.cpuPer1000).toFixed(3) },
    { name: `${what}: statements per 1,000 rows`, value: of(runs, (d) => d.statementsPer1000).toFixed(1) },
    { name: `${what}: accepted after p50/p95/p99, ms`, value: ms.join(' / ') },
  ];
}

async function burstLines(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  say(`burst of ${n(sizes.burst)} rows at 200/s`);
  const b = await burst(place, sizes.burst);
  return [
    { name: 'burst at 200/s: time over the bound, %', value: ((b.seconds / b.bound - 1) * 100).toFixed(2), aim: '≤ 1' },
    { name: 'burst at 200/s: mean answer time, ms', value: b.answerMs.toFixed(1) },
    { name: 'burst at 200/s: most in any second', value: n(b.mostPerSecond), aim: '≤ 200' },
    { name: 'burst at 200/s: priority 0 p99, ms', value: n(b.urgentP99), aim: `≤ ${n(b.pollMs + 500)}` },
  ];
}

async function trickleLines(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  say('single rows at pollEvery 1s');
  const t = await trickle(place, sizes.trickle);
  const value = [t.p50, t.p95, t.p99].map(n).join(' / ');
  return [{ name: 'single rows, pollEvery 1s: p50/p95/p99, ms', value, aim: 'p95 ≤ 1,100' }];
}

async function queryLines(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  say('queries by SMS, alone and during a burst');
  const lines: Line[] = [];
  for (const [where, rows] of [
    ['alone', 0],
    [`during ${n(sizes.burst)} rows at 200/s`, sizes.burst],
  ] as const) {
    const q = await query(place, sizes.query, rows);
    if (q.answered !== sizes.query) throw new Error(`${q.answered} of ${sizes.query} queries were answered`);
    const value = [q.p50, q.p95].map(n).join(' / ');
    lines.push({ name: `query by SMS ${where}: p50/p95, ms`, value, aim: `p95 ≤ ${n(q.pollMs + 500)}` });
  }
  return lines;
}

async function idleLines(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  say(`idle for ${sizes.idleS} s`);
  const i = await idle(place, sizes.idleS);
  return [
    { name: 'idle: CPU, % of a core', value: i.cpuPercent.toFixed(2), aim: '≤ 0.5' },
    { name: 'idle: work after a second of rest costs', value: `× ${i.restFactor.toFixed(1)}` },
    { name: 'idle: statements per minute', value: n(i.statementsPerMinute) },
    { name: 'idle: RSS, MB', value: n(i.rssMb), aim: '≤ 110' },
  ];
}

/** The same rows without and with everything that policy has, in turn, so that a noisy minute falls on both. */
async function policyLines(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  const lines: Line[] = [];
  for (const same of [false, true]) {
    const rows = same ? sizes.same : sizes.distinct;
    const [off, on]: [Drained[], Drained[]] = [[], []];
    for (let i = 0; i <= sizes.runs; i++) {
      for (const with_ of [false, true]) {
        await fillPolicy(place, with_);
        const daemon = await place.start(with_ ? { ...FULL_SPEED, ...POLICY } : FULL_SPEED);
        await drain(place, daemon, Math.ceil(rows / 4), same); // warm
        const drained = await drain(place, daemon, rows, same);
        await daemon.stop();
        if (i > 0) (with_ ? on : off).push(drained); // the first round warms database and machine
      }
      say(
        `${same ? 'same text' : 'distinct texts'}: policy off ${off.at(-1)?.cpuPer1000.toFixed(3)}, on ${on.at(-1)?.cpuPer1000.toFixed(3)} CPU s per 1,000 rows`,
      );
    }
    const of = (runs: readonly Drained[], pick: (d: Drained) => number): number => median(runs.map(pick));
    const what = same ? 'same text' : 'distinct texts';
    const [cpuOff, cpuOn] = [of(off, (d) => d.cpuPer1000), of(on, (d) => d.cpuPer1000)];
    lines.push(
      { name: `policy off, ${what}: CPU s per 1,000 rows`, value: cpuOff.toFixed(3) },
      { name: `policy on, ${what}: CPU s per 1,000 rows`, value: cpuOn.toFixed(3) },
      { name: `policy, ${what}: it adds`, value: percent(cpuOn, cpuOff), aim: '≤ 5 %' },
      {
        name: `policy off / on, ${what}, rows/s`,
        value: [off, on].map((r) => n(of(r, (d) => d.rowsPerSecond))).join(' / '),
      },
      {
        name: `policy off / on, ${what}: statements per 1,000`,
        value: [off, on].map((r) => of(r, (d) => d.statementsPer1000).toFixed(1)).join(' / '),
      },
    );
  }
  return lines;
}

async function floodLines(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  say(`${n(sizes.flood)} rows at once`);
  const f = await flood(place, sizes.flood);
  const name = (what: string): string => `${n(sizes.flood)} rows at once: ${what}`;
  return [
    { name: name('most RSS, MB'), value: n(f.rssMb) },
    { name: name('priority 0 p99, ms'), value: n(f.urgentP99), aim: `≤ ${n(f.pollMs + 500)}` },
    { name: name('stopped after, ms'), value: n(f.stopMs) },
  ];
}

async function keepingLines(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  const k = await housekeeping(place, sizes.kept, say);
  const name = (what: string): string => `${n(sizes.kept)} rows to the history: ${what}`;
  return [
    { name: name('rows/s beside a full channel'), value: n(k.rowsPerSecond), aim: '≥ 2,000' },
    { name: name('messages/s alone / beside it'), value: `${k.alone.toFixed(1)} / ${k.beside.toFixed(1)}` },
    { name: name('of the channel is left, %'), value: ((k.beside / k.alone) * 100).toFixed(1), aim: '≥ 99' },
  ];
}

/** The cost of 1,000 rows with nothing beside them, with history, with a backlog. */
async function weights(place: Place, sizes: Sizes, { say }: Run): Promise<Line[]> {
  const daemon = await place.start(FULL_SPEED);
  const many = async (what: string, measure: () => Promise<Cost>): Promise<Cost> => {
    const costs: Cost[] = [];
    await measure(); // warm
    for (let i = 0; i < sizes.runs; i++) costs.push(await measure());
    say(`${what}: CPU s per 1,000 rows ${costs.map((c) => c.cpuPer1000.toFixed(3)).join(' ')}`);
    return {
      cpuPer1000: median(costs.map((c) => c.cpuPer1000)),
      statementsPer1000: median(costs.map((c) => c.statementsPer1000)),
    };
  };
  const alone = await many('alone', () => drain(place, daemon, sizes.distinct, false));
  await daemon.pause();
  say(`loading ${n(sizes.backlog)} waiting rows`);
  await insertRows(place.database, { count: sizes.backlog + (sizes.runs + 1) * sizes.distinct });
  const backlog = await many('before a backlog', () => backlogCost(place, daemon, sizes.distinct));
  await clear(place.database);
  say(`loading ${n(sizes.history)} ended rows`);
  await insertHistory(place.database, sizes.history);
  const history = await many('beside history', () => drain(place, daemon, sizes.distinct, false));
  await daemon.stop();
  const change = (c: Cost): string =>
    `${percent(c.cpuPer1000, alone.cpuPer1000)} / ${percent(c.statementsPer1000, alone.statementsPer1000)}`;
  return [
    { name: `beside ${n(sizes.history)} ended rows: CPU / statements`, value: change(history), aim: '± 10 %' },
    { name: `with ${n(sizes.backlog)} waiting: CPU / statements`, value: change(backlog), aim: '± 10 %' },
  ];
}

const percent = (value: number, base: number): string =>
  `${value >= base ? '+' : ''}${((value / base - 1) * 100).toFixed(1)} %`;
const n = (value = NaN): string => Math.round(value).toLocaleString('en-US');
