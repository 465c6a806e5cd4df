import type { Config } from '../config/settings.ts';
import type { Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { textOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { CommandParts } from '../operate/commands.ts';
import type { Gate } from '../platform/gate.ts';
import type { AuditEntry } from '../state/audit.ts';
import type { State } from '../state/open.ts';
import type { Heart } from './heart.ts';
import type { Outbound } from './parts.ts';

interface Needs {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: (entry: AuditEntry) => void;
  readonly gate: Pick<Gate, 'pause' | 'resume'>;
  readonly heart: Pick<Heart, 'beat'>;
  readonly outbound: Pick<Outbound, 'pump'>;
  readonly owner: string;
}

/** Commands by SQL, as this daemon carries them out. */
export function commandParts(config: Config, n: Needs): CommandParts {
  const { store, clock, log, audit, gate, heart, outbound, owner } = n;
  let taken = 0;
  const beaten = async (done: boolean): Promise<boolean> => {
    await heart.beat();
    return done;
  };
  return {
    ...{ store, clock, locale: config.locale, instance: config.instance },
    nextOwner: () => `${owner}.c${++taken}`,
    pause: (reason, command) => gate.pause(reason, command).then(beaten),
    resume: (command) => gate.resume(command).then(beaten),
    onNew: () => outbound.pump.hungry.now(),
    audit,
    log: (text, { id, command }) => log.warn('command.done', text, { id, command }),
  };
}

/** What was done is done, whether or not it can be written down. */
export function auditOrLog({ audit }: Pick<State, 'audit'>, log: Log): (entry: AuditEntry) => void {
  return (entry) => {
    try {
      audit.append(entry);
    } catch (error) {
      log.error('audit.failed', textOf(error), { action: entry.action });
    }
  };
}
