import type { TableDdl } from './ddl.ts';
import type { Engine } from './dialect.ts';
import { columnsOf, namesOf, type Dictionary } from './dictionary.ts';
import { num, str } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';

/** Names stand unquoted everywhere, and are upper case there. A synonym leads to the owner's table. */
export function oracleDictionary(engine: Engine): Dictionary {
  const places = new Map<string, Promise<{ owner: string; name: string }>>();

  async function find(table: TableDdl): Promise<{ owner: string; name: string }> {
    const [name = '', schema] = table.name.toUpperCase().split('.').reverse();
    if (schema !== undefined) return { owner: schema, name };
    // one's own synonym goes before a public one, and one's own table before both
    const [row] = await engine.all(
      sql`SELECT owner AS owner, name AS name FROM (
        SELECT USER AS owner, table_name AS name, 0 AS rank FROM user_tables WHERE table_name = ${name}
        UNION ALL SELECT table_owner, table_name, CASE WHEN owner = USER THEN 1 ELSE 2 END FROM all_synonyms
        WHERE synonym_name = ${name} AND owner IN (USER, 'PUBLIC') ORDER BY 3) WHERE ROWNUM <= 1`,
    );
    return { owner: str(row?.['owner']), name: row === undefined ? name : str(row['name']) };
  }

  const placed = async (table: TableDdl, query: (owner: string, name: string) => Sql): Promise<Sql> => {
    const place = places.get(table.name) ?? find(table);
    // a table that was not there may be made meanwhile
    if ((await place).owner !== '') places.set(table.name, place);
    const { owner, name } = await place;
    return query(owner, name);
  };

  const indexes = async (table: TableDdl, condition: Sql): Promise<Set<string>> => {
    const query = await placed(
      table,
      (owner, name) =>
        sql`SELECT index_name AS name FROM all_indexes WHERE table_owner = ${owner} AND table_name = ${name}
            AND ${condition}`,
    );
    return namesOf(engine, query);
  };

  return {
    columns: async (table) =>
      columnsOf(
        engine,
        // not data_default: that one is a LONG
        await placed(
          table,
          (owner, name) =>
            sql`SELECT LOWER(column_name) AS name, CASE WHEN default_length > 0 OR virtual_column = 'YES' THEN 1 ELSE 0 END AS has_default,
              CASE WHEN char_length > 0 THEN char_length END AS length, CASE WHEN nullable = 'Y' THEN 1 ELSE 0 END AS nullable
              FROM all_tab_cols WHERE owner = ${owner} AND table_name = ${name} AND hidden_column = 'NO'`,
        ),
      ),
    // one that is not VALID is not used, or refuses every INSERT
    indexes: (table) => indexes(table, raw("status <> 'UNUSABLE' AND COALESCE(funcidx_status, 'ENABLED') = 'ENABLED'")),
    idle: (table) => indexes(table, raw("(status = 'UNUSABLE' OR funcidx_status = 'DISABLED')")),
    async may(table, privilege) {
      const query = await placed(
        table,
        (owner, name) => sql`SELECT CASE WHEN ${owner} = USER THEN 1 ELSE (
          SELECT COUNT(*) FROM all_tab_privs WHERE table_schema = ${owner} AND table_name = ${name} AND privilege = ${privilege}
            AND (grantee IN (USER, 'PUBLIC') OR grantee IN (SELECT role FROM session_roles)))
          + (SELECT COUNT(*) FROM session_privs WHERE privilege = ${`${privilege} ANY TABLE`}) END AS granted FROM dual`,
      );
      return num((await engine.all(query))[0]?.['granted']) > 0;
    },
  };
}
