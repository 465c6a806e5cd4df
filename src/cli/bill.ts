import { InvalidArgumentError } from 'commander';
import { billOf, dayAfter, daysOf, type Bill, type Reconciliation } from '../billing/bill.ts';
import { yuan } from '../billing/money.ts';
import { plural, type Text } from '../lib/text.ts';
import { loadFor, type CliCommand } from './command.ts';
import { csv } from './csv.ts';
import { withStore } from './database.ts';
import { print, say, type Io } from './io.ts';
import { table } from './width.ts';

export const billCommand: CliCommand<{ month?: string; csv?: boolean }> = {
  name: 'bill',
  about: {
    zh: '一个月的计费条数、各套餐下的费用、最省的套餐，并与平台余额对账',
    en: 'a month’s billed parts, what they cost under each plan, the cheapest one, and the platform’s balance beside them',
  },
  setUp(command, t) {
    command.option('--month <YYYY-MM>', t({ zh: '哪个月，默认本月', en: 'which month, default: this one' }), month);
    command.option('--csv', t({ zh: '输出 CSV：每个套餐一行', en: 'print CSV: one line per plan' }));
  },
  async run(context, _args, { month: wanted, csv: asCsv = false }) {
    const { io } = context;
    const { config } = loadFor(context, ['database']);
    const bill = await withStore(config, async (store) => {
      const asked = wanted ?? (await store.now()).text.slice(0, 7);
      const { from, to } = daysOf(asked);
      // the balance at the end of the month is the first of the next one
      const balances = await store.balances(from, dayAfter(to));
      return billOf(asked, await store.statistics(from, to), balances, config.billing.plan);
    });
    if (asCsv) for (const line of csvLines(bill)) io.out(line);
    else print(io, bill, () => lines(io, bill));
    return 0;
  },
};

function lines(io: Io, bill: Bill): string[] {
  const t = (zh: string, en: string): string => say(io, { zh, en });
  const head = HEAD.map((text) => say(io, text));
  const plans = bill.charges.map((c) => [
    String(c.fee),
    ...[c.smsLi, c.exinLi, c.usedLi, c.payLi].map(yuan),
    [
      ...(c.fee === bill.inForce?.fee ? [t('现用', 'in force')] : []),
      ...(c.fee === bill.cheapest?.fee ? [t('最省', 'cheapest')] : []),
    ].join(t('、', ', ')),
  ]);
  const { month, smsParts, exins, inForce, cheapest } = bill;
  const saving = inForce && cheapest ? inForce.payLi - cheapest.payLi : 0;
  return [
    t(
      `${month}：短信 ${smsParts} 条（长短信按拆分计），e信 ${exins} 条`,
      `${month}: ${plural(smsParts, 'SMS part')} (a long message counts each of its parts), ${exins} e信`,
    ),
    '',
    ...table([head, ...plans], [0, 1, 2, 3, 4]),
    '',
    ...(inForce === null ? [say(io, NO_PLAN)] : []),
    ...(saving > 0 && cheapest
      ? [
          t(
            `改用 ${cheapest.fee} 元套餐，这个月可少付 ${yuan(saving)} 元`,
            `under the plan of ${cheapest.fee} yuan this month would have cost ${yuan(saving)} yuan less`,
          ),
        ]
      : []),
    say(io, reconciliationText(bill.balance)),
  ];
}

const HEAD: readonly Text[] = [
  { zh: '套餐（元/月）', en: 'plan (yuan a month)' },
  { zh: '短信单价', en: 'SMS part' },
  { zh: 'e信单价', en: 'e信' },
  { zh: '按量', en: 'messages' },
  { zh: '应付', en: 'to pay' },
  { zh: '', en: '' },
];

const NO_PLAN: Text = {
  zh: '未配置现用套餐：请设 billing.plan',
  en: 'the plan in force is not configured: set billing.plan',
};

function reconciliationText({ days, taken, sentParts, difference, toppedUp }: Reconciliation): Text {
  const bought =
    toppedUp.length === 0
      ? { zh: '', en: '' }
      : {
          zh: `；充值日不比：${toppedUp.join('、')}`,
          en: `; left out, since the balance went up: ${toppedUp.join(', ')}`,
        };
  if (days === 0) {
    return {
      zh: `余额对账：没有连续两天的余额可比${bought.zh}`,
      en: `balance: no two days in a row to compare${bought.en}`,
    };
  }
  return {
    zh: `余额对账（${days} 天）：平台扣 ${taken} 条，本程序受理 ${sentParts} 条，相差 ${difference} 条${bought.zh}`,
    en: `balance (${plural(days, 'day')}): the platform has taken ${taken}, accepted from here ${sentParts}, difference ${difference}${bought.en}`,
  };
}

function csvLines({ month, charges, smsParts, exins, inForce, cheapest }: Bill): string[] {
  const rows = charges.map((c) => [
    ...[month, c.fee, smsParts, exins, yuan(c.usedLi), yuan(c.payLi)],
    ...[c.fee === inForce?.fee ? 1 : 0, c.fee === cheapest?.fee ? 1 : 0],
  ]);
  return csv([['month', 'plan', 'sms_parts', 'exins', 'used_yuan', 'pay_yuan', 'in_force', 'cheapest'], ...rows]);
}

function month(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('Allowed choices are YYYY-MM.');
  return text;
}
