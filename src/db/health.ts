import type { Text } from '../lib/text.ts';
import { openEngine } from './open.ts';
import type { Engine } from './dialect.ts';
import { tablesOf, tableName } from './names.ts';
import type { DatabaseOptions } from './options.ts';
import { num, str } from './rows.ts';
import { mssqlOwn } from './health-mssql.ts';
import { oracleOwn } from './health-oracle.ts';
import { raw, sql, type Sql } from './sql.ts';
import { unseenRows } from './unseen.ts';

/** One setting of the database that a promise of ours rests on. */
export interface HealthFact {
  readonly key: string;
  readonly value: string;
  /** What it costs as it is; null: as it should be. */
  readonly concern: Text | null;
}

/** What doctor and explain ask beside the daemon's verbs. Every failure is a `DbError`. */
export interface Inspection {
  version(): Promise<string>;
  /** Milliseconds since 1970 by the database's clock. */
  clockMs(): Promise<number>;
  /** Durability, isolation and replication settings. */
  health(): Promise<HealthFact[]>;
  /** The text as it comes back from the server, through the connection's character set. */
  echo(text: string): Promise<string>;
  /** Text columns of ours whose character set cannot hold every character, `table.column charset`. */
  narrowColumns(): Promise<string[]>;
  /** Rights of the connected user that the middleware should not have, such as `CREATE`; found cheaply or not at all. */
  ddlRights(): Promise<string[]>;
  /** Due rows that are sent before this waiting row; each count stops at `cap`. */
  ahead(id: string, cap: number): Promise<{ higher: number; earlier: number }>;
  /** As `Store.unseen`. */
  unseen(cap: number): Promise<number>;
  close(): Promise<void>;
}

export function openInspection(options: DatabaseOptions, statementTimeoutMs: number): Inspection {
  const engine = openEngine({ ...options, poolSize: 1, statementTimeoutMs });
  const tables = tablesOf(options.tables, options.schema);
  const own = OF[engine.dialect.name](engine, options);
  const count = async (condition: Sql, cap: number, id: string): Promise<number> => {
    const { outbox } = tables;
    const [row] = await engine.all(
      sql`SELECT COUNT(*) AS n FROM (${engine.dialect.limited(
        sql`SELECT 1 AS one FROM ${engine.dialect.passing(outbox, 'o')}, (SELECT id, due_at, eff_priority FROM ${outbox}
        WHERE ${engine.dialect.inList(raw('id'), 'id', [id])}) m WHERE o.status = 'NEW' AND o.due_at <= ${engine.dialect.now}
        AND ${condition}`,
        cap,
      )}) counted`,
    );
    return num(row?.['n']);
  };
  return {
    version: () => engine.version(),
    async clockMs() {
      const { dialect } = engine;
      const [row] = await engine.all(sql`SELECT ${dialect.epochMs(dialect.now)} AS epoch FROM ${dialect.oneRow}`);
      return num(row?.['epoch']);
    },
    async echo(text) {
      const [row] = await engine.all(own.echo(text));
      return str(row?.['echoed']);
    },
    ahead: async (id, cap) => ({
      higher: await count(raw('o.eff_priority < m.eff_priority'), cap, id),
      earlier: await count(
        raw('o.eff_priority = m.eff_priority AND (o.due_at < m.due_at OR (o.due_at = m.due_at AND o.id < m.id))'),
        cap,
        id,
      ),
    }),
    unseen: (cap) => unseenRows(engine, tables, cap),
    ...own.asks,
    close: () => engine.close(),
  };
}

export interface Own {
  readonly echo: (text: string) => Sql;
  readonly asks: Pick<Inspection, 'health' | 'narrowColumns' | 'ddlRights'>;
}

const NONE = (): Promise<never[]> => Promise.resolve([]);

const OF: Readonly<Record<Engine['dialect']['name'], (engine: Engine, options: DatabaseOptions) => Own>> = {
  sqlite: (engine) => ({
    echo: (text) => sql`SELECT ${text} AS echoed`,
    asks: {
      async health() {
        const [journal] = await engine.all(raw('SELECT journal_mode AS value FROM pragma_journal_mode'));
        const [sync] = await engine.all(raw('SELECT synchronous AS value FROM pragma_synchronous'));
        const mode = str(journal?.['value']);
        const level = num(sync?.['value']);
        return [
          fact('journal_mode', mode, mode === 'wal' ? null : NO_WAL),
          fact('synchronous', level >= 2 ? 'FULL' : String(level), level >= 2 ? null : FORGETS),
        ];
      },
      narrowColumns: NONE,
      ddlRights: NONE, // whoever may write the file may do everything
    },
  }),
  mysql: mysqlOwn,
  postgres: postgresOwn,
  mssql: mssqlOwn,
  oracle: oracleOwn,
};

function mysqlOwn(engine: Engine, options: DatabaseOptions): Own {
  const place = options.schema === null ? raw('DATABASE()') : sql`${options.schema}`;
  return {
    echo: (text) => sql`SELECT ${text} AS echoed`,
    asks: {
      async health() {
        const rows = await engine.all(
          raw(
            "SHOW VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'binlog_format')",
          ),
        );
        const values = new Map(
          rows.map((row) => [str(row['Variable_name'] ?? row['VARIABLE_NAME']), str(row['Value'] ?? row['VALUE'])]),
        );
        const flush = values.get('innodb_flush_log_at_trx_commit') ?? '1';
        const facts = [fact('innodb_flush_log_at_trx_commit', flush, flush === '1' ? null : FORGETS)];
        if (values.get('log_bin') !== 'ON') return facts;
        const sync = values.get('sync_binlog') ?? '1';
        const format = values.get('binlog_format') ?? 'ROW';
        return [
          ...facts,
          fact('sync_binlog', sync, sync === '1' ? null : REPLICA_LAGS),
          fact('binlog_format', format, format === 'STATEMENT' ? STATEMENT_LOG : null),
        ];
      },
      async narrowColumns() {
        const names = tableNames(options);
        const rows = await engine.all(
          sql`SELECT table_name AS t, column_name AS c, character_set_name AS cs FROM information_schema.columns
            WHERE table_schema = ${place} AND table_name IN (${names}) AND column_name IN ('content', 'args', 'body', 'result_text')
            AND character_set_name NOT IN ('utf8mb4', 'gb18030', 'utf16', 'utf32')`,
        );
        return rows.map((row) => `${str(row['t'])}.${str(row['c'])} ${str(row['cs'])}`);
      },
      async ddlRights() {
        const rows = await engine.all(raw('SHOW GRANTS'));
        const all = rows.map((row) => str(Object.values(row)[0])).join('\n');
        return ['ALL PRIVILEGES', 'CREATE', 'ALTER', 'DROP'].filter((right) =>
          new RegExp(`(?:GRANT |, )${right}(?:,| ON)`).test(all),
        );
      },
    },
  };
}

function postgresOwn(engine: Engine, options: DatabaseOptions): Own {
  const place = options.schema === null ? raw('current_schema()') : sql`${options.schema}`;
  return {
    echo: (text) => sql`SELECT CAST(${text} AS text) AS echoed`,
    asks: {
      async health() {
        const rows = await engine.all(
          raw(
            "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')",
          ),
        );
        return rows.map((row) =>
          fact(str(row['name']), str(row['setting']), str(row['setting']) === 'off' ? FORGETS : null),
        );
      },
      async narrowColumns() {
        const [row] = await engine.all(raw("SELECT current_setting('server_encoding') AS value"));
        const encoding = str(row?.['value']);
        return encoding === 'UTF8' ? [] : [`server_encoding ${encoding}`];
      },
      async ddlRights() {
        const [row] = await engine.all(sql`SELECT has_schema_privilege(${place}, 'CREATE') AS granted`);
        return ['t', 'true'].includes(str(row?.['granted'])) ? ['CREATE'] : [];
      },
    },
  };
}

const tableNames = ({ tables }: DatabaseOptions): string[] =>
  (['outbox', 'inbox', 'submit'] as const).map((key) => tableName(tables, key));

export const fact = (key: string, value: string, concern: Text | null): HealthFact => ({ key, value, concern });

export const FORGETS: Text = {
  zh: '断电时数据库可能丢掉刚提交的事务，短信可能因此重复或漏记。应设为每次提交都落盘',
  en: 'a power cut may take back commits, and messages may double or be lost with them. Have every commit written to disk',
};
const NO_WAL: Text = {
  zh: '不是 WAL 模式：读写会互相等待。请把文件放在本机磁盘',
  en: 'not in WAL mode: readers and writers wait for each other. Keep the file on a local disk',
};
const REPLICA_LAGS: Text = {
  zh: '断电后从库可能与主库不一致；切换到从库后会漏记提交。建议设为 1',
  en: 'after a power cut a replica may lack commits, which shows when you fail over to it. Set it to 1',
};
const STATEMENT_LOG: Text = {
  zh: 'READ COMMITTED 下 STATEMENT 日志会让写入被拒。请改为 ROW 或 MIXED',
  en: 'with READ COMMITTED the server refuses to write under statement logging. Set it to ROW or MIXED',
};
