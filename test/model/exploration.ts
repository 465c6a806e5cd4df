import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Action, CALM, PERSON_ACTS, type Plan } from './plan.ts';
import { pointsOf, singles } from './plans.ts';
import { Pool } from './pool.ts';
import { type Scenario, SCENARIOS, scenarioNamed } from './scenarios.ts';
import { type Run, story, told } from './story.ts';
import type { Outcome } from './world.ts';

/**
 * glance: each event in one or two scenarios, only where something lasting has happened since the point before, and few pairs; for
 * every test run · usual: each event at every point of the scenarios that it is made for · full (`YXT_MODEL=full`): of every
 * scenario, and many more pairs; for a release.
 */
export type Depth = 'glance' | 'usual' | 'full';
const PAIRS: Record<Depth, number> = { glance: 60, usual: 200, full: 20_000 };
/** Scenarios of an event, at a glance. */
const FEW = 2;
const SEED = Number(process.env['YXT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** One run, as a failure prints it: told point by point. */
const REPLAY = process.env['YXT_PLAN'];

const some = (...names: string[]): Scenario[] => names.map(scenarioNamed);

/** In 'a backlog' a row that is claimed, and waits unrecorded for most of the time. */
const WAITING = 4;
const reset = (row: number): Action => ({ do: 'person', act: 'reset', row });

/** Events, and the scenarios in which all but a full run try each. */
const EVENTS: readonly (readonly [title: string, actions: readonly Action[], quick: readonly Scenario[]])[] = [
  ['killed and started again', [{ do: 'crash' }], SCENARIOS],
  [
    'killed, and another daemon takes over',
    [{ do: 'takeover' }],
    some('a group of three', 'faillist', 'citizens write', 'too fast'),
  ],
  ['stopped in order', [{ do: 'stop' }], some('too fast', 'citizens write')],
  ['slow, for less than a lease', [{ do: 'doze' }], some('two daemons')],
  ['suspended for longer than a lease', [{ do: 'freeze' }], some('faillist', 'balance used up')],
  [
    'suspended until another daemon has the answer',
    [{ do: 'nap' }],
    some('a group of three', 'too fast', 'code 20, accepted'),
  ],
  ['asleep with its machine', [{ do: 'sleep' }], some('a group of three')],
  [
    'a statement, a disk write or a call fails',
    [{ do: 'fail' }],
    some('faillist', 'too fast', 'receipts at once, bad ones and repeated', 'citizens write'),
  ],
  ['a request is lost, or comes late', [{ do: 'drop' }, { do: 'late' }], some('faillist', 'citizens write')],
  ['the database is set back', [{ do: 'restore' }], SCENARIOS],
  ...PERSON_ACTS.map((act): (typeof EVENTS)[number] => [
    `a person does "${act}" to a row`,
    [{ do: 'person', act, row: 0 }],
    some('a group of three', 'code 20, accepted'),
  ]),
  ['a person resets a row that is claimed and waits', [reset(WAITING)], some('a backlog', 'two daemons, a backlog')],
  ["the database's clock leaps", [{ do: 'leap' }], some('a backlog', 'two daemons, a backlog')],
  [
    "the database's clock leaps, and another daemon starts",
    [{ do: 'leap', another: true }],
    some('a backlog', 'a group of three'),
  ],
];

/** A row is reset, and so many points later the daemon is killed. */
const RESETS: readonly (readonly [scenario: string, row: number])[] = [
  ['a backlog', WAITING],
  ['a group of three', 0],
];
const KILLED_AFTER: Record<Depth, readonly number[]> = {
  glance: [6],
  usual: [1, 3, 6, 12, 25],
  full: [1, 2, 3, 4, 6, 8, 12, 18, 25, 40],
};

/** Declares the suite: the product's own code, run through to the end once for each plan. */
export function exploration(depth: Depth): void {
  describe(`model: exactly once, whatever happens between two steps (${depth})`, function () {
    this.timeout(depth === 'full' ? 3_600_000 : 180_000);
    let pool: Pool;
    const calm = new Map<string, Outcome>();
    const calmRun = (name: string): Outcome => calm.get(name) ?? assert.fail(name);

    before(async () => {
      pool = new Pool();
      await Promise.all(SCENARIOS.map(async ({ name }) => calm.set(name, await pool.run(name, CALM))));
    });
    after(async () => {
      await pool.close();
      console.log(`      ${pool.runs} runs, seed ${SEED}`);
    });

    /** Runs them all; fails with the shortest of those that go wrong. */
    async function allFine(runs: readonly Run[]): Promise<void> {
      const wrong: { after: number; text: string }[] = [];
      const one = async (run: Run): Promise<void> => {
        const outcome = await pool.run(run.scenario, run.plan);
        const [first] = outcome.violations;
        if (first) wrong.push({ after: first.after, text: story(run, outcome, first) });
      };
      await Promise.all(runs.map(one));
      const [shortest] = wrong.sort((a, b) => a.after - b.after);
      if (shortest) assert.fail(`${wrong.length} of ${runs.length} runs; the shortest:\n${shortest.text}`);
    }

    if (REPLAY !== undefined) {
      it('the run in YXT_PLAN', async () => {
        const run = JSON.parse(REPLAY) as Run;
        const outcome = await pool.run(run.scenario, run.plan);
        console.log(told(run, outcome).join('\n'));
        assert.deepEqual(outcome.violations, []);
      });
      return;
    }

    it('nothing happens', () => allFine(SCENARIOS.map(({ name }) => ({ scenario: name, plan: CALM }))));

    it('the same plan gives the same run', async () => {
      const plan: Plan = { at: { 48: { do: 'takeover' }, 90: { do: 'fail' } }, order: 7 };
      for (const scenario of ['faillist', 'two daemons']) {
        const [one, ...others] = await Promise.all([1, 2, 3, 4].map(() => pool.run(scenario, plan)));
        for (const other of others) assert.deepEqual(other, one);
      }
    });

    for (const [title, actions, quick] of EVENTS) {
      it(`at every point: ${title}`, () => {
        const possible = (depth === 'full' ? SCENARIOS : quick).filter(
          (s) => s.restorable === true || actions[0]?.do !== 'restore',
        );
        const chosen = depth === 'glance' ? possible.slice(0, FEW) : possible;
        const runs = chosen.flatMap(({ name: scenario }) =>
          actions.flatMap((action) => {
            const distinct =
              depth === 'glance' || (depth === 'usual' && (action.do === 'takeover' || action.do === 'restore'));
            return singles(calmRun(scenario), action, {}, distinct).map((plan): Run => ({ scenario, plan }));
          }),
        );
        return allFine(runs);
      });
    }

    it('at every point: a person resets a row, and soon after the daemon is killed', () => {
      const runs = RESETS.flatMap(([scenario, row]) =>
        singles(calmRun(scenario), reset(row), {}, depth !== 'full').flatMap(({ at, order }) =>
          KILLED_AFTER[depth].map((later): Run => {
            const killed = Number(Object.keys(at)[0]) + later;
            return { scenario, plan: { at: { ...at, [killed]: { do: 'crash' } }, order } };
          }),
        ),
      );
      return allFine(runs);
    });

    const event: fc.Arbitrary<Action> = fc.oneof(
      { weight: 3, arbitrary: fc.constant<Action>({ do: 'crash' }) },
      ...(['takeover', 'stop', 'doze', 'freeze', 'nap', 'sleep', 'fail', 'drop', 'late', 'leap'] as const).map(
        (what) => ({
          weight: 1,
          arbitrary: fc.constant<Action>({ do: what }),
        }),
      ),
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('person' as const),
          act: fc.constantFrom(...PERSON_ACTS),
          row: fc.nat(1),
        }),
      },
    );
    /** The second event comes some points after the first: mostly into the recovery from it. */
    const pair = fc.record({
      scenario: fc.constantFrom(...SCENARIOS.map(({ name }) => name)),
      order: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
      events: fc.tuple(event, event),
      at: fc.nat(90),
      later: fc.integer({ min: 1, max: 90 }),
    });

    const pairs = Number(process.env['YXT_RUNS'] ?? PAIRS[depth]);
    it(`pairs of events, in any order of what waits (seed ${SEED})`, async () => {
      const property = fc.asyncProperty(pair, async ({ scenario, order, events: [first, second], at, later }) => {
        const points = pointsOf(calmRun(scenario));
        const point = points[at % points.length] ?? 1;
        const run: Run = { scenario, plan: { at: { [point]: first, [point + later]: second }, order } };
        const outcome = await pool.run(scenario, run.plan);
        const [wrong] = outcome.violations;
        if (wrong) throw new Error(story(run, outcome, wrong));
      });
      // two at once, to keep the threads busy
      await Promise.all([0, 1].map((half) => fc.assert(property, { seed: SEED + half, numRuns: pairs / 2 })));
    });
  });
}
