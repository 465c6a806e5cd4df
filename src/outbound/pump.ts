import type { Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { PlatformError, textOf } from '../lib/errors.ts';
import { rowText, type Text } from '../lib/text.ts';
import type { Closed } from '../platform/gate.ts';
import type { SendAnswer, SendRequest } from '../platform/platform.ts';
import type { Group } from './group.ts';
import { classify } from './outcome.ts';
import { partsOf, ReadyQueue } from './ready.ts';
import type { RateWindow } from './rate.ts';
import type { Reach } from './reach.ts';
import type { SerialSource } from './serial.ts';
import { notPosted, postponed, settlement, unknown, type SettleRules } from './settle.ts';
import type { Settler } from './settler.ts';
import { Wake } from '../lib/wake.ts';

export interface PumpParts {
  readonly store: Pick<Store, 'open' | 'claimed' | 'release'>;
  /** One Send.do through the gate; `mayStart` is asked last, just before the call leaves, and throws `Fenced` when it may not. */
  readonly send: (request: SendRequest, mayStart: () => void) => Promise<SendAnswer>;
  /** Told how many calls of `send` may follow soon: their connections are made while the records are written. */
  readonly prepare: (calls: number) => void;
  readonly closed: () => Closed | null;
  /** True while only one call may be out. */
  readonly proving: () => boolean;
  /** Throws when the disk does not take it; `closed` then says so, until it does. */
  readonly journal: (entries: { key: string; serial: string }[]) => void;
  readonly rate: RateWindow;
  readonly reach: Reach;
  readonly serials: SerialSource;
  readonly settler: Settler;
  readonly settleRules: SettleRules;
  readonly clock: Clock;
  /** Written into submission records: whose lease it is. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly callMs: number;
  readonly concurrency: number;
  /** Told when a serial met one of another program's at the platform. */
  readonly onCollision: (serial: string) => void;
  readonly onFailure: (what: 'open' | 'release' | 'send' | 'fenced', error: unknown) => void;
}

/** What is opened ahead of the calls: enough to keep the channel full, little to be in doubt about after a crash. */
const AHEAD_SECONDS = 2;
const AHEAD_GROUPS = 256;
/** Answers not yet written above which no further call leaves. */
const MOST_UNSETTLED_ROWS = 4000;
const CALM_MS = 200;

/** The lease may be over: somebody else may own these rows by now. */
class Fenced extends Error {}

/**
 * submit: claimed groups → submission record on disk and in the database → call → answer. Two loops, so that the next records
 * are written while calls are out: the opener keeps a second's work or two recorded, the caller sends what the rate,
 * the gate and the number of parallel calls let out. Lower priorities wait wherever they are.
 */
export class Pump {
  readonly #p: PumpParts;
  readonly #ready = new ReadyQueue();
  readonly #opened = new ReadyQueue();
  readonly #openerWake = new Wake();
  readonly #callerWake = new Wake();
  /** Resolved when room for another claim has come up. */
  readonly hungry = new Wake();
  /** Groups whose record is being written. */
  #opening = 0;
  #inFlight = 0;

  constructor(parts: PumpParts) {
    this.#p = parts;
  }

  /** Rows in memory that no call has taken yet, of this priority or a more urgent one. */
  rowsUpTo(priority: number): number {
    return this.#ready.rowsUpTo(priority) + this.#opened.rowsUpTo(priority);
  }

  get busy(): boolean {
    return this.#ready.groups + this.#opening + this.#opened.groups + this.#inFlight + this.#p.settler.backlog > 0;
  }

  /** Freshly claimed groups. */
  add(groups: readonly Group[]): void {
    for (const group of groups) this.#ready.push(group);
    if (groups.length > 0 && !this.#closed()) {
      const most = this.proving ? 1 : this.#p.concurrency - this.#inFlight;
      this.#p.prepare(Math.min(groups.length, most));
    }
    this.#openerWake.now();
  }

  /** Groups whose record is open already: a repeat under the same serial. */
  repeat(groups: readonly Group[]): void {
    for (const group of groups) this.#opened.push(group);
    this.#callerWake.now();
  }

  /** Runs until `stop`, then lets go what was not posted, and waits for calls that are out. */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => this.#wakeAll(), { once: true });
    await Promise.all([this.#opener(stop), this.#caller(stop)]);
    await this.#letGo(STOPPED);
    while (this.#inFlight > 0) await this.#callerWake.wait(1000);
  }

  #wakeAll(): void {
    this.#openerWake.now();
    this.#callerWake.now();
  }

  async #opener(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const closed = this.#closed();
      if (closed) await this.#letGo(closed);
      const chunk = closed ? [] : this.#nextChunk();
      if (chunk.length === 0) {
        await this.#openerWake.wait(closed ? CALM_MS : Infinity);
        continue;
      }
      this.#opening = chunk.length;
      await this.#open(chunk);
      this.#opening = 0;
      this.#callerWake.now();
    }
  }

  #closed(): Closed | null {
    return this.#p.closed() ?? this.#p.reach.closed();
  }

  #nextChunk(): Group[] {
    const rate = this.#p.rate.rate;
    const mostParts = rate === null ? Infinity : rate * AHEAD_SECONDS;
    // the first calls of a burst do not wait for the records of the later ones
    const first = rate !== null && this.#opened.groups + this.#inFlight === 0;
    const mostGroups = this.proving ? 1 : first ? this.#p.concurrency : AHEAD_GROUPS;
    // what is more urgent than what is opened does not wait behind it, and goes by itself: its record is written the sooner
    const wanted = (): boolean => {
      const ahead = this.#opened.upTo(this.#ready.first);
      return ahead.groups < mostGroups / 2 && ahead.parts < mostParts / 2;
    };
    const chunk: Group[] = [];
    let parts = 0;
    while (wanted() && chunk.length < mostGroups && (chunk.length === 0 || parts < mostParts)) {
      const group = this.#ready.shift();
      if (!group) break;
      chunk.push(group);
      parts += partsOf(group);
    }
    if (chunk.length > 0) this.hungry.now();
    return chunk;
  }

  /** True while one call at a time goes out: the account or the line is not proven. */
  get proving(): boolean {
    return this.#p.proving() || this.#p.reach.proving;
  }

  /** The record, here and in the database, without which no byte goes out. */
  async #open(chunk: readonly Group[]): Promise<void> {
    const { store, clock, owner, leaseMs, callMs } = this.#p;
    let fresh = chunk.filter((group) => this.#inTime(group));
    if (fresh.length === 0) return;
    const from = clock.mono();
    try {
      const { unrecorded, taken } = await store.open(fresh, owner, leaseMs);
      if (taken.size > 0) await this.#collided(fresh.filter(({ serial }) => taken.has(serial)));
      fresh = await this.#stillClaimed(fresh.filter((group) => !unrecorded.has(group.serial)));
    } catch (error) {
      // perhaps written, surely not posted: the rows' own lease or the record's brings them back
      this.#p.onFailure('open', error);
      return;
    }
    try {
      // second: a serial journalled without its record would look like one that the database has forgotten
      this.#p.journal(fresh.flatMap((g) => g.keys.map((key) => ({ key, serial: g.serial }))));
    } catch (error) {
      for (const group of fresh) this.#notPosted(group, { code: 'CHANNEL_PAUSED', text: textOf(error) });
      return;
    }
    for (const group of fresh) {
      // from now on the record's lease counts, if the rows' claim was still ours when it was written
      if (this.#inTime(group)) this.#opened.push({ ...group, startBefore: from + leaseMs - callMs });
    }
  }

  /**
   * A row may have been taken from us or changed by a person since the claim. It is looked after the record is written, and whoever takes
   * rows over looks for the record after having taken them: one of the two sees the other. Where a row is gone its call does not leave.
   */
  async #stillClaimed(groups: readonly Group[]): Promise<Group[]> {
    // from the record on it is the record's owner who counts
    const recorded = (group: Group): Group => ({ ...group, token: this.#p.owner });
    const there = new Set<string>();
    for (const [token, list] of Map.groupBy(groups, (group) => group.token)) {
      const ids = list.flatMap(({ members }) => members.map(({ id }) => id));
      for (const id of await this.#p.store.claimed(token, ids)) there.add(id);
    }
    const whole = (group: Group): boolean => group.members.every(({ id }) => there.has(id));
    for (const group of groups) if (!whole(group)) this.#notPosted(recorded(group), CHANGED);
    return groups.filter(whole).map(recorded);
  }

  /** Another daemon makes the same serials: ours come from elsewhere from now on, and these rows are claimed anew. */
  async #collided(groups: readonly Group[]): Promise<void> {
    this.#p.serials.newSlot();
    for (const group of groups) this.#p.onCollision(group.serial);
    await this.#release(groups, STOPPED);
  }

  #inTime(group: Group): boolean {
    if (this.#p.clock.mono() <= group.startBefore) return true;
    this.#p.onFailure('fenced', null);
    return false;
  }

  async #caller(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const wait = this.#sendDue();
      if (this.#opened.groups < AHEAD_GROUPS / 2) this.#openerWake.now();
      await this.#callerWake.wait(wait);
    }
  }

  /** Sends what may leave now; milliseconds until more may, Infinity: only an event can tell. */
  #sendDue(): number {
    for (;;) {
      const group = this.#opened.peek();
      if (!group || this.#inFlight >= (this.proving ? 1 : this.#p.concurrency)) return Infinity;
      if (this.#closed()) {
        this.#openerWake.now();
        return CALM_MS;
      }
      if (this.#p.settler.backlog > MOST_UNSETTLED_ROWS) return CALM_MS;
      const wait = this.#p.rate.wait(partsOf(group));
      if (wait > 0) return wait;
      this.#opened.shift();
      if (!this.#inTime(group)) continue;
      if (group.tries === 1 && this.#p.clock.mono() > group.notAfter) this.#notPosted(group, TOO_LATE);
      else this.#send(group);
    }
  }

  #send(group: Group): void {
    this.#inFlight++;
    const permit = this.#p.rate.take(partsOf(group));
    this.#submit(group)
      .catch((error: unknown) => this.#p.onFailure('send', error))
      .finally(() => {
        permit.answered();
        this.#inFlight--;
        this.#callerWake.now();
      });
  }

  async #submit(group: Group): Promise<void> {
    const { settler, settleRules, reach, rate, serials } = this.#p;
    const request: SendRequest = {
      serial: group.serial,
      text: group.body,
      phones: group.members.map((m) => m.phone),
      extNo: group.extNo,
      templateId: group.templateId,
    };
    const call = { left: false };
    try {
      const answer = await this.#p.send(request, () => {
        if (!this.#inTime(group)) throw new Fenced();
        call.left = true;
      });
      const outcome = classify(answer);
      reach.answered();
      if (outcome.kind === 'slower') rate.slower();
      if (outcome.kind === 'accepted') rate.fine();
      if (outcome.kind === 'duplicate' && group.tries === 1) {
        serials.newSlot();
        this.#p.onCollision(group.serial);
      }
      settler.add(settlement(group, outcome, settleRules));
    } catch (error) {
      if (error instanceof Fenced) return; // its lease brings it back
      if (error instanceof PlatformError) {
        this.#failed(group, error);
        return;
      }
      // the gate could not read its latch: nothing went out
      if (!call.left) this.#notPosted(group, UNASKED);
      throw error;
    }
  }

  #failed(group: Group, error: PlatformError): void {
    const { reach, settler, settleRules } = this.#p;
    switch (error.kind) {
      case 'doubtful':
        reach.doubtful(error.text);
        settler.add(unknown(group, { code: 'OUTCOME_UNKNOWN', text: error.text, readable: false }, settleRules));
        break;
      case 'unreached':
      case 'tls':
      case 'proxy':
        reach.unreached(error.text);
        this.#notPosted(group, { code: 'NOT_REACHED', text: error.text });
        break;
      case 'blocked':
        this.#notPosted(group, { code: String(error.facts['code'] ?? 'CHANNEL_PAUSED'), text: error.text });
        break;
    }
    this.#p.onFailure('send', error);
  }

  /** A first try goes back to NEW; a repeat stays what it was: in doubt. */
  #notPosted(group: Group, why: Closed | Stopped): void {
    const { settler, settleRules } = this.#p;
    const { code, text } = why;
    settler.add(
      group.tries > 1 ? postponed(group, code, text, settleRules) : notPosted(group, code, text, 0, settleRules),
    );
  }

  /** Everything that is not out goes back, with the reason for its row. */
  async #letGo(why: Closed | Stopped): Promise<void> {
    for (const group of this.#opened.drain()) this.#notPosted(group, why);
    await this.#release(this.#ready.drain(), why);
  }

  /** Claimed, and nothing recorded yet. */
  async #release(list: readonly Group[], why: Closed | Stopped): Promise<void> {
    for (const [token, groups] of Map.groupBy(list, (group) => group.token)) {
      const ids = groups.flatMap((g) => g.members.map((m) => m.id));
      try {
        await this.#p.store.release(token, ids, this.#reason(why));
      } catch (error) {
        this.#p.onFailure('release', error); // their lease brings them back
      }
    }
  }

  #reason(why: Closed | Stopped): { code: string | null; text: string | null; delayMs: number } {
    if (why.code === null) return { code: null, text: null, delayMs: 0 };
    return { code: why.code, text: rowText(why.text, this.#p.settleRules.locale), delayMs: 0 };
  }
}

/** Nothing that the row's reader would want to know. */
interface Stopped {
  readonly code: null;
  readonly text: Text;
}

const STOPPED: Stopped = { code: null, text: { zh: '服务停止', en: 'the daemon stopped' } };

const CHANGED: Stopped = {
  code: null,
  text: {
    zh: '等待发送时有行被改动或接管，未提交',
    en: 'one of its rows was changed or taken over before the call; not submitted',
  },
};

const TOO_LATE: Stopped = {
  code: null,
  text: { zh: '等待发送时有行过了时限，重新检查', en: 'one of its rows became too old while it waited; checked again' },
};

const UNASKED: Stopped = {
  code: null,
  text: { zh: '通道状态读不到，未提交', en: 'the state of the channel could not be read; not submitted' },
};
