import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../support/daemon.ts';
import type { Reconciliation } from '../support/reconcile.ts';
import { FAULTS, startNode } from './faults.ts';
import { PEOPLE } from './people.ts';
import { between, openWorld, pick, type World, type WorldOptions } from './world.ts';

export interface ChaosOptions extends WorldOptions {
  readonly seconds: number;
  /** Told every ten seconds or so what has happened. */
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly books: Reconciliation;
  /** How often each thing was done. */
  readonly done: ReadonlyMap<string, number>;
  /** HELD at the end of the storm, looked at by a person then: sent again or dropped. */
  readonly held: number;
  /** Rows of the end that never got a receipt: it was handed out to a process that died with it. */
  readonly withoutReceipt: number;
}

const SAY_EVERY_MS = 10_000;
/** Leases, time-outs and the waits between tries, several times over. */
const CALM_MS = 180_000;

/** Everything that can go wrong, for a while; then calm; then the books. @throws AssertionError where they do not agree */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const w = await openWorld(options);
  try {
    await Promise.all(w.nodes.map(startNode));
    const done = await storm(w, options);
    await calm(w);
    const held = await lookAtHeld(w);
    await calm(w);
    for (const { daemon, name } of w.nodes) {
      const code = await daemon?.stop();
      if (code !== 0) throw new Error(`${name} ended with ${String(code)}`);
    }
    await explain(w);
    const { rawQuery } = w.arena.database;
    const [row] = await rawQuery(`select count(*) as n from sms_outbox where status = 'SENT'`);
    return { books: await w.arena.reconciled(), done, held, withoutReceipt: Number(row?.['n']) };
  } catch (error) {
    await tell(w, options.say).catch(() => undefined);
    throw error;
  } finally {
    await w.close();
  }
}

async function storm(w: World, { seconds, say }: ChaosOptions): Promise<Map<string, number>> {
  const done = new Map<string, number>();
  const under = new Set<Promise<void>>();
  const failed: unknown[] = [];
  const start = performance.now();
  const over = (): boolean => failed.length > 0 || performance.now() - start > seconds * 1000;
  /** One deed after the other, each on its way while the next begins. */
  const doing = async (deeds: typeof PEOPLE, least: number, most: number): Promise<void> => {
    const chances = Object.entries(deeds).flatMap(([name, { weight, act }]) =>
      Array.from({ length: weight }, () => ({ name, act })),
    );
    while (!over()) {
      await pause(between(w, least, most));
      const chance = pick(w, chances);
      if (!chance) return;
      done.set(chance.name, (done.get(chance.name) ?? 0) + 1);
      const act = chance.act(w).catch((error: unknown) => {
        if (!isTheStorm(error)) failed.push(error);
      });
      under.add(act);
      void act.finally(() => under.delete(act));
    }
  };
  const told = setInterval(() => {
    const at = Math.round((performance.now() - start) / 1000);
    void w.arena.simulator.stats().then(({ accepted }) => {
      say(`${at} s: ${w.phones.length} rows, ${accepted} messages accepted`);
    });
  }, SAY_EVERY_MS);
  // a daemon that starts beside others waits twelve seconds before it sends: faster than this nobody would ever send
  await Promise.all([doing(PEOPLE, 0, 250), doing(FAULTS, 500, 5000)]).finally(() => clearInterval(told));
  await Promise.all(under);
  if (failed.length > 0) throw failed[0];
  return done;
}

/** A person's own session, killed or in a dead lock: the row is as it was. */
const isTheStorm = (error: unknown): boolean =>
  /terminat|killed|deadlock|lock|closed state|connection/i.test(String(error));

/** Until every row is at an end or with a person, and every citizen's message is stored and confirmed. */
async function calm({ arena, nodes }: World): Promise<void> {
  await arena.simulator.faults([]);
  for (const line of [arena.platformLine, ...nodes.map((node) => node.line)]) {
    line?.thaw();
    line?.delay(0);
    await line?.heal();
  }
  const { rawQuery } = arena.database;
  const left = async (): Promise<unknown[]> => [
    ...(await rawQuery(
      `select status, result_code, count(*) as n from sms_outbox where status in ('NEW', 'SENDING') group by status, result_code`,
    )),
    ...(await rawQuery(`select state, count(*) as n from sms_mw_submit where state = 'OPEN' group by state`)),
  ];
  const quiet = async (): Promise<boolean> =>
    (await left()).length === 0 && (await arena.simulator.stats()).unconfirmedMo === 0;
  await until('all at an end', quiet, CALM_MS).catch(async (error: unknown) => {
    throw new Error(`stuck: ${JSON.stringify([await left(), await arena.simulator.stats()])}`, { cause: error });
  });
  await pause(1500); // receipts of the last ones
}

/** A person sends half of the HELD rows again and drops the others. Returns how many there were. */
async function lookAtHeld({ arena }: World): Promise<number> {
  const held = await arena.database.rawQuery(`select phone from sms_outbox where status = 'HELD' order by id`);
  const phones = held.map((row) => String(row['phone']));
  const accepted = await acceptedTo(arena, phones);
  for (const [i, phone] of phones.entries()) {
    const before = arena.byHand.again.get(phone) ?? 0;
    const now = accepted.get(phone) ?? 0;
    if (now > before + 1) throw new Error(`a HELD row was accepted ${now} times, a person has asked for ${before}`);
    arena.byHand.again.set(phone, now);
    await arena.update([phone], `status = '${i % 2 === 0 ? 'NEW' : 'CANCELLED'}'`);
  }
  return phones.length;
}

/** What only people's deeds explain. */
async function explain({ arena, deeds }: World): Promise<void> {
  const late = [...deeds.cancelledLate];
  const counts = await acceptedTo(arena, [...late, ...deeds.purged.keys()]);
  for (const row of late.length > 0 ? await arena.rows(late) : []) {
    const phone = row['phone'] ?? '';
    const before = arena.byHand.again.get(phone) ?? 0;
    // cancelled while the answer was lost, and its receipt with a process that died: nobody could tell
    if (row['status'] === 'CANCELLED' && counts.get(phone) === before + 1) arena.byHand.again.set(phone, before + 1);
  }
  for (const [phone, expected] of deeds.purged) {
    const now = counts.get(phone) ?? 0;
    if (now !== expected) throw new Error(`a purged row was accepted ${now} times, not ${expected}`);
  }
}

/** Rows that were accepted more often than they say, and all that was done to them. */
async function tell(w: World, say: (line: string) => void): Promise<void> {
  const { arena, deeds } = w;
  const calls = new Map<string, string[]>();
  for (const { phones, serial, text, at } of await arena.simulator.ledger()) {
    for (const phone of phones.map(String)) {
      const time = new Date(at).toISOString().slice(11, 23);
      calls.set(phone, [...(calls.get(phone) ?? []), `${time} ${serial} ${text.slice(0, 12)}`]);
    }
  }
  const rows = await arena.database.rawQuery(
    'select phone, id, status, result_code, serial_no, prev_serial, content from sms_outbox',
  );
  const odd = rows.filter((row) => {
    const before = arena.byHand.again.get(String(row['phone'])) ?? 0;
    const accepted = calls.get(String(row['phone'])) ?? [];
    const mixed = accepted.some((call) => !call.endsWith(String(row['content']).slice(0, 12)));
    return accepted.length > before + 1 || (mixed && !arena.byHand.changed.has(String(row['phone'])));
  });
  for (const row of odd.slice(0, 8)) {
    const phone = String(row['phone']);
    say(
      JSON.stringify({
        ...row,
        again: arena.byHand.again.get(phone),
        calls: calls.get(phone),
        deeds: deeds.history.get(phone),
      }),
    );
  }
  const events = w.nodes.map(({ name, daemon }) => `${name}:\n${(daemon?.log() ?? '').slice(-3000)}`);
  if (odd.length === 0) for (const event of events) say(event);
}

async function acceptedTo({ simulator }: World['arena'], phones: readonly string[]): Promise<Map<string, number>> {
  const wanted = new Set(phones);
  const counts = new Map<string, number>();
  for (const entry of await simulator.ledger()) {
    for (const phone of entry.phones.map(String)) {
      if (wanted.has(phone)) counts.set(phone, (counts.get(phone) ?? 0) + 1);
    }
  }
  return counts;
}
