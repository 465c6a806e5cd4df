import { num, sortedIds, str, text, type Db } from './rows.ts';
import { join, raw, sql, unindexed, type Sql } from './sql.ts';
import type { Store, Submit } from './store.ts';

type Verbs = Pick<Store, 'insertOutbox' | 'story' | 'now' | 'prune'>;

/** Tries of one row that `story` follows back. */
const CHAIN = 20;

const DAY_MS = 86_400_000;

const PLAIN = [
  ...[
    'phone',
    'content',
    'template_code',
    'params',
    'msg_type',
    'category',
    'priority',
    'ext_no',
    'biz_id',
    'source',
    'channel',
  ],
  ...['status', 'result_code', 'result_text', 'segments', 'attempts', 'serial_no', 'task_id', 'receipt_code'],
  ...['phone_norm', 'eff_priority', 'claim_token', 'prev_serial', 'requeued', 'solo'],
];
const TIMES = [
  'send_at',
  'expire_at',
  'created_at',
  'sent_at',
  'receipt_at',
  'due_at',
  'retry_at',
  'age_from',
  'lease_until',
];

/** What commands ask, and housekeeping. */
export function commandVerbs({ engine, dialect, tables }: Db, submitsOf: Store['submitsOf']): Verbs {
  const { outbox, history, submit, seen, query, status, command } = tables;

  /** The submissions of a row, the latest first: each names the row's serial before it. */
  async function chain(serial: string | null, id: string): Promise<Submit[]> {
    const found: Submit[] = [];
    let next = serial;
    while (next !== null && found.length < CHAIN) {
      const [one] = await submitsOf([next]);
      if (one === undefined) break;
      found.push(one);
      next = one.members.find((member) => member.id === id)?.prev ?? null;
    }
    return found;
  }

  interface Doomed {
    readonly table: Sql;
    /** Where they are looked for. */
    readonly from: Sql;
    readonly key: string;
    readonly kind: 'text' | 'id';
    readonly condition: Sql;
  }

  async function removed({ table, from, key, kind, condition }: Doomed, limit: number): Promise<number> {
    const rows = await engine.all(
      dialect.limited(
        sql`SELECT ${kind === 'id' ? dialect.idText(raw(key)) : raw(key)} AS doomed FROM ${from} WHERE ${condition}`,
        limit,
      ),
    );
    if (rows.length === 0) return 0;
    const found = rows.map((row) => str(row['doomed']));
    const keys = kind === 'id' ? sortedIds(found) : found.sort();
    return engine.run(
      sql`${dialect.deleteByKey(table)} WHERE ${dialect.inList(raw(key), kind, keys)} AND ${unindexed(condition)}`,
    );
  }

  return {
    async insertOutbox(row) {
      const given = (
        [
          ['phone', row.phone, 'text'],
          ['content', row.content, 'text'],
          ['category', row.category, 'text'],
          ['priority', row.priority, 'int'],
          ['ext_no', row.extNo, 'text'],
          ['source', row.source, 'text'],
        ] as const
      ).flatMap(([name, value, kind]) => (value === undefined ? [] : [{ name, value, kind }]));
      return engine.insert(
        dialect.insertOne({
          table: outbox,
          columns: given.map(({ name, kind }) => ({ name, kind })),
          rows: [given.map(({ value }) => value)],
          constant: row.expiresInMs === undefined ? [] : [['expire_at', dialect.after(sql`${row.expiresInMs}`)]],
        }),
      );
    },

    async story(id) {
      const told = (times: readonly string[], table: Sql): Sql => {
        const columns = [
          ...['id', 'inbox_id'].map((c) => sql`${dialect.idText(raw(`o.${c}`))} AS ${raw(c)}`),
          ...PLAIN.map((c) => raw(`o.${c} AS ${c}`)),
          ...times.map((c) => sql`${dialect.timeText(raw(`o.${c}`))} AS ${raw(c)}`),
        ];
        return sql`SELECT ${join(columns)} FROM ${table} o WHERE ${dialect.inList(raw('o.id'), 'id', [id])}`;
      };
      const [present] = await engine.all(told(TIMES, outbox));
      const latest = dialect.limited(told([...TIMES, 'moved_at'], history), 1, raw('o.moved_at DESC'));
      const row = present ?? (await engine.all(latest))[0];
      if (row === undefined) return null;
      const numbers = new Set(['priority', 'segments', 'attempts', 'eff_priority', 'requeued', 'solo']);
      const facts = Object.entries(row).map(([name, value]) => [
        name,
        value === null ? null : numbers.has(name) ? num(value) : text(value),
      ]);
      const submits = await chain(text(row['serial_no']) ?? text(row['prev_serial']), id);
      return { row: Object.fromEntries(facts) as Record<string, string | number | null>, submits };
    },

    async now() {
      const [row = {}] = await engine.all(
        sql`SELECT ${dialect.timeText(dialect.now)} AS told, ${dialect.epochMs(dialect.now)} AS epoch FROM ${dialect.oneRow}`,
      );
      return { text: str(row['told']), epochMs: num(row['epoch']) };
    },

    async prune(seenDays, keepDays, limit) {
      const before = (days: number): Sql => dialect.after(sql`${-days * DAY_MS}`);
      const old = { table: seen, from: seen, key: 'msg_key', kind: 'text' } as const;
      const ended = { table: submit, from: submit, key: 'serial_no', kind: 'text' } as const;
      const byTime = dialect.byIndex(query, '', tables.index('query', 'taken'));
      const asked = { table: query, from: byTime, key: 'inbox_id', kind: 'id' } as const;
      const dead = { table: status, from: status, key: dialect.quoted('identity'), kind: 'text' } as const;
      const done = unindexed(raw("state = 'DONE'"));
      const ordered = { table: command, from: dialect.passing(command, ''), key: 'id', kind: 'id' } as const;
      return (
        (await removed({ ...old, condition: sql`seen_at < ${before(seenDays)}` }, limit)) +
        (await removed(
          { ...ended, condition: sql`state IN ('DONE', 'VOID', 'HELD') AND next_at < ${before(keepDays)}` },
          limit,
        )) +
        (await removed({ ...asked, condition: sql`taken_at < ${before(keepDays)} AND ${done}` }, limit)) +
        (await removed(
          { ...ordered, condition: sql`status IN ('DONE', 'FAILED') AND done_at < ${before(keepDays)}` },
          limit,
        )) +
        // whoever lives has beaten since
        (await removed({ ...dead, condition: sql`heartbeat_at < ${before(keepDays)}` }, limit))
      );
    },
  };
}
