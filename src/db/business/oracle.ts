import { isAscii } from '../../lib/ascii.ts';
import type { DbError } from '../../lib/errors.ts';
import {
  asRow,
  CONNECT_MS,
  explained,
  inWords,
  localTimeText,
  type Business,
  type BusinessOptions,
} from '../business.ts';
import { oracle as dialect } from '../dialects/oracle.ts';
import { marked, valuesFor, type NamedSql } from '../named-sql.ts';
import type { ServerConnection } from '../options.ts';
import { oracleLinks, type OracleLink } from '../oracle.ts';
import type { OracleDriver, OracleResult } from '../oracle-driver.ts';
import { rolledBack } from '../pooled.ts';

/** What a rule's SQL turns into text without a format of its own comes as it does elsewhere. */
const SETTINGS = [
  `ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,' NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS' NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3' NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3 TZH:TZM'`,
];

/** A read-only transaction, and as many rows as are wanted. */
export function oracleBusiness({ connection, drivers, ...options }: BusinessOptions): Business {
  const { statementTimeoutMs, mostRows } = options;
  const server = connection as ServerConnection;
  const seconds = CONNECT_MS / 1000;
  const usual = { connectTimeout: seconds, transportConnectTimeout: seconds };
  const reader = { ...server, options: { ...usual, ...server.options } };
  const links = oracleLinks(reader, options, statementTimeoutMs, SETTINGS, drivers?.oracle);
  const reading = <T>(work: (link: OracleLink) => Promise<T>): Promise<T> =>
    rolledBack(links, async (link) => {
      await link.ask((db) => db.execute('SET TRANSACTION READ ONLY', [], { autoCommit: false }), plain);
      return work(link);
    });
  const fetched = (
    link: OracleLink,
    query: NamedSql,
    values: readonly (string | null)[],
    words: typeof plain,
  ): Promise<OracleResult> => {
    const { driver } = link;
    const binds = values.map((value) => bound(driver, value));
    const rows = { maxRows: mostRows, fetchArraySize: mostRows, prefetchRows: mostRows };
    const own = { autoCommit: false, outFormat: driver.OUT_FORMAT_OBJECT, fetchTypeHandler: shown(driver), ...rows };
    return link.ask((db) => db.execute(text(query), binds, own), words);
  };
  return {
    read: (query, values) =>
      reading(async (link) => ((await fetched(link, query, valuesFor(query, values), plain)).rows ?? []).map(asRow)),
    columns: (query) =>
      reading(async (link) => {
        const parsed = await link.ask(async (db) => db.getStatementInfo?.(text(query)), refused);
        // dmdb cannot only parse: nothing equals the nulls that it is run with
        const nulls = query.names.map(() => null);
        const told = parsed ?? (await fetched(link, query, nulls, refused));
        return (told.metaData ?? []).map(({ name }) => name.toLowerCase());
      }),
    close: () => links.close(),
  };
}

const text = (query: NamedSql): string => marked(query, (i) => `:${i + 1}`);
const plain = (error: unknown): DbError => explained(error, dialect);
const refused = (error: unknown): DbError => inWords(error, dialect);

/**
 * As CHAR, which compares with CHAR(n) as if the blanks were not there; with VARCHAR2 it compares as VARCHAR2 does ("Datatype Comparison
 * Rules"). What is not ASCII would lose characters in a database of another character set.
 */
function bound(driver: OracleDriver, value: string | null): unknown {
  const type = value === null || isAscii(value) ? driver.DB_TYPE_CHAR : driver.DB_TYPE_NCHAR;
  return { val: value, type: type ?? driver.STRING };
}

/** Numbers with every digit and times as they stand there, as text; no streams. */
export function shown(driver: OracleDriver): (column: { dbType?: unknown }) => object | undefined {
  const times = [
    driver.DB_TYPE_DATE,
    driver.DB_TYPE_TIMESTAMP,
    driver.DB_TYPE_TIMESTAMP_TZ,
    driver.DB_TYPE_TIMESTAMP_LTZ,
  ];
  const converters = new Map<unknown, object>([
    [driver.DB_TYPE_NUMBER, { type: driver.STRING, converter: zeroBeforePoint }],
    [driver.DB_TYPE_CLOB, { type: driver.STRING }],
    [driver.DB_TYPE_NCLOB, { type: driver.STRING }],
    [driver.DB_TYPE_BLOB, { type: driver.BUFFER }],
    ...times.map((type) => [type, { converter: moment }] as const),
  ]);
  return ({ dbType }) => (dbType === undefined ? undefined : converters.get(dbType));
}

/** Oracle writes `.5`. */
const zeroBeforePoint = (value: string | null): string | null => value?.replace(/^(-?)\./, '$10.') ?? null;

const moment = (value: unknown): unknown => (value instanceof Date ? localTimeText(value) : value);
