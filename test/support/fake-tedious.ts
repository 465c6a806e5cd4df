import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { ConnectionError, ISOLATION_LEVEL, Request, TYPES } from 'tedious';
import type { Tedious } from '../../src/db/mssql.ts';

/** What the "server" says to one statement: rows, an error, or nothing at all. */
export type Says =
  | {
      readonly rows?: readonly Record<string, unknown>[];
      /** The type of each column by its name; default: text. */
      readonly types?: Readonly<Record<string, { readonly name: string; readonly scale?: number }>>;
      readonly error?: Error;
    }
  | 'silence';

export interface Asked {
  readonly connection: number;
  /** sql: with parameters · batch: as it is */
  readonly by: 'sql' | 'batch' | 'begin' | 'commit' | 'cancel';
  readonly text: string;
  readonly parameters: readonly { name: string; type: string; value: unknown; length?: number | undefined }[];
}

/** Not part of the driver's API: the bytes of a request. */
const RpcRequestPayload = createRequire(import.meta.url)('tedious/lib/rpcrequest-payload.js') as new (
  procedure: number,
  parameters: readonly unknown[],
  transaction: Buffer,
  options: object,
) => AsyncIterable<Buffer>;

type Done = (error?: Error | null) => void;

/** What the driver itself sees of its requests. */
interface OwnRequest {
  readonly sqlTextOrProcedure: string;
  readonly callback: Done;
  readonly parameters: { name: string; value: unknown; length?: number; type: { name: string } }[];
  readonly resolvedParameters: unknown[];
  validateParameters(collation: object, options: object): void;
  makeParamsParameter(parameters: OwnRequest['parameters']): string;
}

const COLLATION = { codepage: 'CP936', toBuffer: () => Buffer.alloc(5) };
const OPTIONS = { tdsVersion: '7_4', useUTC: true };

/** Has the driver write the request out; what it cannot write is an error here as it would be there. */
async function write(request: OwnRequest): Promise<void> {
  request.validateParameters(COLLATION, OPTIONS);
  const payload = new RpcRequestPayload(10, request.resolvedParameters, Buffer.alloc(8), OPTIONS);
  const written: Buffer[] = [];
  for await (const bytes of payload) written.push(bytes);
  if (written.length === 0) throw new Error('nothing was written');
}

/**
 * A fake of tedious' Connection, and no more (`refused`: what the login comes to): it shows how the adapter uses the driver, not what SQL Server answers. Requests are
 * the driver's own, and every parameter is written out as it would be sent. A second request on a busy connection is refused, as
 * the driver does.
 */
export function fakeTedious(
  answer: (asked: Asked) => Says = () => ({}),
  refused: readonly { readonly number: number; readonly message: string }[] | Error = [],
): {
  driver: Tedious;
  asked: Asked[];
  configs: unknown[];
  closed: number[];
  /** The parameters of each request as they are declared to the server. */
  declared: string[];
} {
  const asked: Asked[] = [];
  const configs: unknown[] = [];
  const closed: number[] = [];
  const declared: string[] = [];

  class Connection extends EventEmitter {
    readonly #number: number;
    #busy: Done | null = null;
    #cancelled = false;
    constructor(config: unknown) {
      super();
      this.#number = configs.push(config);
    }
    /** A refused login: each message of the server is an event, the error has the words of the last and no number. */
    connect(done: Done): void {
      if (refused instanceof Error) return void setImmediate(done, refused);
      for (const message of refused) this.emit('errorMessage', message);
      const last = refused.at(-1);
      setImmediate(done, last === undefined ? null : driverError('ELOGIN', last.message));
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
        const metadata = columnsOf(said);
        if (metadata.length > 0) request?.emit('columnMetadata', metadata as never);
        for (const row of said.rows ?? []) {
          request?.emit(
            'row',
            metadata.map((column) => ({ metadata: column, value: row[column.colName] })),
          );
        }
        this.#busy = null;
        done(this.#cancelled ? driverError('ECANCEL', 'Canceled.') : (said.error ?? null));
        this.#cancelled = false;
      });
    }
    /** Rows that are on their way still come. */
    cancel(): boolean {
      asked.push({ connection: this.#number, by: 'cancel', text: '', parameters: [] });
      this.#cancelled = true;
      return true;
    }
    execSql(request: Request): void {
      const own = request as unknown as OwnRequest;
      const parameters = own.parameters.map(({ name, type, value, length }) => ({
        name,
        type: type.name,
        value,
        length,
      }));
      declared.push(own.makeParamsParameter(own.parameters));
      write(own).then(
        () => this.#take('sql', own.sqlTextOrProcedure, parameters, (error) => own.callback(error), request),
        (error: unknown) => own.callback(error as Error),
      );
    }
    execSqlBatch(request: Request): void {
      const own = request as unknown as OwnRequest;
      this.#take('batch', own.sqlTextOrProcedure, [], (error) => own.callback(error), request);
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
  const driver = { Connection, Request, TYPES, ISOLATION_LEVEL } as unknown as Tedious;
  return { driver, asked, configs, closed, declared };
}

function columnsOf({ rows = [], types = {} }: Exclude<Says, 'silence'>): { colName: string; type: { name: string } }[] {
  const names = new Set([...Object.keys(types), ...rows.flatMap((row) => Object.keys(row))]);
  return [...names].map((colName) => {
    const { name, ...rest } = types[colName] ?? { name: 'NVarChar' };
    return { colName, type: { name }, ...rest };
  });
}

/** An error of the driver about its connection and not about a request. */
export const connectionError = (code: string, message = code): Error => new ConnectionError(message, code);

/** An error of the server, as the driver hands it over. */
export const serverError = (number: number, message = 'x'): Error =>
  Object.assign(new Error(message), { code: 'EREQUEST', number });

export const driverError = (code: string, message = code): Error => Object.assign(new Error(message), { code });
