import type { Engine, Session } from '../../../src/db/dialect.ts';
import { openEngine, storeOf } from '../../../src/db/open.ts';
import type { Sql } from '../../../src/db/sql.ts';
import type { Store } from '../../../src/db/store.ts';
import { freshDatabase, type Client } from '../../support/databases.ts';
import { Loader, type Sizes } from './load.ts';
import { readerFor, type Reader, type Reading } from './read.ts';
import { busyDay } from './steps.ts';

/** never: the tables were not analysed at all · before: when there was no work yet · now: as they are. */
export type Statistics = 'never' | 'before' | 'now';

export interface Finding extends Reading {
  readonly verb: string;
  /** Its first words; numbered where the verb has several with the same. */
  readonly statement: string;
  readonly statistics: Statistics;
  readonly ms: number;
}

/** Loads a database of its own, runs every verb of the store on it under good, old and no statistics, and says how each statement went. */
export async function measure(client: Client, sizes: Sizes, say: (what: string) => void): Promise<Finding[]> {
  const db = await freshDatabase(client);
  // one connection: what is counted belongs to the statement before
  const engine = openEngine({ ...db.options, poolSize: 1 });
  try {
    say(`loading ${sizes.ended} ended and ${sizes.waiting} waiting rows`);
    const loader = await Loader.open(db, sizes);
    const found: Finding[] = [];
    const names = new Names();
    const reader = await readerFor(client, engine);
    for (const [round, statistics] of (['never', 'before', 'now'] as const).entries()) {
      if (round > 0) await loader.clearWork();
      if (statistics === 'before') await loader.analyse();
      await loader.work();
      if (statistics === 'now') await loader.analyse();
      say(`statistics: ${statistics}`);
      let verb = '';
      const watched = watchedEngine(engine, reader, (statement, reading, ms) => {
        const wasted = GROUPING.has(verb) && reading.waste === 'sort' ? '' : reading.waste;
        const waste = [wasted, tooMuch(verb, reading)].filter((words) => words !== '').join(', ');
        found.push({ ...reading, verb, statement: names.of(verb, statement), statistics, ms, waste });
      });
      await busyDay(
        named(storeOf(watched, db.options), (name) => (verb = name)),
        round,
      );
    }
    return found;
  } finally {
    await engine.close();
    await db.drop();
  }
}

/** A batch is 500 rows in one or two tables, a dead daemon's claims are some thousand: what reads more grows with the tables. */
const MOST_EXAMINED = 5000;
/** What a few counts read that end at 10,000 each, over ten priorities. */
const MOST_COUNTED = 60_000;
/** These count; `hasten` looks through what is scheduled, once, when a person sets quiet hours aside. */
const COUNTING: ReadonlySet<string> = new Set(['beat', 'waiting', 'backlog', 'hasten']);
/** Groups the rows that it has read, of which there are no more than its cap. */
const GROUPING: ReadonlySet<string> = new Set(['backlog']);

function tooMuch(verb: string, { examined }: Reading): string {
  return (examined ?? 0) > (COUNTING.has(verb) ? MOST_COUNTED : MOST_EXAMINED) ? 'reads too much' : '';
}

type Told = (statement: Sql, reading: Reading, ms: number) => void;

function watchedEngine(engine: Engine, reader: Reader, told: Told): Engine {
  const watched = (session: Session): Session => {
    const look = async <T>(statement: Sql, run: () => Promise<T>): Promise<T> => {
      let ms = 0;
      const { result, reading } = await reader(session, statement, async () => {
        const started = performance.now();
        const answer = await run();
        ms = performance.now() - started;
        return answer;
      });
      told(statement, reading, ms);
      return result;
    };
    return {
      all: (statement) => look(statement, () => session.all(statement)),
      run: (statement) => look(statement, () => session.run(statement)),
      insert: (statement) => look(statement, () => session.insert(statement)),
    };
  };
  // every statement in a transaction, so that it can be tried on the same connection first
  const single = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    engine.tx((session) => work(watched(session)));
  return {
    ...engine,
    all: (statement) => single((session) => session.all(statement)),
    run: (statement) => single((session) => session.run(statement)),
    insert: (statement) => single((session) => session.insert(statement)),
    tx: (work) => single(work),
  };
}

/** Tells which verb is being asked. */
function named(store: Store, tell: (name: string) => void): Store {
  return new Proxy(store, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== 'function' || typeof name !== 'string') return verb;
      return (...args: unknown[]): unknown => {
        tell(name);
        return (verb as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** `UPDATE outbox`, `UPDATE outbox 2`: the same name for the same statement, whatever the length of its lists. */
class Names {
  readonly #known = new Map<string, string[]>();

  of(verb: string, { text }: Sql): string {
    const [, word = '', table = ''] = /^(\w+)[\s\S]*?\b(sms_\w+)/.exec(text) ?? [];
    const name = `${word} ${table.replace(/^sms_(mw_)?/, '')}`.trim();
    const shape = text.replaceAll(/( UNION ALL SELECT \?)+|(, \(\?[^)]*\))+| LIMIT \d+ OFFSET \d+/g, '');
    const shapes = this.#known.get(`${verb} ${name}`) ?? [];
    this.#known.set(`${verb} ${name}`, shapes);
    if (!shapes.includes(shape)) shapes.push(shape);
    const number = shapes.indexOf(shape) + 1;
    return number === 1 ? name : `${name} ${number}`;
  }
}
