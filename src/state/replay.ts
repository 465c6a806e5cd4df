import type { Log } from '../lib/log.ts';
import type { State } from './open.ts';
import type { Spooled, SpoolKind } from './spool.ts';

/**
 * What an earlier pass or process fetched and did not get settled, oldest first. An answer that the disk has changed since is not
 * read: it goes to quarantine, and the others are not held up.
 */
export function replay(
  state: Pick<State, 'spool' | 'quarantine'>,
  log: Pick<Log, 'error'>,
  kind: SpoolKind,
): readonly Spooled[] {
  return state.spool.pending(kind).filter((spooled) => {
    if (spooled.intact) return true;
    const { id } = state.quarantine.put(kind, spooled.raw, 'damaged', { bytes: spooled.raw.length });
    state.spool.done(spooled.id);
    log.error(
      'state.damaged',
      {
        zh: `状态目录里一份尚未入库的应答（${kind}.do）与写入时不同，磁盘可能有故障；已存入隔离区第 ${id} 号：请运行 yxt-mw quarantine show ${id}，并检查磁盘`,
        en: `an answer of ${kind}.do that waited in the state directory is not what was written, so the disk may be failing; it is in quarantine as ${id}: see yxt-mw quarantine show ${id}, and check the disk`,
      },
      { quarantine: id },
    );
    return false;
  });
}
