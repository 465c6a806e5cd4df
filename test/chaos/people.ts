import { setTimeout as pause } from 'node:timers/promises';
import { askDaemon } from '../../src/daemon/control.ts';
import { DaemonError } from '../../src/lib/errors.ts';
import type { FreshDatabase } from '../support/databases.ts';
import { answered, forgiven } from './storm.ts';
import { between, type World } from './world.ts';

type Query = FreshDatabase['rawQuery'];

/** What bureaus, DBAs and citizens do: by SQL and by telephone, never through the program. */
export const PEOPLE: Readonly<Record<string, { weight: number; act: (world: World) => Promise<void> }>> = {
  'rows inserted': { weight: 30, act: insertUsual },
  'rows inserted in a transaction that stays open': { weight: 4, act: insertSlowly },
  'HELD rows released or dropped': { weight: 3, act: decideHeld },
  'inbox rows deleted': { weight: 2, act: deleteRead },
  'paused and resumed': { weight: 1, act: pauseForAWhile },
  cancelled: { weight: 3, act: cancel },
  'cancelled too late': { weight: 3, act: cancelLate },
  'sent again': { weight: 4, act: sendAgain },
  'set to NEW while being sent': {
    weight: 3,
    act: resetUnderWay,
  },
  edited: { weight: 3, act: (w) => edit(w, 'NEW') },
  'edited while being sent': { weight: 3, act: (w) => edit(w, 'SENDING') },
  purged: { weight: 2, act: purge },
  'a row locked': { weight: 2, act: lock },
  'citizens wrote': { weight: 6, act: (w) => w.arena.citizensWrite(Math.ceil(between(w, 0, 5))).then(ignore) },
};

const COMMON = '社保缴费提醒：本月缴费截止日为25日';
/** While more than this waits nothing is added: a storm of half an hour must come to an end within minutes. */
const MOST_WAITING = 5000;

async function isFull({ arena }: World): Promise<boolean> {
  const [row] = await arena.database.rawQuery(
    `select count(*) as n from (select 1 as one from sms_outbox where status = 'NEW' limit ${MOST_WAITING}) waiting`,
  );
  return Number(row?.['n']) >= MOST_WAITING;
}

async function insertUsual(w: World): Promise<void> {
  if (!(await isFull(w))) await insert(w, w.arena.database.rawQuery, Math.ceil(between(w, 1, 60)));
}

async function insert(w: World, query: Query, count: number): Promise<void> {
  const fresh = Array.from({ length: count }, () => w.nextPhone());
  const rows = fresh.map((phone, i) => [
    phone,
    i % 2 === 0 ? COMMON : `社保通知：${phone}的业务已办结`,
    i % 7 === 0 ? 0 : 5,
  ]);
  await query(
    `insert into sms_outbox (phone, content, priority) values ${rows.map(() => '(?, ?, ?)').join(', ')}`,
    rows.flat(),
  );
  w.phones.push(...fresh);
}

/** A mass notice: more than the channel carries in seconds. */
export async function burst(w: World): Promise<void> {
  if (await isFull(w)) return;
  const { rawQuery } = w.arena.database;
  for (let left = w.burst; left > 0; left -= 500) await insert(w, rawQuery, Math.min(500, left));
}

/** A transaction on a connection of its own, open for a while; whoever kills the session has undone it. */
async function inTransaction(
  w: World,
  work: (query: Query) => Promise<void>,
  ms: number,
  end: 'commit' | 'rollback',
): Promise<void> {
  const { query } = await w.arena.database.connect();
  await query('begin');
  await work(query);
  await pause(ms);
  await query(end);
}

async function insertSlowly(w: World): Promise<void> {
  if (w.arena.client === 'sqlite') return; // there it would keep every other writer out
  const fresh = Array.from({ length: 5 }, () => w.nextPhone());
  const places = fresh.map(() => '(?, ?)').join(', ');
  const rows = fresh.flatMap((phone) => [phone, COMMON]);
  const undone = w.random() < 0.2;
  const insertAll = async (query: Query): Promise<void> => {
    await query(`insert into sms_outbox (phone, content) values ${places}`, rows);
  };
  await inTransaction(w, insertAll, between(w, 300, 4000), undone ? 'rollback' : 'commit');
}

async function lock(w: World): Promise<void> {
  if (w.arena.client === 'sqlite') return;
  const [phone = ''] = some(w, 1);
  const touch = async (query: Query): Promise<void> => {
    await query('update sms_outbox set source = source where phone = ?', [phone]);
  };
  await inTransaction(w, touch, between(w, 500, 7000), 'rollback');
}

/** Young rows are mostly on their way, old ones mostly at their end. */
function some(w: World, most: number): string[] {
  const count = Math.ceil(between(w, 0, most));
  const back = w.random() < 0.7 ? 120 : w.phones.length;
  return Array.from({ length: count }, () =>
    w.phones.at(-1 - Math.floor(w.random() * Math.min(back, w.phones.length))),
  ).filter((phone) => phone !== undefined);
}

/**
 * Changes those of some rows that fit; returns phone and serial of each: marks in the bureau's own columns tell which they were and
 * what serial they carried, as long as nobody else puts others there.
 */
function marked(
  w: World,
  set: string,
  condition: string,
  most = 8,
  passOver: ReadonlySet<string> = new Set(),
): Promise<Map<string, string | null>> {
  return w.oneByOne(async () => {
    const phones = [...new Set(some(w, most))].filter((phone) => !passOver.has(phone)).sort();
    return change(w, phones, set, condition);
  });
}

/** The same for rows with these phones. */
export async function change(
  w: World,
  phones: readonly string[],
  set: string,
  condition: string,
): Promise<Map<string, string | null>> {
  if (phones.length === 0) return new Map();
  const mark = w.nextMark();
  const places = phones.map(() => '?').join(', ');
  const { rawQuery } = w.arena.database;
  const values = [mark, ...phones];
  const marks = 'source = coalesce(serial_no, prev_serial), biz_id = ?';
  await rawQuery(`update sms_outbox set ${set}, ${marks} where phone in (${places}) and ${condition}`, values).catch(
    forgiven,
  );
  const rows = await answered(() =>
    rawQuery(`select phone, source from sms_outbox where biz_id = ? and phone in (${places})`, values),
  );
  const changed = new Map(rows.map((row) => [String(row['phone']), row['source'] as string | null]));
  for (const phone of changed.keys()) {
    const deed = `${new Date().toISOString().slice(11, 23)} ${set} where ${condition}`;
    w.deeds.history.set(phone, [...(w.deeds.history.get(phone) ?? []), deed]);
  }
  return changed;
}

/** A person has decided about these tries; `sent`: the rows said that the platform had them. */
export function writeOff({ deeds }: World, tries: ReadonlyMap<string, string | null>, sent: boolean): void {
  for (const [phone, serial] of tries) {
    if (serial === null) continue;
    const serials = deeds.writtenOff.get(phone) ?? new Map<string, boolean>();
    deeds.writtenOff.set(phone, serials.set(serial, sent || serials.get(serial) === true));
  }
}

async function cancel(w: World): Promise<void> {
  const phones = await marked(w, `status = 'CANCELLED'`, `status = 'NEW'`);
  for (const [phone, serial] of phones) w.deeds.cancelled.set(phone, serial);
}

async function cancelLate(w: World): Promise<void> {
  const phones = await marked(w, `status = 'CANCELLED'`, `status = 'SENDING'`);
  for (const phone of phones.keys()) w.deeds.cancelledLate.add(phone);
}

async function resetUnderWay(w: World): Promise<void> {
  // asked for a second time it is what the person wants: the first time counts here
  const phones = await marked(w, `status = 'NEW'`, `status = 'SENDING'`, 8, w.deeds.resetUnderWay);
  for (const phone of phones.keys()) w.deeds.resetUnderWay.add(phone);
}

async function sendAgain(w: World): Promise<void> {
  writeOff(w, await marked(w, `status = 'NEW'`, `status in ('SENT', 'DELIVERED')`), true);
}

/** Somebody looks through what is HELD. */
async function decideHeld(w: World): Promise<void> {
  const status = w.random() < 0.7 ? 'NEW' : 'CANCELLED';
  await w.oneByOne(async () => {
    const held = await w.arena.database.rawQuery(`select phone from sms_outbox where status = 'HELD' order by id`);
    const phones = held.map((row) => String(row['phone'])).filter(() => w.random() < 0.5);
    writeOff(w, await change(w, phones.slice(0, 20), `status = '${status}'`, `status = 'HELD'`), false);
  });
}

/** The bureau deletes what it has read. */
async function deleteRead(w: World): Promise<void> {
  const { rawQuery } = w.arena.database;
  const stored = await rawQuery('select phone from sms_inbox order by id');
  const phones = stored.map((row) => String(row['phone'])).filter(() => w.random() < 0.3);
  for (const phone of phones.slice(0, 10)) {
    await rawQuery('delete from sms_inbox where phone = ?', [phone]).catch(forgiven);
    const left = await answered(() => rawQuery('select id from sms_inbox where phone = ?', [phone]));
    if (left.length === 0) w.arena.byHand.read.add(phone);
  }
}

/** By the control socket of one daemon, for all of them; what a daemon says no to, or is too dead for, is tried elsewhere. */
async function pauseForAWhile(w: World): Promise<void> {
  await ask(w, 'pause');
  await pause(between(w, 500, 4000));
  await ask(w, 'resume');
}

export async function ask(w: World, verb: 'pause' | 'resume'): Promise<boolean> {
  for (const { place } of w.nodes) {
    const done = await askDaemon(place.stateDir, { verb, reason: 'chaos' }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof DaemonError) return false;
        throw error;
      },
    );
    if (done) return true;
  }
  return false;
}

async function edit(w: World, status: 'NEW' | 'SENDING'): Promise<void> {
  const { changed } = w.arena.byHand;
  for (const phone of (await marked(w, `content = '已更正：请以此条为准'`, `status = '${status}'`)).keys()) {
    // what is being sent, or was before a person put the row back, has another text
    const sentBefore =
      w.deeds.writtenOff.has(phone) || w.deeds.resetUnderWay.has(phone) || w.deeds.cancelledLate.has(phone);
    if (status === 'SENDING' || sentBefore) changed.add(phone);
  }
}

async function purge(w: World): Promise<void> {
  const tries = await marked(w, 'status = status', `status = 'DELIVERED'`, 30);
  const { rawQuery } = w.arena.database;
  for (const [phone, serial] of tries) {
    await rawQuery(`delete from sms_outbox where phone = ? and status = 'DELIVERED'`, [phone]).catch(forgiven);
    const left = await answered(() => rawQuery('select id from sms_outbox where phone = ?', [phone]));
    if (left.length > 0) continue;
    writeOff(w, new Map([[phone, serial]]), true);
    w.deeds.purged.add(phone);
    w.arena.byHand.changed.add(phone);
  }
}

const ignore = (): void => undefined;
