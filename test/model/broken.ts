import type { Engine, Session } from '../../src/db/dialect.ts';
import { Sql } from '../../src/db/sql.ts';
import type { Store } from '../../src/db/store.ts';
import { PlatformError } from '../../src/lib/errors.ts';
import type { Platform, SendAnswer } from '../../src/platform/platform.ts';
import type { Invariant } from './oracle.ts';
import type { Action } from './plan.ts';
import { time } from './time.ts';
import type { WorldBuild } from './world.ts';

/** A build with one deliberate fault, and what must find it: this shows that the explorer can fail. */
export interface Broken {
  readonly name: string;
  /** Made anew for each run. */
  readonly build: () => WorldBuild;
  readonly scenario: string;
  /** Happens at the first point with this label, before all else. */
  readonly first?: readonly [label: string, action: Action];
  /** Tried at every point, one run each; null: nothing needs to happen. */
  readonly action: Action | null;
  /** Orders of the waiting operations that are tried, too. */
  readonly orders?: number;
  readonly caughtBy: Invariant;
}

const crash: Action = { do: 'crash' };

export const BROKEN: readonly Broken[] = [
  {
    name: 'the serial is made when it is sent, not recorded before',
    build: () => ({ platform: (p) => ({ ...p, send: (request) => p.send({ ...request, serial: freshSerial() }) }) }),
    scenario: 'a group of three',
    action: crash,
    caughtBy: 'once',
  },
  {
    name: 'no record before the first byte',
    build: () => ({
      store: (s) => ({
        ...s,
        open: () => Promise.resolve({ unrecorded: new Set<string>(), taken: new Set<string>() }),
      }),
    }),
    scenario: 'a group of three',
    action: { do: 'takeover' },
    caughtBy: 'once',
  },
  {
    name: 'the claim takes rows that another daemon holds',
    build: () => ({ engine: rewriting(/o\.status = 'NEW' AND COALESCE\(.*\) = v\.previous/, '1 = 1') }),
    scenario: 'two daemons',
    action: { do: 'doze' },
    orders: 20,
    caughtBy: 'once',
  },
  {
    name: 'a lease is judged by the local clock, which is ahead',
    build: () => ({ skewMs: 600_000 }),
    scenario: 'two daemons',
    action: { do: 'doze' },
    caughtBy: 'machine',
  },
  {
    name: 'a lost answer counts as not sent',
    build: () => ({ platform: (p) => ({ ...p, send: (request) => p.send(request).catch(asUnreached) }) }),
    scenario: 'a group of three',
    action: { do: 'fail' },
    caughtBy: 'once',
  },
  {
    name: 'a repeat does not know that it is one',
    build: () => ({
      store: (s) => ({
        ...s,
        takeOpen: async (...a) => (await s.takeOpen(...a)).map((submit) => ({ ...submit, tries: 1 })),
      }),
    }),
    scenario: 'a group of three',
    action: crash,
    caughtBy: 'once',
  },
  {
    name: 'the journal is not written',
    build: () => ({ state: (s) => ({ ...s, journal: { ...s.journal, write: () => undefined } }) }),
    scenario: 'a group of three',
    action: { do: 'restore' },
    caughtBy: 'once',
  },
  {
    name: 'membership is not persisted: a repeat goes to the rows that still wait',
    build: () => ({ store: withMembersOfNow }),
    scenario: 'a group of three',
    first: ['Send', { do: 'person', act: 'cancel', row: 0 }],
    action: crash,
    caughtBy: 'body',
  },
  {
    name: 'the text is not persisted: a repeat sends what the row shows now',
    build: () => ({ store: withTextOfNow }),
    scenario: 'a group of three',
    first: ['Send', { do: 'person', act: 'edit', row: 0 }],
    action: crash,
    caughtBy: 'body',
  },
  {
    name: 'rows that a dead daemon had claimed stay claimed',
    build: () => ({ store: (s) => ({ ...s, recoverRows: () => Promise.resolve(0) }) }),
    scenario: 'a group of three',
    action: crash,
    caughtBy: 'forgotten',
  },
  {
    name: 'submissions of a dead daemon are not taken over',
    build: () => ({ store: (s) => ({ ...s, takeOpen: () => Promise.resolve([]) }) }),
    scenario: 'a group of three',
    action: crash,
    caughtBy: 'forgotten',
  },
  {
    name: 'the write-back does not look at the status',
    build: () => ({ engine: rewriting(/status IN \('SENDING', 'CANCELLED'\)/, "status <> 'HELD'") }),
    scenario: 'a group of three',
    action: { do: 'person', act: 'reset', row: 0 },
    caughtBy: 'machine',
  },
  {
    name: 'the write-back looks neither at the serial nor at whose the submission is',
    build: () => ({
      engine: (engine) =>
        rewriting(
          /(o\.serial_no = v\.serial|serial_no = \?) AND status IN/,
          '($1 OR 1 = 1) AND status IN',
        )(ownerless(engine)),
      store: withLateWriteBacks,
    }),
    scenario: 'too fast',
    action: null,
    caughtBy: 'machine',
  },
  {
    name: 'a row set to NEW while its call was out is told neither when the call is accepted nor by its claim',
    build: () => ({ engine: blindToClaims, store: (s) => ({ ...s, holdReset: () => Promise.resolve(0) }) }),
    scenario: 'a group of three',
    action: { do: 'person', act: 'reset', row: 0 },
    caughtBy: 'once',
  },
  {
    name: 'an answer that left the question open counts, whoever owns the submission by now',
    build: () => ({ engine: ownerless }),
    scenario: 'too fast',
    action: { do: 'nap' },
    caughtBy: 'once',
  },
  {
    name: 'a row set to NEW is sent although it is claimed and its submission has no answer yet',
    build: () => ({ engine: blindToClaims, store: withNothingOpen }),
    scenario: 'a group of three',
    first: ['Send, answered', { do: 'fail' }],
    action: { do: 'person', act: 'reset', row: 0 },
    caughtBy: 'once',
  },
  {
    name: 'the write-back does not compare the checksum of the text',
    build: () => ({ engine: rewriting(/text_mark IS NULL OR/, '1 = 1 OR text_mark IS NULL OR') }),
    scenario: 'a group of three',
    action: { do: 'person', act: 'edit', row: 0 },
    caughtBy: 'truth',
  },
  {
    name: "neither the database's clock is watched, nor is it looked whether rows are still ours once they are recorded",
    build: () => ({ store: (s) => ({ ...withEvenClock(s), claimed: (_token, ids) => Promise.resolve(new Set(ids)) }) }),
    scenario: 'two daemons, a backlog',
    action: { do: 'leap' },
    caughtBy: 'once',
  },
  {
    name: 'a receipt is applied to whatever row carries its serial, a fresh try included',
    build: () => ({
      engine: rewriting(/NOT IN \('NEW', 'DELIVERED'\)/, "<> 'HELD'"),
      store: (s) => ({
        ...s,
        receiptRows: async (r) => (await s.receiptRows(r)).map((row) => ({ ...row, status: 'SENT' })),
      }),
    }),
    scenario: 'a group of three',
    action: { do: 'person', act: 'reset', row: 0 },
    caughtBy: 'machine',
  },
  {
    name: 'an accepted row goes back to NEW',
    build: () => ({
      store: (s) => ({
        ...s,
        settle: (rows, submits) =>
          s.settle(
            rows.map((row) => (row.status === 'SENT' ? { ...row, status: 'NEW' as const } : row)),
            submits,
          ),
      }),
    }),
    scenario: 'a group of three',
    action: null,
    caughtBy: 'machine',
  },
  {
    name: 'code 20 counts as accepted',
    build: () => ({ platform: readingCode('20', '0') }),
    scenario: 'code 20, nothing done',
    action: null,
    caughtBy: 'truth',
  },
  {
    name: 'code 11 counts as a refusal for good',
    build: () => ({ platform: readingCode('11', '7') }),
    scenario: 'too fast',
    action: null,
    caughtBy: 'sent',
  },
  {
    name: 'what was not delivered is sent again by itself',
    build: () => ({
      engine: rewriting(/ELSE 'UNDELIVERED' END/, "ELSE 'NEW' END"),
    }),
    scenario: 'receipts at once, bad ones and repeated',
    action: null,
    caughtBy: 'ended',
  },
  {
    name: 'messages are confirmed before they are stored',
    build: () => ({ platform: confirmingAtOnce }),
    scenario: 'citizens write',
    action: crash,
    caughtBy: 'inbox',
  },
  {
    name: 'messages that were stored are not remembered',
    build: () => ({
      store: (s) => ({
        ...s,
        storeInbox: (list) => s.storeInbox(list.map((m) => ({ ...m, key: `${m.key}${Math.random()}` }))),
      }),
    }),
    scenario: 'citizens write',
    action: crash,
    caughtBy: 'inbox',
  },
  {
    name: 'receipts are not on disk before they are read',
    build: () => ({
      state: (s) => ({ ...s, spool: { ...s.spool, put: () => '0', done: () => undefined } }),
    }),
    scenario: 'a group of three',
    action: crash,
    caughtBy: 'receipts',
  },
  {
    name: 'a part throws what nobody expects',
    build: () => ({ store: (s) => ({ ...s, applyReceipts: () => Promise.reject(new TypeError('a slip')) }) }),
    scenario: 'a group of three',
    action: null,
    caughtBy: 'bug',
  },
];

/** What one of them needs beside its fault, by itself: nobody may find anything wrong with it. */
export const HARMLESS: Pick<Broken, 'name' | 'build' | 'scenario'> = {
  name: 'each write-back comes once more, late',
  build: () => ({ store: withLateWriteBacks }),
  scenario: 'too fast',
};

export function brokenBuild(name: string): WorldBuild {
  const broken = [...BROKEN, HARMLESS].find((b) => b.name === name);
  if (!broken) throw new TypeError(`no broken build ${name}`);
  return broken.build();
}

const freshSerial = (): string => String(Math.floor(Math.random() * 1e15)).padStart(20, '9');

function asUnreached(error: unknown): never {
  throw error instanceof PlatformError && error.kind === 'doubtful'
    ? new PlatformError('unreached', error.text)
    : error;
}

const readingCode =
  (code: string, as: string) =>
  (p: Platform): Platform => ({
    ...p,
    send: async (request): Promise<SendAnswer> => {
      const answer = await p.send(request);
      return answer.code === code ? { ...answer, code: as } : answer;
    },
  });

function confirmingAtOnce(p: Platform): Platform {
  return {
    ...p,
    reply: async () => {
      const fetched = await p.reply();
      const { lastId } = p.readReply(fetched.raw);
      if (lastId !== null) await p.confirm(lastId);
      return fetched;
    },
  };
}

function withMembersOfNow(s: Store): Store {
  return {
    ...s,
    takeOpen: async (...a) => {
      const taken = await s.takeOpen(...a);
      const rows = await s.rowsOf(taken.flatMap((submit) => submit.members.map((m) => m.id)));
      const waiting = new Set(rows.filter((row) => row.status === 'SENDING').map((row) => row.id));
      return taken.map((submit) => ({ ...submit, members: submit.members.filter((m) => waiting.has(m.id)) }));
    },
  };
}

function withTextOfNow(s: Store): Store {
  return {
    ...s,
    takeOpen: async (...a) => {
      const taken = await s.takeOpen(...a);
      const rows = await s.rowsOf(taken.flatMap((submit) => submit.members.map((m) => m.id)));
      return taken.map((submit) => ({
        ...submit,
        body: rows.find((row) => row.serial === submit.serial)?.content ?? '',
      }));
    },
  };
}

/** Each write-back comes once more, late: when the next submission is recorded. Harmless, as long as it is fenced. */
function withLateWriteBacks(s: Store): Store {
  const written: Parameters<Store['settle']>[] = [];
  return {
    ...s,
    settle: (...a) => {
      written.push(a);
      return s.settle(...a);
    },
    open: async (...a) => {
      const unrecorded = await s.open(...a);
      for (const late of written.splice(0)) await s.settle(...late);
      return unrecorded;
    },
  };
}

function withNothingOpen(s: Store): Store {
  return {
    ...s,
    submitsOf: async (serials) =>
      (await s.submitsOf(serials)).map((submit) => (submit.state === 'OPEN' ? { ...submit, state: 'DONE' } : submit)),
  };
}

/** As if nobody had set it. */
function withEvenClock(s: Store): Store {
  return { ...s, probe: async (q) => ({ ...(await s.probe(q)), clockMs: time.now }) };
}

/** A claim on a waiting row is not seen. */
const blindToClaims = (engine: Engine): Engine =>
  rewriting(/CASE WHEN o\.claim_token IS NULL THEN 0 ELSE 1 END/, '0')(engine);

/** Anybody's write-back counts. */
const ownerless = (engine: Engine): Engine =>
  rewriting(/s\.state = 'OPEN' AND s\.owner = (\?|v\.owner)/, "(s.state = 'OPEN' OR s.owner = $1 OR 1 = 1)")(engine);

/** One condition of ours left out. */
function rewriting(from: RegExp, to: string): (engine: Engine) => Engine {
  const other = (statement: Sql): Sql => new Sql(statement.text.replace(from, to), statement.values);
  const session = (inner: Session): Session => ({
    all: (statement) => inner.all(other(statement)),
    run: (statement) => inner.run(other(statement)),
    insert: (statement) => inner.insert(other(statement)),
  });
  return (engine) => ({ ...engine, ...session(engine), tx: (work) => engine.tx((inner) => work(session(inner))) });
}
