import type { Selection } from '../db/operate-store.ts';
import type { Store } from '../db/store.ts';
import type { Wake } from '../lib/wake.ts';
import { carryOut, DEEDS, type Done } from '../operate/deeds.ts';
import type { Gate } from '../platform/gate.ts';
import type { ControlRequest, LifeVerb } from './control.ts';
import type { Heart } from './heart.ts';
import type { StatusReport } from './status.ts';

/** What an admin may have a running daemon do. */
export interface Deeds {
  /** Nothing is sent on any daemon until `resume`. @throws DbError */
  readonly pause: (reason: string | null) => Promise<void>;
  /** @throws DbError */
  readonly resume: () => Promise<void>;
  /** About rows that are HELD, as `release` and `discard` of the command line; no more than `most`, behind the row `after`. @throws DbError */
  readonly decideHeld: (deed: 'RELEASE' | 'DISCARD', which: Which, after: string | null, most: number) => Promise<Done>;
}

export type Which = Pick<Selection, 'ids' | 'code'>;

interface Hands {
  readonly gate: Pick<Gate, 'pause' | 'resume'>;
  readonly heart: Pick<Heart, 'beat'>;
  readonly store: Pick<Store, 'pickRows' | 'decide'>;
  /** There may be something to claim. */
  readonly hungry: Wake;
}

export function deedsOf({ gate, heart, store, hungry }: Hands): Deeds {
  return {
    async pause(reason) {
      await gate.pause(reason);
      await heart.beat(); // what is reported must not be older than what was asked for
    },
    async resume() {
      await gate.resume();
      hungry.now();
      await heart.beat();
    },
    async decideHeld(deed, which, after, most) {
      const { from, sends } = DEEDS[deed];
      const done = await carryOut({ store, deed, selection: { ...which, statuses: from }, after, most });
      if (sends && done.changed > 0) hungry.now();
      return done;
    },
  };
}

interface Answering extends Deeds {
  readonly report: () => Promise<StatusReport>;
}

/** To a command at the control socket. */
export async function answer(request: ControlRequest<LifeVerb>, a: Answering): Promise<unknown> {
  switch (request.verb) {
    case 'status':
      return a.report();
    case 'pause':
      await a.pause(request.reason ?? null);
      return a.report();
    case 'resume': {
      // what had gathered is told as it was before the first of it goes out
      const { rows } = await a.report();
      await a.resume();
      return { ...(await a.report()), rows };
    }
  }
}
