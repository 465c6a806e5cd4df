import type { Config } from '../config/settings.ts';
import { CHANNEL, openConfiguredStore, rulesOf } from '../daemon/parts.ts';
import { runLoop } from '../daemon/pace.ts';
import { Stop } from '../daemon/stop.ts';
import { requireSchema } from '../db/schema.ts';
import type { Store } from '../db/store.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { textOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { Wake } from '../lib/wake.ts';
import { RateWindow } from '../outbound/rate.ts';
import { StormWatch } from '../outbound/storm.ts';
import { policyOptions } from '../policy/options.ts';
import { Policy } from '../policy/policy.ts';
import { countInMemory } from './counters.ts';
import { looked, minuteText, reportOf, STARTED, type ShadowReport } from './report.ts';
import { Shadow, type ShadowParts } from './shadow.ts';

const RETRY = { firstMs: 500, mostMs: 30_000 };
const MINUTE_MS = 60_000;
const DEADLINE_MS = 10_000;
/** Waiting rows are counted up to here, as elsewhere. */
const COUNTED = 10_000;

/**
 * `start --shadow`, until a signal: what the daemon would do with the rows of the tables. Writes nothing, there or in the state
 * directory, which it does not open; calls nothing at the platform. @throws DbError, ConfigError: it could not start
 */
export async function runShadow(config: Config, { log, clock }: { log: Log; clock: Clock }): Promise<ShadowReport> {
  const store = await openConfiguredStore(config, { readOnly: true });
  try {
    await requireSchema({ ...config.database, readOnly: true });
    const shadow = new Shadow(partsOf(config, store, log, clock));
    const stop = new Stop();
    const unlisten = stop.listen(() => DEADLINE_MS);
    const began = clock.mono();
    log.info('shadow.started', STARTED);
    let minuteAt = began + MINUTE_MS;
    await runLoop(
      async (signal) => {
        const rows = await shadow.pass(signal);
        if (rows > 0) log.debug('shadow.look', looked(rows), { rows });
        if (clock.mono() >= minuteAt) {
          minuteAt += MINUTE_MS;
          const { messages, calls, parts, refusals, deferrals } = shadow.takeMinute();
          const counts = { messages, calls, parts, refusals, deferrals };
          log.info('shadow.minute', minuteText(counts), counts);
        }
        return config.outbox.pollEvery;
      },
      {
        retryMs: (failures) => backoff(failures, RETRY),
        wake: new Wake(),
        onFailure: (error) => log.state('shadow.database', error === null ? null : textOf(error)),
      },
      stop.asked,
    );
    unlisten();
    stop.done();
    const { scheduled } = await store.waiting(COUNTED);
    return reportOf(config, shadow, { scheduled, ranMs: clock.mono() - began });
  } finally {
    await store.close();
  }
}

function partsOf(config: Config, store: Store, log: Log, clock: Clock): ShadowParts {
  const { outbox, locale } = config;
  const counted = { ...store, countUses: countInMemory((subjects) => store.usage(subjects)) };
  const policy = new Policy(policyOptions(config), counted, clock, (text) => log.state('policy.tables', text));
  const rate = new RateWindow(clock, outbox.ratePerSecond);
  return {
    ...{ store, clock, policy, locale, channel: CHANNEL, batchSize: outbox.batchSize },
    rules: { ...rulesOf(config), policy },
    // the journal is in the state directory, which is the daemon's
    journalled: () => new Map(),
    journalKey: ({ id }) => id,
    storm: new StormWatch(clock, () => undefined),
    callSize: (segments) => rate.callSize(segments),
    ...(outbox.uniqueBy !== null && { uniqueWithinMs: outbox.uniqueWithin }),
  };
}
