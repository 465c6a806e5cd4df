import assert from 'node:assert/strict';
import { type FaultKind, type FaultRule, Faults } from '../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { DESCRIPTIONS } from '../../src/simulator/codes.ts';
import { nextSerial, type RawClient, rawClient, withSimulator } from '../support/simulator-client.ts';

async function outcome(sending: Promise<string>): Promise<string> {
  try {
    return await sending;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Resolves when a fault of this kind has struck, and what it does on arrival is done. */
function struckBy(simulator: Simulator, kind: FaultKind): Promise<void> {
  return new Promise((resolve) => {
    const stop = simulator.onChange(() => {
      if (!simulator.stats().faults[kind]) return;
      stop();
      setImmediate(resolve);
    });
  });
}

/** Sends once under `rule` and returns the answer (or the error's code), and how many messages were accepted. */
async function under(
  rule: FaultRule,
  after?: (simulator: Simulator, client: RawClient) => Promise<void>,
): Promise<[string, number]> {
  let result: [string, number] = ['', 0];
  await withSimulator({}, async (simulator, client) => {
    simulator.setFaults({ rules: [rule] });
    const answer = await outcome(client.send());
    result = [answer, simulator.stats().accepted];
    assert.equal(simulator.stats().faults[rule.fault], 1);
    await after?.(simulator, client);
  });
  return result;
}

describe('simulator faults', () => {
  it('hang up before anything is done', async () => {
    assert.deepEqual(await under({ call: 'Send', fault: 'hangup-before' }), ['ECONNRESET', 0]);
  });

  it('accept and then hang up; the same serial then is a duplicate', async () => {
    await withSimulator({}, async (simulator, client) => {
      simulator.setFaults({ rules: [{ call: 'Send', next: 1, fault: 'accept-then-hangup' }] });
      const SerialNumber = nextSerial();
      assert.equal(await outcome(client.send({ SerialNumber })), 'ECONNRESET');
      assert.match(await client.send({ SerialNumber }), /^result=15&/);
      assert.equal(simulator.stats().accepted, 1);
    });
  });

  it('cut an answer in half after accepting', async () => {
    assert.deepEqual(await under({ call: 'Send', fault: 'cut' }), ['ECONNRESET', 1]);
  });

  it('answer garbage after accepting', async () => {
    const [answer, accepted] = await under({ call: 'Send', fault: 'garbage' });
    assert.doesNotMatch(answer, /result=/);
    assert.equal(accepted, 1);
    assert.deepEqual(await under({ call: 'Send', fault: 'garbage', body: '系统维护', processed: false }), [
      '系统维护',
      0,
    ]);
  });

  for (const processed of [false, true]) {
    it(`never answer, request ${processed ? 'done' : 'not done'}`, async () => {
      await withSimulator({}, async (simulator, client) => {
        simulator.setFaults({ rules: [{ call: 'Send', fault: 'hang', processed }] });
        const struck = struckBy(simulator, 'hang');
        const sending = outcome(client.send());
        await struck;
        assert.equal(simulator.stats().accepted, processed ? 1 : 0);
        assert.equal(simulator.stats().connections, 1, 'still open');
        client.close();
        assert.equal(await sending, 'ECONNRESET');
      });
    });

    it(`answer 503, request ${processed ? 'done' : 'not done'}`, async () => {
      await withSimulator({}, async (simulator, client) => {
        simulator.setFaults({ rules: [{ call: '*', fault: 'http-5xx', status: 503, processed }] });
        const body = 'SpCode=000000&LoginName=demo&Password=demo-password';
        assert.equal((await client.post('/sms/Api/report.do', body)).status, 503);
        await client.send();
        assert.equal(simulator.stats().accepted, processed ? 1 : 0);
      });
    });
  }

  for (const late of [false, true]) {
    it(`answer slowly, with the effect ${late ? 'only at the end' : 'on arrival'}`, async () => {
      await withSimulator({}, async (simulator, client) => {
        simulator.setFaults({ rules: [{ call: 'Send', fault: 'slow', ms: 150, late }] });
        const struck = struckBy(simulator, 'slow');
        let answered = false;
        const sending = client.send().finally(() => (answered = true));
        await struck;
        assert.equal(simulator.stats().accepted, late ? 0 : 1);
        assert.equal(answered, false);
        assert.match(await sending, /^result=0&/);
        assert.equal(simulator.stats().accepted, 1);
      });
    });
  }

  it('add the latency of the settings to every answer, after the effect', async () => {
    await withSimulator({ latencyMs: 80 }, async (simulator, client) => {
      const done = new Promise<number>((resolve) => simulator.onChange(() => resolve(performance.now())));
      await client.send();
      assert.ok(performance.now() - (await done) >= 75);
    });
  });

  it('answer every code of the table, with the platform’s words', async () => {
    await withSimulator({}, async (simulator, client) => {
      for (const [code, words] of Object.entries(DESCRIPTIONS)) {
        if (code === '0' || code === '26') continue;
        simulator.setFaults({ rules: [{ call: 'Send', fault: 'code', code }] });
        assert.equal(await client.send(), `result=${code}&description=${words}`);
      }
      simulator.setFaults({ rules: [{ call: 'Send', fault: 'code', code: '19', description: '从未见过' }] });
      assert.equal(await client.send(), 'result=19&description=从未见过');
      assert.equal(simulator.stats().accepted, 0);
    });
  });

  it('accept what goes into manual review (26), and what answers 20 although it was done', async () => {
    await withSimulator({}, async (simulator, client) => {
      simulator.setFaults({ rules: [{ call: 'Send', fault: 'code', code: '26' }] });
      assert.match(await client.send(), /^result=26&description=需要人工审核&taskid=\d{12}&faillist=&task_id=\d{12}$/);
      simulator.setFaults({ rules: [{ call: 'Send', fault: 'code', code: '20', processed: true }] });
      const SerialNumber = nextSerial();
      assert.match(await client.send({ SerialNumber }), /^result=20&/);
      assert.match(await client.send({ SerialNumber }), /^result=15&/, 'a true refusal shows through');
      assert.equal(simulator.stats().accepted, 2);
    });
  });

  it('strike one call and leave the others alone', async () => {
    await withSimulator({}, async (simulator, client) => {
      simulator.setFaults({ rules: [{ call: 'reply', fault: 'code', code: '11' }] });
      assert.match(await client.send(), /^result=0&/);
      assert.match(await client.call('reply'), /^result=11&/);
      assert.match(await client.call('report'), /^result=0&/);
    });
  });

  it('lose receipts when the line breaks after they were handed out, and hand MO out again', async () => {
    await withSimulator({ receiptDelayMs: 0 }, async (simulator, client) => {
      await client.send();
      simulator.citizenWrites('13000000001', 'CX');
      simulator.setFaults({
        rules: [
          { call: 'report', next: 1, fault: 'cut' },
          { call: 'reply', next: 1, fault: 'cut' },
        ],
      });
      assert.equal(await outcome(client.call('report')), 'ECONNRESET');
      assert.equal(await client.call('report'), 'result=0&out=');
      assert.equal(await outcome(client.call('reply')), 'ECONNRESET');
      assert.match(await client.call('reply'), /"content":"CX"/);
      assert.deepEqual(simulator.faults(), [], 'spent rules are gone');
    });
  });

  it('take the whole platform down, mid-call too, and bring it up on the same port with its memory', async () => {
    const simulator = await startSimulator();
    const client = rawClient(simulator.url, simulator.ca);
    try {
      const SerialNumber = nextSerial();
      await client.send({ SerialNumber });
      simulator.setFaults({ rules: [{ call: 'report', fault: 'hang' }] });
      const struck = struckBy(simulator, 'hang');
      const hanging = outcome(client.call('report'));
      await struck;
      await simulator.down();
      assert.equal(await hanging, 'ECONNRESET');
      assert.equal(await outcome(client.send()), 'ECONNREFUSED');
      assert.equal(simulator.stats().down, true);
      await simulator.up();
      assert.match(await client.send({ SerialNumber }), /^result=15&/);
    } finally {
      client.close();
      await simulator.close();
    }
  });
});

describe('fault rules', () => {
  const strikes = (rule: Partial<FaultRule>, calls = 12, seed = 1): number[] => {
    const faults = new Faults();
    faults.set({ rules: [{ call: 'Send', fault: 'hang', ...rule }], seed });
    const body = Buffer.from('a=1');
    return Array.from({ length: calls }, (_, i) => (faults.take('Send', body) ? i + 1 : 0)).filter((n) => n > 0);
  };

  it('strike the nth, the next few, every so many-th, or all', () => {
    assert.deepEqual(strikes({ nth: 3 }), [3]);
    assert.deepEqual(strikes({ next: 2 }), [1, 2]);
    assert.deepEqual(strikes({ every: 5 }), [5, 10]);
    assert.equal(strikes({}).length, 12);
  });

  it('strike by chance as often as told, and the same way for the same seed', () => {
    const hits = strikes({ probability: 0.2 }, 10_000, 7);
    assert.ok(hits.length > 1800 && hits.length < 2200, String(hits.length));
    assert.deepEqual(strikes({ probability: 0.2 }, 10_000, 7), hits);
    assert.notDeepEqual(strikes({ probability: 0.2 }, 10_000, 8), hits);
    assert.equal(strikes({ probability: 0 }).length, 0);
  });

  it('count only what they are about, and the first that fits wins', () => {
    const faults = new Faults();
    faults.set({
      rules: [
        { call: 'Send', containing: '13000000002', nth: 2, fault: 'cut' },
        { call: '*', fault: 'slow' },
      ],
    });
    const one = Buffer.from('UserNumber=13000000001');
    const two = Buffer.from('UserNumber=13000000002');
    const hits = [
      faults.take('Send', two),
      faults.take('Send', one),
      faults.take('report', two),
      faults.take('Send', two),
      faults.take('Send', two),
    ].map((rule) => rule?.fault);
    assert.deepEqual(hits, ['slow', 'slow', 'slow', 'cut', 'slow']);
    assert.deepEqual(faults.struck, { slow: 4, cut: 1 });
  });
});
