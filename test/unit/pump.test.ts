import assert from 'node:assert/strict';
import { DbError, PlatformError } from '../../src/lib/errors.ts';
import { journalKey } from '../../src/state/journal.ts';
import { fakeClock } from '../support/clock.ts';
import { until } from '../support/daemon.ts';
import { type Bench, benches } from '../support/outbound.ts';
import { phone } from '../support/outbox-table.ts';

const never = new AbortController().signal;
const code = (value: string, times = 1) => ({ call: 'Send', next: times, fault: 'code', code: value }) as const;

describe('the pump', function () {
  this.timeout(30_000);
  const { open, proven } = benches();
  const texts = (bench: Bench): string[] => bench.simulator.ledger().map((entry) => entry.text);
  const serials = (bench: Bench): string[] => bench.simulator.ledger().map((entry) => entry.serial);

  it('sends a row: recorded and journalled before it leaves, written back with task and serial', async () => {
    const before: unknown[] = [];
    const bench = await open({
      send: (send) => async (request) => {
        const [journal] = await bench.database.rawQuery('select id, created_at, phone, content from sms_outbox');
        const key = journalKey({
          id: String(journal?.['id']),
          createdAt: String(journal?.['created_at']),
          phone: request.phones[0] ?? '',
          content: request.text,
        });
        before.push(await bench.records(), bench.state.journal.latest([key]).get(key));
        return send(request);
      },
    });
    const [id = ''] = await bench.insert({ content: '社保缴费提醒', ext_no: '01', biz_id: 'B-1' });
    await bench.pass();
    const [entry] = bench.simulator.ledger();
    assert.partialDeepStrictEqual(entry, { text: '社保缴费提醒', extNo: '01', phones: [Number(phone(1))] });
    assert.partialDeepStrictEqual(await bench.row(id), {
      status: 'SENT',
      result_code: '0',
      serial_no: entry?.serial,
      task_id: entry?.taskId,
      attempts: 1,
      segments: 1,
      phone_norm: phone(1),
      biz_id: 'B-1',
    });
    assert.deepEqual(await bench.records(), ['ACCEPTED 0']);
    assert.deepEqual(before, [['OPEN '], entry?.serial]);
  });

  it('puts rows of one text into one call, a number twice into two', async () => {
    const bench = await proven();
    await bench.insert(
      { phone: phone(1) },
      { phone: phone(2) },
      { phone: phone(1) },
      { phone: phone(3), content: '另一条' },
    );
    await bench.pass();
    const calls = bench.simulator.ledger().map((entry) => entry.phones.length);
    assert.deepEqual(calls.toSorted(), [1, 1, 2]);
    assert.equal(bench.simulator.stats().doubledMessages, 1);
  });

  describe('a serial that the platform calls a duplicate (15)', () => {
    it('on its first try met a stranger’s: the rows go again under a fresh one, and count as two attempts', async () => {
      const bench = await proven({ faults: [code('15')] });
      const [id = ''] = await bench.insert({});
      await bench.pass();
      assert.partialDeepStrictEqual(await bench.row(id), { status: 'NEW', result_code: '15', attempts: 1 });
      const stranger = (await bench.row(id))['serial_no'];
      await bench.due();
      await bench.pass();
      assert.partialDeepStrictEqual(await bench.row(id), { status: 'SENT', result_code: '0', attempts: 2 });
      assert.notEqual((await bench.row(id))['serial_no'], stranger);
      assert.notEqual(String(stranger).slice(11, 16), serials(bench)[0]?.slice(11, 16), 'and from another slot');
    });

    it('on a repeat is an acceptance whose answer was lost', async () => {
      const bench = await proven({ faults: [{ call: 'Send', next: 1, fault: 'accept-then-hangup' }] });
      const [id = ''] = await bench.insert({});
      await bench.pass();
      assert.partialDeepStrictEqual(await bench.row(id), { status: 'SENDING', result_code: 'OUTCOME_UNKNOWN' });
      await bench.due();
      await bench.pass();
      assert.partialDeepStrictEqual(await bench.row(id), { status: 'SENT', result_code: '15', attempts: 2 });
      const { accepted, duplicateSerialsOtherBody } = bench.simulator.stats();
      assert.deepEqual([accepted, duplicateSerialsOtherBody], [1, 0]);
    });
  });

  describe('a first try whose answer was lost, and a repeat that is answered with something else', () => {
    for (const answer of ['11', '18', '33', '3', '5', '13', '16', '32', '20', '999']) {
      it(`${answer}: never goes out under a second serial`, async () => {
        const clock = fakeClock();
        const bench = await proven({
          clock,
          faults: [
            { call: 'Send', nth: 1, fault: 'accept-then-hangup' },
            { call: 'Send', nth: 2, fault: 'code', code: answer },
          ],
        });
        const [id = ''] = await bench.insert({});
        for (let i = 0; i < 4; i++) {
          await bench.pass();
          await bench.due();
          await bench.gate.resume();
          clock.advance(2000); // a hold after "too fast" is over
        }
        const { accepted, doubledMessages } = bench.simulator.stats();
        assert.deepEqual([accepted, doubledMessages], [1, 0]);
        const { status, result_code: result } = await bench.row(id);
        assert.deepEqual([status, result], answer === '32' ? ['HELD', '32'] : ['SENT', '15']);
      });
    }
  });

  it('asks again under the same serial after code 20, and leaves it to a person after the third', async () => {
    const bench = await proven({ faults: [code('20', 3)] });
    const [id = ''] = await bench.insert({});
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      await bench.pass();
      const { status, serial_no: serial } = await bench.row(id);
      seen.push(status, serial);
      await bench.due();
    }
    const serial = seen[1];
    assert.deepEqual(seen, ['SENDING', serial, 'SENDING', serial, 'HELD', serial]);
    assert.equal((await bench.row(id))['result_code'], '20');
    assert.deepEqual(await bench.records(), ['HELD 20']);
    await bench.pass();
    assert.equal(bench.simulator.stats().requests['/sms/Api/Send.do'], 3);
  });

  describe('numbers that the platform refuses', () => {
    it('fail alone when the call is accepted (f=1)', async () => {
      const bench = await proven({ simulator: { refusedNumbers: [phone(2)], blacklist: [phone(4)] } });
      await bench.insert(...[1, 2, 3, 4].map((n) => ({ phone: phone(n) })));
      await bench.pass();
      assert.deepEqual(await bench.fates(), ['SENT 0', 'FAILED 6', 'SENT 0', 'FAILED 6']);
    });

    it('fail alone when the call is refused and names them; the others go again', async () => {
      const bench = await proven({ simulator: { refusedNumbers: [phone(1), phone(2)] } });
      await bench.insert(...[1, 2].map((n) => ({ phone: phone(n) })));
      await bench.pass();
      assert.deepEqual(await bench.fates(), ['FAILED 6', 'FAILED 6']);
    });

    it('are found one by one when the call is refused and names none', async () => {
      const bench = await proven({ faults: [code('6')], simulator: { refusedNumbers: [phone(2)] } });
      await bench.insert(...[1, 2, 3].map((n) => ({ phone: phone(n) })));
      await bench.pass();
      for (let i = 0; i < 3 && (await bench.fates()).some((fate) => fate.startsWith('NEW')); i++) await bench.pass();
      assert.deepEqual(await bench.fates(), ['SENT 0', 'FAILED 6', 'SENT 0']);
      assert.deepEqual(
        bench.simulator.ledger().map((entry) => entry.phones.length),
        [1, 1],
      );
    });
  });

  it('takes manual review (26) for an acceptance and never sends it again', async () => {
    const bench = await proven({ faults: [code('26')] });
    const [id = ''] = await bench.insert({});
    await bench.pass();
    await bench.due();
    await bench.pass();
    assert.partialDeepStrictEqual(await bench.row(id), { status: 'SENT', result_code: '26', attempts: 1 });
    assert.equal(bench.simulator.stats().accepted, 1);
  });

  it('slows down at 11, keeps the rows, and sends them all in the end', async () => {
    const bench = await proven({
      config: { 'outbox.ratePerSecond': 100, 'outbox.concurrency': 4 },
      faults: [code('11')],
    });
    await bench.insert(...Array.from({ length: 30 }, (_, i) => ({ phone: phone(i) })));
    await bench.pass();
    assert.equal(bench.outbound.rate.rate, 50);
    const late = (await bench.fates()).filter((fate) => fate === 'NEW 11').length;
    assert.ok(late > 0 && late <= 10, `${late} rows in the refused call`);
    await bench.due();
    while ((await bench.fates()).some((fate) => fate.startsWith('NEW'))) await bench.pass();
    assert.equal(bench.simulator.stats().accepted, 30);
  });

  it('leaves every row NEW when the account is refused in the middle of a burst', async () => {
    const bench = await proven({ config: { 'outbox.concurrency': 4 }, simulator: { latencyMs: 20 } });
    await bench.insert(...Array.from({ length: 60 }, (_, i) => ({ phone: phone(i), content: `通知 ${i}` })));
    const halfway = Promise.withResolvers<undefined>();
    bench.simulator.onChange(() => {
      if (bench.simulator.stats().accepted >= 20) halfway.resolve(undefined);
    });
    const pass = bench.pass();
    await halfway.promise;
    bench.simulator.change({ password: 'changed by somebody' });
    await pass;
    const { accepted, failedLogins } = bench.simulator.stats();
    const fates = await bench.fates();
    assert.equal(fates.filter((fate) => fate === 'SENT 0').length, accepted);
    assert.equal(fates.filter((fate) => fate === 'NEW 3').length, 60 - accepted);
    assert.ok(failedLogins <= 4, `${failedLogins} wrong passwords with 4 calls out at once`);
    await bench.pass();
    assert.equal(bench.simulator.stats().failedLogins, failedLogins);
  });

  describe('a call whose lease may be over', () => {
    const lease = { 'outbox.lease': '34s', 'platform.timeout': '15s' };
    it('does not go out: not when the database was slow to take its record', async () => {
      const clock = fakeClock();
      let slowness = 18_000;
      const bench = await proven({
        clock,
        config: lease,
        store: (store) => ({
          ...store,
          open: async (...record) => {
            clock.advance(slowness);
            slowness = 0;
            return store.open(...record);
          },
        }),
      });
      await bench.insert({});
      await bench.pass();
      assert.deepEqual(await bench.fates(), ['SENDING null']);
      assert.equal(bench.simulator.stats().calls, 0);
      await bench.due();
      await bench.pass();
      assert.deepEqual(await bench.fates(), ['SENT 0']);
    });

    it('not when it had to wait at the gate; its lease brings it back, and it is sent once', async () => {
      const clock = fakeClock();
      const bench = await open({ clock, config: lease });
      let slow = true;
      const taken = bench.gate.run('balance', async () => {
        // the machine sleeps while a send waits for this call's answer
        await until('the row has left the queue', () => bench.outbound.pump.rowsUpTo(9) === 0 && !slow);
        clock.advance(60_000);
        return { code: '0' };
      });
      await bench.insert({});
      const pass = bench.outbound.sender.pass(never);
      await pass;
      slow = false;
      await taken;
      await bench.idle();
      assert.equal(bench.simulator.stats().calls, 0);
      assert.deepEqual(await bench.records(), ['OPEN ']);
      await bench.due();
      await bench.pass();
      assert.deepEqual(await bench.fates(), ['SENT 0']);
    });
  });

  it('lets priority 0 pass a backlog that is claimed and recorded already', async () => {
    const bench = await proven({ config: { 'outbox.concurrency': 2 }, simulator: { latencyMs: 10 } });
    const accepted = (n: number): Promise<unknown> => {
      const reached = Promise.withResolvers<undefined>();
      bench.simulator.onChange(() => {
        if (bench.simulator.stats().accepted >= n) reached.resolve(undefined);
      });
      return reached.promise;
    };
    await bench.insert(...Array.from({ length: 400 }, (_, i) => ({ phone: phone(i), content: `通知 ${i}` })));
    const begun = accepted(10);
    await bench.outbound.sender.pass(never);
    await begun;
    assert.ok((await bench.records()).length > 100, 'a backlog of records');
    await bench.insert({ phone: phone(999), content: '余额', priority: 0 });
    await bench.outbound.sender.pass(never);
    const sent = bench.simulator.stats().accepted;
    await accepted(sent + 20);
    const place = texts(bench).indexOf('余额');
    assert.ok(place >= 0 && place <= sent + 10, `sent as number ${place}, claimed after ${sent}`);
  });

  it('records a row of priority 0 although another one is recorded and waits', async () => {
    const answer = Promise.withResolvers<undefined>();
    const recorded = new Map<string, PromiseWithResolvers<undefined>>();
    const until = (text: string): Promise<undefined> => {
      const reached = Promise.withResolvers<undefined>();
      recorded.set(text, reached);
      return reached.promise;
    };
    const bench = await proven({
      config: { 'outbox.concurrency': 1 },
      send: (send) => async (request) => {
        await answer.promise;
        return send(request);
      },
      store: (store) => ({
        ...store,
        open: async (groups, ...rest) => {
          const result = await store.open(groups, ...rest);
          for (const { body } of groups) recorded.get(body)?.resolve(undefined);
          return result;
        },
      }),
    });
    const backlog = until('通知 200');
    await bench.insert(...Array.from({ length: 400 }, (_, i) => ({ phone: phone(i), content: `通知 ${i}` })));
    await bench.outbound.sender.pass(never);
    await backlog;
    for (const text of ['余额 1', '余额 2']) {
      const done = until(text);
      await bench.insert({ phone: phone(999), content: text, priority: 0 });
      await bench.outbound.sender.pass(never);
      await done;
    }
    answer.resolve(undefined);
  });

  it('lets go of what has not left when it is stopped; nothing is lost, nothing is sent twice', async () => {
    const bench = await proven({ config: { 'outbox.ratePerSecond': 20 } });
    await bench.insert(...Array.from({ length: 80 }, (_, i) => ({ phone: phone(i), content: `通知 ${i}` })));
    await bench.outbound.sender.pass(never);
    const some = Promise.withResolvers<undefined>();
    bench.simulator.onChange(() => some.resolve(undefined));
    await some.promise;
    await bench.stop();
    const { accepted } = bench.simulator.stats();
    const fates = await bench.fates();
    assert.ok(accepted >= 1 && accepted < 80);
    assert.equal(fates.filter((fate) => fate === 'SENT 0').length, accepted);
    assert.equal(fates.filter((fate) => fate === 'NEW null').length, 80 - accepted);
    const next = await open({ beside: bench });
    while ((await next.fates()).some((fate) => fate.startsWith('NEW'))) await next.pass();
    assert.deepEqual([bench.simulator.stats().accepted, bench.simulator.stats().doubledMessages], [80, 0]);
  });

  describe('when a call does not get through', () => {
    it('not connected: back to NEW, surely not sent, and no further call until the wait is over', async () => {
      const clock = fakeClock();
      const bench = await proven({ clock });
      await bench.simulator.down();
      const [id = ''] = await bench.insert({});
      await bench.pass();
      assert.partialDeepStrictEqual(await bench.row(id), { status: 'NEW', result_code: 'NOT_REACHED', attempts: 0 });
      assert.deepEqual(await bench.records(), ['VOID NOT_REACHED']);
      await bench.simulator.up();
      await bench.pass();
      assert.equal((await bench.row(id))['status'], 'NEW');
      clock.advance(1000);
      await bench.pass();
      assert.partialDeepStrictEqual(await bench.row(id), { status: 'SENT', result_code: '0', attempts: 1 });
    });

    it('five without an answer: the rest waits, and one call alone finds out', async () => {
      const clock = fakeClock();
      const bench = await proven({
        clock,
        config: { 'outbox.concurrency': 1 },
        faults: [{ call: 'Send', next: 5, fault: 'hangup-before' }],
      });
      await bench.insert(...Array.from({ length: 20 }, (_, i) => ({ phone: phone(i), content: `通知 ${i}` })));
      await bench.pass();
      assert.equal(bench.simulator.stats().calls, 5);
      const fates = await bench.fates();
      assert.equal(fates.filter((fate) => fate === 'SENDING OUTCOME_UNKNOWN').length, 5);
      assert.equal(fates.filter((fate) => fate === 'NEW PLATFORM_DOWN').length, 15);
      clock.advance(1000);
      await bench.due();
      for (let i = 0; i < 10; i++) await bench.pass();
      const { accepted, doubledMessages } = bench.simulator.stats();
      assert.deepEqual([accepted, doubledMessages], [20, 0]);
    });

    it('the gate cannot read its latch: nothing was sent, and the row does not count as tried', async () => {
      const gone = new DbError('lost', { zh: '', en: 'gone' });
      let away = true;
      const bench = await open({
        store: (store) => ({
          ...store,
          takeTurn: (...right) => (away ? Promise.reject(gone) : store.takeTurn(...right)),
        }),
      });
      const [id = ''] = await bench.insert({});
      await bench.pass();
      assert.partialDeepStrictEqual(await bench.row(id), { status: 'NEW', result_code: null, attempts: 0 });
      away = false;
      await bench.pass();
      assert.partialDeepStrictEqual(await bench.row(id), { status: 'SENT', attempts: 1 });
    });
  });

  it('sends nothing that the database has not recorded', async () => {
    const gone = new DbError('lost', { zh: '', en: 'gone' });
    const bench = await proven({ store: (store) => ({ ...store, open: () => Promise.reject(gone) }) });
    const [id = ''] = await bench.insert({});
    await bench.pass();
    assert.equal((await bench.row(id))['status'], 'SENDING'); // until its lease is over
    assert.equal(bench.simulator.stats().calls, 0);
  });

  it('keeps an answer that the database does not take, and writes it when it does', async () => {
    const gone = new DbError('lost', { zh: '', en: 'gone' });
    let refusals = 2;
    const bench = await proven({
      store: (store) => ({ ...store, settle: (...s) => (refusals-- > 0 ? Promise.reject(gone) : store.settle(...s)) }),
    });
    await bench.insert({});
    await bench.pass();
    assert.deepEqual(await bench.fates(), ['SENT 0']);
    assert.equal(bench.simulator.stats().accepted, 1);
  });

  it('writes back every answer of many that come at once, to the last', async () => {
    const bench = await proven({ config: { 'outbox.concurrency': 32 } });
    await bench.insert(...Array.from({ length: 400 }, (_, i) => ({ phone: phone(i), content: `通知 ${i}` })));
    while ((await bench.fates()).some((fate) => fate.startsWith('NEW'))) await bench.pass();
    assert.equal(bench.outbound.settler.backlog, 0);
    assert.deepEqual(new Set(await bench.fates()), new Set(['SENT 0']));
    const { doubledMessages, duplicateSerialAttempts } = bench.simulator.stats();
    assert.deepEqual([doubledMessages, duplicateSerialAttempts], [0, 0]);
  });

  it('tells blocked calls the reason that closed the channel', async () => {
    const bench = await proven({
      send: () => () =>
        Promise.reject(new PlatformError('blocked', { zh: '停', en: 'paused' }, { facts: { code: '13' } })),
    });
    await bench.insert({});
    await bench.pass();
    assert.deepEqual(await bench.fates(), ['NEW 13']);
  });
});
