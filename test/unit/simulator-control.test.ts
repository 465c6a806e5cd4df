import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { simulatorCommand } from '../../src/simulator/main.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';
import { nextSerial, type RawClient, rawClient } from '../support/simulator-client.ts';
import { temporaryDir } from '../support/temporary.ts';

function raw(url: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const req = request(url, { method, headers }, (res) => {
      res.resume();
      res.on('end', () => resolve(res.statusCode ?? 0));
    });
    req.on('error', reject);
    req.end(body);
  });
}

describe('simulator process and control', () => {
  let simulator: SimulatorHandle;
  let client: RawClient;

  before(async () => {
    simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 0 } });
    client = rawClient(simulator.url, await readFile(simulator.caFile, 'utf8'));
  });
  after(async () => {
    client.close();
    await simulator.stop();
  });
  afterEach(() => simulator.reset());

  it('serves the platform from another process, and its ledger in pages', async () => {
    assert.notEqual(simulator.pid, process.pid);
    const SerialNumber = nextSerial();
    assert.match(await client.send({ SerialNumber, MessageContent: '您好', UserNumber: '13000000001' }), /^result=0&/);
    const [entry] = await simulator.ledger();
    assert.deepEqual(
      [entry?.serial, entry?.text, entry?.phones, entry?.parts],
      [SerialNumber, '您好', [13000000001], 1],
    );
    const { accepted, acceptedCalls, firstAcceptedAt, calls } = await simulator.stats();
    assert.deepEqual([accepted, acceptedCalls, calls], [1, 1, 1]);
    assert.ok(Math.abs((firstAcceptedAt ?? 0) - Date.now()) < 60_000);
  });

  it('lets citizens write, one or many, and shows both sides on the phone', async () => {
    await client.send({ UserNumber: '13000000001', MessageContent: '通知' });
    const [id] = await simulator.mo({ phone: '13000000001', content: 'CX', ext: '01' });
    const ids = await simulator.mo([1, 2, 3].map((n) => ({ phone: `1300000000${n}`, content: `第${n}条` })));
    assert.deepEqual(
      [id, ...ids].map(Number),
      [...new Set([id, ...ids].map(Number))].sort((a, b) => a - b),
    );
    assert.equal(ids.length, 3);
    assert.match(await client.call('reply'), /"callmdn":"10690000000000101".*"content":"第3条"/);
    const phone = (await simulator.phones()).find(({ number }) => number === '13000000001');
    assert.deepEqual(
      phone?.messages.map(({ text }) => text),
      ['第1条', 'CX', '通知'],
    );
  });

  it('scripts faults, changes options, unlocks, forgets, goes down and comes up', async () => {
    await simulator.faults([{ call: 'Send', next: 1, fault: 'code', code: '12' }]);
    assert.match(await client.send(), /^result=12&/);
    await simulator.options({ balance: 0 });
    assert.match(await client.send(), /^result=13&/);
    await simulator.options({ balance: 10 });
    const SerialNumber = nextSerial();
    await client.send({ SerialNumber });
    await simulator.forget();
    assert.match(await client.send({ SerialNumber }), /^result=0&/);
    for (let i = 0; i < 5; i++) await client.call('report', { Password: 'x' });
    assert.match(await client.send(), /^result=21&/);
    await simulator.unlock();
    await simulator.down();
    await assert.rejects(client.send(), { code: 'ECONNREFUSED' });
    await simulator.up();
    assert.match(await client.send(), /^result=0&/);
  });

  it('goes back to its first settings on reset', async () => {
    await simulator.options({ balance: 1, receiptDelayMs: 9 });
    await client.send();
    await simulator.reset();
    const stats = await simulator.stats();
    assert.deepEqual([stats.accepted, stats.balance, stats.calls], [0, 100_000_000, 0]);
    const options = (await (await fetch(`${simulator.control}/options`)).json()) as Record<string, unknown>;
    assert.equal(options['receiptDelayMs'], 0);
    assert.equal('password' in options, false);
  });

  it('tells a waiting test as soon as a state is reached, and gives up at the deadline', async () => {
    const waiting = simulator.waitFor((stats) => stats.accepted === 3);
    for (let i = 0; i < 3; i++) await client.send();
    assert.equal((await waiting).accepted, 3);
    assert.equal(
      (await simulator.waitFor((stats) => stats.accepted === 3)).accepted,
      3,
      'the present state counts too',
    );
    await assert.rejects(
      simulator.waitFor((stats) => stats.accepted === 4, 100),
      /within 100 ms.*"accepted":3/,
    );
  });

  it('answers only this machine’s own addresses, and JSON', async () => {
    const json = { 'content-type': 'application/json' };
    const stats = `${simulator.control}/stats`;
    const down = `${simulator.control}/down`;
    assert.equal(await raw(stats, {}), 200);
    assert.equal(await raw(stats, { host: 'attacker.invalid' }), 403);
    assert.equal(await raw(stats, { host: '127.0.0.1.attacker.invalid' }), 403);
    assert.equal(await raw(stats, { origin: 'http://attacker.invalid' }), 403);
    assert.equal(await raw(down, { ...json, origin: 'http://localhost:1' }, 'POST', '{}'), 403);
    assert.equal(await raw(down, { 'content-type': 'text/plain' }, 'POST', '{}'), 415);
    assert.equal(await raw(down, {}, 'GET'), 404);
    assert.equal((await simulator.stats()).down, false);
  });

  it('refuses what it does not know, and changes nothing then', async () => {
    const post = async (where: string, body: string): Promise<[number, string]> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(simulator.control + where, { method: 'POST', headers, body });
      return [answer.status, await answer.text()];
    };
    assert.equal((await post('/options', '{"ballance":1}'))[0], 400);
    assert.match((await post('/options', '{"balance":-1}'))[1], /balance/);
    assert.equal((await post('/options', '{'))[0], 400);
    assert.equal((await post('/faults', '{"rules":[{"call":"send","fault":"hang"}]}'))[0], 400);
    assert.equal((await post('/mo', '{"phone":"<b>","content":"x"}'))[0], 400);
    assert.equal((await post('/down', '{"now":true}'))[0], 400);
    const { down, balance, unconfirmedMo } = await simulator.stats();
    assert.deepEqual([down, balance, unconfirmedMo], [false, 100_000_000, 0]);
  });

  it('serves a page that needs nothing else and may load nothing else', async () => {
    const answer = await fetch(`${simulator.control}/`);
    const page = await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    for (const tag of ['style', 'script']) {
      const inline = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? '';
      assert.ok(inline.length > 1000);
      assert.ok(policy.includes(`'sha256-${createHash('sha256').update(inline).digest('base64')}'`), tag);
      assert.doesNotMatch(inline, /innerHTML|insertAdjacentHTML|document\.write|\beval\b/);
    }
    assert.doesNotMatch(page, /https?:\/\/|src=|@import|<link(?! rel="icon" href="data:,")/);
    const texts = [...page.matchAll(/data-zh="([^"]*)" data-en="([^"]*)"/g)];
    assert.ok(texts.length > 8 && texts.every(([, zh, en]) => zh && en));
  });
});

describe('yxt-mw simulator', () => {
  it('says what to put into the configuration, runs until stopped, and fails on a taken port', async () => {
    const dir = temporaryDir();
    const stop = new AbortController();
    const lines: string[] = [];
    let ready = (): void => undefined;
    const started = new Promise<void>((resolve) => (ready = resolve));
    const out = (line: string): void => {
      lines.push(line);
      ready();
    };
    const io = { out, err: (line: string) => void lines.push(line), locale: 'zh-CN', stop: stop.signal } as const;
    const running = simulatorCommand({ port: 0, controlPort: 0, dir, json: true }, io);
    await started;
    const { url, ca, control } = JSON.parse(lines[0] ?? '') as Record<string, string>;
    assert.match(control ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    const client = rawClient(url ?? '', await readFile(ca ?? '', 'utf8'));
    assert.match(await client.call('SearchNumber'), /^result=0&/);
    client.close();

    const port = Number(new URL(url ?? '').port);
    const errors: string[] = [];
    const second = { ...io, err: (line: string) => void errors.push(line) };
    assert.equal(await simulatorCommand({ port, controlPort: 0, dir }, second), 1);
    assert.match(errors[0] ?? '', /端口 \d+ .*--port/);

    stop.abort();
    assert.equal(await running, 0);
    await assert.rejects(fetch(`${control ?? ''}/stats`));

    lines.length = 0;
    const words = new AbortController();
    const shown = simulatorCommand({ port: 0, controlPort: 0, dir, rate: 5 }, { ...io, stop: words.signal });
    await started;
    const waitLine = new Promise<void>((resolve) => (ready = () => lines.length === 10 && resolve()));
    if (lines.length < 10) await waitLine;
    words.abort();
    assert.equal(await shown, 0);
    assert.match(lines.join('\n'), /platform:\n {2}url: https:\/\/127\.0\.0\.1:\d+\/sms\/Api\n {2}spCode: "000000"/);
    // in full, as the folder was given: the configuration may lie anywhere
    assert.ok(lines.includes(`  tls: { ca: ${ca ?? ''} }`), lines.join('\n'));
  });
});
