import type { Added, Piece } from '../policy/limits.ts';

/** A row of `sms_template`. */
export interface TemplateRow {
  readonly code: string;
  readonly category: string | null;
  readonly body: string;
  readonly platformId: string | null;
  readonly enabled: boolean;
}

/** What the rules are made of, as far as it stands in tables. */
export interface PolicyTables {
  readonly templates: readonly TemplateRow[];
  readonly words: readonly string[];
}

/** What is looked at often. */
export interface PolicyMark {
  /** Another one whenever templates or words are others. */
  readonly mark: string;
  /** True: at least one phone is on the blacklist. */
  readonly blacklist: boolean;
  /** Rules set aside for now. */
  readonly overrides: readonly Override[];
}

export interface Override {
  readonly rule: string;
  readonly reason: string;
  readonly untilInMs: number;
}

export interface Listed {
  readonly phone: string;
  readonly reason: string | null;
  /** MANUAL: by hand, blocks everything · OPTOUT: the citizen has asked for it. */
  readonly origin: 'MANUAL' | 'OPTOUT';
}

/** A claimed row that does not go out: not now (`NEW`, after `delayMs`), or not at all. */
export interface TurnedAway {
  readonly id: string;
  readonly status: 'NEW' | 'REJECTED' | 'EXPIRED' | 'HELD';
  readonly code: string;
  readonly text: string;
  readonly delayMs: number;
  /** False: a person had put it back, and that is still to be seen when it comes again. */
  readonly requeued: boolean;
}

export interface Usage {
  /** Milliseconds since 1970 by the database's clock. */
  readonly nowMs: number;
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
}

/** The verbs of policy. */
export interface PolicyStore {
  policyMark(): Promise<PolicyMark>;
  policyTables(): Promise<PolicyTables>;
  /** Those of these phones that are on the blacklist. */
  blacklisted(phones: readonly string[]): Promise<ReadonlyMap<string, Listed>>;
  /** Phones that are listed already stay as they are; returns nothing, since engines count those differently. */
  addToBlacklist(listed: readonly Listed[]): Promise<void>;
  /** After the claim, before any submission; fenced by its token. The row gets back the serial that it had before. */
  turnAway(token: string, rows: readonly TurnedAway[]): Promise<number>;
  /** Waiting rows deferred with this code are due now, and are judged again. Returns how many of at most `limit`. */
  hasten(code: string, limit: number): Promise<number>;

  /** What the counters of these subjects hold. */
  usage(subjects: readonly string[]): Promise<Usage>;
  /**
   * Reads these counters and writes what `decide` adds, all of it or nothing. Several daemons agree: when another has counted meanwhile,
   * `decide` is asked again with what the counters say then.
   */
  countUses<T>(
    subjects: readonly string[],
    decide: (usage: Usage) => { readonly added: readonly Added[]; readonly result: T },
  ): Promise<T>;
  /** Counters of windows that are over; returns rows deleted. */
  pruneUsage(limit: number): Promise<number>;

  templates(): Promise<TemplateRow[]>;
  /** Inserts; with `replace` also overwrites. Returns the codes that were there and, without it, have been left alone. */
  putTemplates(rows: readonly TemplateRow[], replace: boolean): Promise<string[]>;
  /** Sets a rule aside for so long; 0 ends it. */
  override(rule: string, reason: string, ms: number): Promise<void>;
}
