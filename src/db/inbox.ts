import type { Session } from './dialect.ts';
import { DuplicateKey } from './failure.ts';
import { compareIds, str, type Db } from './rows.ts';
import { raw, sql } from './sql.ts';
import type { InboxMessage, Store } from './store.ts';

const isTaken = (query: string | null | undefined): query is string => typeof query === 'string' && query !== '';

export function inboxVerbs({ engine, dialect, tables }: Db): Pick<Store, 'storeInbox'> {
  async function store(session: Session, messages: readonly InboxMessage[]): Promise<{ key: string; id: string }[]> {
    const keys = messages.map((message) => message.key);
    const seen = await session.all(
      sql`SELECT msg_key FROM ${tables.seen} WHERE ${dialect.inList(raw('msg_key'), 'text', keys)}`,
    );
    const known = new Set(seen.map((row) => str(row['msg_key'])));
    const fresh = messages.filter((message) => !known.has(message.key));
    if (fresh.length === 0) return [];
    // one INSERT a message where the platform's time is unreadable would be slow for nothing: two statements at most, and as many
    // again for what query rules take
    for (const taken of [false, true]) {
      for (const dated of [true, false]) {
        const part = fresh.filter(
          ({ query, receivedAt }) => isTaken(query) === taken && (receivedAt !== null) === dated,
        );
        if (part.length > 0) await session.run(insertInbox(part, dated, taken));
      }
    }
    const rows = await session.all(
      sql`SELECT ${dialect.idText(raw('i.id'))} AS id, i.msg_key AS msg_key FROM ${tables.inbox} i
        WHERE ${dialect.inList(
          raw('i.msg_key'),
          'text',
          fresh.map((message) => message.key),
        )}`,
    );
    const ids = new Map<string, string>();
    for (const row of rows) {
      const key = str(row['msg_key']);
      const id = str(row['id']);
      const other = ids.get(key);
      if (other === undefined || compareIds(other, id) < 0) ids.set(key, id);
    }
    const stored = fresh.map((message) => ({ key: message.key, id: ids.get(message.key) ?? '', phone: message.phone }));
    await session.run(
      dialect.insert({
        table: tables.seen,
        columns: [
          { name: 'msg_key', kind: 'text' },
          { name: 'inbox_id', kind: 'id' },
          { name: 'phone', kind: 'text' },
        ],
        // in the order of the keys, so that two daemons wait for each other and do not dead-lock
        rows: stored.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map((row) => [row.key, row.id, row.phone]),
        constant: [],
      }),
    );
    await takeQueries(session, fresh, ids);
    return stored.map(({ key, id }) => ({ key, id }));
  }

  /** What a query rule took waits for its answer from the same commit on. */
  async function takeQueries(
    session: Session,
    messages: readonly InboxMessage[],
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    const rows = messages.flatMap(({ key, phone, query }) =>
      isTaken(query) ? [[ids.get(key) ?? '', phone, query]] : [],
    );
    if (rows.length === 0) return;
    await session.run(
      dialect.insert({
        table: tables.query,
        columns: [
          { name: 'inbox_id', kind: 'id' },
          { name: 'phone', kind: 'text' },
          { name: 'keyword', kind: 'text' },
        ],
        rows,
        constant: [],
      }),
    );
  }

  function insertInbox(
    messages: readonly InboxMessage[],
    dated: boolean,
    taken: boolean,
  ): ReturnType<typeof dialect.insert> {
    const columns = ['msg_key', 'platform_id', 'phone', 'content', 'access_no', 'ext_no', 'keyword', 'args'].map(
      (name) => ({ name, kind: 'text' }) as const,
    );
    return dialect.insert({
      table: tables.inbox,
      columns: dated ? [...columns, { name: 'received_at', kind: 'beijing' }] : columns,
      rows: messages.map((m) => [
        ...[m.key, m.platformId, m.phone, m.content, m.accessNo, m.extNo, m.keyword, m.args],
        ...(dated ? [m.receivedAt] : []),
      ]),
      constant: taken ? [['status', raw("'AUTO'")]] : [],
    });
  }

  return {
    async storeInbox(messages) {
      // the first of two with one key, in the order in which they came
      const unique = new Map<string, InboxMessage>();
      for (const message of messages) if (!unique.has(message.key)) unique.set(message.key, message);
      const list = [...unique.values()];
      if (list.length === 0) return [];
      const once = (): Promise<{ key: string; id: string }[]> => engine.tx((session) => store(session, list));
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof DuplicateKey)) throw error;
        return once(); // another daemon stored the same answer meanwhile; now its keys are seen
      }
    },
  };
}
