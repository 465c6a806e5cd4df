import assert from 'node:assert/strict';
import type { InboxMessage, Store } from '../../src/db/store.ts';
import { claimAll, heartbeat, rowResult, submitOf, submitResult } from '../support/rows.ts';

const PHONE = '13000000001';
const TOKEN = 'idA.b1.1';

export const message = (key: string, given: Partial<InboxMessage> = {}): InboxMessage => ({
  key,
  platformId: 'p1',
  phone: PHONE,
  content: 'SBYE#1',
  accessNo: '106900000000001',
  extNo: null,
  keyword: 'SBYE',
  args: '1',
  receivedAt: '2026-11-23 10:00:00',
  ...given,
});

/** In what states the rows of `everyVerb` end. */
export const ENDS = {
  delivered: 'DELIVERED',
  unknown: 'UNKNOWN',
  rejected: 'REJECTED',
  waiting: 'NEW',
  late: 'SENT',
  repeated: 'SENT',
};

/**
 * Every verb of the store once, as a daemon's day brings them; what they answer is checked as far as it shows that they met the
 * right tables. Inserts rows of its own; returns their states.
 */
export async function everyVerb(store: Store): Promise<Record<string, string>> {
  await store.version();
  assert.equal(await store.enrol(heartbeat()), null);
  await store.adopt('idA', 'b1', 1000);
  for (let i = 0; i < 6; i++) await store.insertOutbox({ phone: PHONE, content: `text ${i}` });
  const probe = await store.probe({ recover: true, channel: 'main', aliveMs: 10_000 });
  assert.deepEqual([[...probe.due.keys()], probe.daemons], [[5], 1]);

  const [read] = await store.candidates({ priority: 5, limit: 1, timed: false, spread: 1 });
  assert.ok(read);
  assert.equal(await store.overrule([{ ...read, mark: '1', overruled: '1 STORM' }]), 0, 'edited since');
  const mine = await claimAll(store, TOKEN);
  assert.equal(mine.length, 6);
  const [delivered, unknown, rejected, waiting, late, repeated] = mine;
  assert.ok(delivered && unknown && rejected && waiting && late && repeated);
  assert.equal(
    await store.refuse(TOKEN, [{ id: rejected.row.id, status: 'REJECTED', code: 'BAD_PHONE', text: '号码不对' }]),
    1,
  );
  assert.equal(await store.release(TOKEN, [waiting.row.id], { code: null, text: null, delayMs: 0 }), 1);
  const posted = [delivered, unknown, late, repeated];
  assert.equal((await store.open(posted.map(submitOf), 'idA.b1', 60_000)).unrecorded.size, 0);
  assert.equal((await store.rowsOf(posted.map(({ row }) => row.id))).length, 4);

  await store.settle(
    [rowResult(repeated, { status: 'SENDING' })],
    [submitResult(repeated, { state: 'OPEN', nextInMs: -1000 })],
  );
  assert.deepEqual(
    (await store.takeOpen('idA.b1.2', 60_000, 10)).map((s) => s.serial),
    [repeated.serial],
  );
  await store.recoverRows('idR.b1.1', 100);
  assert.equal(
    await store.settle(
      posted.map((m, i) => rowResult(m, { taskId: `t${i}` })),
      posted.map((m) => submitResult(m, m === unknown ? { nextInMs: -1000 } : {})),
    ),
    4,
  );
  assert.equal(await store.holdReset([late.serial], { code: 'EDITED', text: '被改回' }), 0);
  const [found] = await store.receiptRows([{ serial: delivered.serial, phone: PHONE, code: '0' }]);
  assert.equal(found?.id, delivered.row.id);
  const receipt = { id: delivered.row.id, serial: delivered.serial, code: '0' };
  assert.equal((await store.applyReceipts([receipt])).changed, 1);
  assert.equal((await store.countLateReceipts(new Map([[late.serial, 1]]))).size, 1);
  assert.equal((await store.giveUp(100)).rows, 1);

  await store.parkReceipts([{ serial: '1', phone: PHONE, code: '0' }]);
  const parked = await store.parkedReceipts(10);
  assert.equal(parked.length, 1);
  await store.unparkReceipts(parked.map((r) => r.parkedId));

  const [stored] = await store.storeInbox([message('k1'), message('k2', { receivedAt: null })]);
  assert.ok(stored);
  assert.deepEqual(await store.inboxPhones([stored.id]), new Map([[stored.id, PHONE]]));
  const [asked] = await store.storeInbox([message('k3', { query: 'SBYE' })]);
  assert.ok(asked);
  assert.equal((await store.waitingQueries(10))[0]?.inboxId, asked.id);
  await store.deferQuery(asked.id, 0);
  assert.equal((await store.queryHistory(PHONE, 1000)).length, 0);
  const silent = { outcome: 'SILENT', subject: '', answer: null, wiped: null, giveBack: false } as const;
  assert.equal(await store.endQuery({ inboxId: asked.id, ...silent }), true);
  assert.equal((await store.queryCounts(1)).length, 1);
  await store.answered([{ id: waiting.row.id, inboxId: stored.id, content: 'x' }]);

  await store.changeChannel('main', { ...(await store.channel('main')), untilInMs: null, state: 'MANUAL', code: 'X' });
  assert.equal((await store.channel('main')).state, 'MANUAL');
  assert.equal(await store.takeTurn('probe', 'main', 'idA.b1', 1000), true);
  await store.endTurn('probe', 'main', 'idA.b1');

  assert.equal(await store.beat(heartbeat()), true);
  assert.equal(await store.retake(heartbeat({ boot: 'b0' })), false);
  assert.deepEqual(
    (await store.daemons()).map((d) => [d.waiting, d.state]),
    [[1, 'RUNNING']],
  );
  assert.equal((await store.waiting(100)).waiting, 1);
  assert.equal(await store.overdue(100, { maxAgeMs: null, maxAgeByCategory: new Map() }, true), 0);
  assert.equal(await store.unseen(100), 0);
  assert.equal(await store.takeCommand('idA.b1.c1', 'node-1', 1000, 1000), null);
  assert.equal(await store.endCommand('1', 'idA.b1.c1', 'DONE', '已取消'), false);
  assert.equal((await store.pickRows({ statuses: ['NEW'] }, '0', 10)).rows.length, 1);
  assert.equal(await store.decide('RELEASE', [waiting.row.id], ['HELD']), 0);
  await store.prune(30, 30, 100);
  assert.ok((await store.now()).epochMs > 0);

  const ids = { delivered, unknown, rejected, waiting, late, repeated };
  const statuses = await Promise.all(
    Object.entries(ids).map(async ([name, m]) => [name, String((await store.story(m.row.id))?.row['status'])] as const),
  );
  return Object.fromEntries(statuses);
}
