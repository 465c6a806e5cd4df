import { AlarmBook, type Memory } from '../alarm/book.ts';
import { certificateEnds } from '../alarm/certificate.ts';
import { DeliveryRate } from '../alarm/delivery.ts';
import { mailWay } from '../alarm/mail.ts';
import type { Notice, Way } from '../alarm/notice.ts';
import { Post } from '../alarm/post.ts';
import { smsWay } from '../alarm/sms.ts';
import { AlarmWatch } from '../alarm/watch.ts';
import { webhookWay } from '../alarm/webhook.ts';
import type { Config } from '../config/settings.ts';
import type { Store } from '../db/store.ts';
import type { Clock } from '../lib/clock.ts';
import { AppError, textOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Gate } from '../platform/gate.ts';
import type { Platform } from '../platform/platform.ts';
import type { State } from '../state/open.ts';
import type { Heart } from './heart.ts';
import type { Outbound } from './parts.ts';

export interface Alarms {
  readonly watch: AlarmWatch;
  readonly delivery: DeliveryRate;
  /** Tells what is to be told, until `stop`. */
  run(stop: AbortSignal): Promise<void>;
}

interface Needs {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly state: State;
  readonly gate: Gate;
  readonly heart: Pick<Heart, 'beatAt'>;
  readonly outbound: Pick<Outbound, 'reach' | 'look' | 'sender'>;
  /** Behind the gate. */
  readonly platform: Pick<Platform, 'balance'>;
}

/** The key of the state file under which raised alarms are kept; with the name of a way, those that it has not told yet. */
const KEY = 'alarms';

export function buildAlarms(config: Config, n: Needs): Alarms {
  const { store, clock, log, state, gate, heart, outbound, platform } = n;
  const closed = () => gate.closed('send') ?? gate.closed('reply');
  const unreached = () => outbound.reach.why;
  const memoryOf = (key: string): Memory => ({
    read: () => state.meta.get(key),
    // an alarm about the disk is told although the disk does not take this
    write: (text) => forgivingly(() => state.meta.set(key, text), log),
  });
  const posts = waysOf(config, store, () => closed() === null && unreached() === null).map(
    (way) => new Post({ way, clock, log, memory: memoryOf(`${KEY}.${way.name}`) }),
  );
  const delivery = new DeliveryRate(clock);
  const watch = new AlarmWatch({
    ...{ options: config.alarms, store, clock, log, delivery, closed, unreached },
    book: new AlarmBook(clock, memoryOf(KEY), config.alarms.remindEvery),
    identity: state.identity,
    stateDir: config.stateDir,
    beatAt: () => heart.beatAt,
    look: outbound.look,
    alone: () => outbound.sender.alone === true,
    balance: async () => {
      if (gate.closed('balance') !== null || unreached() !== null) return null;
      const { code, number } = await platform.balance();
      return code === '0' ? number : null;
    },
    certificates: () => certificateEnds(config.platform),
    tell: (notice: Notice) => {
      for (const post of posts) post.put(notice);
    },
  });
  return {
    watch,
    delivery,
    async run(stop) {
      await Promise.all(posts.map((post) => post.run(stop)));
    },
  };
}

/** The ways that are configured. `usable`: the channel lets messages out. */
export function waysOf(
  { alarms, instance, locale }: Config,
  store: Pick<Store, 'insertOutbox'>,
  usable: () => boolean,
): Way[] {
  const { webhook, mail, sms } = alarms;
  return [
    ...(webhook.url === null ? [] : [webhookWay({ ...webhook, url: webhook.url }, instance, locale)]),
    ...(mail.host === null ? [] : [mailWay({ ...mail, host: mail.host }, instance, locale)]),
    ...(sms.phones.length === 0 ? [] : [smsWay(sms.phones, store, usable, instance, locale)]),
  ];
}

function forgivingly(work: () => void, log: Log): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.state('alarm.memory', textOf(error));
  }
}
