import type { Store } from '../../../src/db/store.ts';
import { message } from '../../contract/life.ts';
import { claimAll, heartbeat, rowResult, submitOf, submitResult } from '../../support/rows.ts';

const BATCH = 500;

/** Every verb of the store as a busy daemon calls it, in batches of its usual size. `round` keeps tokens and keys apart. */
export async function busyDay(store: Store, round: number): Promise<void> {
  const token = `idA.b1.${round}`;
  const query = { limit: BATCH, timed: false, spread: 3 };
  await store.enrol(heartbeat());
  await store.probe({ recover: false, channel: 'main', aliveMs: 20_000 });
  await store.probe({ recover: true, channel: 'main', aliveMs: 20_000 });
  await store.candidates({ ...query, priority: 5 });
  await store.candidates({ ...query, priority: 5, timed: true });

  const mine = await claimAll(store, token, { limit: BATCH });
  const ids = mine.map(({ row }) => row.id);
  const [refused, released, posted] = [ids.slice(0, 50), ids.slice(50, 100), mine.slice(100)];
  const bad = { status: 'REJECTED', code: 'BAD_PHONE', text: '号码不对' } as const;
  await store.refuse(
    token,
    refused.map((id) => ({ id, ...bad })),
  );
  await store.release(token, released, { code: 'NOT_REACHED', text: '连不上', delayMs: 1000 });
  await store.open(posted.map(submitOf), 'idA.b1', 60_000);
  await store.rowsOf(ids);
  const serials = posted.map((m) => m.serial);
  await store.submitsOf(serials);
  // unknown, then known: one answer for all of a call, and one for each row
  await store.settle(
    posted.map((m) => rowResult(m, { status: 'SENDING', code: '20' })),
    posted.map((m) => submitResult(m, { state: 'OPEN', code: '20', unknownCode: true })),
  );
  const [first] = posted;
  if (!first) throw new Error('nothing was claimed');
  await store.settle([rowResult(first)], [submitResult(first)]);
  await store.settle(
    posted.map((m, i) => rowResult(m, { taskId: `t${i}` })),
    posted.map((m) => submitResult(m)),
  );
  await store.holdReset(serials, { code: 'EDITED', text: '被改回' });

  await store.takeOpen(`idA.b1.1${round}`, 60_000, 50);
  await store.recoverRows('idR.b1.1', BATCH);
  await store.adopt('idZ', 'b9', 1000);
  await store.giveUp(BATCH);

  const receipts = posted.map((m) => ({ serial: m.serial, phone: m.row.phone, code: '0' }));
  await store.receiptRows(receipts);
  await store.applyReceipts(posted.map((m) => ({ id: m.row.id, serial: m.serial, code: '0', to: 'DELIVERED' })));
  await store.countLateReceipts(new Map(serials.map((serial) => [serial, 1])));
  await store.parkReceipts(receipts);
  const parked = await store.parkedReceipts(BATCH);
  await store.unparkReceipts(parked.map((r) => r.parkedId));

  const messages = Array.from({ length: 100 }, (_, i) => message(`k${round}.${i}`));
  const stored = await store.storeInbox(messages);
  await store.storeInbox(messages);
  await store.inboxPhones(stored.map(({ id }) => id));
  await store.storeInbox(Array.from({ length: 100 }, (_, i) => message(`q${round}.${i}`, { query: 'SBYE' })));
  const asked = await store.waitingQueries(200);
  await store.queryHistory('13000000001', 86_400_000);
  for (const { inboxId, phone } of asked.slice(0, 20)) {
    const answer = { phone, text: '余额 0.00 元' };
    await store.endQuery({ inboxId, outcome: 'ANSWERED', subject: 'abc', answer, wiped: null, giveBack: false });
  }
  for (const { inboxId } of asked.slice(20, 40)) await store.deferQuery(inboxId, 1000);
  await store.answered(ids.slice(0, 50).map((id, i) => ({ id, inboxId: String(i), content: 'x' })));

  await store.namesakes(
    ids.slice(0, 50).map((id) => `B${id}`),
    86_400_000,
  );

  await store.channel('main');
  await store.takeTurn('probe', 'main', 'idA', 1000);
  await store.endTurn('probe', 'main', 'idA');
  await store.changeChannel('main', { ...(await store.channel('main')), untilInMs: null });
  await store.beat(heartbeat());
  await store.retake(heartbeat({ boot: 'b0' }));
  await store.daemons();
  await store.waiting(10_000);
  await store.prune(-1, -40, BATCH); // everything that has ended
  await store.insertOutbox({ phone: '13000000001', content: 'x' });
  await store.past('outbox', first.row.id, BATCH);
  await store.past('inbox', null, BATCH);
  await store.story(first.row.id);
  await store.now();
  const counts = { sent: 3, delivered: 2, undelivered: 1, refused: 0 };
  for (const sent of [3, 4]) await store.keepHours('idA.b1', [{ ...counts, hour: '2026-11-23 09', sent }]);
  await store.hours(31);
  await store.pruneHours(180);
  await store.backlog(10_000);
  await store.troubledRows(2000, BATCH);
  await store.decide('RELEASE', [first.row.id], ['HELD']);

  await store.policyMark();
  await store.policyTables();
  const phones = ids.map((_, i) => `139${String(i).padStart(8, '0')}`);
  await store.addToBlacklist(phones.map((phone) => ({ phone, reason: null, origin: 'OPTOUT' })));
  await store.blacklisted(phones);
  // among counters of others that stand where these do: alike for all, and then each for itself
  const subjects = ids.map((id) => `${round}.${id}`);
  const strangers = Array.from({ length: 16 * BATCH }, (_, i) => `${round}.s${i}`);
  const count = (of: readonly string[], piece: number, uses: (i: number) => number): Promise<null> =>
    store.countUses(of, () => ({
      added: of.map((subject, i) => ({ subject, piece, uses: uses(i), endsMs: 1 })),
      result: null,
    }));
  for (let i = 0; i < strangers.length; i += BATCH) await count(strangers.slice(i, i + BATCH), 61, () => 1);
  for (const uses of [1, 2]) await count(subjects, 61, () => uses);
  for (const uses of [3, 4]) await count(subjects, 61, (i) => uses + i);
  await store.pruneUsage(BATCH);
  const again = await claimAll(store, `${token}.away`, { limit: BATCH });
  await store.turnAway(
    `${token}.away`,
    again.map(({ row }) => ({
      id: row.id,
      status: 'NEW',
      code: 'QUIET_HOURS',
      text: '静默',
      delayMs: 60_000,
      requeued: true,
    })),
  );
  await store.hasten('QUIET_HOURS', BATCH);
  const templates = ids
    .slice(0, 50)
    .map((id) => ({ code: `T${id}`, category: null, body: 'x', platformId: null, enabled: true }));
  await store.putTemplates(templates, false);
  await store.override('QUIET_HOURS', 'x', 0);
}
