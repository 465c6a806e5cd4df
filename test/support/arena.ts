import assert from 'node:assert/strict';
import { type DaemonPlace, daemonPlace, type RunningDaemon, until, within } from './daemon.ts';
import { type Client, type FreshDatabase, freshDatabase } from './databases.ts';
import { inTds, type Proxy, startProxy } from './proxy.ts';
import { assertReconciled, type ByHand, type Reconciliation } from './reconcile.ts';
import { type Mo, type SimulatorHandle, startSimulatorProcess } from './simulator.ts';

type Row = Readonly<Record<string, string | null>>;

/** Of Oracle, no test knows what goes over the line. */
export type ArenaClient = Client | 'mssql';

/** A bureau with its database, a platform, the lines between them in the test's hand, and places for daemons. */
export interface Arena {
  readonly client: ArenaClient;
  readonly database: FreshDatabase;
  readonly simulator: SimulatorHandle;
  /** Between daemons and database; SQLite has none. */
  readonly databaseLine: Proxy | null;
  readonly platformLine: Proxy;
  /** Where the first daemon lives. */
  readonly home: DaemonPlace;
  /** A further daemon's place on the same outbox. */
  place(values?: Record<string, unknown>): DaemonPlace;
  /** The daemon at home, started when none runs there. */
  daemon(): Promise<RunningDaemon>;
  /** Inserts rows, half of them with a common text (or each with the one given); returns their phones, each used once. */
  insert(count: number, text?: (phone: string) => string): Promise<string[]>;
  /** Citizens write; returns their phones. */
  citizensWrite(count: number): Promise<string[]>;
  /** Rows by phone. */
  rows(phones: readonly string[]): Promise<Row[]>;
  /** Waits until all of these rows have this status. */
  all(phones: readonly string[], status: string): Promise<void>;
  /** What a DBA does to rows: `set` is the part between SET and WHERE. */
  update(phones: readonly string[], set: string): Promise<void>;
  /** The platform hands out receipts from now on, or keeps them back, as it does at first. */
  receipts(flow: boolean): Promise<void>;
  /**
   * Lets receipts flow and waits until every row has come to an end and every citizen's message is stored and confirmed. `daemon`: who
   * does it, if not the one at home.
   */
  quiet(given?: { daemon?: RunningDaemon; ms?: number }): Promise<void>;
  /**
   * Arms the death of this daemon right before or after a statement (`STATEMENT`), or the last of several. Resolves when armed, with a
   * function that waits until it is dead.
   */
  dieAt(daemon: RunningDaemon, when: 'before' | 'after', ...texts: string[]): Promise<() => Promise<void>>;
  readonly byHand: ByHand;
  /** Table, ledger and inbox: nothing lost, doubled, stuck or unexplained, and so many rows HELD. */
  reconciled(held?: number): Promise<Reconciliation>;
  close(): Promise<void>;
}

/** Longer than any test: a receipt that is handed out to a process which dies is lost, and not by our doing. */
const WITHHELD_MS = 3_600_000;
const QUIET = `('DELIVERED', 'UNDELIVERED', 'FAILED', 'REJECTED', 'EXPIRED', 'HELD', 'CANCELLED')`;
const COMMON_TEXT = '社保缴费提醒：本月缴费截止日为25日';

export interface ArenaOptions {
  /** Default: a new one on the server that tests share. */
  readonly database?: FreshDatabase;
  /** Settings of every daemon. */
  readonly values?: Record<string, unknown>;
}

export async function openArena(client: ArenaClient, options: ArenaOptions = {}): Promise<Arena> {
  const simulator = await startSimulatorProcess({ settings: { receiptDelayMs: WITHHELD_MS } });
  const database = options.database ?? (await freshDatabase(client));
  const platformLine = await startProxy(Number(new URL(simulator.url).port));
  const { connection } = database.options;
  const databaseLine =
    typeof connection === 'string'
      ? null
      : await startProxy(portOf(client, connection.port), client === 'mssql' ? inTds : undefined);
  const url = new URL(simulator.url);
  url.port = String(platformLine.port);
  const lines = {
    // 1 s would do for the platform, but not for a machine on which several of these run beside each other
    'platform.timeout': '4s',
    'outbox.lease': '12s',
    'platform.url': url.href,
    ...(databaseLine && { 'database.connection.port': databaseLine.port }),
  };
  const places: DaemonPlace[] = [];
  const written: Mo[] = [];
  const byHand: ByHand = { again: new Map(), changed: new Set(), read: new Set() };
  let phones = 0;
  let running: RunningDaemon | null = null;

  const place = (values: Record<string, unknown> = {}): DaemonPlace => {
    const made = daemonPlace(database, simulator, { ...lines, ...options.values, ...values });
    places.push(made);
    return made;
  };
  const nextPhone = (): string => String(13_800_130_000 + phones++);
  const home = place();
  const receipts = (flow: boolean): Promise<void> => simulator.options({ receiptDelayMs: flow ? 0 : WITHHELD_MS });

  const rows: Arena['rows'] = async (wanted) => {
    const list = wanted.map(() => '?').join(', ');
    const found = await database.rawQuery(`select * from sms_outbox where phone in (${list}) order by id`, wanted);
    return found.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value as string | number)]),
      ),
    );
  };

  return {
    client,
    database,
    simulator,
    databaseLine,
    platformLine,
    home,
    place,
    async daemon() {
      if (!running || hasEnded(running)) {
        running = home.startUnder({});
        await running.said('daemon.started');
        // the one call that all others wait for is over, so that a fault does not meet it by chance
        await until('the channel is proven', async () => {
          const [channel] = await database.rawQuery('select probe_by, credentials from sms_mw_channel');
          return channel?.['probe_by'] === null && channel['credentials'] !== null;
        });
      }
      return running;
    },
    async insert(count, text) {
      const rows = Array.from({ length: count }, (_, i) => {
        const phone = nextPhone();
        const usual = i % 2 === 0 ? COMMON_TEXT : `社保通知：${phone}的业务已办结`;
        return [phone, text?.(phone) ?? usual] as const;
      });
      const places = rows.map(() => '(?, ?)').join(', ');
      await database.rawQuery(`insert into sms_outbox (phone, content) values ${places}`, rows.flat());
      return rows.map(([phone]) => phone);
    },
    async citizensWrite(count) {
      const messages = Array.from({ length: count }, () => ({ phone: nextPhone(), content: 'SBYE#6222' }));
      written.push(...messages);
      await simulator.mo(messages);
      return messages.map(({ phone }) => phone);
    },
    rows,
    async all(wanted, status) {
      const isAll = async (): Promise<boolean> => (await rows(wanted)).every((row) => row['status'] === status);
      await until(`all ${status}`, isAll, 30_000).catch(async (error: unknown) => {
        const found = (await rows(wanted)).map((row) => [row['id'], row['status'], row['result_code']]);
        throw new Error(`not all ${status}: ${JSON.stringify(found)}\n${running?.log() ?? ''}`, { cause: error });
      });
    },
    async update(wanted, set) {
      await database.rawQuery(
        `update sms_outbox set ${set} where phone in (${wanted.map(() => '?').join(', ')})`,
        wanted,
      );
    },
    receipts,
    async quiet({ daemon = running, ms = 90_000 } = {}) {
      await receipts(true);
      const left = async (): Promise<unknown[]> => [
        ...(await database.rawQuery(
          `select status, result_code, count(*) as n from sms_outbox where status not in ${QUIET} group by status, result_code`,
        )),
        ...(await database.rawQuery(
          `select state, result_code, count(*) as n from sms_mw_submit where state = 'OPEN' group by state, result_code`,
        )),
      ];
      try {
        await until(
          'quiet',
          async () =>
            (daemon && hasEnded(daemon)) ||
            ((await left()).length === 0 && (await simulator.stats()).unconfirmedMo === 0),
          ms,
        );
        assert.ok(!daemon || !hasEnded(daemon), 'the daemon has ended');
        await receipts(false);
      } catch (error) {
        const found = JSON.stringify([await left(), await simulator.stats()]);
        throw new Error(`not quiet: ${found}\n${daemon?.log() ?? ''}`, { cause: error });
      }
    },
    async dieAt(daemon, when, ...texts) {
      const inState = texts.every((text) => /spool|journal/.test(text));
      if (databaseLine === null || inState) {
        await daemon.order({ die: { when, texts } });
        return async () => {
          await within(`death ${when} ${texts.join(', ')}`, daemon.exited);
          assert.equal(daemon.process.signalCode, 'SIGKILL', daemon.log());
        };
      }
      const hold = databaseLine.hold(
        when,
        texts.map((text) => new RegExp(text, 's')),
      );
      return async () => {
        await within(`the line comes to ${texts.join(', ')}`, hold.reached);
        await daemon.kill();
        hold.cut();
      };
    },
    byHand,
    reconciled: (held = 0) => assertReconciled({ database, simulator, written, byHand }, held),
    async close() {
      for (const each of places) await each.remove();
      await platformLine.close();
      await databaseLine?.close();
      await database.drop();
      await simulator.stop();
    },
  };
}

const hasEnded = ({ process }: RunningDaemon): boolean => process.exitCode !== null || process.signalCode !== null;

const USUAL: Readonly<Record<ArenaClient, number>> = { sqlite: 0, mysql: 3306, postgres: 5432, mssql: 1433 };
const portOf = (client: ArenaClient, port: number | null | undefined): number => port ?? USUAL[client];
