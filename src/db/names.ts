import { DbError } from '../lib/errors.ts';
import { raw, type Sql } from './sql.ts';

/** The tables of this version, under the names that the schema files give them. */
export const TABLE_NAMES = {
  outbox: 'sms_outbox',
  history: 'sms_outbox_history',
  inbox: 'sms_inbox',
  submit: 'sms_mw_submit',
  seen: 'sms_mw_seen',
  query: 'sms_mw_query',
  receipt: 'sms_mw_receipt',
  channel: 'sms_mw_channel',
  status: 'sms_mw_status',
  command: 'sms_mw_command',
  template: 'sms_template',
  word: 'sms_blocked_word',
  blacklist: 'sms_blacklist',
  usage: 'sms_mw_usage',
  hour: 'sms_mw_hour',
  override: 'sms_mw_override',
  stats: 'sms_mw_stats',
  balance: 'sms_mw_balance',
} as const;

export type TableKey = keyof typeof TABLE_NAMES;

/** `database.tables`: what is not named keeps its default. */
export type TableNames = Readonly<Partial<Record<TableKey, string>>>;

/** The tables as statements name them. */
export type Tables = Readonly<Record<TableKey, Sql>> & {
  /** Name of an index of a table; indexes are named after their table, so that two installations fit into one schema. */
  index(table: TableKey, suffix: string): string;
};

// unquoted, so that the database folds the name exactly as it did when the DBA ran the script by hand
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,59}$/;

export function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new DbError('schema', {
    zh: `表名或模式名只能用字母、数字和下划线：${name}`,
    en: `Table and schema names are made of letters, digits and underscores: ${name}`,
  });
}

export function tableName(names: TableNames, key: TableKey): string {
  return checkedName(names[key] ?? TABLE_NAMES[key]);
}

export function tablesOf(names: TableNames, schema: string | null): Tables {
  const prefix = schema === null ? '' : `${checkedName(schema)}.`;
  const qualified = (key: TableKey): Sql => raw(prefix + tableName(names, key));
  return {
    outbox: qualified('outbox'),
    history: qualified('history'),
    inbox: qualified('inbox'),
    submit: qualified('submit'),
    seen: qualified('seen'),
    query: qualified('query'),
    receipt: qualified('receipt'),
    channel: qualified('channel'),
    status: qualified('status'),
    command: qualified('command'),
    template: qualified('template'),
    word: qualified('word'),
    blacklist: qualified('blacklist'),
    usage: qualified('usage'),
    hour: qualified('hour'),
    override: qualified('override'),
    stats: qualified('stats'),
    balance: qualified('balance'),
    index: (key, suffix) => `${tableName(names, key)}_ix_${suffix}`,
  };
}
