import assert from 'node:assert/strict';
import { localTime } from '../../src/lib/local-time.ts';
import { fakeClock } from '../support/clock.ts';
import { type Bench, benches } from '../support/outbound.ts';
import { phone } from '../support/outbox-table.ts';
import { heartbeat } from '../support/rows.ts';

const never = new AbortController().signal;
const many = (n: number, columns: Record<string, string | number | null> = {}) =>
  Array.from({ length: n }, (_, i) => ({ phone: phone(i), content: `通知 ${i}`, ...columns }));

describe('the sender', function () {
  this.timeout(30_000);
  const { open, proven } = benches();
  const counts = async (bench: Bench): Promise<Record<string, number>> => {
    const rows = await bench.database.rawQuery('select status, count(*) as n from sms_outbox group by status');
    return Object.fromEntries(rows.map((row) => [String(row['status']), Number(row['n'])]));
  };

  it('claims the most urgent first, an answer to a citizen before all others', async () => {
    const bench = await proven({ config: { 'outbox.concurrency': 1 } });
    const message = { platformId: '1', content: 'SBYE', accessNo: '1069', extNo: null, keyword: 'SBYE', args: null };
    const [asked] = await bench.store.storeInbox([{ ...message, key: 'k', phone: phone(1), receivedAt: null }]);
    await bench.insert(
      { content: 'nine', priority: 9 },
      { content: 'five' },
      { content: 'one', priority: 1 },
      { content: 'answer', phone: phone(1), inbox_id: asked?.id ?? null },
    );
    await bench.pass();
    assert.deepEqual(
      bench.simulator.ledger().map((entry) => entry.text),
      ['answer', 'one', 'five', 'nine'],
    );
  });

  it('claims two batches ahead and no more, however many rows wait', async () => {
    const bench = await proven({
      config: { 'outbox.batchSize': 20, 'outbox.ratePerSecond': 1 },
      simulator: { latencyMs: 300 },
    });
    await bench.insert(...many(100));
    await bench.outbound.sender.pass(never);
    const { NEW: waiting = 0 } = await counts(bench);
    assert.ok(waiting >= 60 && waiting <= 80, `${waiting} of 100 rows left`);
  });

  it('claims no more than the channel can send in a quarter of the lease', async () => {
    const bench = await proven({
      config: { 'outbox.ratePerSecond': 1, 'platform.timeout': '1s', 'outbox.lease': '12s' },
      simulator: { latencyMs: 300 },
    });
    await bench.insert(...many(50));
    const claims: number[] = [];
    const before = bench.log.length;
    await bench.outbound.sender.pass(never);
    for (const line of bench.log.slice(before)) if (line.event === 'outbox.claimed') claims.push(Number(line['rows']));
    assert.ok(claims.length > 0 && claims.every((rows) => rows <= 3), claims.join());
  });

  it('claims one row only, while the account is not proven', async () => {
    const bench = await open({ simulator: { password: 'another-one' } });
    await bench.insert(...many(40));
    const attempts: number[] = [];
    for (let i = 0; i < 5; i++) {
      await bench.pass();
      attempts.push(bench.simulator.stats().failedLogins);
    }
    assert.deepEqual(attempts, [1, 1, 1, 1, 1]);
    const rows = await bench.database.rawQuery('select count(*) as n from sms_outbox where serial_no is not null');
    assert.equal(rows[0]?.['n'], 1);
    assert.deepEqual(await counts(bench), { NEW: 40 });
  });

  it('claims nothing while the channel is paused, and looks again at every poll', async () => {
    const bench = await proven();
    await bench.insert({});
    await bench.gate.pause(null);
    assert.equal(await bench.pass(), 3000);
    assert.deepEqual(await bench.fates(), ['NEW null']);
    await bench.gate.resume();
    await bench.pass();
    assert.deepEqual(await bench.fates(), ['SENT 0']);
  });

  it('sees a pause by another daemon with its next poll', async () => {
    const bench = await proven();
    const other = await open({ beside: bench });
    await other.gate.pause('stop');
    await bench.insert({});
    await bench.pass();
    assert.equal(bench.gate.closed('send')?.code, 'CHANNEL_PAUSED');
    assert.deepEqual(await bench.fates(), ['NEW null']);
  });

  it('stops between two claims when the daemon stops', async () => {
    const bench = await proven();
    await bench.insert({});
    await bench.outbound.sender.pass(AbortSignal.abort());
    assert.deepEqual(await bench.fates(), ['NEW null']);
  });

  describe('tells when it wants to look again', () => {
    it('at the next poll when there is nothing', async () => {
      assert.equal(await (await proven()).pass(), 3000);
    });

    it('soon when there is more than fitted in', async () => {
      const bench = await proven({ config: { 'outbox.batchSize': 10, 'outbox.ratePerSecond': 10 } });
      await bench.insert(...many(100));
      assert.equal(await bench.outbound.sender.pass(never), 250);
    });

    it('when the first scheduled row is due', async () => {
      const bench = await proven({ config: { 'outbox.pollEvery': '20s' } });
      const [id = ''] = await bench.insert({ send_at: localTime(Date.now() + 15_000) });
      const wait = await bench.pass();
      assert.ok(wait > 50 && wait <= 15_000, `${wait} ms`);
      assert.equal((await bench.row(id))['status'], 'NEW');
      // the time goes by
      const earlier = `-${(wait + 5) / 1000} seconds`;
      await bench.database.rawQuery("update sms_outbox set send_at = strftime('%Y-%m-%d %H:%M:%f', send_at, ?)", [
        earlier,
      ]);
      await bench.pass();
      assert.equal((await bench.row(id))['status'], 'SENT');
    });
  });

  it('does not let a steady backlog hide rows that were put off', async () => {
    const bench = await proven({ config: { 'outbox.batchSize': 5 } });
    const [late = ''] = await bench.insert({ content: '推迟过的', send_at: '2020-01-01 00:00:00' });
    await bench.insert(...many(60));
    while (bench.simulator.stats().accepted < 61) await bench.pass();
    const place = bench.simulator.ledger().findIndex((entry) => entry.text === '推迟过的');
    assert.equal((await bench.row(late))['status'], 'SENT');
    assert.ok(place < 30, `sent as number ${place} of 61`);
  });

  describe('with other daemons', () => {
    it('shares the rate with those that live, and has it back when they are gone', async () => {
      const clock = fakeClock();
      const bench = await proven({ clock, config: { 'outbox.ratePerSecond': 90 } });
      await bench.store.enrol(heartbeat({ identity: 'me' }));
      await bench.pass();
      assert.equal(bench.outbound.rate.rate, 90);
      for (const identity of ['b', 'c']) await bench.store.enrol(heartbeat({ identity }));
      clock.advance(10_000);
      await bench.pass();
      assert.equal(bench.outbound.rate.rate, 30);
      await bench.database.rawQuery(
        "update sms_mw_status set heartbeat_at = '2020-01-01 00:00:00.000' where identity = 'c'",
      );
      await bench.database.rawQuery("update sms_mw_status set state = 'STOPPED' where identity = 'b'");
      clock.advance(10_000);
      await bench.pass();
      assert.equal(bench.outbound.rate.rate, 90);
    });

    it('puts back what a dead one had claimed, to the last row', async () => {
      const bench = await proven({ config: { 'outbox.batchSize': 10 } });
      await bench.insert(...many(45));
      await bench.database.rawQuery(
        `update sms_outbox set status = 'SENDING', serial_no = printf('%020d', id), claim_token = 'dead.1.1',
         lease_until = '2020-01-01 00:00:00.000'`,
      );
      for (let i = 0; i < 10; i++) await bench.pass();
      assert.deepEqual(await counts(bench), { SENT: 45 });
      const { accepted, doubledMessages } = bench.simulator.stats();
      assert.deepEqual([accepted, doubledMessages], [45, 0]);
    });

    it('asks again about all that a dead one had under way, without waiting for poll after poll', async () => {
      const bench = await proven({
        faults: [{ call: 'Send', next: 130, fault: 'accept-then-hangup' }],
        config: { 'outbox.concurrency': 4 },
        clock: fakeClock(),
        // every answer is lost and never asked for again, as if the process had died each time
        store: (store) => ({ ...store, takeOpen: () => Promise.resolve([]) }),
      });
      const dead = bench;
      await dead.insert(...many(130));
      const clock = fakeClock();
      const heir = await open({ beside: dead, clock });
      for (let i = 0; (await counts(dead))['NEW'] !== undefined; i++) {
        assert.ok(i < 300, 'no progress');
        await dead.pass();
        dead.outbound.reach.answered();
      }
      await dead.due();
      const waits: number[] = [];
      do waits.push(await heir.pass());
      while ((await counts(heir))['SENDING'] !== undefined && waits.length < 20);
      assert.deepEqual(await counts(heir), { SENT: 130 });
      assert.ok(
        waits.slice(0, 2).every((wait) => wait <= 250),
        waits.join(),
      );
      const { accepted, doubledMessages } = bench.simulator.stats();
      assert.deepEqual([accepted, doubledMessages], [130, 0]);
    });
  });

  it('gives up waiting for a receipt after receipts.giveUpAfter, and not before', async () => {
    const bench = await proven({ simulator: { receipts: false } });
    await bench.insert({});
    await bench.pass();
    await bench.pass();
    assert.deepEqual(await bench.fates(), ['SENT 0']);
    await bench.database.rawQuery("update sms_mw_submit set next_at = '2020-01-01 00:00:00.000'");
    await bench.pass();
    assert.deepEqual([await bench.fates(), await bench.records()], [['UNKNOWN 0'], ['DONE 0']]);
  });
});
