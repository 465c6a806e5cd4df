import type { QueryCount, QueryOutcome } from '../db/store.ts';
import type { Text } from '../lib/text.ts';
import { loadFor, type CliCommand } from './command.ts';
import { withStore } from './database.ts';
import { usage } from './failure.ts';
import { print, say, type Io } from './io.ts';
import { table } from './width.ts';

const MOST_DAYS = 3650;

/** Queries per day and keyword: what the revenue of an access number is shared by. */
export const queriesCommand: CliCommand<{ days: string }> = {
  name: 'queries',
  about: { zh: '点播统计：按天、按指令的条数与结果', en: 'queries by SMS per day and keyword, and what came of them' },
  setUp: (command, t) =>
    command.option('--days <N>', t({ zh: '最近几天，默认 31', en: 'the last so many days, default 31' }), '31'),
  async run(context, _args, options) {
    const { config } = loadFor(context, ['database']);
    const days = Number(options.days);
    if (!/^\d+$/.test(options.days) || days < 1 || days > MOST_DAYS) throw usage(WRONG_DAYS.zh, WRONG_DAYS.en);
    const counts = await withStore(config, (store) => store.queryCounts(days));
    const lines = perKeyword(counts);
    print(context.io, lines, () => (lines.length === 0 ? [say(context.io, NONE)] : shown(context.io, lines)));
    return 0;
  },
};

/** One day and keyword. */
export interface QueryLine {
  readonly day: string;
  readonly keyword: string;
  readonly queries: number;
  /** Messages that the citizens got. */
  readonly answers: number;
  readonly outcomes: Readonly<Partial<Record<QueryOutcome | 'WAITING', number>>>;
}

export function perKeyword(counts: readonly QueryCount[]): QueryLine[] {
  const groups = Map.groupBy(counts, ({ day, keyword }) => `${day} ${keyword}`);
  return [...groups.values()]
    .map((group): QueryLine => {
      const { day = '', keyword = '' } = group[0] ?? {};
      const sum = (of: (count: QueryCount) => number): number => group.reduce((all, each) => all + of(each), 0);
      return {
        day,
        keyword,
        queries: sum(({ count }) => count),
        answers: sum(({ answers }) => answers),
        outcomes: Object.fromEntries(group.map(({ outcome, count }) => [outcome === '' ? 'WAITING' : outcome, count])),
      };
    })
    .sort((a, b) => (a.day === b.day ? (a.keyword < b.keyword ? -1 : 1) : a.day < b.day ? 1 : -1));
}

function shown(io: Io, lines: readonly QueryLine[]): string[] {
  const head = [DAY, KEYWORD, QUERIES, ANSWERS, OUTCOMES].map((text) => say(io, text));
  const rows = lines.map(({ day, keyword, queries, answers, outcomes }) => [
    day,
    keyword,
    String(queries),
    String(answers),
    Object.entries(outcomes)
      .map(([outcome, n]) => `${say(io, MEANING[outcome as keyof typeof MEANING])} ${n}`)
      .join(say(io, COMMA)),
  ]);
  return table([head, ...rows], [2, 3]);
}

const DAY: Text = { zh: '日期', en: 'day' };
const KEYWORD: Text = { zh: '指令', en: 'keyword' };
const QUERIES: Text = { zh: '点播', en: 'queries' };
const ANSWERS: Text = { zh: '答复', en: 'answers' };
const OUTCOMES: Text = { zh: '结果', en: 'outcomes' };
const COMMA: Text = { zh: '，', en: ', ' };
const NONE: Text = { zh: '这些天没有点播', en: 'no queries in these days' };
const WRONG_DAYS: Text = {
  zh: `--days 应为 1 到 ${MOST_DAYS} 的整数`,
  en: `--days wants a whole number from 1 to ${MOST_DAYS}`,
};

const MEANING: Readonly<Record<QueryOutcome | 'WAITING', Text>> = {
  ANSWERED: { zh: '查到', en: 'found' },
  NOT_FOUND: { zh: '查不到', en: 'not found' },
  BAD_FORMAT: { zh: '格式不对', en: 'wrong format' },
  LOCKED: { zh: '已锁定', en: 'locked' },
  LIMITED: { zh: '超过次数', en: 'over the limit' },
  HELP: { zh: '给了说明', en: 'helped' },
  GIVEN_UP: { zh: '业务库不通', en: 'given up' },
  GIVEN_BACK: { zh: '交还老系统', en: 'given back' },
  SILENT: { zh: '不答', en: 'silent' },
  WAITING: { zh: '等待中', en: 'waiting' },
};
