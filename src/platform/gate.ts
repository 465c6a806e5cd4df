import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { ChannelChange, ChannelState, Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { PlatformError, textOf } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';
import { pick, type Locale, type Text } from '../lib/text.ts';
import { CODES, accountStop } from '../outbound/outcome.ts';
import type { Answer, CallKind, Platform } from './platform.ts';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/** Why no call of a kind may leave now. */
export interface Closed {
  readonly code: string;
  readonly text: Text;
}

export interface GateOptions {
  readonly name: string;
  /** Who we are when we hold the right to make the one call that all others wait for. */
  readonly owner: string;
  /** Everything that identifies the account and proves who we are; only its scrypt ever leaves this file. */
  readonly credentials: string;
  readonly store: Pick<Store, 'channel' | 'changeChannel' | 'takeProbe' | 'endProbe'>;
  readonly clock: Clock;
  readonly locale: Locale;
  /** Time that one call may take in all; a probe's right lasts a little longer. */
  readonly callMs: number;
  /** Told on every change, once. null: open. */
  readonly onChange: (closed: Closed | null) => void;
}

const FIRST_PROBE_MS = 5 * 60_000;
const MOST_PROBE_MS = 60 * 60_000;
const CHARGE_FAILURES = 3;
const ASK_AGAIN_MS = 500;

/**
 * The one door through which every call of the account goes, of every loop and command. Its latch lives in the database, so it
 * holds for all daemons and survives restarts: five wrong passwords lock the account at the platform, and a burst of parallel
 * sends, two pollers and a service manager that restarts us would get there within a second.
 *
 * After a start, after changed credentials and after a pause has run out nothing is proven: one single call goes out, whoever
 * comes first, and all others wait for its answer.
 */
export class Gate {
  readonly #o: GateOptions;
  #state: ChannelState = OPEN;
  #closedAtMono = 0;
  /** Calls that must be proven by one single call: all of them after a start, the sends after a pause of sends. */
  #unproven: 'all' | 'send' | null = 'all';
  #probing: Promise<unknown> | null = null;
  #credentials: string | null = null;
  /** A change that the database has not taken yet. */
  #unwritten: ChannelChange | null = null;
  #chargeFailures = 0;
  /**
   * The platform has refused these very credentials in this process. Then another daemon's success with other ones does not
   * tempt us to try ours again (two daemons with two passwords would lock the account in turns); an admin's resume does.
   */
  #refused: ChannelState | null = null;

  private constructor(options: GateOptions) {
    this.#o = options;
  }

  static async open(options: GateOptions): Promise<Gate> {
    const gate = new Gate(options);
    await gate.see(await options.store.channel(options.name));
    return gate;
  }

  /** The channel as last read from the database (every poll reads it along). */
  async see(state: ChannelState): Promise<void> {
    if (this.#unwritten) {
      const change = this.#unwritten;
      await this.#o.store.changeChannel(this.#o.name, change);
      this.#unwritten = null;
      return;
    }
    const ours = await this.#isOurs(state.credentials);
    if (state.state === 'OPEN' && state.credentials === null) this.#refused = null;
    if (this.#refused && !ours) state = this.#refused;
    const before = this.#state.state;
    // a latch belongs to the credentials that earned it; changed ones get their one try
    const earned = ours || state === this.#refused || state.state === 'OPEN' || state.state === 'MANUAL';
    const effective = earned ? state : { ...state, state: 'OPEN' as const };
    this.#state = effective;
    this.#closedAtMono = this.#o.clock.mono();
    if (before !== 'OPEN' && effective.state === 'OPEN' && !ours) this.#unproven = 'all';
    this.#tell();
  }

  /** null when a call of this kind may leave (perhaps as the single one that others wait for). */
  closed(kind: CallKind): Closed | null {
    const s = this.#state;
    switch (s.state) {
      case 'OPEN':
        return null;
      case 'MANUAL':
        return kind === 'send' ? reasonOf(s) : null;
      case 'LATCHED':
        return reasonOf(s);
      case 'PAUSED': {
        if (s.scope === 'send' && kind !== 'send') return null;
        const left = s.untilInMs === null ? Infinity : s.untilInMs - (this.#o.clock.mono() - this.#closedAtMono);
        if (left > 0) return reasonOf(s);
        this.#unproven ??= s.scope;
        return null;
      }
    }
  }

  /** True while only one single call may be out. */
  get proving(): boolean {
    return this.#unproven !== null;
  }

  /** Runs one call, alone where nothing is proven yet. Throws PlatformError `blocked` when the channel is closed for it. */
  async run<T extends Pick<Answer, 'code'>>(kind: CallKind, call: () => Promise<T>): Promise<T> {
    for (;;) {
      const closed = this.closed(kind);
      if (closed) throw new PlatformError('blocked', closed.text, { facts: { code: closed.code } });
      if (!this.#mustProve(kind)) return this.#judged(kind, await call());
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

  /** By an admin's word: nothing is sent until `resume`; receipts and citizens' messages go on. A latch stays a latch. */
  async pause(reason: string | null): Promise<void> {
    if (this.#state.state === 'LATCHED') return;
    await this.#change({ ...CLOSED, state: 'MANUAL', scope: 'send', reason, credentials: this.#credentials });
  }

  /** By an admin's word: everything open again, and proven anew by one call. */
  async resume(): Promise<void> {
    this.#refused = null;
    this.#unproven = 'all';
    await this.#change({ ...CLOSED, state: 'OPEN', scope: 'all' });
  }

  #mustProve(kind: CallKind): boolean {
    return this.#unproven === 'all' || (this.#unproven === 'send' && kind === 'send');
  }

  /** The single call. null: somebody else is making it; look again. */
  async #prove<T extends Pick<Answer, 'code'>>(kind: CallKind, call: () => Promise<T>): Promise<T | null> {
    const { store, name, owner, callMs } = this.#o;
    if (!(await store.takeProbe(name, owner, callMs + 5000))) {
      await sleep(ASK_AGAIN_MS);
      await this.see(await store.channel(name));
      return null;
    }
    try {
      // whoever held the right before us may have found the account closed
      await this.see(await store.channel(name));
      if (this.closed(kind)) return null;
      const answer = await this.#judged(kind, await call());
      if (accountStop(answer.code) === null || !concerns(answer.code, kind)) await this.#proven(kind);
      return answer;
    } finally {
      await store.endProbe(name, owner);
    }
  }

  async #proven(kind: CallKind): Promise<void> {
    if (this.#unproven === 'send' && kind !== 'send') return;
    // a pause of sends stays until a send has proven it over
    const stillPaused = this.#state.state === 'PAUSED' && this.#state.scope === 'send' && kind !== 'send';
    this.#unproven = stillPaused ? 'send' : null;
    if (this.#state.state === 'MANUAL' || stillPaused) return;
    await this.#change({ ...CLOSED, state: 'OPEN', scope: 'all', credentials: await this.#ourCredentials() });
  }

  async #judged<T extends Pick<Answer, 'code'>>(kind: CallKind, answer: T): Promise<T> {
    if (kind === 'send') this.#chargeFailures = answer.code === '18' ? this.#chargeFailures + 1 : 0;
    const stop =
      this.#chargeFailures >= CHARGE_FAILURES ? ({ scope: 'send', until: 'probe' } as const) : accountStop(answer.code);
    if (!stop || !concerns(answer.code, kind)) return answer;
    if (this.#chargeFailures >= CHARGE_FAILURES) this.#chargeFailures = 0;
    const probes = this.#state.code === answer.code ? this.#state.probes + 1 : 0;
    const change: ChannelChange = {
      state: stop.until === 'person' ? 'LATCHED' : 'PAUSED',
      scope: stop.scope,
      code: answer.code,
      reason: pick(CODES.get(answer.code)?.meaning ?? { zh: answer.code, en: answer.code }, this.#o.locale),
      untilInMs: untilInMs(stop.until, probes, this.#o.clock.wall()),
      credentials: await this.#ourCredentials(),
      probes,
    };
    if (change.state === 'LATCHED') this.#refused = { ...change, since: null };
    await this.#change(change);
    return answer;
  }

  /** Closes or opens at once in this process, then for everybody. A database that is away is told on the next poll. */
  async #change(change: ChannelChange): Promise<void> {
    this.#state = { ...change, since: null };
    this.#closedAtMono = this.#o.clock.mono();
    this.#unwritten = change;
    this.#tell();
    try {
      await this.#o.store.changeChannel(this.#o.name, change);
      this.#unwritten = null;
    } catch (error) {
      if (change.state === 'OPEN') return; // proven here; `see` writes it when the database is back
      this.#o.onChange({ code: change.code ?? '', text: textOf(error) });
    }
  }

  #told: string | null = '';

  #tell(): void {
    const s = this.#state;
    const now = s.state === 'OPEN' ? null : `${s.state} ${s.code ?? ''} ${s.reason ?? ''}`;
    if (now === this.#told) return;
    const first = this.#told === '';
    this.#told = now;
    if (!(first && now === null)) this.#o.onChange(now === null ? null : reasonOf(s));
  }

  async #isOurs(stored: string | null): Promise<boolean> {
    if (stored === null) return false;
    if (stored === this.#credentials) return true;
    const [salt = '', hash = ''] = stored.split('$');
    const key = await derive(this.#o.credentials, Buffer.from(salt, 'hex'), 32);
    const known = Buffer.from(hash, 'hex');
    const ours = known.length === key.length && timingSafeEqual(known, key);
    if (ours) this.#credentials = stored;
    return ours;
  }

  async #ourCredentials(): Promise<string> {
    if (this.#credentials === null) {
      const salt = randomBytes(16);
      this.#credentials = `${salt.toString('hex')}$${(await derive(this.#o.credentials, salt, 32)).toString('hex')}`;
    }
    return this.#credentials;
  }
}

/** The platform behind the gate: the only `Platform` that loops and commands are given. */
export function gated(platform: Platform, gate: Gate): Platform {
  return {
    send: (request) => gate.run('send', () => platform.send(request)),
    report: () => gate.run('report', () => platform.report()),
    reply: () => gate.run('reply', () => platform.reply()),
    confirm: (lastId) => gate.run('confirm', () => platform.confirm(lastId)),
    balance: () => gate.run('balance', () => platform.balance()),
    readReport: (raw) => platform.readReport(raw),
    readReply: (raw) => platform.readReply(raw),
    close: () => platform.close(),
  };
}

const CLOSED = { code: null, reason: null, untilInMs: null, credentials: null, probes: 0 } as const;
const OPEN: ChannelState = { ...CLOSED, state: 'OPEN', scope: 'all', since: null };

/** Codes about sending say nothing when another call meets them. */
function concerns(code: string, kind: CallKind): boolean {
  const stop = accountStop(code);
  return kind === 'send' || (stop !== null && stop.scope === 'all');
}

function untilInMs(until: 'person' | 'midnight' | 'probe', probes: number, wallMs: number): number | null {
  switch (until) {
    case 'person':
      return null;
    case 'midnight':
      return msToBeijingMidnight(wallMs);
    case 'probe':
      return Math.min(MOST_PROBE_MS, FIRST_PROBE_MS * 2 ** probes);
  }
}

const DAY_MS = 86_400_000;

/** The platform's day ends at midnight in Beijing (UTC+8, no summer time). */
export function msToBeijingMidnight(wallMs: number): number {
  return DAY_MS - ((wallMs + 8 * 3_600_000) % DAY_MS);
}

function reasonOf(s: ChannelState): Closed {
  const code = s.code ?? 'CHANNEL_PAUSED';
  const reason = s.reason ?? '';
  if (s.state === 'MANUAL') {
    return {
      code,
      text: {
        zh: `通道已被人工暂停${reason ? `：${reason}` : ''}。恢复请运行 yxt-mw resume`,
        en: `the channel was paused by hand${reason ? `: ${reason}` : ''}. "yxt-mw resume" opens it`,
      },
    };
  }
  const remedy = CODES.get(code)?.remedy ?? { zh: '', en: '' };
  if (s.state === 'LATCHED') {
    return {
      code,
      text: {
        zh: `平台返回 ${code}（${CODES.get(code)?.meaning.zh ?? reason}），为免账户被锁，全部调用已停。${remedy.zh}改正密码等账户参数后自动恢复，或运行 yxt-mw resume`,
        en: `the platform said ${code} (${CODES.get(code)?.meaning.en ?? reason}); every call has stopped lest it locks the account. ${remedy.en} It goes on with corrected credentials or after "yxt-mw resume"`,
      },
    };
  }
  const minutes = s.untilInMs === null ? 0 : Math.ceil(s.untilInMs / 60_000);
  return {
    code,
    text: {
      zh: `平台返回 ${code}（${CODES.get(code)?.meaning.zh ?? reason}），通道暂停，约 ${minutes} 分钟后试一次。${remedy.zh}`,
      en: `the platform said ${code} (${CODES.get(code)?.meaning.en ?? reason}); the channel pauses and tries once in about ${minutes} min. ${remedy.en}`,
    },
  };
}
