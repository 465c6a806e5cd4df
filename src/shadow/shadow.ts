import type { ChannelState, OutboxRow, Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { decide, overLimit, type DecideParts } from '../outbound/claim.ts';
import type { Checked } from '../outbound/check.ts';
import { group } from '../outbound/group.ts';
import { Tally } from './tally.ts';

/** The verbs that only read. */
export type ReadStore = DecideParts['store'] & Pick<Store, 'probe' | 'due' | 'waiting' | 'version'>;

export interface ShadowParts extends Omit<DecideParts, 'resumedMs'> {
  readonly store: ReadStore;
  readonly clock: Clock;
  readonly channel: string;
  readonly batchSize: number;
  readonly callSize: (segments: number) => number;
}

/** A row that was decided about, as it was then. */
interface Known {
  readonly version: string;
  readonly deferred: { readonly code: string; readonly untilMs: number } | null;
}

/** Rows that wait for their time, by the code that put them off; wall clock. */
export interface Deferred {
  readonly code: string;
  readonly rows: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Every so often the whole queue is gone through, else its beginning and its end. */
const WHOLE_EVERY_MS = 60_000;

/**
 * Decides about the rows that are due as the daemon would, and writes nothing: each once, and again when it has been changed or
 * the time has come until which it was put off. They stay where they are, so what was decided is remembered here.
 */
export class Shadow {
  readonly #p: ShadowParts & DecideParts;
  readonly #known = new Map<string, Known>();
  /** Since the start. */
  readonly total = new Tally();
  #minute = new Tally();
  #wholeAt = -Infinity;
  /** Rows that were due in each priority. */
  readonly #lengths = new Map<number, number>();
  #channel: ChannelState | null = null;

  constructor(parts: ShadowParts) {
    this.#p = { ...parts, resumedMs: () => this.#channel?.resumedMs ?? null };
  }

  /** The channel as the tables have it; null: no daemon has ever used it. */
  get channel(): ChannelState | null {
    return this.#channel;
  }

  /** Since this was last asked for. */
  takeMinute(): Tally {
    const minute = this.#minute;
    this.#minute = new Tally();
    return minute;
  }

  /** Those that still wait. */
  get deferred(): readonly Deferred[] {
    const now = this.#p.clock.wall();
    const waiting = [...this.#known.values()].flatMap(({ deferred }) =>
      deferred && deferred.untilMs > now ? [deferred] : [],
    );
    return [...Map.groupBy(waiting, ({ code }) => code)].map(([code, rows]) => {
      const times = rows.map(({ untilMs }) => untilMs);
      return { code, rows: rows.length, fromMs: Math.min(...times), untilMs: Math.max(...times) };
    });
  }

  /** Looks once at what is due; returns the rows decided about. @throws DbError */
  async pass(stop: AbortSignal): Promise<number> {
    const { store, clock, channel, batchSize } = this.#p;
    const probe = await store.probe({ recover: false, channel, aliveMs: 0 });
    this.#channel = probe.channel;
    const whole = clock.mono() - this.#wholeAt >= WHOLE_EVERY_MS;
    const seen = new Set<string>();
    let decided = 0;
    const due = [...probe.due].filter(([, inMs]) => inMs <= 0).map(([priority]) => priority);
    for (const priority of due.sort((a, b) => a - b)) {
      for (let offset = 0; !stop.aborted;) {
        const rows = await store.due({ priority, limit: batchSize, offset });
        for (const { id } of rows) seen.add(id);
        const fresh = rows.filter((row) => this.#isNew(row));
        if (fresh.length > 0) await this.#decide(fresh);
        decided += fresh.length;
        offset += rows.length;
        if (rows.length < batchSize) {
          this.#lengths.set(priority, offset);
          break;
        }
        // nothing is taken away here: what comes is at the end
        if (fresh.length === 0 && !whole) offset = Math.max(offset, (this.#lengths.get(priority) ?? 0) - batchSize);
      }
    }
    if (!whole || stop.aborted) return decided;
    this.#wholeAt = clock.mono();
    // what is no longer due has been sent or taken back by somebody else
    for (const id of this.#known.keys()) if (!seen.has(id)) this.#known.delete(id);
    return decided;
  }

  #isNew(row: OutboxRow): boolean {
    const known = this.#known.get(row.id);
    if (known?.version !== versionOf(row)) return true;
    return known.deferred !== null && known.deferred.untilMs <= this.#p.clock.wall();
  }

  async #decide(rows: readonly OutboxRow[]): Promise<void> {
    const checked = await decide(this.#p, rows);
    const over = await overLimit(this.#p, checked, new Set(rows.map(({ id }) => id)));
    const going: Extract<Checked, { ok: true }>[] = [];
    for (const each of checked) {
      const finding = each.ok ? over.get(each.row.id) : each.refusal;
      if (finding) this.#turnAway(each.row, finding);
      else if (each.ok) {
        going.push(each);
        this.#known.set(each.row.id, { version: versionOf(each.row), deferred: null });
      }
    }
    const calls = group(going, this.#p.callSize, ({ row }) => row.id).length;
    for (const tally of [this.total, this.#minute]) {
      tally.calls += calls;
      tally.messages += going.length;
      tally.parts += going.reduce((sum, { segments }) => sum + segments, 0);
    }
  }

  #turnAway(row: OutboxRow, finding: { status: string; code: string; delayMs?: number }): void {
    const { status, code, delayMs = 0 } = finding;
    const deferred = status === 'NEW' ? { code, untilMs: this.#p.clock.wall() + delayMs } : null;
    this.#known.set(row.id, { version: versionOf(row), deferred });
    for (const tally of [this.total, this.#minute]) {
      if (deferred) tally.deferrals++;
      else tally.refuse(row.id, status, code);
    }
  }
}

/** Another one where somebody has changed the row, or sent it and put it back. */
const versionOf = ({ mark, prevSerial, lastCode }: OutboxRow): string =>
  `${mark} ${prevSerial ?? ''} ${lastCode ?? ''}`;
