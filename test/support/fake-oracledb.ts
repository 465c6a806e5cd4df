import { createRequire } from 'node:module';
import type { OracleConnection, OracleDriver, OracleResult } from '../../src/db/oracle-driver.ts';

export type Says = OracleResult | Error | 'silence';

export interface Asked {
  readonly connection: number;
  readonly by: 'execute' | 'executeMany' | 'parse' | 'commit' | 'rollback';
  readonly text: string;
  readonly binds: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

type SessionCallback = (db: OracleConnection, tag: string, done: (error?: Error) => void) => void;

interface Parsed {
  readonly bindInfoList: readonly { readonly bindName: string; readonly isReturnBind: boolean }[];
}

/** Not part of the driver's API: how it finds the places of bindings in a statement. */
const statements = createRequire(import.meta.url)('oracledb/lib/thin/statement.js') as {
  Statement: new () => Parsed & { _prepare(text: string): void };
};

/**
 * A fake of node-oracledb's API, and no more (`refused`: why no session comes about): it shows how the adapter uses the driver, not what Oracle answers. The places of
 * bindings are found by the driver's own parser, and there must be as many values.
 */
export function fakeOracledb(
  answer: (asked: Asked) => Says = () => ({ rowsAffected: 0 }),
  refused?: Error,
): {
  driver: OracleDriver;
  asked: Asked[];
  pools: Readonly<Record<string, unknown>>[];
  released: { connection: number; drop: boolean }[];
} {
  const asked: Asked[] = [];
  const pools: Readonly<Record<string, unknown>>[] = [];
  const released: { connection: number; drop: boolean }[] = [];
  /** Numbers of sessions that nobody uses; the objects that are lent are new each time. */
  const idle: number[] = [];
  let opened = 0;

  class FakeConnection implements OracleConnection {
    callTimeout = 0;
    readonly #number: number;
    constructor(number: number) {
      this.#number = number;
    }
    #ask(by: Asked['by'], text: string, binds: readonly unknown[], options: object): Promise<OracleResult> {
      const one: Asked = { connection: this.#number, by, text, binds, options: options as Asked['options'] };
      asked.push(one);
      const said = answer(one);
      if (said === 'silence') return new Promise(() => undefined);
      return said instanceof Error ? Promise.reject(said) : Promise.resolve(said);
    }
    execute(text: string, binds: readonly unknown[], options: object): Promise<OracleResult> {
      checkPlaces(text, binds.length);
      return this.#ask('execute', text, binds, options);
    }
    executeMany(text: string, rows: readonly (readonly unknown[])[], options: object): Promise<OracleResult> {
      for (const row of rows) checkPlaces(text, row.length);
      return this.#ask('executeMany', text, rows, options);
    }
    async getStatementInfo(text: string): Promise<OracleResult> {
      return this.#ask('parse', text, [], {});
    }
    commit = async (): Promise<void> => {
      await this.#ask('commit', '', [], {});
    };
    rollback = async (): Promise<void> => {
      await this.#ask('rollback', '', [], {});
    };
    close(options?: { drop?: boolean }): Promise<void> {
      released.push({ connection: this.#number, drop: options?.drop === true });
      if (options?.drop !== true) idle.push(this.#number);
      return Promise.resolve();
    }
  }

  const driver: OracleDriver = {
    ...{ OUT_FORMAT_OBJECT: 'object', BIND_OUT: 'out', STRING: 'string', NUMBER: 'number', BUFFER: 'buffer' },
    ...{ DB_TYPE_NVARCHAR: 'nvarchar', DB_TYPE_CLOB: 'clob', DB_TYPE_NCLOB: 'nclob' },
    ...{ DB_TYPE_CHAR: 'char', DB_TYPE_NCHAR: 'nchar' },
    createPool(attributes) {
      pools.push(attributes);
      return Promise.resolve({
        async getConnection() {
          if (refused !== undefined) throw refused;
          const known = idle.pop();
          const connection = new FakeConnection(known ?? ++opened);
          const prepare = attributes['sessionCallback'] as SessionCallback | undefined;
          if (known === undefined && prepare !== undefined) {
            await new Promise<void>((done, fail) =>
              prepare(connection, '', (error) => (error === undefined ? done() : fail(error))),
            );
          }
          return connection;
        },
        close: () => Promise.resolve(),
      });
    },
  };
  return { driver, asked, pools, released };
}

function checkPlaces(text: string, values: number): void {
  const statement = new statements.Statement();
  statement._prepare(text);
  const places = statement.bindInfoList.length;
  if (places !== values) throw new Error(`NJS-098: ${places} bind placeholders but ${values} values: ${text}`);
}

export const oracleError = (code: string, message = 'x'): Error =>
  Object.assign(new Error(`${code}: ${message}`), { code });
