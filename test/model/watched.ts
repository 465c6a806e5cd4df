import type { Engine, Session } from '../../src/db/dialect.ts';
import type { Sql } from '../../src/db/sql.ts';
import type { Store } from '../../src/db/store.ts';
import { DaemonError, DbError } from '../../src/lib/errors.ts';
import type { State } from '../../src/state/open.ts';
import type { Points } from './points.ts';
import { running } from './time.ts';

const BROKE = { zh: '（试验）连接断开', en: '(test) the connection broke' };

/**
 * The database behind await points: one before and one after every statement that commits by itself and every transaction,
 * which is finer than the verbs of the store (some consist of several). Within a transaction there is none: a process killed
 * there is one killed before it. `onWrite`: told after each that may have changed something.
 */
export function watchedEngine(engine: Engine, points: Points, onWrite: () => void): Engine {
  const verb = (): string => running.getStore()?.verb ?? '';
  async function step<T>(what: string, effect: () => Promise<T>, writes: boolean): Promise<T> {
    const label = `${verb()}: ${what}`;
    if ((await points.at(label)) !== 'go') throw new DbError('lost', BROKE);
    const result = await effect();
    if (!writes) return result; // what has changed nothing may as well not have happened
    onWrite();
    if ((await points.at(`${label}, done`)) !== 'go') throw new DbError('doubtful', BROKE);
    return result;
  }
  const session: Session = {
    all: (statement) => step(summary(statement), () => engine.all(statement), false),
    run: (statement) => step(summary(statement), () => engine.run(statement), true),
    insert: (statement) => step(summary(statement), () => engine.insert(statement), true),
  };
  return { ...engine, ...session, tx: (work) => step('transaction', () => engine.tx(work), true) };
}

/** `UPDATE sms_outbox` */
function summary({ text }: Sql): string {
  const [, verb = '?'] = /^\s*(\w+)/.exec(text) ?? [];
  const [, table = ''] = /(?:INTO|UPDATE|FROM)\s+(sms_\w+)/.exec(text) ?? [];
  return `${verb} ${table}`;
}

/** Every statement then knows the verb that it belongs to. */
export function namedVerbs(store: Store): Store {
  const verbs = Object.entries(store) as [string, (...args: unknown[]) => unknown][];
  const named = verbs.map(([verb, work]) => [
    verb,
    (...args: unknown[]) => running.run({ process: running.getStore()?.process ?? null, verb }, () => work(...args)),
  ]);
  return Object.fromEntries(named) as Store;
}

/** The state directory behind await points: before and after every write. */
export function watchedState(state: State, points: Points): State {
  return {
    ...state,
    journal: watchedPart('journal', state.journal, ['write'], points),
    spool: watchedPart('spool', state.spool, ['put', 'settled', 'done'], points),
    quarantine: watchedPart('quarantine', state.quarantine, ['put'], points),
    meta: watchedPart('meta', state.meta, ['set', 'remove'], points),
  };
}

function watchedPart<T extends object>(
  name: string,
  part: T,
  writes: readonly (keyof T & string)[],
  points: Points,
): T {
  const pass = (label: string): void => {
    if (points.now(label) === 'go') return;
    throw new DaemonError('state', { zh: '（试验）磁盘写入失败', en: '(test) the disk refuses to write' });
  };
  const watched = writes.map((method) => {
    const effect = part[method] as (...args: unknown[]) => unknown;
    return [
      method,
      (...args: unknown[]) => {
        pass(`${name}.${method}`);
        const result = effect(...args);
        pass(`${name}.${method}, done`);
        return result;
      },
    ] as const;
  });
  return { ...part, ...Object.fromEntries(watched) };
}
