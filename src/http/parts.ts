import type { Config } from '../config/settings.ts';
import type { Counters } from '../daemon/counters.ts';
import type { Deeds } from '../daemon/deeds.ts';
import type { Heart } from '../daemon/heart.ts';
import type { Loops } from '../daemon/loops.ts';
import type { Outbound } from '../daemon/parts.ts';
import type { Reporter } from '../daemon/reporter.ts';
import type { Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Gate } from '../platform/gate.ts';
import type { AuditEntry } from '../state/audit.ts';
import type { State } from '../state/open.ts';

/** What page, metrics and health see of the daemon. */
export interface HttpParts extends Deeds {
  readonly config: Config;
  readonly version: string;
  readonly store: Store;
  readonly state: Pick<State, 'identity' | 'quarantine'>;
  readonly gate: Pick<Gate, 'closed'>;
  readonly outbound: Pick<Outbound, 'closed' | 'reach' | 'rate'>;
  readonly counters: Counters;
  readonly reporter: Pick<Reporter, 'trouble'>;
  readonly heart: Pick<Heart, 'silentMs'>;
  readonly loops: Pick<Loops, 'hung'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Writes down what an admin has done. */
  readonly audit: (entry: AuditEntry) => void;
}
