import type { ChannelChange, ChannelState, Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { PlatformError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';
import { fit, pick, type Locale, type Text } from '../lib/text.ts';
import { countOf, Credentials } from './credentials.ts';
import { accountStop, CODES, type AccountStop } from './codes.ts';
import type { Answer, CallKind, Platform } from './platform.ts';

/** Why no call of a kind may leave now. */
export interface Closed {
  readonly code: string;
  readonly text: Text;
}

export interface GateOptions {
  readonly name: string;
  /** Who we are when we hold the right to make the one call that all others wait for. */
  readonly owner: string;
  /** Everything that identifies the account and proves who we are. */
  readonly credentials: string;
  readonly store: Pick<Store, 'channel' | 'changeChannel' | 'takeTurn' | 'endTurn'>;
  readonly clock: Clock;
  readonly locale: Locale;
  /** Time that one call may take in all; a probe's right lasts a little longer. */
  readonly callMs: number;
  /** Told on every change, once. null: open. */
  readonly onChange: (closed: Closed | null) => void;
}

/** A probe's right outlasts its call by this: time for the database before and after it. */
const PROBE_SLACK_MS = 5000;
const FIRST_PROBE_MS = 5 * 60_000;
const MOST_PROBE_MS = 60 * 60_000;
/** Different credentials that may be refused one after the other: five wrong passwords lock the account. */
const MOST_REFUSED = 3;
const CHARGE_CODE = '18';
const CHARGE_FAILURES = 3;
const ASK_AGAIN_MS = 500;
/** As long as the channel row's column. */
const REASON_LENGTH = 400;

/**
 * The one door through which every call of the account goes, of every loop and command. Its latch lives in the database, so it
 * holds for all daemons and survives restarts: five wrong passwords lock the account at the platform, and a burst of parallel
 * sends, two pollers and a service manager that restarts us would get there within a second.
 *
 * After a start, after changed credentials and after a stop has run out nothing is proven: one single call goes out, whoever
 * comes first, and all others wait for its answer.
 *
 * What the platform has stopped (`code`, `scope`, `untilInMs`) and what a person has (MANUAL) are independent: a pause by hand
 * outlives every answer of the platform, and takes nothing away from a stop of all calls.
 */
export class Gate {
  readonly #o: GateOptions;
  #state: ChannelState = OPEN;
  #stateAt = 0;
  /** Calls that must be proven by one single call: all of them after a start, the sends after a stop of sends. */
  #unproven: 'all' | 'send' | null = 'all';
  #probing: Promise<unknown> | null = null;
  /** What the last probe still has to tell the database. */
  #finishing: Promise<void> = Promise.resolve();
  readonly #credentials: Credentials;
  /** Other credentials that the platform has refused, as last seen; null: none. */
  #refusedOthers: string | null = null;
  /** What to write if it refuses ours as well: made before a call, for then there is no time. */
  #toRefuse: string | null = null;
  /** Changes of our own so far: a state read before one of them is stale. */
  #changes = 0;
  /** A change that the database has not taken yet; `said`: a person's word is in it. */
  #unwritten: { readonly change: ChannelChange; readonly said: boolean } | null = null;
  #writing: Promise<void> | null = null;
  #chargeFailures = 0;
  /**
   * The platform has refused these very credentials in this process. Then another daemon's success with other ones does not
   * tempt us to try ours again (two daemons with two passwords would lock the account in turns); an admin's resume does.
   */
  #refused: ChannelState | null = null;
  #told: string | null = null;

  private constructor(options: GateOptions) {
    this.#o = options;
    this.#credentials = new Credentials(options.credentials);
  }

  static async open(options: GateOptions): Promise<Gate> {
    const gate = new Gate(options);
    await gate.see(await options.store.channel(options.name));
    return gate;
  }

  /** The channel as last read from the database (every poll reads it along). */
  async see(state: ChannelState): Promise<void> {
    if (this.#unwritten) return this.#write();
    const changes = this.#changes;
    // a poll that was under way when we closed the channel still shows it open
    if (this.#state.state !== 'OPEN' && state.state === 'OPEN') state = await this.#o.store.channel(this.#o.name);
    // after so many refused ones any further would be one of the five that lock the account
    const spent = isForPerson(state) && countOf(state.credentials) >= MOST_REFUSED;
    const ours = spent || (await this.#credentials.areAmong(state.credentials));
    if (changes !== this.#changes) return;
    this.#refusedOthers = isForPerson(state) && !ours ? state.credentials : null;
    if (state.state === 'OPEN' && (ours || state.credentials === null)) this.#refused = null;
    // a stop belongs to the credentials that earned it; changed ones get their one try
    const effective = ours ? state : (this.#refused ?? withoutStop(state));
    if (this.#state.state !== 'OPEN' && effective.state === 'OPEN' && !ours) this.#unproven = 'all';
    this.#state = effective;
    this.#stateAt = this.#o.clock.mono();
    this.#tell();
  }

  /** null when a call of this kind may leave (perhaps as the single one that others wait for). */
  closed(kind: CallKind): Closed | null {
    const s = this.#state;
    if (s.state === 'MANUAL' && kind === 'send') return reasonOf(s);
    const stopped = this.#stopped();
    if (stopped === 'all' || (stopped === 'send' && kind === 'send')) return reasonOf(s);
    if (stopped === null && s.code !== null && this.#unproven !== 'all') this.#unproven = s.scope; // it has run out
    return null;
  }

  /** True while only one single call may be out. */
  get proving(): boolean {
    return this.#unproven !== null;
  }

  /** Milliseconds since the latest pause ended, or 0 while it only waits for the call that proves it; null: there was none. */
  get resumedMs(): number | null {
    const { state, resumedMs } = this.#state;
    if (state !== 'OPEN') return 0;
    return resumedMs === null ? null : resumedMs + this.#o.clock.mono() - this.#stateAt;
  }

  /** Runs one call, alone where nothing is proven yet. Throws PlatformError `blocked` when the channel is closed for it. */
  async run<T extends Pick<Answer, 'code'>>(kind: CallKind, call: () => Promise<T>): Promise<T> {
    for (;;) {
      const closed = this.closed(kind);
      if (closed) throw new PlatformError('blocked', closed.text, { facts: { code: closed.code } });
      if (!this.#mustProve(kind)) {
        const answer = await call();
        await this.#judge(kind, answer.code);
        return answer;
      }
      if (this.#probing) {
        await this.#probing;
        continue;
      }
      const probe = this.#prove(kind, call);
      this.#probing = probe.catch(() => undefined).finally(() => (this.#probing = null));
      const answer = await probe;
      if (answer) return answer;
    }
  }

  /**
   * By an admin's word: nothing is sent until `resume`; receipts and citizens' messages go on, if the platform lets them. `command`: he
   * wrote it into `sms_mw_command` under this number. False: somebody has paused or resumed since then, which counts.
   * @throws DbError: it holds here, and the others do not know yet; of a command: nothing is done
   */
  pause(reason: string | null, command?: string): Promise<boolean> {
    const words = reason && fit(reason, REASON_LENGTH);
    return this.#say(command, () => {
      const { code, scope, probes } = this.#state;
      const stop = this.#stopped() === null ? NO_STOP : { code, scope, untilInMs: this.#leftMs(), probes };
      return { ...stop, state: 'MANUAL', reason: words, credentials: this.#credentials.own };
    });
  }

  /** By an admin's word: everything open again, and proven anew by one call. Otherwise as `pause`. @throws DbError as `pause` */
  resume(command?: string): Promise<boolean> {
    return this.#say(command, () => ({ ...NO_STOP, state: 'OPEN', reason: null, credentials: null }));
  }

  /** What was said last counts: a command may have waited, and the database knows whether somebody has spoken since. */
  async #say(command: string | undefined, word: () => ChannelChange): Promise<boolean> {
    if (command === undefined) {
      this.#set(word(), true);
      await this.#write();
      return true;
    }
    const { store, name } = this.#o;
    for (;;) {
      await this.#write();
      const changes = this.#changes;
      const change = word();
      if (!(await store.changeChannel(name, change, { command }))) {
        await this.see(await store.channel(name));
        return false;
      }
      if (changes === this.#changes) {
        this.#hold(change, true);
        return true;
      }
      // an answer of the platform or another word came in between: once more, from what that has left
    }
  }

  #mustProve(kind: CallKind): boolean {
    return this.#unproven === 'all' || (this.#unproven === 'send' && kind === 'send');
  }

  /** Which calls an answer of the platform has stopped; null: none, or that time is over. */
  #stopped(): 'all' | 'send' | null {
    return this.#state.code !== null && (this.#leftMs() ?? 1) > 0 ? this.#state.scope : null;
  }

  /** Milliseconds until the stop runs out, negative after it; null: it does not. */
  #leftMs(): number | null {
    const { untilInMs } = this.#state;
    return untilInMs === null ? null : untilInMs - (this.#o.clock.mono() - this.#stateAt);
  }

  /** The single call. null: somebody else is making it, or it is too late for it; look again. */
  async #prove<T extends Pick<Answer, 'code'>>(kind: CallKind, call: () => Promise<T>): Promise<T | null> {
    const { store, name, owner, callMs, clock } = this.#o;
    await this.#finishing;
    const latest = clock.mono() + PROBE_SLACK_MS;
    if (!(await store.takeTurn('probe', name, owner, callMs + PROBE_SLACK_MS))) {
      await sleep(ASK_AGAIN_MS);
      await this.see(await store.channel(name));
      return null;
    }
    let proven = false;
    try {
      // whoever held the right before us may have found the account closed
      await this.see(await store.channel(name));
      this.#toRefuse = await this.#credentials.addedTo(this.#refusedOthers);
      await this.#credentials.alone();
      if (this.closed(kind) || clock.mono() > latest) return null;
      const answer = await call();
      proven = !(await this.#judge(kind, answer.code));
      return answer;
    } finally {
      this.#finishing = this.#finish(proven ? kind : null);
      // receipts are handed out once, and these are not on disk yet: they wait for no database
      if (kind !== 'report') await this.#finishing;
    }
  }

  async #finish(proven: CallKind | null): Promise<void> {
    if (proven !== null) await this.#proven(proven);
    // a right that cannot be given back runs out
    await this.#o.store.endTurn('probe', this.#o.name, this.#o.owner).catch(() => undefined);
  }

  async #proven(kind: CallKind): Promise<void> {
    if (this.#stopped() === 'all') return; // another answer has closed the account meanwhile
    const { state, scope, code, reason } = this.#state;
    const ofSends = code !== null && scope === 'send';
    if (kind !== 'send' && (ofSends || this.#unproven === 'send')) {
      this.#unproven = 'send'; // only a send proves that sends go out again
      return;
    }
    this.#unproven = null;
    if (state !== 'MANUAL') {
      await this.#change({ ...NO_STOP, state: 'OPEN', reason: null, credentials: this.#credentials.own });
    } else if (code !== null) {
      await this.#change({ ...NO_STOP, state, reason, credentials: this.#credentials.own });
    }
  }

  /** True when the answer speaks of the account, and not well. */
  async #judge(kind: CallKind, code: string): Promise<boolean> {
    const stop = this.#stopOf(kind, code);
    if (stop) await this.#close(code, stop);
    return stop !== null;
  }

  /** What a code says about the account. One about sending says nothing when another call meets it. */
  #stopOf(kind: CallKind, code: string): AccountStop | null {
    const stop = accountStop(code);
    if (kind !== 'send') return stop?.scope === 'all' ? stop : null;
    this.#chargeFailures = code === CHARGE_CODE ? this.#chargeFailures + 1 : 0;
    const paused = code === CHARGE_CODE && this.#state.code === CHARGE_CODE;
    return paused || this.#chargeFailures >= CHARGE_FAILURES ? { scope: 'send', until: 'probe' } : stop;
  }

  async #close(code: string, stop: AccountStop): Promise<void> {
    const s = this.#state;
    // answers of calls that were out together count once, and none weakens what another has stopped
    if (strength(stop.scope, stop.until === 'person') <= strength(this.#stopped(), s.untilInMs === null)) return;
    const probes = s.code === code ? s.probes + 1 : 0;
    const byAnswer = stop.until === 'person' ? 'LATCHED' : 'PAUSED';
    const change: ChannelChange = {
      state: s.state === 'MANUAL' ? 'MANUAL' : byAnswer,
      scope: stop.scope,
      code,
      reason:
        s.state === 'MANUAL' ? s.reason : pick(CODES.get(code)?.meaning ?? { zh: code, en: code }, this.#o.locale),
      untilInMs: untilInMs(stop.until, probes, this.#o.clock.wall()),
      credentials: stop.until === 'person' ? this.#toRefuse : this.#credentials.own,
      probes,
    };
    if (stop.until === 'person') this.#refused = { ...change, since: null, resumedMs: null };
    await this.#change(change);
  }

  /** Closes or opens at once in this process, then for everybody. A database that is away is told on the next poll. */
  async #change(change: ChannelChange): Promise<void> {
    this.#set(change);
    await this.#write().catch(() => undefined);
  }

  #set(change: ChannelChange, said = false): void {
    this.#unwritten = { change, said: said || this.#unwritten?.said === true };
    this.#hold(change, said);
  }

  #hold(change: ChannelChange, said: boolean): void {
    this.#state = { ...change, since: null, resumedMs: change.state === 'OPEN' ? this.resumedMs : null };
    this.#stateAt = this.#o.clock.mono();
    this.#changes++;
    if (said && change.state === 'OPEN') {
      this.#refused = null;
      this.#unproven = 'all';
    }
    this.#tell();
  }

  /** One at a time and the latest last: of two writes that overtake each other the older would stay. */
  #write(): Promise<void> {
    if (this.#unwritten !== null) this.#writing ??= this.#writeAll();
    return this.#writing ?? Promise.resolve();
  }

  async #writeAll(): Promise<void> {
    try {
      for (let latest = this.#unwritten; latest; latest = this.#unwritten) {
        await this.#o.store.changeChannel(this.#o.name, latest.change, latest.said ? 'now' : undefined);
        if (this.#unwritten === latest) this.#unwritten = null;
      }
    } finally {
      this.#writing = null;
    }
  }

  #tell(): void {
    const s = this.#state;
    const now = s.state === 'OPEN' ? null : `${s.state} ${s.code ?? ''} ${s.reason ?? ''}`;
    if (now === this.#told) return;
    this.#told = now;
    this.#o.onChange(now === null ? null : reasonOf(s));
  }
}

/** The platform behind the gate: the only `Platform` that loops and commands are given. */
export function gated(platform: Platform, gate: Gate): Platform {
  return {
    prepare: (calls) => {
      if (gate.closed('send') === null) platform.prepare(calls);
    },
    send: (request) => gate.run('send', () => platform.send(request)),
    report: () => gate.run('report', () => platform.report()),
    reply: () => gate.run('reply', () => platform.reply()),
    confirm: (lastId) => gate.run('confirm', () => platform.confirm(lastId)),
    balance: () => gate.run('balance', () => platform.balance()),
    readReport: (raw) => platform.readReport(raw),
    readReply: (raw) => platform.readReply(raw),
    close: (hurry) => platform.close(hurry),
  };
}

const NO_STOP = { scope: 'send', code: null, untilInMs: null, probes: 0 } as const;
const OPEN: ChannelState = { ...NO_STOP, state: 'OPEN', reason: null, credentials: null, since: null, resumedMs: null };

/** A stop that only a person ends, or other credentials. */
const isForPerson = (s: ChannelState): boolean => s.code !== null && s.untilInMs === null;

/** The channel without what the platform has stopped; a pause by hand stays. */
function withoutStop(s: ChannelState): ChannelState {
  return s.state === 'MANUAL'
    ? { ...s, ...NO_STOP }
    : { ...OPEN, credentials: s.credentials, since: s.since, resumedMs: s.state === 'OPEN' ? s.resumedMs : 0 };
}

function strength(scope: 'all' | 'send' | null, person: boolean): number {
  return scope === null ? 0 : scope === 'send' ? 1 : person ? 3 : 2;
}

function untilInMs(until: AccountStop['until'], probes: number, wallMs: number): number | null {
  const probe = Math.min(MOST_PROBE_MS, FIRST_PROBE_MS * 2 ** probes);
  switch (until) {
    case 'person':
      return null;
    case 'midnight': {
      const left = msToBeijingMidnight(wallMs);
      // just after midnight it is our clock that is early, or the platform late: that must not cost the whole day
      return left > DAY_MS - MOST_PROBE_MS ? probe : left;
    }
    case 'probe':
      return probe;
  }
}

const DAY_MS = 86_400_000;

/** The platform's day ends at midnight in Beijing (UTC+8, no summer time). */
export function msToBeijingMidnight(wallMs: number): number {
  return DAY_MS - ((wallMs + 8 * 3_600_000) % DAY_MS);
}

function reasonOf(s: ChannelState): Closed {
  const byPlatform = s.code === null ? null : stopText(s.code, s);
  const code = s.code ?? 'CHANNEL_PAUSED';
  if (s.state !== 'MANUAL' && byPlatform) return { code, text: byPlatform };
  const reason = s.reason ? `: ${s.reason}` : '';
  return {
    code,
    text: {
      zh: `通道已被人工暂停${reason.replace(': ', '：')}。恢复请运行 yxt-mw resume${byPlatform ? `。另外，${byPlatform.zh}` : ''}`,
      en: `the channel was paused by hand${reason}. "yxt-mw resume" opens it${byPlatform ? `. Besides, ${byPlatform.en}` : ''}`,
    },
  };
}

function stopText(code: string, s: ChannelState): Text {
  const facts = CODES.get(code);
  const remedy = facts?.remedy ?? { zh: '', en: '' };
  const meaning = facts?.meaning ?? { zh: s.reason ?? '', en: s.reason ?? '' };
  if (s.untilInMs === null) {
    const spent = countOf(s.credentials) >= MOST_REFUSED;
    return {
      zh: `平台返回 ${code}（${meaning.zh}），为免账户被锁，全部调用已停。${remedy.zh}${spent ? `已有 ${MOST_REFUSED} 组不同的账户参数被拒，不再自动尝试：核对无误后运行 yxt-mw resume` : '改正密码等账户参数后自动恢复，或运行 yxt-mw resume'}`,
      en: `the platform said ${code} (${meaning.en}); every call has stopped lest it locks the account. ${remedy.en} ${spent ? `It has refused ${MOST_REFUSED} different credentials, so no further ones are tried: check them, then run "yxt-mw resume"` : 'It goes on with corrected credentials or after "yxt-mw resume"'}`,
    };
  }
  const minutes = Math.ceil(s.untilInMs / 60_000);
  return {
    zh: `平台返回 ${code}（${meaning.zh}），通道暂停，约 ${minutes} 分钟后试一次。${remedy.zh}`,
    en: `the platform said ${code} (${meaning.en}); the channel pauses and tries once in about ${minutes} min. ${remedy.en}`,
  };
}
