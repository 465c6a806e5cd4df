import type { Simulator } from '../simulator/server.ts';
import { type Bureau, CITIZEN, type EndedRow, FAULTY_CODES, NOTICES, OTHER_CITIZEN } from './bureau.ts';

/** What came out; printed as it is with `--json`. */
export interface Outcome {
  readonly ok: boolean;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly refused: readonly EndedRow[];
  /** As the citizens' phones show them: that of the query rule and that of the legacy system; null: none came. */
  readonly reply: string | null;
  readonly legacyReply: string | null;
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
  const repliesTo = (citizen: string): string[] =>
    (simulator.phones().find(({ number }) => number === citizen)?.messages ?? [])
      .filter(({ direction }) => direction === 'to')
      .map(({ text }) => text);
  const [replies, legacy] = [repliesTo(CITIZEN), repliesTo(OTHER_CITIZEN)];
  const ok =
    accepted === NOTICES + 2 &&
    doubled === 0 &&
    confirmedMo === 2 &&
    replies.length === 1 &&
    legacy.length === 1 &&
    // the notices and the replies, less the one whose phone is switched off
    statuses.get('DELIVERED') === NOTICES + 1 &&
    statuses.get('UNDELIVERED') === 1 &&
    refused.map((row) => row.result_code).join() === FAULTY_CODES.join();
  return {
    ok,
    byStatus: Object.fromEntries(statuses),
    refused,
    reply: replies[0] ?? null,
    legacyReply: legacy[0] ?? null,
    accepted,
    doubled,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
}
