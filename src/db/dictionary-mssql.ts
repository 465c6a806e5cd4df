import type { TableDdl } from './ddl.ts';
import type { Engine } from './dialect.ts';
import { columnsOf, namesOf, type Dictionary } from './dictionary.ts';
import { num } from './rows.ts';
import { sql, type Sql, whole } from './sql.ts';

/** Of what the asking user has a privilege on; nothing else is shown. */
export function mssqlDictionary(engine: Engine): Dictionary {
  const asked = async (query: Sql): Promise<boolean> => num((await engine.all(query))[0]?.['granted']) === 1;
  const indexes = (table: TableDdl, disabled: 0 | 1): Promise<Set<string>> =>
    namesOf(
      engine,
      sql`SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID(${table.name}) AND name IS NOT NULL AND is_disabled = ${whole(disabled)}`,
    );
  return {
    columns: (table) =>
      columnsOf(
        engine,
        sql`SELECT LOWER(c.name) AS name, CASE WHEN c.default_object_id <> 0 OR c.is_identity = 1 OR c.is_computed = 1 THEN 1 ELSE 0 END AS has_default,
          CASE WHEN c.max_length < 1 THEN NULL WHEN t.name IN (N'nvarchar', N'nchar') THEN c.max_length / 2
            WHEN t.name IN (N'varchar', N'char') THEN c.max_length END AS length, CASE WHEN c.is_nullable = 1 THEN 1 ELSE 0 END AS nullable
          FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID(${table.name})`,
      ),
    indexes: (table) => indexes(table, 0),
    idle: (table) => indexes(table, 1),
    may: (table, privilege) => asked(sql`SELECT HAS_PERMS_BY_NAME(${table.name}, 'OBJECT', ${privilege}) AS granted`),
    listType: async (name) => ({
      there: await asked(sql`SELECT COUNT(*) AS granted FROM sys.table_types WHERE user_type_id = TYPE_ID(${name})`),
      usable: await asked(sql`SELECT HAS_PERMS_BY_NAME(${name}, 'TYPE', 'EXECUTE') AS granted`),
    }),
  };
}
