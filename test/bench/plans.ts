// `npm run bench:plans`: how each statement of the store finds its rows among a million, engine by engine, with good, old and no
// statistics. Ends with 1 when one scans a table that grows, sorts, or reads more than a few batches.
import { Command } from 'commander';
import { table } from '../../src/cli/width.ts';
import { DIALECTS, type Client } from '../support/databases.ts';
import { measure, type Finding } from './plans/measure.ts';

const SIZES = { ended: 1_000_000, waiting: 200_000, some: 2000, inbox: 100_000 };

const program = new Command('npm run bench:plans --')
  .description('Shows access path and rows examined of every statement of the store.')
  .option('--engines <list>', `of ${DIALECTS.join(',')}`, DIALECTS.join(','))
  .option('--json', 'prints JSON');
const options = program.parse().opts<{ engines: string; json?: boolean }>();

const engines = options.engines.split(',') as Client[];
const found = new Map<Client, Finding[]>();
for (const client of engines) {
  found.set(client, await measure(client, SIZES, (what) => process.stderr.write(`${client}: ${what}\n`)));
}
if (options.json === true) process.stdout.write(`${JSON.stringify(Object.fromEntries(found), null, 2)}\n`);
else print();
if ([...found.values()].flat().some(({ waste }) => waste !== '')) process.exitCode = 1;

/** A line for each statement; where statistics change its path, each path is shown. */
function print(): void {
  const keyOf = ({ verb, statement }: Finding): string => `${verb}  ${statement}`;
  const keys = new Set([...found.values()].flat().map(keyOf));
  const lines = [...keys].map((key) => [
    ...key.split('  '),
    ...engines.map((client) => cell((found.get(client) ?? []).filter((f) => keyOf(f) === key))),
  ]);
  for (const line of table([['verb', 'statement', ...engines], ...lines])) process.stdout.write(`${line}\n`);
  process.stdout.write(
    '\nindexes in the order of use, most rows examined, longest time; a path with its waste is printed in capitals\n',
  );
}

function cell(all: readonly Finding[]): string {
  const paths = Map.groupBy(
    all,
    ({ path, waste }) => `${path.join(' + ')}${waste === '' ? '' : ` ${waste.toUpperCase()}`}`,
  );
  return [...paths]
    .map(([path, same]) => {
      const examined = Math.max(...same.map((f) => f.examined ?? -1));
      const ms = Math.max(...same.map((f) => f.ms));
      const when = paths.size > 1 ? `[${[...new Set(same.map((f) => f.statistics))].join(',')}] ` : '';
      return `${when}${path}${examined < 0 ? '' : ` ${examined} rows`} ${ms.toFixed(1)} ms`.trim();
    })
    .join(' | ');
}
