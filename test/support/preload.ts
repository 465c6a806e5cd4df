// Loaded into a daemon's process before the program (`node --import`). Moves its clocks and kills it at a statement of node:sqlite,
// as the test orders over the IPC channel; the program itself knows nothing of it.
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** What a test may ask of a daemon's process. */
export interface Orders {
  /** Milliseconds by which the clocks are off from now on. The monotonic one can only be set forward. */
  readonly clock?: { readonly wall: number; readonly mono: number };
  /**
   * Die by SIGKILL right `before` or `after` the last of these statements, once they have been met in this order; of the state
   * directory and, on SQLite, of the database alike. null: no longer.
   */
  readonly die?: { readonly when: 'before' | 'after'; readonly texts: readonly string[] } | null;
}

let wall = 0;
let mono = 0;
let die: { when: 'before' | 'after'; texts: RegExp[] } | null = null;

const RealDate = Date;
const realNow = performance.now.bind(performance);

class ShiftedDate extends RealDate {
  constructor(...args: [] | [string | number | Date]) {
    super(...((args.length === 0 ? [ShiftedDate.now()] : args) as [number]));
  }

  static override now(): number {
    return RealDate.now() + wall;
  }
}
globalThis.Date = ShiftedDate as DateConstructor;
performance.now = () => realNow() + mono;

/** True: this is the statement at which the process is to die. */
function isLast(text: string): boolean {
  if (die === null || !die.texts[0]?.test(text)) return false;
  die.texts.shift();
  return die.texts.length === 0;
}

function around<T>(text: string, run: () => T): T {
  if (!isLast(text)) return run();
  if (die?.when === 'before') process.kill(process.pid, 'SIGKILL');
  const result = run();
  process.kill(process.pid, 'SIGKILL');
  return result;
}

// called with their `this` below
// eslint-disable-next-line @typescript-eslint/unbound-method
const { exec, prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (this: DatabaseSync, text: string): void {
  around(text, () => exec.call(this, text));
};
DatabaseSync.prototype.prepare = function (this: DatabaseSync, text: string): StatementSync {
  const statement = prepare.call(this, text);
  for (const verb of ['run', 'all', 'get'] as const) {
    const real = statement[verb].bind(statement) as (...values: unknown[]) => unknown;
    Object.defineProperty(statement, verb, { value: (...values: unknown[]) => around(text, () => real(...values)) });
  }
  return statement;
};

function obey(orders: Orders): void {
  if (orders.clock) ({ wall, mono } = orders.clock);
  if (orders.die !== undefined) {
    die = orders.die && { when: orders.die.when, texts: orders.die.texts.map((text) => new RegExp(text, 's')) };
  }
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its `this` below
const { send } = process;
if (send) {
  const channel = process.channel;
  // the program takes an IPC channel for that of its own launcher
  delete process.send;
  await new Promise<void>((done) => {
    process.on('message', (orders: Orders) => {
      obey(orders);
      (send as (message: string) => boolean).call(process, 'obeyed');
      done();
    });
  });
  channel?.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL')); // the test is gone
}
