import type { Gate } from '../platform/gate.ts';
import type { ControlRequest } from './control.ts';
import type { Heart } from './heart.ts';
import type { Outbound } from './parts.ts';
import type { StatusReport } from './status.ts';
import type { Stop } from './stop.ts';

export interface Answering {
  readonly gate: Gate;
  readonly outbound: Outbound;
  readonly heart: Heart;
  readonly report: () => Promise<StatusReport>;
  readonly stop: Stop;
  readonly deadlineMs: number;
}

/** What the local socket is answered. */
export async function answer(request: ControlRequest, a: Answering): Promise<unknown> {
  switch (request.verb) {
    case 'status':
      return a.report();
    case 'pause':
      await a.gate.pause(request.reason ?? null);
      await a.heart.beat(); // what is reported must not be older than what was asked for
      return a.report();
    case 'resume': {
      // what had gathered is told as it was before the first of it goes out
      const { rows } = await a.report();
      await a.gate.resume();
      a.outbound.pump.hungry.now();
      await a.heart.beat();
      return { ...(await a.report()), rows };
    }
    case 'stop':
      // asked twice it is still an orderly stop; only a second signal means "hurry"
      if (!a.stop.asked.aborted) a.stop.request('yxt-mw stop', a.deadlineMs);
      return { stopping: true, deadlineMs: a.deadlineMs };
  }
}
