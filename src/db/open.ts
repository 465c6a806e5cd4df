import { Aside } from './aside.ts';
import { boardVerbs } from './board.ts';
import { channelVerbs } from './channel.ts';
import { commandVerbs } from './commands.ts';
import { daemonVerbs } from './daemons.ts';
import { decisionVerbs } from './decisions.ts';
import type { Engine } from './dialect.ts';
import { eachRowOf } from './each-row.ts';
import { mysqlDriver, postgresDriver } from './drivers.ts';
import { inboxVerbs } from './inbox.ts';
import { keepingVerbs } from './keeping.ts';
import { knexEngine } from './knex.ts';
import { mssqlEngine } from './mssql.ts';
import { tablesOf } from './names.ts';
import { namesakeVerbs } from './namesakes.ts';
import type { StoreOptions } from './options.ts';
import { oracleEngine } from './oracle.ts';
import { outboxVerbs } from './outbox.ts';
import { policyVerbs } from './policy.ts';
import { usageVerbs } from './usage.ts';
import { probeVerbs } from './probe.ts';
import { queryVerbs } from './queries.ts';
import { receiptVerbs } from './receipts.ts';
import { recordingVerbs } from './recording.ts';
import { recoveryVerbs } from './recovery.ts';
import { replyVerbs } from './replies.ts';
import { rowLockVerbs } from './row-locks.ts';
import type { Db } from './rows.ts';
import { settleVerbs } from './settle.ts';
import { sqlCommandVerbs } from './sql-commands.ts';
import { sqliteEngine } from './sqlite.ts';
import type { Store } from './store.ts';
import { statisticsVerbs } from './statistics.ts';
import { submitVerbs } from './submits.ts';
import { watched } from './watched.ts';
import { wordsIn } from './words.ts';

/** The engine that the options name; nothing is connected yet, except that SQLite opens its file. */
export function openEngine(options: StoreOptions): Engine {
  const { client, connection, schema, statementTimeoutMs, drivers } = options;
  if (typeof connection === 'string') return sqliteEngine(connection, options.readOnly);
  if (client === 'mssql') return mssqlEngine(connection, schema, options, statementTimeoutMs, drivers?.mssql);
  if (client === 'oracle') return oracleEngine(connection, options, statementTimeoutMs, drivers?.oracle);
  const driver = client === 'mysql' ? mysqlDriver : postgresDriver;
  return knexEngine(driver(connection, statementTimeoutMs), options, statementTimeoutMs);
}

/** A store whose connection has been proved. Throws a `DbError`: `lost`, `denied` or `schema`. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine = watched(openEngine(options), options.onError);
  try {
    await engine.version();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return storeOf(engine, options);
}

/** The verbs over an engine. */
export function storeOf(
  engine: Engine,
  options: Pick<StoreOptions, 'tables' | 'schema' | 'onRefused' | 'locale'>,
): Store {
  const tables = tablesOf(options.tables, options.schema);
  const { dialect } = engine;
  const aside = new Aside(options.onRefused);
  const locks = { told: dialect.locking !== null };
  const eachRow = eachRowOf(engine, dialect, tables, aside, locks);
  const db: Db = { engine, dialect, tables, aside, eachRow, locks, words: wordsIn(options.locale ?? 'zh-CN') };
  const submits = submitVerbs(db);
  return {
    version: () => engine.version(),
    ...probeVerbs(db),
    ...rowLockVerbs(db),
    ...outboxVerbs(db),
    ...submits,
    ...settleVerbs(db),
    ...recoveryVerbs(db),
    ...recordingVerbs(db),
    ...replyVerbs(db),
    ...namesakeVerbs(db),
    ...receiptVerbs(db),
    ...inboxVerbs(db),
    ...queryVerbs(db),
    ...channelVerbs(db),
    ...daemonVerbs(db),
    ...commandVerbs(db, submits.submitsOf),
    ...decisionVerbs(db),
    ...sqlCommandVerbs(db),
    ...policyVerbs(db),
    ...usageVerbs(db),
    ...keepingVerbs(db),
    ...statisticsVerbs(db),
    ...boardVerbs(db),
    close: () => engine.close(),
  };
}
