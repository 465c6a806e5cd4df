import { isAscii } from '../../lib/ascii.ts';
import { DbError } from '../../lib/errors.ts';
import {
  asRow,
  CONNECT_MS,
  explained,
  inWords,
  localTimeText,
  timeText,
  type Business,
  type BusinessOptions,
  type BusinessRow,
} from '../business.ts';
import { mssql as dialect, NarrowText } from '../dialects/mssql.ts';
import { firstOf, mssqlLinks, type Column, type Table } from '../mssql.ts';
import { marked, valuesFor, type NamedSql } from '../named-sql.ts';
import type { ServerConnection } from '../options.ts';
import { rolledBack } from '../pooled.ts';

/**
 * SQL Server has no read-only sessions: a transaction that is always rolled back, and the intent to read, which lets an availability
 * group lead the connection to a secondary that may be read.
 */
export function mssqlBusiness({ connection, drivers, ...options }: BusinessOptions): Business {
  const { statementTimeoutMs, mostRows } = options;
  const server = connection as ServerConnection;
  const usual = { connectTimeout: CONNECT_MS, readOnlyIntent: true };
  const reader = { ...server, options: { ...usual, ...server.options } };
  const links = mssqlLinks(reader, null, options, statementTimeoutMs, drivers?.mssql);
  const text = (query: NamedSql): string => marked(query, (i) => `@p${i + 1}`);
  return {
    read: (query, values) =>
      rolledBack(links, async (link) =>
        rowsOf(await link.table(text(query), valuesFor(query, values).map(bound), mostRows, plain)),
      ),
    columns: (query) =>
      rolledBack(links, async (link) => {
        // no row is looked for, and the setting ends with the statement
        const nulls = query.names.map(() => new NarrowText(null));
        const { columns } = await link.table(`SET FMTONLY ON; ${text(query)}`, nulls, 0, refused);
        return columns.map(({ colName }) => colName.toLowerCase());
      }),
    close: () => links.close(),
  };
}

const plain = (error: unknown): DbError => explained(firstOf(error), dialect);
const refused = (error: unknown): DbError => inWords(firstOf(error), dialect);

const bound = (value: string): unknown => (isAscii(value) ? new NarrowText(value) : value);

const rowsOf = ({ columns, rows }: Table): BusinessRow[] =>
  rows.map((row) => asRow(Object.fromEntries(columns.map((column, i) => [column.colName, shown(row[i], column)]))));

/** As the other engines' drivers give it, who leave it to the server to write numbers and times. */
function shown(value: unknown, { type: { name }, scale, colName }: Column): unknown {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') {
    if (/^(Decimal|Numeric)/.test(name)) return digits(value, scale ?? 0, colName);
    return /Money/.test(name) ? digits(value, 4, colName) : value;
  }
  if (!(value instanceof Date)) return value;
  // the driver keeps the moment and not the zone
  if (name === 'DateTimeOffset') return localTimeText(value);
  const text = timeText(value);
  return name === 'Date' ? text.slice(0, 10) : name === 'Time' ? text.slice(11) : text;
}

/** Where the driver's floating point still holds every digit. */
const WHOLE = 2 ** 52;

function digits(value: number, scale: number, column: string): string {
  if (Math.abs(value) * 10 ** scale < WHOLE) return value.toFixed(scale);
  throw new DbError('other', {
    zh: `列 ${column} 的数超过 15 位，驱动读出来会失真：请在 sql 里写 CAST(${column} AS VARCHAR(40))`,
    en: `a number in column ${column} has more than 15 digits, which the driver would round: write CAST(${column} AS VARCHAR(40)) in sql`,
  });
}
