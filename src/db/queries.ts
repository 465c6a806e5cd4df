import type { Session } from './dialect.ts';
import { num, str, text, type Db } from './rows.ts';
import { raw, sql, unindexed, type Sql } from './sql.ts';
import type { QueryEnd, QueryOutcome, Store } from './store.ts';

type Verbs = Pick<Store, 'waitingQueries' | 'queryHistory' | 'endQuery' | 'deferQuery' | 'queryCounts'>;

const DAY_MS = 86_400_000;
/** Answers to one phone that anybody looks back at; the limit per day is far below. */
const HISTORY = 500;

/** Messages that a query rule took: from WAITING to DONE, each answered at most once. */
export function queryVerbs({ engine, dialect, tables }: Db): Verbs {
  const { query, inbox, outbox } = tables;
  const indexed = (suffix: string): Sql => dialect.byIndex(query, 'q', tables.index('query', suffix));
  const isOne = (column: string, id: string): Sql => dialect.inList(raw(column), 'id', [id]);

  /** Whoever gets here first has it: the row stays locked until the answer is committed with it. */
  async function end(
    session: Session,
    { inboxId, outcome, subject, answer, wiped, giveBack }: QueryEnd,
  ): Promise<boolean> {
    const mine = await session.run(
      dialect.updateByKey(
        query,
        sql`state = 'DONE', outcome = ${outcome}, subject = ${subject}, ended_at = ${dialect.now}`,
        sql`${isOne('inbox_id', inboxId)} AND ${unindexed(raw("state = 'WAITING'"))}`,
      ),
    );
    if (mine === 0) return false;
    const wipe =
      wiped === null
        ? raw('')
        : sql`, content = ${dialect.text(wiped.content)}, keyword = ${dialect.text(wiped.keyword)}, args = ${dialect.text(wiped.args)}`;
    const marks = giveBack ? raw("status = 'NEW'") : sql`handled_at = ${dialect.now}${wipe}`;
    const waits = await session.run(
      dialect.updateByKey(inbox, marks, sql`${isOne('id', inboxId)} AND ${unindexed(raw("status = 'AUTO'"))}`),
    );
    // marked or deleted by hand meanwhile: somebody else has dealt with it
    if (answer === null || waits === 0) return true;
    const outboxId = await session.insert(
      dialect.insertOne({
        table: outbox,
        columns: [
          { name: 'phone', kind: 'text' },
          { name: 'content', kind: 'text' },
          { name: 'inbox_id', kind: 'id' },
        ],
        rows: [[answer.phone, answer.text, inboxId]],
        constant: [
          ['category', raw("'REPLY'")],
          ['priority', raw('0')],
        ],
      }),
    );
    await session.run(dialect.updateByKey(query, sql`outbox_id = ${BigInt(outboxId)}`, isOne('inbox_id', inboxId)));
    return true;
  }

  return {
    async waitingQueries(limit) {
      const rows = await engine.all(
        dialect.limited(
          // the state stands there as a literal: a partial index is not seen through a binding
          sql`SELECT ${dialect.idText(raw('q.inbox_id'))} AS id, q.phone AS phone, q.tries AS tries, i.content AS content,
          ${dialect.msBetween(raw('q.taken_at'), dialect.now)} AS age_ms
          FROM ${indexed('next')} LEFT JOIN ${inbox} i ON i.id = q.inbox_id
          WHERE q.state = 'WAITING' AND q.next_at <= ${dialect.now}`,
          limit,
          raw('q.next_at, q.inbox_id'),
        ),
      );
      return rows.map((row) => ({
        inboxId: str(row['id']),
        phone: str(row['phone']),
        content: text(row['content']),
        tries: num(row['tries']),
        ageMs: num(row['age_ms']),
      }));
    },

    async queryHistory(phone, withinMs) {
      const rows = await engine.all(
        dialect.limited(
          sql`SELECT q.subject AS subject, q.outcome AS outcome, CASE WHEN q.outbox_id IS NULL THEN 0 ELSE 1 END AS told,
          ${dialect.msBetween(raw('q.ended_at'), dialect.now)} AS ago
          FROM ${indexed('phone')} WHERE q.phone = ${phone} AND q.taken_at > ${dialect.after(sql`${-withinMs}`)}
          AND q.state = 'DONE' AND (q.outbox_id IS NOT NULL OR q.outcome = 'NOT_FOUND')`,
          HISTORY,
          raw('q.taken_at DESC'),
        ),
      );
      return rows
        .map((row) => ({
          subject: str(row['subject']),
          outcome: str(row['outcome']) as QueryOutcome,
          told: num(row['told']) === 1,
          agoMs: num(row['ago']),
        }))
        .sort((a, b) => a.agoMs - b.agoMs);
    },

    endQuery: (one) => engine.tx((session) => end(session, one)),

    async deferQuery(inboxId, delayMs) {
      await engine.run(
        dialect.updateByKey(
          query,
          sql`tries = tries + 1, next_at = ${dialect.after(sql`${delayMs}`)}`,
          sql`${isOne('inbox_id', inboxId)} AND ${unindexed(raw("state = 'WAITING'"))}`,
        ),
      );
    },

    async queryCounts(days) {
      const day = dialect.day(raw('q.taken_at'));
      const rows = await engine.all(
        sql`SELECT ${day} AS told_day, q.keyword AS keyword, q.outcome AS outcome, COUNT(*) AS n, COUNT(q.outbox_id) AS answers
          FROM ${indexed('taken')} WHERE q.taken_at > ${dialect.after(sql`${-days * DAY_MS}`)}
          GROUP BY ${day}, q.keyword, q.outcome`,
      );
      return rows.map((row) => ({
        day: str(row['told_day']),
        keyword: str(row['keyword']),
        outcome: str(row['outcome']) as QueryOutcome | '',
        count: num(row['n']),
        answers: num(row['answers']),
      }));
    },
  };
}
