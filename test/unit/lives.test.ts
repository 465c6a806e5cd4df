import assert from 'node:assert/strict';
import { checkConfig } from '../../src/config/check.ts';
import { differences } from '../../src/config/differences.ts';
import type { Config } from '../../src/config/settings.ts';
import { Lives, type Life, type LivesParts, type Reloaded } from '../../src/daemon/lives.ts';
import { LoginRefused } from '../../src/db/login.ts';
import { aborted, type Stop } from '../../src/daemon/stop.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ConfigError, DaemonError, DbError } from '../../src/lib/errors.ts';
import { recordedLog, type LogLine } from '../support/log.ts';
import { freshSite } from '../support/service.ts';

const LOST = new DbError('lost', { zh: '断', en: 'gone' });
const DENIED = new DbError('denied', { zh: '拒绝', en: 'denied' });

describe('lives of the daemon', () => {
  const site = freshSite();
  let first: Config;
  let log: LogLine[];
  /** What happened, in order: each life by its instance. */
  let story: string[];
  /** What the next lives do instead of beginning. */
  let failures: (Error | null)[];
  let next: () => Config;
  /** Begun lives wait for it. */
  let hold: Promise<void>;
  let held: () => void;
  let stops: Stop[];

  const configOf = (instance: string, more: Record<string, unknown> = {}): Config => {
    site.planFor({ instance, ...more });
    const { config } = checkConfig(site.file, {}, []);
    assert.ok(config);
    return config;
  };

  beforeEach(() => {
    first = configOf('old');
    story = [];
    failures = [];
    stops = [];
    hold = Promise.resolve();
    held = () => undefined;
    next = () => configOf('new');
  });

  function lives(more: Partial<LivesParts> = {}): { lives: Lives; over: Promise<void> } {
    const recorded = recordedLog();
    log = recorded.lines;
    const made = new Lives(first, {
      log: recorded.log,
      clock: systemClock,
      source: { load: () => next(), use: ({ instance }) => Promise.resolve(void story.push(`use ${instance}`)) },
      prove: () => Promise.resolve(),
      async begin({ instance }, stop): Promise<Life> {
        stops.push(stop);
        held();
        await hold;
        const failure = failures.shift() ?? null;
        if (failure !== null) throw failure;
        story.push(`begin ${instance}`);
        return {
          holdBackMs: 0,
          answer: ({ verb }) => Promise.resolve(`${verb} ${instance}`),
          over: aborted(stop.asked).then(() => {
            story.push(`end ${instance}`);
            if (stop.fault !== null) throw stop.fault;
          }),
        };
      },
      audit: ({ who, action, facts }) => story.push(`${who} ${action} ${String(facts['changed'])}`),
      ...more,
    });
    return { lives: made, over: made.run() };
  }
  const begun = (): Promise<void> => new Promise((done) => setImmediate(done));
  const end = async (one: { lives: Lives; over: Promise<void> }): Promise<void> => {
    one.lives.end.request('test', 1000);
    await one.over;
    one.lives.end.done();
  };
  const why = (reloaded: Reloaded): string => (reloaded.done ? 'done' : `${reloaded.why}: ${reloaded.text.en}`);

  it('follow one another, and name the keys that differ', async () => {
    const one = lives();
    await begun();
    next = () => configOf('new', { 'outbox.pollEvery': '1s', stateDir: './elsewhere' });
    const reloaded = await one.lives.reload();
    assert.deepEqual(reloaded.done && [reloaded.changed, reloaded.waiting], [
      ['instance', 'outbox.pollEvery', 'stateDir'],
      ['stateDir'],
    ]);
    assert.equal(await one.lives.answer({ verb: 'status' }), 'status new');
    // what waits for a restart goes on waiting
    const again = await one.lives.reload();
    assert.deepEqual(again.done && again.changed, ['stateDir']);
    await end(one);
    assert.deepEqual(story, [
      'begin old',
      'end old',
      'use new',
      'begin new',
      'end new',
      'use new',
      'begin new',
      'end new',
    ]);
  });

  it('are left alone by what does not stand up to a look, and by a signal in between', async () => {
    const one = lives({ prove: ({ instance }) => (instance === 'bad' ? Promise.reject(LOST) : Promise.resolve()) });
    await begun();
    next = () => {
      throw new ConfigError('config', { zh: '错', en: 'wrong' });
    };
    assert.match(why(await one.lives.reload()), /^config: .*stays: wrong$/);
    next = () => configOf('bad');
    assert.match(why(await one.lives.reload()), /^failed: .*stays: gone$/);
    next = () => configOf('new');
    const [hangUp, second] = [one.lives.hangUp(), one.lives.reload()];
    assert.match(why(await second), /^refused: .*reloading/);
    await hangUp;
    await end(one);
    assert.match(why(await one.lives.reload()), /^refused: .*stopping/);
    assert.deepEqual(story, [
      'begin old',
      'end old',
      'use new',
      'begin new',
      'signal:SIGHUP reload instance',
      'end new',
    ]);
    assert.deepEqual(
      log.map(({ event }) => event),
      [
        'reload.asked',
        'reload.config',
        'reload.asked',
        'reload.failed',
        'reload.asked',
        'reload.refused',
        'reload.done',
        'reload.refused',
      ],
    );
  });

  it('go back to the old configuration, also through an outage of the database', async () => {
    const one = lives();
    await begun();
    failures = [DENIED, LOST, LOST];
    assert.match(why(await one.lives.reload()), /^undone: .*one before: denied$/);
    assert.equal(await one.lives.answer({ verb: 'status' }), 'status old');
    await end(one);
    assert.deepEqual(story, ['begin old', 'end old', 'use new', 'use old', 'begin old', 'end old']);
  });

  it('end as a start would where neither begins, and the asker hears of it', async () => {
    const one = lives();
    await begun();
    failures = [LOST, DENIED];
    const [reloaded] = await Promise.all([one.lives.reload(), assert.rejects(one.over, DENIED)]);
    assert.match(why(reloaded), /^refused/);
  });

  it('end by themselves with their fault, during a reload too', async () => {
    const one = lives({ prove: () => new Promise(() => undefined) });
    await begun();
    const reload = one.lives.reload();
    stops[0]?.fail(new DaemonError('fenced', { zh: '让', en: 'stepped back' }), 1000);
    await assert.rejects(one.over, /stepped back/);
    assert.match(why(await reload), /^refused: .*stopping/);
    stops[0]?.done();
  });

  for (const hurry of [false, true]) {
    it(`hear a stop while the next one begins${hurry ? ', and do not wait for it when hurried' : ''}`, async () => {
      const one = lives();
      await begun();
      const beginning = new Promise<void>((done) => (held = done));
      let go = (): void => undefined;
      hold = new Promise((done) => (go = done));
      const reload = one.lives.reload();
      await beginning;
      await assert.rejects(one.lives.answer({ verb: 'status' }), /reloading/);
      assert.deepEqual(await one.lives.answer({ verb: 'stop' }), { stopping: true, deadlineMs: one.lives.deadlineMs });
      assert.equal(stops.at(-1)?.asked.aborted, true);
      if (hurry) one.lives.end.request('SIGTERM', 1000);
      else go();
      await one.over;
      assert.match(why(await reload), /^refused: .*stopping/);
      assert.deepEqual(story, ['begin old', 'end old', 'use new', ...(hurry ? [] : ['begin new', 'end new'])]);
      go();
      one.lives.end.done();
    });
  }

  it('do not end where the first login is refused, and say why nothing has begun', async () => {
    failures = [new LoginRefused(DENIED)];
    const one = lives();
    await begun();
    await assert.rejects(one.lives.answer({ verb: 'status' }), /denied\. So that the account is not locked/);
    await one.lives.answer({ verb: 'stop' });
    await one.over;
    one.lives.end.done();
    assert.deepEqual(story, []);
  });

  it('say while the first begins that they are starting', async () => {
    hold = new Promise((done) => (held = done));
    const release = held;
    held = () => undefined;
    const one = lives();
    assert.match(why(await one.lives.reload()), /^refused: .*starting/);
    await assert.rejects(one.lives.answer({ verb: 'pause' }), /starting/);
    release();
    await begun();
    await end(one);
  });
});

describe('differences of two configurations', () => {
  it('name keys, never values; a list counts as one', () => {
    const before = { a: 1, b: { c: 'secret', d: [1, 2] }, e: null, g: { x: 1 } };
    assert.deepEqual(differences(before, structuredClone(before)), []);
    assert.deepEqual(differences(before, { a: 1, b: { c: 'other', d: [1, 3], n: 0 }, e: { f: 1 }, g: {} }), [
      'b.c',
      'b.d',
      'b.n',
      'e',
      'g.x',
    ]);
  });
});
