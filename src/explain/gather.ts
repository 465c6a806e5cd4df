import type { Config } from '../config/settings.ts';
import { openGate, rulesOf } from '../daemon/parts.ts';
import { openInspection } from '../db/health.ts';
import type { Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { policyOptions } from '../policy/options.ts';
import { Policy } from '../policy/policy.ts';
import type { Ahead, ExplainFacts } from './facts.ts';
import { reportOf, type RuleVerdict } from './report.ts';

/** Beyond this nobody wants the exact number of rows ahead. */
const COUNTED = 100_000;

/** Reads what `explain` needs; changes nothing and calls nobody. null: there is no such row. @throws DbError */
export async function gather(config: Config, store: Store, clock: Clock, id: string): Promise<ExplainFacts | null> {
  const story = await store.story(id);
  if (story === null) return null;
  const gate = await openGate(config, store, clock, 'explain', () => undefined);
  const { outbox, receipts } = config;
  return {
    ...story,
    now: (await store.now()).text,
    closed: { send: gate.closed('send')?.text ?? null, all: gate.closed('report')?.text ?? null },
    daemons: await store.daemons(),
    ahead: story.row['status'] === 'NEW' ? await aheadOf(config, id) : null,
    verdicts: await verdictsOf(config, store, clock, id),
    rules: {
      pollMs: outbox.pollEvery,
      giveUpAfterMs: receipts.giveUpAfter,
      unknownWindowMs: outbox.unknownWindow,
      ratePerSecond: outbox.ratePerSecond,
    },
  };
}

/** Of what has gone, and may have been counted, the rules have nothing to say any more. */
const NOT_GONE = new Set(['NEW', 'REJECTED', 'HELD', 'EXPIRED', 'CANCELLED']);

async function verdictsOf(config: Config, store: Store, clock: Clock, id: string): Promise<readonly RuleVerdict[]> {
  const [row] = await store.rowsOf([id]);
  if (!row || !NOT_GONE.has(row.status)) return [];
  const policy = new Policy(policyOptions(config), store, clock);
  return (await reportOf(row, rulesOf(config), policy)).verdicts;
}

async function aheadOf(config: Config, id: string): Promise<Ahead> {
  const inspection = openInspection(config.database, config.database.statementTimeout);
  try {
    return { ...(await inspection.ahead(id, COUNTED)), cap: COUNTED };
  } finally {
    await inspection.close();
  }
}
