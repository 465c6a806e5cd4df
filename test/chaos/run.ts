import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../support/daemon.ts';
import type { Reconciliation } from '../support/reconcile.ts';
import { FAULTS, HEAVY, startNode, stopNode } from './faults.ts';
import { ask, change, PEOPLE, writeOff } from './people.ts';
import { isTheStorm } from './storm.ts';
import { between, openWorld, type World, type WorldOptions } from './world.ts';

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
/** A storm whose deeds take longer than they are apart, as on a busy machine, would never be over. */
const MOST_UNDER_WAY = 24;
/** Leases, time-outs and the waits between tries, several times over. */
const CALM_MS = 180_000;

/** Everything that can go wrong, for a while; then calm; then the books. @throws AssertionError where they do not agree */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const w = await openWorld(options);
  try {
    await Promise.all(w.nodes.map((node) => startNode(w, node)));
    const done = await storm(w, options);
    await calm(w);
    const held = await lookAtHeld(w);
    await calm(w);
    for (const node of w.nodes) await stopNode(node);
    if (w.broken[0]) throw w.broken[0];
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

async function storm(w: World, { seconds, say, everything = false }: ChaosOptions): Promise<Map<string, number>> {
  const done = new Map<string, number>();
  const under = new Set<Promise<void>>();
  const failed: unknown[] = [];
  const start = performance.now();
  const over = (): boolean => failed.length + w.broken.length > 0 || performance.now() - start > seconds * 1000;
  /** One deed after the other, each on its way while the next begins; every kind comes up before one comes up too often. */
  const doing = async (deeds: typeof PEOPLE, forgives: (error: unknown) => boolean, most: number): Promise<void> => {
    const all = Object.entries(deeds).flatMap(([name, { weight, act }]) =>
      Array.from({ length: weight }, () => ({ name, act })),
    );
    let bag: typeof all = [];
    while (!over()) {
      await pause(between(w, most / 10, most));
      while (under.size >= MOST_UNDER_WAY) await Promise.race(under);
      if (bag.length === 0) bag = [...all];
      const [chance] = bag.splice(Math.floor(w.random() * bag.length), 1);
      if (!chance) return;
      done.set(chance.name, (done.get(chance.name) ?? 0) + 1);
      const act = chance.act(w).catch((error: unknown) => {
        if (!forgives(error)) failed.push(error);
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
  const faults = everything ? { ...FAULTS, ...HEAVY } : FAULTS;
  await Promise.all([doing(PEOPLE, isTheStorm, 250), doing(faults, () => false, 5000)]).finally(() =>
    clearInterval(told),
  );
  say(`over, ${under.size} things still under way`);
  await Promise.all(under);
  const [first] = [...w.broken, ...failed] as Error[];
  if (first !== undefined) throw first;
  return done;
}

/** Until every row is at an end or with a person, and every citizen's message is stored and confirmed. */
async function calm(w: World): Promise<void> {
  const { arena, nodes } = w;
  await until('the channel is open', () => ask(w, 'resume'));
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
async function lookAtHeld(w: World): Promise<number> {
  const held = await w.arena.database.rawQuery(`select phone from sms_outbox where status = 'HELD' order by id`);
  const phones = held.map((row) => String(row['phone']));
  for (const status of ['NEW', 'CANCELLED']) {
    const theirs = phones.filter((_, i) => (i % 2 === 0) === (status === 'NEW'));
    writeOff(w, await change(w, theirs, `status = '${status}'`, `status = 'HELD'`), false);
  }
  return phones.length;
}

/** What only people's deeds explain: so many messages of each row went out under serials that somebody has written off since. */
async function explain({ arena, deeds }: World): Promise<void> {
  const accepted = await serialsOf(arena);
  for (const [phone, serials] of deeds.writtenOff) {
    const theirs = accepted.get(phone) ?? new Set<string>();
    for (const [serial, sent] of serials) {
      if (sent && !theirs.has(serial))
        throw new Error(`a row said that it was sent as ${serial}, which was never accepted`);
    }
    arena.byHand.again.set(phone, [...serials.keys()].filter((serial) => theirs.has(serial)).length);
  }
  const late = [...deeds.cancelledLate];
  for (const row of late.length > 0 ? await arena.rows(late) : []) {
    const phone = row['phone'] ?? '';
    const before = arena.byHand.again.get(phone) ?? 0;
    // cancelled while the answer was lost, and its receipt with a process that died: nobody could tell
    if (row['status'] === 'CANCELLED' && accepted.get(phone)?.size === before + 1)
      arena.byHand.again.set(phone, before + 1);
  }
  for (const phone of deeds.purged) {
    const [now, expected] = [accepted.get(phone)?.size ?? 0, arena.byHand.again.get(phone) ?? 0];
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

/** By phone, the serials under which it was accepted. */
async function serialsOf({ simulator }: World['arena']): Promise<Map<string, Set<string>>> {
  const serials = new Map<string, Set<string>>();
  for (const { serial, phones } of await simulator.ledger()) {
    for (const phone of phones.map(String)) serials.set(phone, (serials.get(phone) ?? new Set()).add(serial));
  }
  return serials;
}
