import { DbError } from '../lib/errors.ts';
import { SLOTS, type Added, type Piece } from '../policy/limits.ts';
import { DuplicateKey } from './failure.ts';
import type { PolicyStore, Usage } from './policy-store.ts';
import { num, str, type Db } from './rows.ts';
import { raw, sql, unindexed, type Sql, whole } from './sql.ts';

type Verbs = Pick<PolicyStore, 'usage' | 'countUses' | 'pruneUsage'>;

/** Each lost race means that another daemon has counted: some of them get on with every round. */
const MOST_TRIES = 20;

/** Another daemon has counted between our reading and writing. */
class Overtaken extends Error {}

interface Change {
  readonly now: Added;
  readonly was: Piece;
}

interface Write {
  readonly statement: Sql;
  /** Rows that it must change; null: an insert, which fails instead. */
  readonly wanted: number | null;
}

/** The counters of limits. */
export function usageVerbs({ engine, dialect, tables }: Db): Verbs {
  async function read(subjects: readonly string[]): Promise<Usage> {
    const rows = await engine.all(
      // the time in a row of its own: one column fewer in all the others
      sql`SELECT '' AS subject, ${dialect.epochMs(dialect.now)} AS piece, 0 AS uses FROM ${dialect.oneRow}
        UNION ALL SELECT u.subject, u.piece, u.uses FROM ${tables.usage} u
        WHERE ${dialect.inList(raw('u.subject'), 'serial', subjects)}`,
    );
    const pieces = new Map<string, Piece[]>();
    let nowMs = 0;
    for (const row of rows) {
      const subject = str(row['subject']);
      const piece = { piece: num(row['piece']), uses: num(row['uses']) };
      const there = pieces.get(subject);
      if (subject === '') nowMs = piece.piece;
      else if (there) there.push(piece);
      else pieces.set(subject, [piece]);
    }
    return { nowMs, pieces };
  }

  /** Of counters that all stand at one value and come to one value: nearly always one message each in one piece of one window. */
  function overwriteAlike(changes: readonly [Change, ...Change[]]): Sql {
    const [{ now, was }] = changes;
    const subjects = changes.map(({ now: { subject } }) => subject);
    return dialect.updateByKey(
      tables.usage,
      sql`piece = ${whole(now.piece)}, uses = ${whole(now.uses)}, ends_ms = ${whole(now.endsMs)}`,
      sql`${dialect.inList(raw('subject'), 'serial', subjects)} AND slot = ${whole(now.piece % SLOTS)}
        AND ${unindexed(sql`piece = ${whole(was.piece)} AND uses = ${whole(was.uses)}`)}`,
    );
  }

  function overwrite(changes: readonly [Change, ...Change[]]): Sql {
    const [{ now, was }] = changes;
    const alike = changes.every(
      ({ now: { piece, uses, endsMs }, was: { piece: before, uses: used } }) =>
        piece === now.piece && uses === now.uses && endsMs === now.endsMs && before === was.piece && used === was.uses,
    );
    if (alike) return overwriteAlike(changes);
    return dialect.updateJoin({
      table: tables.usage,
      alias: 'u',
      columns: [
        { name: 'subject', kind: 'serial' },
        { name: 'slot', kind: 'int' },
        { name: 'piece', kind: 'id' },
        { name: 'uses', kind: 'int' },
        { name: 'ends_ms', kind: 'id' },
        { name: 'was_piece', kind: 'id' },
        { name: 'was_uses', kind: 'int' },
      ],
      rows: changes.map(({ now: a, was: { piece, uses } }) => [
        ...[a.subject, a.piece % SLOTS, String(a.piece), a.uses, String(a.endsMs), String(piece), uses],
      ]),
      on: sql`${dialect.same(raw('u.subject'), raw('v.subject'))} AND u.slot = v.slot`,
      set: [
        ['piece', raw('v.piece')],
        ['uses', raw('v.uses')],
        ['ends_ms', raw('v.ends_ms')],
      ],
      where: raw('u.piece = v.was_piece AND u.uses = v.was_uses'),
    });
  }

  /** What writes these, and how many rows each statement must find; none may be applied without the others. */
  function writes(added: readonly Added[], { pieces }: Usage): Write[] {
    const old: Change[] = [];
    const fresh: Added[] = [];
    for (const now of added) {
      const was = pieces.get(now.subject)?.find(({ piece }) => piece % SLOTS === now.piece % SLOTS);
      if (was) old.push({ now, was });
      else fresh.push(now);
    }
    const [first, ...more] = old;
    const updates: Write[] = first ? [{ wanted: old.length, statement: overwrite([first, ...more]) }] : [];
    // nearly always one message each in one piece of one window: what they share is written once
    const groups: [Added, ...Added[]][] = [];
    for (const each of fresh) {
      const alike = groups.find(
        ([{ piece, uses, endsMs }]) => piece === each.piece && uses === each.uses && endsMs === each.endsMs,
      );
      if (alike) alike.push(each);
      else groups.push([each]);
    }
    const inserts = groups.map((group): Write => {
      const [{ piece, uses, endsMs }] = group;
      const statement = dialect.insert({
        table: tables.usage,
        columns: [{ name: 'subject', kind: 'serial' }],
        rows: group.map(({ subject }) => [subject]),
        constant: Object.entries({ slot: piece % SLOTS, piece, uses, ends_ms: endsMs }).map(
          ([name, value]) => [name, whole(value)] as const,
        ),
      });
      return { statement, wanted: null };
    });
    return [...updates, ...inserts];
  }

  async function write(list: readonly Write[]): Promise<void> {
    const [first] = list;
    // an insert is whole or not there: it needs no transaction around it
    if (first && list.length === 1 && first.wanted === null) await engine.run(first.statement);
    else if (first) {
      await engine.tx(async (session) => {
        for (const { statement, wanted } of list) {
          if ((await session.run(statement)) < (wanted ?? 0)) throw new Overtaken();
        }
      });
    }
  }

  return {
    usage: read,

    async countUses(subjects, decide) {
      for (let tries = 1; ; tries++) {
        try {
          const usage = await read(subjects);
          const { added, result } = decide(usage);
          await write(writes(added, usage));
          return result;
        } catch (error) {
          const again = error instanceof Overtaken || error instanceof DuplicateKey;
          if (!again) throw error;
          if (tries >= MOST_TRIES) throw new DbError('again', TOO_MANY, { cause: error });
        }
      }
    },

    async pruneUsage(limit) {
      const over = sql`ends_ms < ${dialect.epochMs(dialect.now)}`;
      const rows = await engine.all(dialect.limited(sql`SELECT subject FROM ${tables.usage} WHERE ${over}`, limit));
      if (rows.length === 0) return 0;
      const subjects = [...new Set(rows.map((row) => str(row['subject'])))].sort();
      return engine.run(
        sql`${dialect.deleteByKey(tables.usage)} WHERE ${dialect.inList(raw('subject'), 'serial', subjects)} AND ${unindexed(over)}`,
      );
    },
  };
}

const TOO_MANY = { zh: '限量计数争用太多，稍后重试', en: 'too many daemons count at once; tried again later' };
