import type { Store } from '../db/store.ts';
import type { Wake } from '../lib/wake.ts';
import { DEEDS } from '../operate/deeds.ts';
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
  /** A HELD row waits again. False: it is not HELD, or not there. @throws DbError */
  readonly release: (id: string) => Promise<boolean>;
}

interface Hands {
  readonly gate: Pick<Gate, 'pause' | 'resume'>;
  readonly heart: Pick<Heart, 'beat'>;
  readonly store: Pick<Store, 'decide'>;
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
    async release(id) {
      const released = await store.decide('RELEASE', [id], DEEDS.RELEASE.from);
      hungry.now();
      return released > 0;
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
