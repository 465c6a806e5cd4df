import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { FreshDatabase } from './databases.ts';
import type { Mo, SimulatorHandle } from './simulator.ts';

/** What people have done to rows: the books alone cannot tell it from a fault. */
export interface ByHand {
  /** Messages that went out before somebody had their row sent again (or gave it up), by phone. */
  readonly again: Map<string, number>;
  /** Phones whose row was deleted or changed after its message had gone out as it was. */
  readonly changed: Set<string>;
  /** Phones of citizens whose inbox row the bureau has deleted. */
  readonly read: Set<string>;
}

/** What is compared at the end of a fault test: the bureau's table, what the platform has accepted, and the inbox. */
export interface Books {
  readonly database: Pick<FreshDatabase, 'rawQuery'>;
  readonly simulator: Pick<SimulatorHandle, 'ledger' | 'stats'>;
  /** What citizens wrote. */
  readonly written: readonly Mo[];
  readonly byHand: ByHand;
}

/** Counts of rows and messages. Every column but `rows`, `accepted`, `held` and `citizens` must be 0. */
export interface Reconciliation {
  readonly rows: number;
  /** One for each phone of an accepted call. */
  readonly accepted: number;
  /** Rows that wait for a person. Their message may have been accepted, but not twice. */
  readonly held: number;
  /** Rows that claim to be sent and were never accepted. */
  readonly lost: number;
  /** Accepted more often than the row, or a person, says. */
  readonly doubled: number;
  /** Rows that are at no end. */
  readonly stuck: number;
  /** Accepted without a row that says so, or with another text than the row's. */
  readonly unexplained: number;
  /** Serials that came with two bodies. */
  readonly twoBodies: number;
  readonly citizens: number;
  readonly citizensLost: number;
  readonly citizensDoubled: number;
}

/** What a row that the platform has accepted may say. */
export const SENT: readonly string[] = ['SENT', 'DELIVERED', 'UNDELIVERED', 'UNKNOWN'];

/** The three books side by side. Every row of the table must have a phone of its own. */
export async function reconcile(books: Books): Promise<Reconciliation> {
  const rows = await books.database.rawQuery('select phone, content, status from sms_outbox');
  const ledger = await books.simulator.ledger();
  const texts = new Map<string, string[]>();
  for (const { phones, text } of ledger) {
    for (const phone of phones.map(String)) texts.set(phone, [...(texts.get(phone) ?? []), text]);
  }
  const counts = { held: 0, lost: 0, doubled: 0, stuck: 0, unexplained: 0 };
  for (const { phone, content, status } of rows as { phone: string; content: string; status: string }[]) {
    const accepted = texts.get(phone) ?? [];
    const before = books.byHand.again.get(phone) ?? 0;
    texts.delete(phone);
    const sent = SENT.includes(status);
    if (status === 'HELD') counts.held++;
    if (status === 'NEW' || status === 'SENDING') counts.stuck++;
    if (accepted.length < before + (sent ? 1 : 0)) counts.lost++;
    if (accepted.length > before + (sent || status === 'HELD' ? 1 : 0)) counts[sent ? 'doubled' : 'unexplained']++;
    if (!books.byHand.changed.has(phone) && accepted.some((text) => text !== content)) counts.unexplained++;
  }
  for (const phone of texts.keys()) if (!books.byHand.changed.has(phone)) counts.unexplained++;
  const { duplicateSerialsOtherBody } = await books.simulator.stats();
  return {
    rows: rows.length,
    accepted: ledger.reduce((n, { phones }) => n + phones.length, 0),
    ...counts,
    twoBodies: duplicateSerialsOtherBody,
    ...(await citizensOf(books)),
  };
}

async function citizensOf(
  books: Books,
): Promise<Pick<Reconciliation, 'citizens' | 'citizensLost' | 'citizensDoubled'>> {
  const inbox = await books.database.rawQuery('select phone, content from sms_inbox');
  const stored = new Map<string, number>();
  const key = (phone: unknown, content: unknown): string => JSON.stringify([phone, content]);
  for (const { phone, content } of inbox) stored.set(key(phone, content), (stored.get(key(phone, content)) ?? 0) + 1);
  let citizensLost = 0;
  let citizensDoubled = 0;
  for (const { phone, content } of books.written) {
    const times = stored.get(key(phone, content)) ?? 0;
    const wanted = books.byHand.read.has(phone) ? 0 : 1;
    if (times < wanted) citizensLost++;
    if (times > wanted) citizensDoubled++;
    stored.delete(key(phone, content));
  }
  assert.equal(stored.size, 0, 'the inbox holds messages that nobody wrote');
  return { citizens: books.written.length, citizensLost, citizensDoubled };
}

/** The end of rows and submissions, counted, and the serials of phones that were written to more than once: where to look. */
async function hints({ database, simulator }: Books): Promise<string> {
  const rows = await database.rawQuery(
    'select status, result_code, count(*) as n from sms_outbox group by status, result_code',
  );
  const submits = await database.rawQuery(
    'select state, result_code, count(*) as n from sms_mw_submit group by state, result_code',
  );
  const serials = new Map<number, string[]>();
  for (const { phones, serial } of await simulator.ledger()) {
    for (const phone of phones) serials.set(phone, [...(serials.get(phone) ?? []), serial]);
  }
  const twice = [...serials.values()].filter((list) => list.length > 1).slice(0, 5);
  return JSON.stringify({ rows, submits, twice });
}

/** Nothing lost, nothing doubled, nothing stuck, nothing unexplained, and so many rows HELD. */
export async function assertReconciled(books: Books, held = 0): Promise<Reconciliation> {
  const found = await reconcile(books);
  const { rows, accepted, citizens } = found;
  const sound = { lost: 0, doubled: 0, stuck: 0, unexplained: 0, twoBodies: 0, citizensLost: 0, citizensDoubled: 0 };
  const wanted = { rows, accepted, citizens, held, ...sound };
  if (!isDeepStrictEqual(found, wanted)) assert.fail(`${JSON.stringify(found)} ${await hints(books)}`);
  return found;
}
