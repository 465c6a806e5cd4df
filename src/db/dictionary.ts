import { accessSync, constants } from 'node:fs';
import { DbError } from '../lib/errors.ts';
import type { Engine } from './dialect.ts';
import type { TableDdl } from './ddl.ts';
import { mssqlDictionary } from './dictionary-mssql.ts';
import { oracleDictionary } from './dictionary-oracle.ts';
import { num, number, str } from './rows.ts';
import { raw, sql, type Sql } from './sql.ts';

export interface FoundColumn {
  /** Also true of identity and generated columns. */
  readonly hasDefault: boolean;
  /** Of a text column with a limit. */
  readonly length: number | null;
  readonly nullable: boolean;
}

export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** What the database's dictionary says, as far as the asking user may see it. */
export interface Dictionary {
  /** Empty: there is no such table, or the user has no privilege on it. */
  columns(table: TableDdl): Promise<Map<string, FoundColumn>>;
  indexes(table: TableDdl): Promise<Set<string>>;
  /** Indexes that are there and not used: UNUSABLE in Oracle, disabled in SQL Server. */
  idle?(table: TableDdl): Promise<Set<string>>;
  may(table: TableDdl, privilege: Privilege): Promise<boolean>;
  /** Of SQL Server's table type. */
  listType?(name: string): Promise<{ readonly there: boolean; readonly usable: boolean }>;
}

export function dictionaryOf(engine: Engine, file: string | null): Dictionary {
  switch (engine.dialect.name) {
    case 'mysql':
      return mysqlDictionary(engine);
    case 'postgres':
      return postgresDictionary(engine);
    case 'sqlite':
      return sqliteDictionary(engine, file ?? '');
    case 'mssql':
      return mssqlDictionary(engine);
    case 'oracle':
      return oracleDictionary(engine);
  }
}

export async function columnsOf(engine: Engine, query: Sql): Promise<Map<string, FoundColumn>> {
  const rows = await engine.all(query);
  return new Map(
    rows.map((row) => [
      str(row['name']),
      {
        hasDefault: num(row['has_default']) === 1,
        length: number(row['length']),
        nullable: num(row['nullable']) === 1,
      },
    ]),
  );
}

export async function namesOf(engine: Engine, query: Sql): Promise<Set<string>> {
  return new Set((await engine.all(query)).map((row) => str(row['name']).toLowerCase()));
}

function mysqlDictionary(engine: Engine): Dictionary {
  const place = (table: TableDdl): Sql => {
    const dot = table.name.indexOf('.');
    const schema = dot < 0 ? raw('DATABASE()') : sql`${table.name.slice(0, dot)}`;
    return sql`table_schema = ${schema} AND table_name = ${table.name.slice(dot + 1)}`;
  };
  const columns: Dictionary['columns'] = (table) =>
    columnsOf(
      engine,
      sql`SELECT LOWER(column_name) AS name, CASE WHEN column_default IS NOT NULL OR extra <> '' THEN 1 ELSE 0 END AS has_default,
          character_maximum_length AS length, CASE WHEN is_nullable = 'YES' THEN 1 ELSE 0 END AS nullable FROM information_schema.columns WHERE ${place(table)}`,
    );
  return {
    columns,
    indexes: (table) =>
      namesOf(engine, sql`SELECT DISTINCT index_name AS name FROM information_schema.statistics WHERE ${place(table)}`),
    // EXPLAIN asks for the privileges of the statement and runs nothing; the privilege tables do not show what comes by a role
    async may(table, privilege) {
      const found = await columns(table);
      const own = table.columns
        .filter((c) => found.has(c.name) && !c.definition.includes(' GENERATED '))
        .map(({ name }) => name);
      const column = own.at(-1) ?? '';
      const statement = {
        SELECT: `SELECT ${column} FROM ${table.name} WHERE 1 = 0`,
        INSERT: `INSERT INTO ${table.name} (${own.join(', ')}) SELECT ${own.join(', ')} FROM ${table.name} WHERE 1 = 0`,
        UPDATE: `UPDATE ${table.name} SET ${column} = ${column} WHERE 1 = 0`,
        DELETE: `DELETE FROM ${table.name} WHERE 1 = 0`,
      }[privilege];
      try {
        await engine.all(raw(`EXPLAIN ${statement}`));
        return true;
      } catch (error) {
        if (error instanceof DbError && error.kind === 'denied') return false;
        // whoever may not insert is told so first; a column without a default is a finding of its own
        if (error instanceof DbError && error.facts['driver'] === 'ER_NO_DEFAULT_FOR_FIELD') return true;
        throw error;
      }
    },
  };
}

function postgresDictionary(engine: Engine): Dictionary {
  const table = (t: TableDdl): Sql => sql`to_regclass(${t.name})`;
  return {
    columns: (t) =>
      columnsOf(
        engine,
        sql`SELECT attname AS name, CASE WHEN atthasdef OR attidentity <> '' THEN 1 ELSE 0 END AS has_default,
          CASE WHEN atttypid = 'varchar'::regtype AND atttypmod > 4 THEN atttypmod - 4 END AS length, CASE WHEN attnotnull THEN 0 ELSE 1 END AS nullable
          FROM pg_attribute WHERE attrelid = ${table(t)} AND attnum > 0 AND NOT attisdropped`,
      ),
    indexes: (t) =>
      namesOf(
        engine,
        sql`SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ${table(t)}`,
      ),
    async may(t, privilege) {
      // granted on the table, or on each of its columns that can be written
      const [row] = await engine.all(
        privilege === 'DELETE'
          ? sql`SELECT CASE WHEN has_table_privilege(${table(t)}, ${privilege}) THEN 1 ELSE 0 END AS granted`
          : sql`SELECT MIN(CASE WHEN has_column_privilege(attrelid, attnum, ${privilege}) THEN 1 ELSE 0 END) AS granted
            FROM pg_attribute WHERE attrelid = ${table(t)} AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
      );
      return num(row?.['granted']) === 1;
    },
  };
}

function sqliteDictionary(engine: Engine, file: string): Dictionary {
  return {
    columns: (table) =>
      columnsOf(
        engine,
        sql`SELECT name, CASE WHEN dflt_value IS NOT NULL OR hidden > 1 OR pk > 0 THEN 1 ELSE 0 END AS has_default, NULL AS length,
          CASE WHEN "notnull" = 1 THEN 0 ELSE 1 END AS nullable
          FROM pragma_table_xinfo(${table.name})`,
      ),
    indexes: (table) => namesOf(engine, sql`SELECT name FROM pragma_index_list(${table.name})`),
    may: (_table, privilege) => {
      try {
        accessSync(file, privilege === 'SELECT' ? constants.R_OK : constants.W_OK);
        return Promise.resolve(true);
      } catch {
        return Promise.resolve(false);
      }
    },
  };
}
