import type { Config } from '../config/settings.ts';
import { openStore } from '../db/open.ts';
import type { StoreOptions } from '../db/options.ts';
import type { OutboxRow, Probe, Store } from '../db/store.ts';
import type { BitePace } from '../housekeeping/bites.ts';
import type { KeepingRules } from '../housekeeping/pass.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Rules } from '../outbound/check.ts';
import type { Claim, ClaimParts } from '../outbound/claim.ts';
import { Pump } from '../outbound/pump.ts';
import { RateWindow } from '../outbound/rate.ts';
import { Reach } from '../outbound/reach.ts';
import { Sender } from '../outbound/sender.ts';
import { serialSource } from '../outbound/serial.ts';
import type { SettleRules } from '../outbound/settle.ts';
import { Settler } from '../outbound/settler.ts';
import { StormWatch } from '../outbound/storm.ts';
import { Gate, type Closed } from '../platform/gate.ts';
import { openHttpPlatform } from '../platform/http.ts';
import { policyOptions } from '../policy/options.ts';
import { Policy } from '../policy/policy.ts';
import type { Platform, SendAnswer, SendRequest } from '../platform/platform.ts';
import { journalKey } from '../state/journal.ts';
import type { State } from '../state/open.ts';
import { Disk } from './disk.ts';
import type { Reporter } from './reporter.ts';

/** The one channel of this version; `channels:` in the configuration is reserved for several. */
export const CHANNEL = 'main';

/** Spare time after a call's own limit: reading the answer, closing the connection, a busy event loop. */
const CALL_SLACK_MS = 2000;
const REPEAT = { firstMs: 2000, mostMs: 300_000 };
const SERIAL_KEY = 'serial';

export function openConfiguredStore(
  config: Config,
  more: Pick<StoreOptions, 'onRefused' | 'onError' | 'onLogin' | 'again' | 'readOnly'> = {},
): Promise<Store> {
  const { client, connection, schema, tables, poolSize, idleTimeout, statementTimeout } = config.database;
  const limits = { poolSize, idleTimeoutMs: idleTimeout, statementTimeoutMs: statementTimeout };
  return openStore({ client, connection, schema, tables, locale: config.locale, ...limits, ...more });
}

export function openConfiguredPlatform(config: Config): Platform {
  const { timeout, connectTimeout, ...platform } = config.platform;
  return openHttpPlatform({
    ...platform,
    timeoutMs: timeout,
    connectTimeoutMs: connectTimeout,
    concurrency: config.outbox.concurrency,
  });
}

/** Time that one call may take in all. */
export const callMsOf = (config: Config): number => config.platform.timeout + CALL_SLACK_MS;

/** How long an orderly stop may take before it hurries: a call in flight, and the writing of its result. */
export const stopDeadlineMs = (config: Config): number => callMsOf(config) + 10_000;

/** How long rows are kept, and people known. */
export const keepingOf = ({ housekeeping, receipts }: Config): { readonly rules: KeepingRules } => ({
  rules: {
    moveAfterMs: housekeeping.moveAfter,
    giveUpAfterMs: receipts.giveUpAfter,
    keepDays: housekeeping.keepDays,
    maskDays: housekeeping.maskDays,
  },
});

/** SQLite has one writer, and its driver keeps the whole process meanwhile; a server has others to serve at the same time. */
export const bitesOf = ({ database }: Config): Omit<BitePace, 'busy'> =>
  database.client === 'sqlite' ? { aimMs: 10, rests: 3 } : { aimMs: 60, rests: 1 };

/** The gate of the configured account; commands open their own, on the same latch. */
export function openGate(
  config: Config,
  store: Store,
  clock: Clock,
  owner: string,
  onChange: (closed: Closed | null) => void,
): Promise<Gate> {
  const { url, spCode, loginName, password } = config.platform;
  return Gate.open({
    name: CHANNEL,
    owner,
    credentials: JSON.stringify([url, spCode, loginName, password]),
    store,
    clock,
    locale: config.locale,
    callMs: callMsOf(config),
    onChange,
  });
}

/** What the latest look at the other daemons has shown. */
export interface Look {
  /** How long the most silent of those that have not stopped had not beaten; null: there was none. */
  readonly silentMs: number | null;
  /** How long the oldest row had been waiting; null: none was. */
  readonly oldestMs: number | null;
}

export interface Outbound {
  readonly look: () => Look;
  readonly sender: Sender;
  readonly pump: Pump;
  readonly settler: Settler;
  readonly rate: RateWindow;
  readonly reach: Reach;
  /** Why no row may be claimed or sent now, the platform's being out of reach apart; null: nothing. */
  readonly closed: () => Closed | null;
}

export interface OutboundNeeds {
  readonly config: Config;
  readonly store: Store;
  readonly platform: Platform;
  readonly gate: Gate;
  readonly state: State;
  readonly clock: Clock;
  readonly log: Log;
  readonly reporter: Reporter;
  /** `IDENTITY.BOOT`: whose claims and leases these are. */
  readonly owner: string;
  /** True: when this process began, there may have been another daemon. */
  readonly company: boolean;
  /** Told when commands by SQL stand open. */
  readonly onCommands: () => void;
}

/** Wires row → claim → check → submit → settle. */
export function buildOutbound(n: OutboundNeeds): Outbound {
  const { config, store, gate, state, clock, reporter, owner, log } = n;
  const { outbox, locale } = config;
  const callMs = callMsOf(config);
  const policy = new Policy(policyOptions(config), store, clock, (text) => log.state('policy.tables', text));
  const rules = { ...rulesOf(config), policy };
  const settleRules: SettleRules = {
    locale,
    unknownOutcome: outbox.unknownOutcome,
    unknownWindowMs: outbox.unknownWindow,
    giveUpAfterMs: config.receipts.giveUpAfter,
    retryMs: (tries) => backoff(tries, REPEAT),
  };
  const rate = new RateWindow(clock, outbox.ratePerSecond);
  const reach = new Reach(clock);
  const disk = new Disk(state, clock, (error) => reporter.failure('disk', error));
  const serials = serialSource(clock, {
    read: () => Number(state.meta.get(SERIAL_KEY) ?? 0),
    write: (second) => disk.write(() => state.meta.set(SERIAL_KEY, String(second))),
  });
  let look: Look = { silentMs: null, oldestMs: null };
  let tokens = 0;
  const nextToken = (): string => `${owner}.${++tokens}`;
  const settler = new Settler({
    store,
    locale,
    onSettled: (counts) => reporter.settled(counts),
    onFailure: (error) => reporter.failure('settle', error),
  });
  const send = (request: SendRequest, mayStart: () => void): Promise<SendAnswer> =>
    gate.run('send', () => {
      mayStart();
      return n.platform.send(request);
    });
  const closed = (): Closed | null => gate.closed('send') ?? disk.closed();
  const pump = new Pump({
    store,
    send,
    prepare: (calls) => n.platform.prepare(calls),
    closed,
    proving: () => gate.proving,
    journal: (entries) => disk.write(() => state.journal.write(entries)),
    rate,
    reach,
    serials,
    settler,
    settleRules,
    clock,
    owner,
    leaseMs: outbox.lease,
    callMs,
    concurrency: outbox.concurrency,
    onCollision: (serial) => reporter.collided(serial),
    onFailure: (what, error) => reporter.failure(what, error),
  });
  const key = (row: OutboxRow): string => journalKey(row);
  const claim: ClaimParts = {
    store,
    clock,
    serials,
    journalled: (keys) => state.journal.latest(keys),
    journalKey: key,
    rules,
    policy,
    storm: new StormWatch(clock, () => reporter.storm()),
    resumedMs: () => gate.resumedMs,
    callSize: (segments) => rate.callSize(segments),
    leaseMs: outbox.lease,
    callMs,
    nextToken,
    locale,
    ...(outbox.uniqueBy !== null && { uniqueWithinMs: outbox.uniqueWithin }),
  };
  const sender = new Sender({
    store,
    clock,
    channel: CHANNEL,
    claim,
    recover: { store, clock, rules, settleRules, journalKey: key, leaseMs: outbox.lease, callMs, nextToken },
    pump,
    settler,
    rate,
    reach,
    see: (probe: Probe) => {
      if (probe.daemons !== null) look = { silentMs: ago(probe.beatInMs), oldestMs: ago(probe.oldestInMs) };
      return probe.channel ? gate.see(probe.channel) : Promise.resolve();
    },
    closed,
    pollMs: outbox.pollEvery,
    batchSize: outbox.batchSize,
    leaseMs: outbox.lease,
    company: n.company,
    ratePerSecond: outbox.ratePerSecond,
    onClaim: (priority: number, c: Claim) => reporter.claimed(priority, c),
    onClockJump: (ms) => reporter.clockJumped(ms, outbox.lease),
    onCommands: n.onCommands,
    onUnproven: (rows) => reporter.unproven(rows),
  });
  return { sender, pump, settler, rate, reach, closed, look: () => look };
}

const ago = (inMs: number | null): number | null => (inMs === null ? null : -inMs);

export function rulesOf(config: Config): Rules {
  const { platform, outbox, policy } = config;
  return {
    channel: CHANNEL,
    maxLength: platform.maxLength,
    reservedLength: platform.reservedLength,
    signature: { place: platform.signature, text: platform.signatureText ?? '' },
    charset: platform.charset,
    transliterate: outbox.transliterate,
    garbled: policy.garbled,
    maxAgeMs: outbox.maxAge,
    maxAgeByCategory: new Map(Object.entries(outbox.maxAgeByCategory)),
  };
}
