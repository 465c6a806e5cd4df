import { InvalidArgumentError } from 'commander';
import { dayAfter } from '../billing/bill.ts';
import { yuan } from '../billing/money.ts';
import { partLi } from '../billing/tariff.ts';
import type { Tally } from '../db/keeping-store.ts';
import { spanText } from '../lib/span.ts';
import { plural, type Text } from '../lib/text.ts';
import { CARRIER_NAMES, type Carrier } from '../policy/carrier.ts';
import { summaries, summary, type Summary } from '../policy/statistics.ts';
import { loadFor, type CliCommand } from './command.ts';
import { csv } from './csv.ts';
import { withStore } from './database.ts';
import { print, say, type Io } from './io.ts';
import { table } from './width.ts';

const DEFAULT_DAYS = 30;

export const statsCommand: CliCommand<{ days?: number; csv?: boolean }> = {
  name: 'stats',
  about: {
    zh: '近几天的行数、送达率、用时、条数和费用，按类别、按运营商号段、按天',
    en: 'rows, delivery rate, times, parts and cost of the last days, by category, by carrier prefix and by day',
  },
  setUp(command, t) {
    command.option('--days <N>', t({ zh: '近几天，默认 30', en: 'of how many days, default 30' }), days);
    command.option(
      '--csv',
      t({ zh: '输出 CSV：每天、类别、运营商一行', en: 'print CSV: one line per day, category and carrier' }),
    );
  },
  async run(context, _args, { days: wanted = DEFAULT_DAYS, csv: asCsv = false }) {
    const { io } = context;
    const { config } = loadFor(context, ['database']);
    const price = partLi(config);
    const tallies = await withStore(config, async (store) => {
      const tomorrow = dayAfter((await store.now()).text.slice(0, 10));
      return store.statistics(dayAfter(tomorrow, -wanted), tomorrow);
    });
    if (asCsv) {
      for (const line of csvLines(tallies, price)) io.out(line);
      return 0;
    }
    const found = summaries(tallies, price);
    if (tallies.length === 0 && !io.json) {
      io.out(say(io, { zh: `近 ${wanted} 天没有短信`, en: `no messages within ${plural(wanted, 'day')}` }));
      return 0;
    }
    print(io, found, () => [
      ...lines(io, { zh: '类别', en: 'category' }, found.categories),
      '',
      ...lines(
        io,
        { zh: '运营商（号段）', en: 'carrier (prefix)' },
        found.carriers.map((s) => ({ ...s, name: say(io, CARRIER_NAMES[s.name as Carrier]) })),
      ),
      '',
      ...lines(io, { zh: '日期', en: 'day' }, found.days),
      ...(price === null ? ['', say(io, NO_PRICE)] : []),
    ]);
    return 0;
  },
};

function lines(io: Io, first: Text, found: readonly Summary[]): string[] {
  const head = [first, ...HEAD].map((text) => say(io, text));
  const time = (ms: number | null): string => (ms === null ? '-' : say(io, spanText(ms)));
  const cells = found.map((s) => [
    s.name,
    ...[s.rows, s.accepted, s.delivered, s.undelivered, s.refused, s.parts].map(String),
    s.costLi === null ? '-' : yuan(s.costLi),
    s.deliveredPerMille === null ? '-' : `${(s.deliveredPerMille / 10).toFixed(1)} %`,
    ...[s.waitMs, s.receiptMs].map(time),
  ]);
  return table([head, ...cells], [1, 2, 3, 4, 5, 6, 7, 8]);
}

const HEAD: readonly Text[] = [
  { zh: '行数', en: 'rows' },
  { zh: '受理', en: 'accepted' },
  { zh: '送达', en: 'delivered' },
  { zh: '未送达', en: 'undelivered' },
  { zh: '未发', en: 'not sent' },
  { zh: '条数', en: 'parts' },
  { zh: '费用（元）', en: 'yuan' },
  { zh: '送达率', en: 'delivery rate' },
  { zh: '平均等待', en: 'mean wait' },
  { zh: '平均回执', en: 'mean receipt' },
];

const NO_PRICE: Text = {
  zh: '费用要知道现用套餐：请设 billing.plan 或 policy.pricePerPart',
  en: 'to tell the cost, the plan in force must be known: set billing.plan or policy.pricePerPart',
};

function csvLines(tallies: readonly Tally[], price: number | null): string[] {
  const groups = Map.groupBy(tallies, ({ day, category, carrier }) => JSON.stringify([day, category, carrier]));
  const rows = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const s = summary('', group, price);
      const counts = [s.rows, s.accepted, s.delivered, s.undelivered, s.refused, s.parts, s.waitMs, s.receiptMs];
      return [...(JSON.parse(key) as string[]), ...counts, s.costLi === null ? null : yuan(s.costLi)];
    });
  const head = 'day,category,carrier,rows,accepted,delivered,undelivered,not_sent,parts,wait_ms,receipt_ms,yuan'.split(
    ',',
  );
  return csv([head, ...rows]);
}

function days(text: string): number {
  const n = Number(text);
  if (!/^\d{1,4}$/.test(text) || n < 1) throw new InvalidArgumentError('Allowed choices are 1–9999.');
  return n;
}
