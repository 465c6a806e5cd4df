import { DatabaseSync } from 'node:sqlite';
import { asRow, explained, inWords, type Business, type BusinessOptions, type BusinessRow } from '../business.ts';
import { sqlite as dialect } from '../dialects/sqlite.ts';
import { marked, valuesFor, type NamedSql } from '../named-sql.ts';
import { patiently, SQLITE_PATIENCE } from '../retry.ts';

/** A statement is not interrupted: it runs inside this process, to its end. Good for a file that is small or well indexed. */
export function sqliteBusiness({ connection, mostRows }: BusinessOptions): Business {
  const file = connection as string;
  let db: DatabaseSync | null = null;
  const opened = (): DatabaseSync => (db ??= new DatabaseSync(file, { readOnly: true, timeout: 100 }));
  const statement = (query: NamedSql): ReturnType<DatabaseSync['prepare']> => {
    const prepared = opened().prepare(marked(query, () => '?'));
    prepared.setReadBigInts(true);
    return prepared;
  };
  const first = (query: NamedSql, values: readonly string[]): BusinessRow[] => {
    const rows: BusinessRow[] = [];
    for (const row of statement(query).iterate(...values)) {
      rows.push(asRow(row));
      if (rows.length >= mostRows) break;
    }
    return rows;
  };
  return {
    read: (query, values) =>
      patiently(SQLITE_PATIENCE, async () => {
        await Promise.resolve();
        const bound = valuesFor(query, values);
        try {
          return first(query, bound);
        } catch (error) {
          throw explained(error, dialect);
        }
      }),
    async columns(query) {
      await Promise.resolve();
      try {
        return statement(query)
          .columns()
          .map(({ name }) => name.toLowerCase());
      } catch (error) {
        throw inWords(error, dialect);
      }
    },
    async close() {
      await Promise.resolve();
      db?.close();
      db = null;
    },
  };
}
