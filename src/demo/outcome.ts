import type { Simulator } from '../simulator/server.ts';
import { type Bureau, CITIZEN, type EndedRow, FAULTY_CODES, NOTICES } from './bureau.ts';

/** What came out; printed as it is with `--json`. */
export interface Outcome {
  readonly ok: boolean;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly refused: readonly EndedRow[];
  /** As the citizen's phone shows it; null: none came. */
  readonly reply: string | null;
  /** Messages that the platform accepted, and those of them that one phone got twice. */
  readonly accepted: number;
  readonly doubled: number;
  readonly seconds: number;
}

/** Counts both ends, the tables and the platform, and says whether they fit. */
export function outcomeOf(bureau: Bureau, simulator: Simulator, startedAt: number): Outcome {
  const statuses = bureau.byStatus();
  const refused = bureau.refused();
  const { accepted, doubledMessages: doubled, confirmedMo } = simulator.stats();
  const phone = simulator.phones().find(({ number }) => number === CITIZEN);
  const replies = phone?.messages.filter(({ direction }) => direction === 'to') ?? [];
  const ok =
    accepted === NOTICES + 1 &&
    doubled === 0 &&
    confirmedMo === 1 &&
    replies.length === 1 &&
    // the notices and the reply, less the one whose phone is switched off
    statuses.get('DELIVERED') === NOTICES &&
    statuses.get('UNDELIVERED') === 1 &&
    refused.map((row) => row.result_code).join() === FAULTY_CODES.join();
  return {
    ok,
    byStatus: Object.fromEntries(statuses),
    refused,
    reply: replies[0]?.text ?? null,
    accepted,
    doubled,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
}
