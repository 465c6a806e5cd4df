import { DbError } from '../lib/errors.ts';
import { SLOTS, type Added, type Piece } from '../policy/limits.ts';
import type { Session } from './dialect.ts';
import { DuplicateKey } from './failure.ts';
import type { PolicyStore, Usage } from './policy-store.ts';
import { num, str, type Db } from './rows.ts';
import { raw, sql, unindexed } from './sql.ts';

type Verbs = Pick<PolicyStore, 'usage' | 'countUses' | 'pruneUsage'>;

/** Each lost race means that another daemon has counted: some of them get on with every round. */
const MOST_TRIES = 20;

/** Another daemon has counted between our reading and writing. */
class Overtaken extends Error {}

/** The counters of limits. */
export function usageVerbs({ engine, dialect, tables }: Db): Verbs {
  async function read(session: Session, subjects: readonly string[]): Promise<Usage> {
    const rows = await session.all(
      sql`SELECT '' AS subject, 0 AS piece, 0 AS uses, ${dialect.epochMs(dialect.now)} AS now_ms FROM ${dialect.oneRow}
        UNION ALL SELECT u.subject, u.piece, u.uses, 0 FROM ${tables.usage} u
        WHERE ${dialect.inList(raw('u.subject'), 'serial', [...subjects].sort())}`,
    );
    const pieces = new Map<string, Piece[]>();
    let nowMs = 0;
    for (const row of rows) {
      nowMs = Math.max(nowMs, num(row['now_ms']));
      const subject = str(row['subject']);
      if (subject === '') continue;
      const piece = { piece: num(row['piece']), uses: num(row['uses']) };
      const there = pieces.get(subject);
      if (there) there.push(piece);
      else pieces.set(subject, [piece]);
    }
    return { nowMs, pieces };
  }

  async function write(session: Session, added: readonly Added[], { pieces }: Usage): Promise<void> {
    const was = ({ subject, piece }: Added): Piece | undefined =>
      pieces.get(subject)?.find((each) => each.piece % SLOTS === piece % SLOTS);
    const old = added.filter((each) => was(each) !== undefined);
    const fresh = added.filter((each) => was(each) === undefined);
    const columns = [
      { name: 'subject', kind: 'serial' },
      { name: 'slot', kind: 'int' },
      { name: 'piece', kind: 'id' },
      { name: 'uses', kind: 'int' },
      { name: 'ends_ms', kind: 'id' },
    ] as const;
    const values = (a: Added): (string | number)[] => [
      ...[a.subject, a.piece % SLOTS, String(a.piece), a.uses, String(a.endsMs)],
    ];
    if (old.length > 0) {
      const changed = await session.run(
        dialect.updateJoin({
          table: tables.usage,
          alias: 'u',
          columns: [...columns, { name: 'was_piece', kind: 'id' }, { name: 'was_uses', kind: 'int' }],
          rows: old.map((a) => [...values(a), String(was(a)?.piece ?? 0), was(a)?.uses ?? 0]),
          on: sql`${dialect.same(raw('u.subject'), raw('v.subject'))} AND u.slot = v.slot`,
          set: [
            ['piece', raw('v.piece')],
            ['uses', raw('v.uses')],
            ['ends_ms', raw('v.ends_ms')],
          ],
          where: raw('u.piece = v.was_piece AND u.uses = v.was_uses'),
        }),
      );
      if (changed < old.length) throw new Overtaken();
    }
    // nearly always one message each in one piece of one window: what they share is written once
    for (const group of Map.groupBy(fresh, (a) => `${a.piece} ${a.uses} ${a.endsMs}`).values()) {
      const [{ piece, uses, endsMs }] = group as [Added];
      await session.run(
        dialect.insert({
          table: tables.usage,
          columns: [{ name: 'subject', kind: 'serial' }],
          rows: group.map(({ subject }) => [subject]),
          constant: Object.entries({ slot: piece % SLOTS, piece, uses, ends_ms: endsMs }).map(
            ([name, value]) => [name, raw(String(value))] as const,
          ),
        }),
      );
    }
  }

  return {
    usage: (subjects) => read(engine, subjects),

    async countUses(subjects, decide) {
      for (let tries = 1; ; tries++) {
        try {
          return await engine.tx(async (session) => {
            const usage = await read(session, subjects);
            const { added, result } = decide(usage);
            await write(session, added, usage);
            return result;
          });
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
