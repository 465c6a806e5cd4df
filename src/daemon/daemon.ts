import type { Config } from '../config/settings.ts';
import { requireSchema } from '../db/schema.ts';
import type { Text } from '../lib/text.ts';
import { lockState } from '../state/lock.ts';
import { openState } from '../state/open.ts';
import { auditOrLog } from './commands.ts';
import { controlPath, serveControl } from './control.ts';
import { beginLife, type LifeIo } from './life.ts';
import { Lives, type Source } from './lives.ts';
import { openConfiguredPlatform, openConfiguredStore } from './parts.ts';

export interface DaemonIo extends LifeIo {
  /** For reloads. */
  readonly source: Source;
}

/**
 * The daemon from start to stop; returns the exit code. Opened in order: state directory (locked), control socket, then the first of its
 * lives; closed in reverse.
 * @throws DaemonError, DbError, ConfigError: it could not start; nothing was sent
 */
export async function runDaemon(config: Config, io: DaemonIo): Promise<number> {
  const { clock, log, source } = io;
  const lock = lockState(config.stateDir);
  try {
    const state = openState(config.stateDir, {
      onDamaged: (aside) => log.error('state.damaged', damaged(aside)),
    });
    try {
      let unlisten = (): void => undefined;
      const listen = (): void => {
        unlisten();
        unlisten = lives.end.listen(() => lives.deadlineMs);
      };
      const lives = new Lives(config, {
        ...{ log, clock, source, prove, audit: auditOrLog(state, log) },
        begin: (each, stop) => beginLife(each, io, state, stop, listen),
      });
      // whoever signals a third time does not wait any longer
      lives.end.hurried.addEventListener('abort', () => unlisten());
      // from a terminal it means that the terminal is gone
      const reload = (): void =>
        process.stdin.isTTY ? lives.end.request('SIGHUP', lives.deadlineMs) : void lives.hangUp();
      if (process.platform !== 'win32') process.on('SIGHUP', reload);
      const control = await serveControl(controlPath(config.stateDir), (request) => lives.answer(request));
      try {
        await lives.run();
      } finally {
        await control.close();
        process.off('SIGHUP', reload);
        lives.end.done();
        unlisten();
      }
      return 0;
    } finally {
      state.close();
    }
  } finally {
    lock.release();
  }
}

/** Whether database, tables and address of the platform would do, without a trace in any of them. @throws DbError, ConfigError */
async function prove(config: Config): Promise<void> {
  const store = await openConfiguredStore(config);
  try {
    await requireSchema(config.database);
    await openConfiguredPlatform(config).close();
  } finally {
    await store.close();
  }
}

const damaged = (aside: string): Text => ({
  zh: `状态文件已损坏，已移到 ${aside}，另建了新的：里面尚未入库的回执可能丢失（相应的短信到期记为 UNKNOWN），请检查磁盘`,
  en: `the state file was damaged and is now ${aside}; a new one was made. Receipts in it that had not reached the database may be lost (their rows end as UNKNOWN): check the disk`,
});
