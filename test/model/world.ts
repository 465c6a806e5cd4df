import { join } from 'node:path';
import type { BureauDatabase } from './database.ts';
import { type Build, type Daemon, startDaemon } from './daemon.ts';
import { type Ground, PLACES } from './ground.ts';
import { Oracle, type Violation } from './oracle.ts';
import { seedRandom } from './patches.ts';
import type { Action, PersonAct, Plan } from './plan.ts';
import { ModelPlatform } from './platform.ts';
import { Points } from './points.ts';
import type { Scenario } from './scenarios.ts';
import { databaseTime, Process, running, time } from './time.ts';

export interface Outcome {
  readonly violations: readonly Violation[];
  /** Every await point that was passed, in order. */
  readonly trace: readonly string[];
  /** How many of them had been passed when there was something to do, and when nothing was left to do. */
  readonly busy: readonly [from: number, to: number];
  /** Virtual milliseconds from the beginning until all was quiet. */
  readonly tookMs: number;
}

/** A broken build, and how far the clock of its second daemon is off. */
export interface WorldBuild extends Build {
  readonly skewMs?: number;
}

/** When nothing is to be done any more, this much longer is looked on: a lease, and some polls of every loop. */
const LINGER_MS = 12_000;
/** Nothing takes that long: two pauses of the channel, or some leases. */
const DEADLINE_MS = 15 * 60_000;
const MOST_POINTS = 4000;
const FROZEN_MS = 60_000;
/** Longer than others poll, shorter than the lease of 6 s. */
const DOZE_MS = 4000;
/** Longer than every lease and every time after which a daemon counts as dead, shorter than rows may wait. */
const LEAP_MS = 2 * 3_600_000;

/** One run: the scenario, with what the plan makes of it, until all is quiet. The same plan gives the same run. */
export function explore(ground: Ground, scenario: Scenario, plan: Plan, build: WorldBuild = {}): Promise<Outcome> {
  return new World(ground, scenario, plan, build).run();
}

class World {
  readonly #ground: Ground;
  readonly #scenario: Scenario;
  readonly #build: WorldBuild;
  readonly #points: Points;
  readonly #platform: ModelPlatform;
  readonly #database: BureauDatabase;
  readonly #oracle: Oracle;
  /** By name of their state directory; those that live or are about to. */
  readonly #daemons = new Map<string, Daemon>();
  /** State directories that have been used. */
  readonly #places = new Set<string>();
  /** Owners, as leases name them, of processes that are no more. */
  readonly #dead: string[] = [];
  #backup: ReturnType<BureauDatabase['backup']> | null = null;
  /** The place to start again once the database is set back, which waits until the killed process has closed its files. */
  #restoring: string | null = null;
  #napping: Process | null = null;
  #starts = 0;
  /** Starts that are still to come. */
  #coming = 0;

  constructor(ground: Ground, scenario: Scenario, plan: Plan, build: WorldBuild) {
    time.reset();
    seedRandom(plan.order + 1);
    this.#ground = ground;
    this.#scenario = scenario;
    this.#build = build;
    this.#database = ground.database;
    this.#database.restore(null);
    this.#points = new Points({
      plan,
      act: (action, process) => running.run({ process: null, verb: 'person' }, () => this.#act(action, process)),
      onPass: (process, label) => this.#passed(process, label),
    });
    this.#platform = new ModelPlatform({
      settings: scenario.settings ?? {},
      quirks: scenario.sends ?? {},
      repeatReceipts: scenario.repeatReceipts ?? false,
      onConfirm: (replies) => this.#oracle.confirming(replies),
    });
    this.#oracle = new Oracle({
      scenario,
      platform: this.#platform,
      database: this.#database,
      passed: () => this.#points.trace.length,
      dead: (token) => this.#dead.some((owner) => token?.startsWith(owner) === true),
    });
  }

  async run(): Promise<Outcome> {
    const from = time.now;
    for (const name of PLACES.slice(0, this.#scenario.daemons ?? 1)) this.#start(name);
    await this.#untilIdle();
    const begun = this.#points.trace.length;
    this.#begin();
    let quiet: { since: number; points: number } | null = null;
    do {
      await this.#untilIdle();
      if (!this.#quiet()) quiet = null;
      else quiet ??= { since: time.now, points: this.#points.trace.length };
      if (this.#over(from, quiet?.since ?? Infinity)) break;
    } while (time.advance() || stalled());
    for (const daemon of this.#daemons.values()) daemon.kill();
    await settled();
    this.#oracle.end();
    return {
      violations: this.#oracle.violations,
      trace: this.#points.trace,
      busy: [begun, quiet?.points ?? this.#points.trace.length],
      tookMs: (quiet?.since ?? time.now) - from,
    };
  }

  /** Until nobody can go on without time's going on. */
  async #untilIdle(): Promise<void> {
    do {
      await settled();
      this.#restore();
    } while (this.#points.trace.length < MOST_POINTS && this.#points.turn());
  }

  #over(from: number, quietSince: number): boolean {
    if (this.#points.trace.length >= MOST_POINTS) return true;
    return time.now - quietSince >= LINGER_MS || time.now - from > DEADLINE_MS;
  }

  /** The bureau inserts its rows, and citizens write. */
  #begin(): void {
    for (const row of this.#scenario.rows) {
      const expires = row.expireInMs === undefined ? null : databaseTime(time.now + row.expireInMs);
      this.#database.run(
        'INSERT INTO sms_outbox (phone, content, priority, expire_at) VALUES (?, ?, ?, ?)',
        ...[row.phone, row.content, row.priority ?? 5, expires],
      );
    }
    for (const { phone, content } of this.#scenario.citizens ?? []) this.#platform.citizenWrites(phone, content);
    this.#oracle.begin();
    this.#backup = this.#database.backup();
    const { topUp } = this.#scenario;
    if (topUp !== undefined) setTimeout(() => (this.#platform.virtual.settings.balance += topUp), 60_000);
  }

  #start(name: string): void {
    if (!this.#places.has(name)) this.#ground.newState(name);
    this.#places.add(name);
    const process = new Process(`${name}${++this.#starts}`);
    if (name === 'b') process.skewMs = this.#build.skewMs ?? 0;
    const daemon = startDaemon({
      process,
      config: this.#ground.configFor(this.#scenario.outbox),
      stateDir: join(this.#ground.dir, name),
      engine: this.#ground.engine(name),
      platform: this.#platform,
      points: this.#points,
      build: this.#build,
      onWrite: () => this.#oracle.step(),
      onBug: (error) =>
        this.#oracle.violation('bug', error instanceof Error ? (error.stack ?? error.message) : String(error)),
      // a service manager starts it again
      onExit: () => {
        this.#bury(daemon);
        this.#later(1000, name);
      },
    });
    this.#daemons.set(name, daemon);
  }

  #later(ms: number, name: string): void {
    this.#daemons.delete(name);
    this.#coming++;
    running.exit(() =>
      setTimeout(() => {
        this.#coming--;
        this.#start(name);
      }, ms),
    );
  }

  /** Starts a daemon where none has been yet. */
  #startAnother(): void {
    const name = PLACES.find((place) => !this.#places.has(place));
    if (name !== undefined) this.#start(name);
  }

  #kill(process: Process): string {
    const [name, daemon] = [...this.#daemons].find(([, d]) => d.process === process) ?? [];
    if (name === undefined || daemon === undefined) throw new TypeError('not running');
    daemon.kill();
    this.#bury(daemon);
    return name;
  }

  #bury({ owner }: Daemon): void {
    if (owner !== null) this.#dead.push(owner);
  }

  #suspend(process: Process, ms: number, machineSleeps: boolean): void {
    process.suspend(ms, machineSleeps);
    setTimeout(() => undefined, ms); // time must come there, also where it is all that anybody waits for
  }

  #act(action: Action, process: Process): void {
    switch (action.do) {
      case 'crash':
        this.#later(100, this.#kill(process));
        break;
      case 'takeover':
        this.#later(FROZEN_MS, this.#kill(process));
        this.#startAnother();
        break;
      case 'stop':
        [...this.#daemons.values()].find((d) => d.process === process)?.stop();
        break;
      case 'doze':
        this.#suspend(process, DOZE_MS, false);
        break;
      case 'nap':
        this.#napping = process;
        this.#suspend(process, FROZEN_MS, false);
        this.#startAnother();
        break;
      case 'freeze':
      case 'sleep':
        this.#suspend(process, FROZEN_MS, action.do === 'sleep');
        this.#startAnother();
        break;
      case 'leap':
        time.leapt += LEAP_MS;
        if (action.another === true) this.#startAnother();
        break;
      case 'restore':
        this.#restoring = this.#kill(process);
        break;
      case 'person':
        this.#person(action.act, action.row + 1);
        break;
      case 'fail':
      case 'drop':
      case 'late':
        break; // the operation's own affair
    }
  }

  #passed(process: Process, label: string): void {
    this.#platform.passed(process, label);
    if (this.#napping === null || this.#napping === process || label !== 'Send, answered') return;
    this.#napping.wake();
    this.#napping = null;
  }

  #person(act: PersonAct, id: number): void {
    this.#database.run(PERSON[act], id);
    this.#oracle.step();
  }

  #restore(): void {
    if (this.#restoring === null) return;
    this.#database.restore(this.#backup);
    this.#oracle.forget();
    this.#later(100, this.#restoring);
    this.#restoring = null;
  }

  #quiet(): boolean {
    if (this.#coming > 0 || !this.#platform.drained) return false;
    const daemons = [...this.#daemons.values()];
    if (daemons.some((daemon) => daemon.process.suspended || daemon.spooled() > 0)) return false;
    const [left] = this.#database.all(
      `SELECT (SELECT COUNT(*) FROM sms_outbox WHERE status IN ('NEW', 'SENDING'))
         + (SELECT COUNT(*) FROM sms_mw_submit WHERE state = 'OPEN') AS n`,
    );
    return left?.['n'] === 0;
  }
}

/** What a person at the bureau may write. */
const PERSON: Readonly<Record<PersonAct, string>> = {
  cancel: `UPDATE sms_outbox SET status = 'CANCELLED' WHERE id = ? AND status IN ('NEW', 'SENDING', 'HELD')`,
  reset: `UPDATE sms_outbox SET status = 'NEW' WHERE id = ?`,
  edit: `UPDATE sms_outbox SET content = content || '（更正）' WHERE id = ?`,
  delete: 'DELETE FROM sms_outbox WHERE id = ?',
};

/** Loops always wait for their next pass: where no timer is left, somebody waits for something that does not run on virtual time. */
function stalled(): never {
  throw new Error('no timer is left: what do the loops wait for? (see patches.ts)');
}

/** Everybody has come to where he waits: for his turn, for a timer, or for ever. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
