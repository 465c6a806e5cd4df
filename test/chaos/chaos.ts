// `npm run chaos -- --minutes N --seed S`: several daemons on one outbox while machines, lines, databases, the platform and people do
// all that they do; at the end table, platform and inbox are reconciled. Everything runs on loopback. Linux.
import { Command, InvalidArgumentError, Option } from 'commander';
import { table } from '../../src/cli/width.ts';
import { DIALECTS, type Client } from '../support/databases.ts';
import { SEED, seeded } from '../support/seed.ts';
import { chaos } from './run.ts';

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0');
  return value;
};

const program = new Command('npm run chaos --')
  .description(
    'Breaks everything for a while and reconciles the books. Exits 1 when a message is lost, doubled, stuck or unexplained.',
  )
  .option('--minutes <n>', 'of storm, on each engine', positive, 5)
  .option('--seed <n>', 'what the chances follow from (default: a new one; also YXT_SEED)', positive)
  .addOption(new Option('--engine <engine>', 'default: all, one after the other').choices(DIALECTS))
  .addOption(new Option('--daemons <n>', 'on one outbox').argParser(positive).default(3))
  .option('--beside <bin>', "every second daemon runs another version's bin/yxt-mw.js: an upgrade that is under way");
const options = program
  .parse()
  .opts<{ minutes: number; seed?: number; engine?: Client; daemons: number; beside?: string }>();

if (options.seed !== undefined && options.seed !== SEED) {
  // the sequence is made once, at the start
  const { spawnSync } = await import('node:child_process');
  const env = { ...process.env, YXT_SEED: String(options.seed) };
  process.exit(spawnSync(process.execPath, process.argv.slice(1), { stdio: 'inherit', env }).status ?? 1);
}

const lines: string[][] = [];
for (const client of options.engine ? [options.engine] : DIALECTS) {
  const say = (line: string): void => void process.stderr.write(`${client}: ${line}\n`);
  say(`${options.minutes} min, ${options.daemons} daemons, seed ${SEED}`);
  try {
    const { daemons, beside } = options;
    const seconds = options.minutes * 60;
    const report = await chaos({ client, daemons, beside, seconds, random: seeded(client), say });
    const { books, done, held, withoutReceipt } = report;
    say([...done].map(([name, times]) => `${name} ${times}`).join(', '));
    const counts = [books.rows, books.accepted, books.citizens, done.get('kill -9') ?? 0, held, withoutReceipt];
    const wrong = [
      books.lost + books.citizensLost,
      books.doubled + books.citizensDoubled,
      books.stuck,
      books.unexplained,
    ];
    lines.push([client, ...[...counts, ...wrong].map(String)]);
  } catch (error) {
    say(`FAILED with seed ${SEED}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 1;
  }
}
const head = [
  '',
  'rows',
  'accepted',
  'citizens',
  'kills',
  'held',
  'no receipt',
  'lost',
  'doubled',
  'stuck',
  'unexplained',
];
process.stdout.write(
  `seed ${SEED}, ${options.minutes} min, ${options.daemons} daemons\n${table([head, ...lines]).join('\n')}\n`,
);
