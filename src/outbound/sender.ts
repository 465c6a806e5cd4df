import type { Probe, Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Closed } from '../platform/gate.ts';
import { claimRows, type Claim, type ClaimParts } from './claim.ts';
import type { Pump } from './pump.ts';
import { ClockWatch } from './clock-watch.ts';
import type { RateWindow } from './rate.ts';
import type { Reach } from './reach.ts';
import { recoverSubmissions, type RecoverParts } from './recover.ts';
import type { Settler } from './settler.ts';

export interface SenderParts {
  readonly store: Pick<Store, 'probe' | 'recoverRows' | 'shorten' | 'giveUp'>;
  readonly clock: Clock;
  readonly channel: string;
  readonly claim: ClaimParts;
  readonly recover: RecoverParts;
  readonly pump: Pump;
  readonly settler: Settler;
  readonly rate: RateWindow;
  readonly reach: Reach;
  /** The channel as every poll reads it along. */
  readonly see: (probe: Probe) => Promise<void>;
  readonly closed: () => Closed | null;
  readonly pollMs: number;
  readonly batchSize: number;
  readonly leaseMs: number;
  /** True: when this process began, there may have been another daemon. */
  readonly company: boolean;
  /** The rate of the whole channel; null: no limit. */
  readonly ratePerSecond: number | null;
  readonly onClaim: (priority: number, claim: Claim) => void;
  /** Told when the database's clock has been set, by how many milliseconds. */
  readonly onClockJump: (ms: number) => void;
  /** Told when commands by SQL stand open. */
  readonly onCommands: () => void;
  /** Told of rows that count as sent only by a 15 and never got a receipt. */
  readonly onUnproven: (rows: number) => void;
}

/** While there is work: how often the more urgent priorities are looked at. */
const BUSY_MS = 250;
/** Leases, open submissions, other daemons: looked at with every poll that comes at least this long after the last look. */
const RECOVER_EVERY_MS = 10_000;
/** The same while others share the rate: of one that dies the share is free again within two heartbeats. */
const SHARED_EVERY_MS = 4000;
/** One heartbeat and a half: a daemon silent for longer no longer has a share of the rate. */
export const ALIVE_MS = 15_000;
/** By then two looks have been taken, and whoever is alive has beaten between them, whatever his earlier beats looked like. */
const ALIVE_FOR_SURE_MS = 2 * RECOVER_EVERY_MS;
const RECOVER_LIMIT = 50;
const LAST_PRIORITY = 9;
/** Every so manieth full claim starts with rows that were put off or scheduled, lest a steady backlog hides them. */
const TIMED_EVERY = 4;

/** row → claim. One pass reads what is due in one statement and fills the pump, most urgent first. */
export class Sender {
  readonly #p: SenderParts;
  readonly #watch: ClockWatch;
  #recoverAt = 0;
  /** null: not looked yet. */
  #daemons: number | null = null;
  #claims = 0;

  constructor(parts: SenderParts) {
    this.#p = parts;
    this.#watch = new ClockWatch(parts.clock);
  }

  /** True: no other daemon has been alive at the latest look; null: none was taken yet. */
  get alone(): boolean | null {
    return this.#daemons === null ? null : this.#daemons === 1;
  }

  /** Milliseconds after which the next pass is wanted; `pump.hungry` may call it earlier. */
  async pass(stop: AbortSignal): Promise<number> {
    const { store, channel, clock, pollMs } = this.#p;
    const recover = clock.mono() >= this.#recoverAt;
    const from = clock.mono();
    const probe = await store.probe({ recover, channel, aliveMs: ALIVE_MS });
    await this.#seeClock(this.#watch.see(probe.clockMs, from));
    await this.#p.see(probe);
    if (probe.commands) this.#p.onCommands();
    if (recover) await this.#recover(probe);
    await this.#housekeep(probe);
    if (this.#p.closed() ?? this.#p.reach.closed()) return pollMs;
    const moreOpen = await this.#repeat(probe);
    const more = await this.#fill(probe, stop);
    // what waits in memory holds up what is more urgent just as what still waits in the table does
    if (more || moreOpen || this.#p.pump.rowsUpTo(LAST_PRIORITY) > 0) return Math.min(pollMs, BUSY_MS);
    return Math.min(pollMs, Math.max(50, soonest(probe)));
  }

  async #seeClock(jumpMs: number): Promise<void> {
    if (jumpMs === 0) return;
    this.#p.onClockJump(jumpMs);
    if (jumpMs < 0) await this.#p.store.shorten(this.#p.leaseMs);
  }

  /**
   * Whose lease is over by a clock that has just been set may well be at work: not before one whole lease has run by the new one. Nor
   * does anybody know what happened to the clock before this start; but where no other daemon turns out to be alive, nobody is at work.
   */
  get #leasesHold(): boolean {
    const { evenMs, jumped } = this.#watch;
    if (evenMs >= this.#p.leaseMs) return true;
    return !jumped && (!this.#p.company || (this.alone === true && evenMs >= ALIVE_FOR_SURE_MS));
  }

  async #recover(probe: Probe): Promise<void> {
    if (probe.daemons !== null && probe.daemons !== this.#daemons) this.#share(probe.daemons);
    this.#recoverAt = this.#p.clock.mono() + (this.alone === true ? RECOVER_EVERY_MS : SHARED_EVERY_MS);
    if (probe.leaseInMs === null || probe.leaseInMs > 0 || !this.#leasesHold) return;
    // in bites, until none is left: what a dead daemon had claimed must not wait for look after look
    while ((await this.#p.store.recoverRows(this.#p.recover.nextToken(), this.#p.batchSize)) > 0);
  }

  #share(daemons: number): void {
    this.#daemons = Math.max(1, daemons);
    const { ratePerSecond, rate } = this.#p;
    rate.setRate(ratePerSecond === null ? null : ratePerSecond / this.#daemons);
  }

  async #housekeep(probe: Probe): Promise<void> {
    if (probe.giveUpInMs === null || probe.giveUpInMs > 0) return;
    const { unproven } = await this.#p.store.giveUp(this.#p.batchSize);
    if (unproven > 0) this.#p.onUnproven(unproven);
  }

  /** True when there may be more than were taken over. */
  async #repeat(probe: Probe): Promise<boolean> {
    const { pump, settler, batchSize } = this.#p;
    if (probe.openInMs === null || probe.openInMs > 0 || !this.#leasesHold) return false;
    // taken over they have a lease to keep: no more than can go out soon
    if (pump.rowsUpTo(LAST_PRIORITY) >= 2 * batchSize || settler.backlog > 4 * batchSize) return true;
    const { taken, repeats, settled } = await recoverSubmissions(this.#p.recover, RECOVER_LIMIT);
    for (const s of settled) settler.add(s);
    pump.repeat(repeats);
    return taken === RECOVER_LIMIT;
  }

  /** True when there is more than fitted in. */
  async #fill(probe: Probe, stop: AbortSignal): Promise<boolean> {
    let more = false;
    const due = [...probe.due].filter(([, inMs]) => inMs <= 0).map(([priority]) => priority);
    const from = this.#p.clock.mono();
    for (const priority of due.sort((a, b) => a - b)) {
      for (;;) {
        if (stop.aborted) return false;
        // something more urgent may have come meanwhile
        if (priority > 0 && this.#p.clock.mono() - from > BUSY_MS) return true;
        const room = this.#room(priority);
        if (room === 0) {
          more = true;
          break;
        }
        const timed = ++this.#claims % TIMED_EVERY === 0;
        const claim = await claimRows(this.#p.claim, {
          priority,
          limit: room,
          timed,
          spread: this.#daemons ?? 1,
          maxParts: this.#mostParts(),
        });
        this.#p.pump.add(claim.groups);
        if (claim.seen > 0) this.#p.onClaim(priority, claim);
        if (claim.seen < room && !timed) break;
      }
    }
    return more;
  }

  #room(priority: number): number {
    const { pump, settler, batchSize, reach } = this.#p;
    if (this.#p.closed() ?? reach.closed()) return 0;
    const waiting = pump.rowsUpTo(priority);
    // while the account or the line is being tried, one row is enough to find out
    if (pump.proving) return waiting === 0 && !pump.busy ? 1 : 0;
    // of a slow channel no more than it can send before the leases end, however large a batch may be
    const enough = Math.min(batchSize, this.#mostParts());
    return waiting >= enough || settler.backlog > 4 * batchSize ? 0 : batchSize;
  }

  /** No more than the channel can send in a quarter of the lease (contract §3.4). */
  #mostParts(): number {
    const rate = this.#p.rate.rate;
    return rate === null ? Infinity : Math.max(1, Math.floor((rate * this.#p.leaseMs) / 4000));
  }
}

function soonest(probe: Probe): number {
  const times = [...probe.due.values(), probe.openInMs ?? Infinity].filter((ms) => ms > 0);
  return Math.min(Infinity, ...times);
}
