import type { Config } from '../config/settings.ts';
import { DaemonError } from '../lib/errors.ts';
import { osUser, type AuditEntry } from '../state/audit.ts';
import { openState } from '../state/open.ts';
import type { Io } from './io.ts';

/**
 * Writes down what the person at the keyboard has done with this configuration.
 * @throws DaemonError `failed`: it is done, and yet there is no line of it
 */
export function recordDeed(config: Pick<Config, 'stateDir'>, io: Io, action: string, facts: AuditEntry['facts']): void {
  try {
    const state = openState(config.stateDir);
    try {
      state.audit.append({ who: osUser(io.env), action, facts });
    } finally {
      state.close();
    }
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    throw new DaemonError(
      'failed',
      {
        zh: `已执行，但审计日志没有写成：${error.text.zh}`,
        en: `it is done, but the audit log could not be written: ${error.text.en}`,
      },
      { cause: error },
    );
  }
}
