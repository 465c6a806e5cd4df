import type { Place, Running } from '../place.ts';

export interface Cost {
  readonly cpuPer1000: number;
  readonly statementsPer1000: number;
}

/** What the first `rows` of a waiting backlog cost; the channel is paused before and after. */
export async function backlogCost({ simulator }: Place, daemon: Running, rows: number): Promise<Cost> {
  await simulator.reset();
  const before = await daemon.meter();
  await daemon.resume();
  await simulator.waitFor((stats) => stats.accepted >= rows, 120_000);
  // before the pause: what it puts back is its own cost
  const [after, { accepted }] = await Promise.all([daemon.meter(), simulator.stats()]);
  await daemon.pause();
  return {
    cpuPer1000: ((after.cpuS - before.cpuS) / accepted) * 1000,
    statementsPer1000: ((after.statements - before.statements) / accepted) * 1000,
  };
}
