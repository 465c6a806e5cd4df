import { setTimeout as pause } from 'node:timers/promises';
import type { FreshDatabase } from '../support/databases.ts';
import { between, type World } from './world.ts';

type Query = FreshDatabase['rawQuery'];

/** What bureaus, DBAs and citizens do: by SQL and by telephone, never through the program. */
export const PEOPLE: Readonly<Record<string, { weight: number; act: (world: World) => Promise<void> }>> = {
  'rows inserted': { weight: 30, act: (w) => insert(w, w.arena.database.rawQuery, Math.ceil(between(w, 1, 60))) },
  'rows inserted in a transaction that stays open': { weight: 4, act: insertSlowly },
  cancelled: { weight: 3, act: (w) => marked(w, `status = 'CANCELLED'`, `status = 'NEW'`).then(ignore) },
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
    await query('update sms_outbox set source = ? where phone = ?', ['locked', phone]);
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
 * Changes those of some rows that fit; returns their phones: a mark in the bureau's own column tells which they were, as long as
 * nobody else puts another one there.
 */
function marked(
  w: World,
  set: string,
  condition: string,
  most = 8,
  passOver: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  return w.oneByOne(async () => {
    const phones = [...new Set(some(w, most))].filter((phone) => !passOver.has(phone)).sort();
    if (phones.length === 0) return [];
    const mark = w.nextMark();
    const places = phones.map(() => '?').join(', ');
    const { rawQuery } = w.arena.database;
    const values = [mark, ...phones];
    await rawQuery(`update sms_outbox set ${set}, biz_id = ? where phone in (${places}) and ${condition}`, values);
    const rows = await rawQuery(`select phone from sms_outbox where biz_id = ? and phone in (${places})`, values);
    const changed = rows.map((row) => String(row['phone']));
    for (const phone of changed) {
      const deed = `${new Date().toISOString().slice(11, 23)} ${set} where ${condition}`;
      w.deeds.history.set(phone, [...(w.deeds.history.get(phone) ?? []), deed]);
    }
    return changed;
  });
}

async function cancelLate(w: World): Promise<void> {
  for (const phone of await marked(w, `status = 'CANCELLED'`, `status = 'SENDING'`)) w.deeds.cancelledLate.add(phone);
}

async function resetUnderWay(w: World): Promise<void> {
  // asked for a second time it is what the person wants: the first time counts here
  for (const phone of await marked(w, `status = 'NEW'`, `status = 'SENDING'`, 8, w.deeds.resetUnderWay))
    w.deeds.resetUnderWay.add(phone);
}

async function sendAgain(w: World): Promise<void> {
  const { again } = w.arena.byHand;
  for (const phone of await marked(w, `status = 'NEW'`, `status in ('SENT', 'DELIVERED')`)) {
    again.set(phone, (again.get(phone) ?? 0) + 1);
  }
}

async function edit(w: World, status: 'NEW' | 'SENDING'): Promise<void> {
  const { again, changed } = w.arena.byHand;
  for (const phone of await marked(w, `content = '已更正：请以此条为准'`, `status = '${status}'`)) {
    // what is being sent, or was before a person put the row back, has another text
    const sentBefore = again.has(phone) || w.deeds.resetUnderWay.has(phone) || w.deeds.cancelledLate.has(phone);
    if (status === 'SENDING' || sentBefore) changed.add(phone);
  }
}

async function purge(w: World): Promise<void> {
  const phones = await marked(w, `source = 'purged'`, `status = 'DELIVERED'`, 30);
  const { again, changed } = w.arena.byHand;
  const { rawQuery } = w.arena.database;
  for (const phone of phones) {
    await rawQuery(`delete from sms_outbox where phone = ? and status = 'DELIVERED'`, [phone]);
    const left = await rawQuery('select id from sms_outbox where phone = ?', [phone]);
    if (left.length > 0) continue;
    w.deeds.purged.set(phone, (again.get(phone) ?? 0) + 1);
    changed.add(phone);
  }
}

const ignore = (): void => undefined;
