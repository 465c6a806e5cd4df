import { EventEmitter } from 'node:events';
import { TYPES } from 'tedious';
import type { Tedious } from '../../src/db/mssql.ts';

/** What the "server" says to one statement: rows, an error, or nothing at all. */
export type Says = { readonly rows?: readonly Record<string, unknown>[]; readonly error?: Error } | 'silence';

export interface Asked {
  readonly connection: number;
  /** sql: with parameters · batch: as it is */
  readonly by: 'sql' | 'batch' | 'begin' | 'commit';
  readonly text: string;
  readonly parameters: readonly { name: string; type: string; value: unknown; length?: number | undefined }[];
}

type Done = (error?: Error | null) => void;

/**
 * A fake of tedious' API, and no more: it shows how the adapter uses the driver, not what SQL Server answers. It refuses a second
 * request on a busy connection, as the driver does.
 */
export function fakeTedious(answer: (asked: Asked) => Says = () => ({})): {
  driver: Tedious;
  asked: Asked[];
  configs: unknown[];
  closed: number[];
} {
  const asked: Asked[] = [];
  const configs: unknown[] = [];
  const closed: number[] = [];

  class Request extends EventEmitter {
    readonly text: string;
    readonly done: Done;
    readonly parameters: Asked['parameters'][number][] = [];
    constructor(text: string, done: Done) {
      super();
      this.text = text;
      this.done = done;
    }
    addParameter(name: string, type: { name: string }, value: unknown, options?: { length?: number }): void {
      this.parameters.push({ name, type: type.name, value, length: options?.length });
    }
  }

  class Connection extends EventEmitter {
    readonly #number: number;
    #busy: Done | null = null;
    constructor(config: unknown) {
      super();
      this.#number = configs.push(config);
    }
    connect(done: Done): void {
      setImmediate(done);
    }
    #take(by: Asked['by'], text: string, parameters: Asked['parameters'], done: Done, request?: Request): void {
      if (this.#busy !== null) {
        done(Object.assign(new Error('Requests can only be made in the LoggedIn state'), { code: 'EINVALIDSTATE' }));
        return;
      }
      const one = { connection: this.#number, by, text, parameters };
      asked.push(one);
      this.#busy = done;
      const said = answer(one);
      if (said === 'silence') return;
      setImmediate(() => {
        this.#busy = null;
        for (const row of said.rows ?? []) {
          request?.emit(
            'row',
            Object.entries(row).map(([colName, value]) => ({ metadata: { colName }, value })),
          );
        }
        done(said.error ?? null);
      });
    }
    execSql(request: Request): void {
      this.#take('sql', request.text, request.parameters, request.done, request);
    }
    execSqlBatch(request: Request): void {
      this.#take('batch', request.text, [], request.done, request);
    }
    beginTransaction(done: Done): void {
      this.#take('begin', '', [], done);
    }
    commitTransaction(done: Done): void {
      this.#take('commit', '', [], done);
    }
    close(): void {
      closed.push(this.#number);
      const waiting = this.#busy;
      this.#busy = null;
      waiting?.(Object.assign(new Error('Connection closed before request completed.'), { code: 'ECLOSE' }));
      this.emit('end');
    }
  }
  const driver = { Connection, Request, TYPES } as unknown as Tedious;
  return { driver, asked, configs, closed };
}

/** An error of the server, as the driver hands it over. */
export const serverError = (number: number, message = 'x'): Error =>
  Object.assign(new Error(message), { code: 'EREQUEST', number });

export const driverError = (code: string, message = code): Error => Object.assign(new Error(message), { code });
