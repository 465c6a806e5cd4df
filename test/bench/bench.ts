// `npm run bench`: speed and thrift on this machine, engine by engine, beside two bare loops measured in the same run.
// Everything runs on loopback: the simulator, the daemon and the bare loops are processes of their own. Linux.
import { cpus } from 'node:os';
import { Command, Option } from 'commander';
import { table } from '../../src/cli/width.ts';
import { DIALECTS, type Client } from '../support/databases.ts';
import { benchEngine, type EngineReport, type Sizes } from './engine.ts';

const SIZES: Record<'full' | 'quick', Sizes> = {
  full: {
    runs: 5,
    distinct: 10_000,
    same: 40_000,
    history: 1_000_000,
    backlog: 200_000,
    burst: 6000,
    flood: 1_000_000,
    trickle: 150,
    query: 100,
    idleS: 60,
    kept: 1_000_000,
  },
  quick: {
    runs: 1,
    distinct: 3000,
    same: 10_000,
    history: 20_000,
    backlog: 10_000,
    burst: 1000,
    flood: 20_000,
    trickle: 20,
    query: 20,
    idleS: 10,
    kept: 20_000,
  },
};

interface Options {
  readonly engines: string;
  readonly size: keyof typeof SIZES;
  readonly only?: string;
  readonly profile?: string;
  readonly json?: boolean;
}

const program = new Command('npm run bench --')
  .description('Measures speed, CPU, statements, memory and latency per database engine.')
  .option('--engines <list>', `of ${DIALECTS.join(',')}`, DIALECTS.join(','))
  .addOption(new Option('--size <size>', 'quick: only to see that it works').choices(['full', 'quick']).default('full'))
  .option('--only <list>', 'of drain,policy,burst,trickle,query,idle,flood,weight,housekeeping')
  .option('--profile <dir>', 'writes CPU profiles of the daemon there')
  .option('--json', 'prints JSON');
const options = program.parse().opts<Options>();

const wanted = (name: string): boolean => options.only === undefined || options.only.split(',').includes(name);
const reports: EngineReport[] = [];
for (const client of options.engines.split(',') as Client[]) {
  const say = (what: string): void => void process.stderr.write(`${client}: ${what}\n`);
  try {
    reports.push(await benchEngine(client, SIZES[options.size], { wanted, say, profile: options.profile ?? null }));
  } catch (error) {
    // what the other engines took half an hour to show is not to be lost
    process.stderr.write(`${client}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}
if (options.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
else print(reports);

function print(all: readonly EngineReport[]): void {
  const [first] = all;
  const head = ['', ...all.map((r) => r.engine)];
  const lines = (first?.lines ?? []).map(({ name, aim }, i) => [
    name,
    ...all.map((r) => r.lines[i]?.value ?? ''),
    aim ?? '',
  ]);
  process.stdout.write(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}\n`);
  process.stdout.write(`${table([[...head, 'aim'], ...lines]).join('\n')}\n`);
}
