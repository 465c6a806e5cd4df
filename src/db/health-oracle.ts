import type { Engine } from './dialect.ts';
import { fact, type Own } from './health.ts';
import { tableName } from './names.ts';
import type { DatabaseOptions } from './options.ts';
import { str } from './rows.ts';
import { raw, sql } from './sql.ts';
import type { Text } from '../lib/text.ts';

export function oracleOwn(engine: Engine, options: DatabaseOptions): Own {
  const charsets = async (): Promise<Map<string, string>> => {
    const rows = await engine.all(
      raw(
        "SELECT parameter AS name, value AS value FROM nls_database_parameters WHERE parameter IN ('NLS_CHARACTERSET', 'NLS_NCHAR_CHARACTERSET')",
      ),
    );
    return new Map(rows.map((row) => [str(row['name']), str(row['value'])]));
  };
  return {
    echo: (text) => sql`SELECT ${engine.dialect.text(text)} AS echoed FROM dual`,
    asks: {
      // that commits are on disk is set in every session of ours, whatever the instance says
      async health() {
        return [...(await charsets())].map(([key, value]) =>
          fact(key, value, key === 'NLS_NCHAR_CHARACTERSET' && value !== 'AL16UTF16' ? NATIONAL : null),
        );
      },
      async narrowColumns() {
        const charset = (await charsets()).get('NLS_CHARACTERSET') ?? '';
        if (/UTF/.test(charset)) return [];
        const rows = await engine.all(
          sql`SELECT table_name AS t, column_name AS c FROM all_tab_cols WHERE owner = ${options.schema === null ? raw('USER') : sql`${options.schema.toUpperCase()}`}
            AND table_name IN (${tableName(options.tables, 'outbox').toUpperCase()}, ${tableName(options.tables, 'inbox').toUpperCase()})
            AND column_name IN ('CONTENT', 'ARGS', 'RESULT_TEXT') AND data_type IN ('VARCHAR2', 'CHAR', 'CLOB')`,
        );
        return rows.map((row) => `${str(row['t'])}.${str(row['c'])} ${charset}`);
      },
      async ddlRights() {
        const rows = await engine.all(
          raw(
            "SELECT privilege AS name FROM session_privs WHERE privilege IN ('CREATE TABLE', 'CREATE ANY TABLE', 'ALTER ANY TABLE', 'DROP ANY TABLE', 'DELETE ANY TABLE')",
          ),
        );
        return rows.map((row) => str(row['name']));
      },
    },
  };
}

const NATIONAL: Text = {
  zh: '国家字符集不是 AL16UTF16，驱动直连读不了 NVARCHAR2（NJS-100）：请装 Instant Client 并设 connection.oracleClientDir',
  en: 'the national character set is not AL16UTF16, and the driver by itself cannot read NVARCHAR2 (NJS-100): install Instant Client and set connection.oracleClientDir',
};
