import { InvalidArgumentError } from 'commander';
import type { Text } from '../lib/text.ts';
import { CARRIER_NAMES, type Carrier } from '../policy/carrier.ts';
import { summaries, type Summary } from '../policy/statistics.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { print, say, type Io } from './io.ts';
import { table } from './width.ts';

const DEFAULT_DAYS = 30;

export const statsCommand: CliCommand<{ days?: number }> = {
  name: 'stats',
  about: {
    zh: '近几天的行数、送达、条数和费用，按类别、按运营商号段',
    en: 'rows, deliveries, parts and cost of the last days, by category and by carrier prefix',
  },
  setUp(command, t) {
    command.option('--days <N>', t({ zh: '近几天，默认 30', en: 'of how many days, default 30' }), days);
  },
  async run(context, _args, { days: wanted = DEFAULT_DAYS }) {
    const { io } = context;
    const { config } = loadFor(context, ['database']);
    const tallies = await withStore(config, (store) => store.statistics(wanted));
    const found = summaries(tallies, config.policy.pricePerPart);
    print(io, { days: wanted, ...found }, () => [
      ...lines(io, { zh: '类别', en: 'category' }, found.categories),
      '',
      ...lines(
        io,
        { zh: '运营商（号段）', en: 'carrier (prefix)' },
        found.carriers.map((s) => ({ ...s, name: say(io, CARRIER_NAMES[s.name as Carrier]) })),
      ),
    ]);
    return 0;
  },
};

function lines(io: Io, first: Text, summary: readonly Summary[]): string[] {
  const head = [first, ...HEAD].map((text) => say(io, text));
  const cells = summary.map((s) => [
    s.name,
    ...[s.rows, s.accepted, s.delivered, s.undelivered, s.refused, s.parts].map(String),
    s.cost === null ? '-' : s.cost.toFixed(2),
  ]);
  return table([head, ...cells]);
}

const HEAD: readonly Text[] = [
  { zh: '行数', en: 'rows' },
  { zh: '受理', en: 'accepted' },
  { zh: '送达', en: 'delivered' },
  { zh: '未送达', en: 'undelivered' },
  { zh: '未发', en: 'not sent' },
  { zh: '条数', en: 'parts' },
  { zh: '费用（元）', en: 'yuan' },
];

function days(text: string): number {
  const n = Number(text);
  if (!/^\d{1,4}$/.test(text) || n < 1) throw new InvalidArgumentError('Allowed choices are 1–9999.');
  return n;
}
