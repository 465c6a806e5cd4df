import type { Engine } from './dialect.ts';
import { fact, FORGETS, type Own } from './health.ts';
import { tableName } from './names.ts';
import type { DatabaseOptions } from './options.ts';
import { num, str } from './rows.ts';
import { raw, sql } from './sql.ts';
import type { Text } from '../lib/text.ts';
import { DbError } from '../lib/errors.ts';

export function mssqlOwn(engine: Engine, options: DatabaseOptions): Own {
  const names = [tableName(options.tables, 'outbox'), tableName(options.tables, 'inbox')];
  return {
    echo: (text) => sql`SELECT ${text} AS echoed`,
    asks: {
      async health() {
        const [db] = await engine.all(
          raw(
            'SELECT is_read_committed_snapshot_on AS rcsi, compatibility_level AS level, is_auto_close_on AS closes, collation_name AS collation FROM sys.databases WHERE database_id = DB_ID()',
          ),
        );
        // a bit arrives as a boolean
        const on = (name: string): boolean => db?.[name] === true || num(db?.[name]) === 1;
        return [
          fact('read_committed_snapshot', on('rcsi') ? 'ON' : 'OFF', on('rcsi') ? null : READS_WAIT),
          fact('auto_close', on('closes') ? 'ON' : 'OFF', on('closes') ? CLOSES : null),
          fact('collation', str(db?.['collation']), null),
          fact('compatibility_level', str(db?.['level']), null),
          ...(await delayed(engine)),
        ];
      },
      async narrowColumns() {
        const rows = await engine.all(
          sql`SELECT OBJECT_NAME(c.object_id) AS t, c.name AS c, c.collation_name AS cs FROM sys.columns c JOIN sys.types y ON y.user_type_id = c.user_type_id
            WHERE c.object_id IN (OBJECT_ID(${placed(options, names[0])}), OBJECT_ID(${placed(options, names[1])}))
            AND c.name IN ('content', 'args', 'result_text') AND y.name IN ('varchar', 'char', 'text') AND c.collation_name NOT LIKE '%UTF8'`,
        );
        return rows.map((row) => `${str(row['t'])}.${str(row['c'])} varchar ${str(row['cs'])}`);
      },
      async ddlRights() {
        const rows = await engine.all(
          raw(
            "SELECT permission_name AS name FROM fn_my_permissions(NULL, 'DATABASE') WHERE permission_name IN ('CONTROL', 'ALTER', 'CREATE TABLE', 'ALTER ANY SCHEMA')",
          ),
        );
        return rows.map((row) => str(row['name']));
      },
    },
  };
}

const placed = ({ schema }: DatabaseOptions, name = ''): string => (schema === null ? name : `${schema}.${name}`);

/** From SQL Server 2014 on. */
async function delayed(engine: Engine): Promise<ReturnType<typeof fact>[]> {
  try {
    const [row] = await engine.all(
      raw('SELECT delayed_durability_desc AS value FROM sys.databases WHERE database_id = DB_ID()'),
    );
    const value = str(row?.['value']);
    return [fact('delayed_durability', value, value === 'FORCED' ? FORGETS : null)];
  } catch (error) {
    if (error instanceof DbError && error.kind === 'schema') return [];
    throw error;
  }
}

const READS_WAIT: Text = {
  zh: '读会等别人未提交的修改。建议由 DBA 在空闲时执行 ALTER DATABASE 库名 SET READ_COMMITTED_SNAPSHOT ON；不改也能用，只是遇到长事务会慢',
  en: "reads wait for other sessions' uncommitted changes. Have the DBA run ALTER DATABASE name SET READ_COMMITTED_SNAPSHOT ON at a quiet time; it works without, but is slow beside long transactions",
};
const CLOSES: Text = {
  zh: '库在没有连接时会关闭，再次打开要等。请执行 ALTER DATABASE 库名 SET AUTO_CLOSE OFF',
  en: 'the database closes when nobody is connected, and opening it again takes time. Run ALTER DATABASE name SET AUTO_CLOSE OFF',
};
