import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { openHttp } from '../../src/http/open.ts';
import { serve } from '../../src/http/server.ts';
import { DbError } from '../../src/lib/errors.ts';
import { makeCertificates } from '../../src/lib/certificate.ts';
import { httpBench, TOKEN, type HttpBench } from '../support/http.ts';
import type { Text } from '../../src/lib/text.ts';
import { recordedLog } from '../support/log.ts';
import { heartbeat } from '../support/rows.ts';
import { temporaryDir } from '../support/temporary.ts';

describe('http server', () => {
  let bench: HttpBench;
  afterEach(() => bench.close());

  /** What a raw connection gets until it is closed. */
  async function raw(bytes: string): Promise<string> {
    const { port } = new URL(bench.url);
    const socket = connect(Number(port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.write(bytes);
    await once(socket, 'close');
    return Buffer.concat(chunks).toString();
  }

  it('tells nobody anything but that it lives, unless he has the token', async () => {
    bench = await httpBench();
    for (const path of ['/', '/healthz']) assert.equal((await bench.ask(path, { token: null })).status, 200, path);
    const paths = ['/api/board', '/api/rows/1', '/metrics', '/readyz', '/nothing', '/api/pause', '/..%2fetc/passwd'];
    for (const path of paths) {
      for (const token of [null, '', TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase()]) {
        const answer = await bench.ask(path, { token });
        assert.equal(answer.status, 401, `${path} ${token}`);
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
        assert.deepEqual(Object.keys((await answer.json()) as object), ['error']);
      }
      assert.notEqual((await bench.ask(path)).status, 401, path);
    }
    assert.equal((await bench.ask(`/api/board?token=${TOKEN}`, { token: null })).status, 401, 'not by the address');
    const denied = bench.log.filter(({ event }) => event === 'http.denied');
    assert.equal(denied.length, 1, 'not a line for each try');
    assert.match(denied[0]?.text ?? '', /127\.0\.0\.1/);
    assert.doesNotMatch(JSON.stringify(bench.log), /made-up-token/);
  });

  it('opens metrics and readiness where that is configured, and nothing else', async () => {
    bench = await httpBench({ config: { 'http.openMetrics': true } });
    for (const path of ['/metrics', '/readyz']) assert.equal((await bench.ask(path, { token: null })).status, 200);
    assert.equal((await bench.ask('/api/board', { token: null })).status, 401);
  });

  it('answers methods and paths that there are, and says so of others', async () => {
    bench = await httpBench();
    const [wrongMethod, onlyPost] = [await bench.ask('/metrics', { method: 'POST' }), await bench.ask('/api/resume')];
    assert.deepEqual([wrongMethod.status, wrongMethod.headers.get('allow')], [405, 'GET']);
    assert.deepEqual([onlyPost.status, onlyPost.headers.get('allow')], [405, 'POST']);
    for (const path of ['/api', '/api/rows/x', '/api/rows/12345678901234567890', '//', '/metrics/', '/%00']) {
      assert.equal((await bench.ask(path)).status, 404, path);
    }
    const head = await bench.ask('/healthz', { method: 'HEAD', token: null });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    assert.deepEqual(bench.deeds, []);
  });

  it('serves a page of its own alone: no other origin, no frame, no script but its own', async () => {
    bench = await httpBench();
    const answer = await bench.ask('/', { token: null });
    const html = await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const tag of ['script', 'style']) {
      const [, text = ''] = new RegExp(`<${tag}>([^]*)</${tag}>`).exec(html) ?? [];
      const hash = createHash('sha256').update(text).digest('base64');
      assert.ok(text.length > 1000 && policy.includes(`${tag}-src 'sha256-${hash}'`), tag);
    }
    assert.match(policy, /^default-src 'none';.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.doesNotMatch(html.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\/|src=|@import|url\(/);
    assert.doesNotMatch(html, / style="| on\w+="/);
    const { headers } = await bench.ask('/api/board');
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'/);
    assert.deepEqual(
      ['x-content-type-options', 'cache-control', 'referrer-policy'].map((name) => headers.get(name)),
      ['nosniff', 'no-store', 'no-referrer'],
    );
  });

  it('bounds what a client may send, and for how long', async () => {
    bench = await httpBench();
    const authorization = `Authorization: Bearer ${TOKEN}\r\nHost: x\r\n`;
    const began = performance.now();
    const [slow, largeHeader, largeBody, endless, notHttp] = await Promise.all([
      raw('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      raw(`GET / HTTP/1.1\r\nX-Large: ${'x'.repeat(9000)}\r\n\r\n`),
      raw(`POST /api/pause HTTP/1.1\r\n${authorization}Content-Length: 9000\r\n\r\n${'x'.repeat(9000)}`),
      raw(`POST /api/pause HTTP/1.1\r\n${authorization}Content-Length: 90\r\n\r\n{`),
      raw('\u0016\u0003\u0001\r\n\r\n'),
    ]);
    assert.match(slow, /^HTTP\/1\.1 408/);
    assert.match(largeHeader, /^HTTP\/1\.1 431/);
    assert.match(largeBody, /^HTTP\/1\.1 400/);
    assert.match(endless, /^HTTP\/1\.1 (408|400)|^$/);
    assert.match(notHttp, /^HTTP\/1\.1 400/);
    assert.ok(performance.now() - began < 20_000);
    for (const body of ['[]', '"x"', '{"reason":', 'null']) {
      assert.equal((await bench.ask('/api/pause', { method: 'POST', body })).status, 400, body);
    }
    assert.deepEqual(bench.deeds, []);
    assert.equal((await bench.ask('/healthz')).status, 200, 'and goes on');
  });

  it('knows persons by their tokens: who may look, who may act, and who it was', async () => {
    const tokens = {
      zhang: { token: 'zhang-token-0123456789', role: 'operate' },
      li: { token: 'li-token-0123456789abc' },
    };
    bench = await httpBench({ config: { 'http.tokens': tokens } });
    await bench.db.rawQuery(
      "INSERT INTO sms_outbox (phone, content, status, result_code) VALUES ('13000000001', 'x', 'HELD', 'STORM')",
    );
    const [one, zhang, li] = [TOKEN, tokens.zhang.token, tokens.li.token];
    const you = async (token: string): Promise<unknown> =>
      ((await (await bench.ask('/api/board', { token })).json()) as { you: unknown }).you;
    assert.deepEqual(await Promise.all([one, zhang, li].map(you)), [
      { name: 'admin', role: 'operate' },
      { name: 'zhang', role: 'operate' },
      { name: 'li', role: 'read' },
    ]);
    for (const path of ['/api/board', '/api/rows/1', '/metrics', '/readyz']) {
      assert.equal((await bench.ask(path, { token: li })).status, 200, path);
    }
    const deeds: [path: string, body: object][] = [
      ['/api/pause', { reason: 'x' }],
      ['/api/resume', {}],
      ['/api/held/count', { code: 'STORM' }],
      ['/api/held/release', { code: 'STORM' }],
      ['/api/held/discard', { code: 'STORM' }],
      ['/api/rows/1/discard', {}],
      ['/api/rows/1/release', {}],
    ];
    const posted = async (token: string): Promise<number[]> => {
      const statuses: number[] = [];
      for (const [path, body] of deeds) {
        statuses.push((await bench.ask(path, { method: 'POST', token, body: JSON.stringify(body) })).status);
      }
      return statuses;
    };
    assert.deepEqual(new Set(await posted(li)), new Set([403]));
    assert.deepEqual([bench.deeds, bench.audited], [[], []], 'nothing was done');
    assert.equal((await bench.db.rawQuery('SELECT status FROM sms_outbox'))[0]?.['status'], 'HELD');
    const forbidden = bench.log.filter(({ event }) => event === 'http.forbidden');
    assert.deepEqual([forbidden.length, forbidden[0]?.who], [1, 'li 127.0.0.1']);
    assert.deepEqual(await posted(zhang), [200, 200, 200, 200, 200, 409, 409]);
    assert.deepEqual(
      bench.audited.map(({ who, action }) => `${who} ${action}`),
      ['pause', 'resume', 'release'].map((action) => `page:zhang 127.0.0.1 ${action}`),
    );
    for (const token of ['zhang', `zhang ${li}`, `${zhang}x`, '']) {
      assert.equal((await bench.ask('/api/board', { token })).status, 401, token);
    }
    assert.doesNotMatch(JSON.stringify(bench.log), /token-0123456789/);
  });

  it('wants no token of all where each has one', async () => {
    const tokens = { zhang: { token: 'zhang-token-0123456789' } };
    bench = await httpBench({ config: { 'http.token': null, 'http.tokens': tokens } });
    assert.equal((await bench.ask('/api/board', { token: tokens.zhang.token })).status, 200);
    for (const token of [TOKEN, '', null, 'null']) {
      assert.equal((await bench.ask('/api/board', { token })).status, 401, String(token));
    }
  });

  it('does what an admin wants, and writes down who it was', async () => {
    bench = await httpBench({ config: { 'http.tokenLabel': 'duty' } });
    const post = (path: string, value: object = {}): Promise<Response> =>
      bench.ask(path, { method: 'POST', body: JSON.stringify(value) });
    assert.equal((await post('/api/pause')).status, 400, 'not without a reason');
    assert.equal((await post('/api/pause', { reason: ' 13000000001 演练 ' })).status, 200);
    assert.equal((await post('/api/resume')).status, 200);
    assert.deepEqual(bench.deeds, ['pause 13000000001 演练', 'resume']);
    await bench.db.rawQuery(
      "INSERT INTO sms_outbox (phone, content, status, result_code) VALUES ('13000000001', 'x', 'HELD', 'STORM')",
    );
    assert.equal((await post('/api/rows/1/release')).status, 200);
    assert.equal((await post('/api/rows/1/release')).status, 409, 'it is NEW by now');
    assert.equal((await post('/api/rows/2/release')).status, 409);
    const [row] = await bench.db.rawQuery('SELECT status FROM sms_outbox');
    assert.equal(row?.['status'], 'NEW');
    const audit = bench.log.filter(({ event }) => event.startsWith('admin.'));
    assert.deepEqual(
      audit.map(({ event, who }) => [event, who]),
      ['admin.pause', 'admin.resume', 'admin.release'].map((event) => [event, 'duty 127.0.0.1']),
    );
    assert.match(audit[0]?.text ?? '', /130\*{4}0001 演练/);
    assert.deepEqual(
      bench.audited.map(({ who, action }) => [who, action]),
      ['pause', 'resume', 'release'].map((action) => ['page:duty 127.0.0.1', action]),
    );
  });

  it('decides about all rows that are held for one cause: counted first, some at a time, no more than asked for', async () => {
    bench = await httpBench({ config: { 'http.tokenLabel': 'duty' } });
    const post = async (path: string, value: object): Promise<[number, unknown]> => {
      const answer = await bench.ask(path, { method: 'POST', body: JSON.stringify(value) });
      return [answer.status, await answer.json()];
    };
    await bench.db.rawQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
      INSERT INTO sms_outbox (phone, content, status, result_code, serial_no)
      SELECT '13000000001', 'x', 'HELD', CASE WHEN i <= 1150 THEN 'STORM' ELSE 'OUTCOME_UNKNOWN' END,
        CASE WHEN i <= 1150 THEN NULL ELSE '20261123000000000001' END FROM n`);
    await bench.db.rawQuery(
      "INSERT INTO sms_outbox (phone, content, status, result_code) VALUES ('13000000001', 'x', 'FAILED', 'STORM')",
    );
    const groups = async (): Promise<unknown> =>
      (
        await bench.db.rawQuery(
          'SELECT status, result_code AS code, COUNT(*) AS n FROM sms_outbox GROUP BY 1, 2 ORDER BY 1, 2',
        )
      ).map(({ status, code, n }) => `${String(status)} ${String(code)} ${String(n)}`);
    const shown = async (): Promise<unknown> =>
      (
        (await (await bench.ask('/api/board')).json()) as { problems: { status: string; code: string; rows: number }[] }
      ).problems
        .filter(({ status }) => status === 'HELD')
        .map(({ code, rows }) => `${code} ${rows}`);
    assert.deepEqual(await shown(), ['STORM 1150', 'OUTCOME_UNKNOWN 50']);
    assert.deepEqual(await post('/api/held/count', { code: 'STORM' }), [
      200,
      { rows: 1150, mayDouble: 0, more: false },
    ]);
    assert.deepEqual(await post('/api/held/count', { code: 'OUTCOME_UNKNOWN' }), [
      200,
      { rows: 50, mayDouble: 50, more: false },
    ]);
    assert.deepEqual(await post('/api/held/count', { code: "' OR 1=1" }), [
      200,
      { rows: 0, mayDouble: 0, more: false },
    ]);
    assert.deepEqual(await post('/api/held/discard', { code: 'STORM', most: 5000 }), [
      200,
      { changed: 1000, mayDouble: 0, refused: 0, next: '1000' },
    ]);
    assert.deepEqual(await post('/api/held/discard', { code: 'STORM', most: 100, after: '1000' }), [
      200,
      { changed: 100, mayDouble: 0, refused: 0, next: '1100' },
    ]);
    assert.deepEqual(await groups(), [
      'CANCELLED STORM 1100',
      'FAILED STORM 1',
      'HELD OUTCOME_UNKNOWN 50',
      'HELD STORM 50',
    ]);
    assert.deepEqual(await shown(), ['STORM 50', 'OUTCOME_UNKNOWN 50'], 'what was done is seen at once');
    assert.deepEqual(await post('/api/held/release', { code: 'OUTCOME_UNKNOWN', most: 9 }), [
      200,
      { changed: 9, mayDouble: 9, refused: 0, next: '1159' },
    ]);
    assert.deepEqual(await post('/api/held/release', { code: 'NONE' }), [
      200,
      { changed: 0, mayDouble: 0, refused: 0, next: null },
    ]);
    assert.deepEqual((await post('/api/rows/1200/discard', {}))[0], 200);
    assert.deepEqual((await post('/api/rows/1200/release', {}))[0], 409);
    for (const body of [
      {},
      { code: null },
      { code: 'x'.repeat(41) },
      { code: 7 },
      { code: 'STORM', most: 0 },
      { code: 'STORM', after: 'x' },
      { code: 'STORM', most: '9' },
    ]) {
      assert.equal((await post('/api/held/release', body))[0], 400, JSON.stringify(body));
    }
    assert.equal((await bench.ask('/api/held/purge', { method: 'POST', body: '{"code":"STORM"}' })).status, 404);
    assert.equal(
      (await bench.ask('/api/held/release', { method: 'POST', token: null, body: '{"code":"STORM"}' })).status,
      401,
    );
    assert.deepEqual(
      bench.audited.map(({ who, action, facts }) => [who, action, facts['code'] ?? facts['row'], facts['changed']]),
      [
        ['page:duty 127.0.0.1', 'discard', 'STORM', 1000],
        ['page:duty 127.0.0.1', 'discard', 'STORM', 100],
        ['page:duty 127.0.0.1', 'release', 'OUTCOME_UNKNOWN', 9],
        ['page:duty 127.0.0.1', 'discard', '1200', undefined],
      ],
    );
  });

  it('decides about those of which nobody has said why as about any cause', async () => {
    bench = await httpBench();
    await bench.db.rawQuery(
      `INSERT INTO sms_outbox (phone, content, status, result_code) VALUES ('13000000001', 'x', 'HELD', NULL),
        ('13000000001', 'x', 'HELD', ''), ('13000000001', 'x', 'HELD', 'STORM'), ('13000000001', 'x', 'NEW', NULL)`,
    );
    const post = async (path: string): Promise<Record<string, unknown>> =>
      (await (await bench.ask(path, { method: 'POST', body: JSON.stringify({ code: '' }) })).json()) as Record<
        string,
        unknown
      >;
    const { problems } = (await (await bench.ask('/api/board')).json()) as { problems: Record<string, unknown>[] };
    assert.deepEqual(
      problems.map(({ status, code, rows }) => [status, code, rows]),
      [
        ['HELD', '', 2],
        ['HELD', 'STORM', 1],
      ],
    );
    assert.deepEqual(await post('/api/held/count'), { rows: 2, mayDouble: 0, more: false });
    assert.equal((await post('/api/held/discard'))['changed'], 2);
    const left = await bench.db.rawQuery("SELECT id, status FROM sms_outbox WHERE status <> 'CANCELLED' ORDER BY id");
    assert.deepEqual(
      left.map(({ id, status }) => `${String(id)} ${String(status)}`),
      ['3 HELD', '4 NEW'],
    );
    assert.deepEqual(
      bench.audited.map(({ action, facts }) => [action, facts]),
      [['discard', { code: '-', statuses: 'HELD', changed: 2 }]],
    );
    assert.match(bench.log.find(({ event }) => event === 'admin.discard')?.text ?? '', / -: 2 rows discarded$/);
  });

  it('says what is wrong, with any daemon and any row, in the language of its reader', async () => {
    bench = await httpBench();
    const trouble = { zh: '领取失败', en: 'rows could not be claimed' };
    for (const [identity, said] of [
      ['new', { lastError: trouble.zh, trouble }],
      ['old', { lastError: '领取失败', trouble: null }],
    ] as const) {
      await bench.parts.store.enrol(heartbeat({ identity, ...said }));
      await bench.parts.store.beat(heartbeat({ identity, ...said }));
    }
    const { daemons } = (await (await bench.ask('/api/board')).json()) as { daemons: { trouble: Text }[] };
    assert.deepEqual(
      daemons.map((each) => each.trouble),
      [trouble, { zh: '领取失败', en: '领取失败' }],
    );
    await bench.db.rawQuery(
      `INSERT INTO sms_outbox (phone, content, status, result_code, result_text) VALUES
        ('13000000001', 'x', 'REJECTED', 'UNENCODABLE', '含有 GBK 无法编码的字符：😀'), ('13000000001', 'x', 'NEW', NULL, NULL)`,
    );
    type Story = { reason: { text: Text }; resultText: string | null };
    const [held, waiting] = await Promise.all(
      ['1', '2'].map(async (id) => (await (await bench.ask(`/api/rows/${id}`)).json()) as Story),
    );
    assert.match(held?.reason.text.en ?? '', /^refused by a local check.*UNENCODABLE \([a-zA-Z]/);
    assert.equal(held?.resultText, '含有 GBK 无法编码的字符：😀', 'and as it was written, beside it');
    assert.match(waiting?.reason.text.en ?? '', /in trouble: rows could not be claimed$/);
    assert.match(waiting?.reason.text.zh ?? '', /遇到问题：领取失败$/);
  });

  it('shows neither text nor number of a citizen, whatever is asked', async () => {
    bench = await httpBench();
    await bench.db.rawQuery(
      `INSERT INTO sms_outbox (phone, content, status, result_code, result_text) VALUES
        ('13000000001', '机密内容一', 'FAILED', '6', '号码 13000000001 无效'), ('13000000001', '机密内容二', 'NEW', NULL, NULL)`,
    );
    for (const path of ['/api/board', '/api/rows/1', '/api/rows/2', '/metrics', '/readyz']) {
      assert.doesNotMatch(await (await bench.ask(path)).text(), /13000000001|机密内容/, path);
    }
    const story = (await (await bench.ask('/api/rows/1')).json()) as { phone: string; characters: number };
    assert.deepEqual([story.phone, story.characters], ['130****0001', 5]);
    assert.equal((await bench.ask('/api/rows/99')).status, 404);
  });

  it('shows the text where that is configured, the number never', async () => {
    bench = await httpBench({ config: { 'http.showContent': true } });
    await bench.db.rawQuery("INSERT INTO sms_outbox (phone, content) VALUES ('13000000001', '开放内容')");
    const text = await (await bench.ask('/api/rows/1')).text();
    assert.match(text, /开放内容/);
    assert.doesNotMatch(text, /13000000001/);
  });

  it('has a picture also of a database that is away', async () => {
    const lost = (): Promise<never> => Promise.reject(new DbError('lost', { zh: '断了', en: 'gone' }));
    bench = await httpBench({
      store: (store) => ({
        ...store,
        ...{ now: lost, version: lost, daemons: lost, waiting: lost, backlog: lost, hours: lost, troubledRows: lost },
      }),
    });
    const board = (await (await bench.ask('/api/board')).json()) as Record<string, unknown>;
    assert.deepEqual(board['database'], { version: null, error: { zh: '断了', en: 'gone' } });
    assert.deepEqual([board['rows'], board['problems'], board['sentToday']], [null, null, 0]);
    const ready = await bench.ask('/readyz');
    assert.deepEqual([ready.status, await ready.text()], [503, '断了\ngone\n']);
    assert.equal((await bench.ask('/healthz')).status, 200, 'a restart would not mend it');
    assert.match(await (await bench.ask('/metrics')).text(), /^yxt_mw_database_up 0$/m);
    const row = await bench.ask('/api/rows/1');
    assert.equal(row.status, 404, 'that verb works');
  });

  it('is ready while the channel is open, and well while its loops turn', async () => {
    bench = await httpBench();
    assert.equal(await (await bench.ask('/readyz')).text(), 'ready\n');
    bench.closed = { code: '13', text: { zh: '没钱', en: 'no money' } };
    const answer = await bench.ask('/readyz');
    assert.deepEqual([answer.status, await answer.text()], [503, '没钱\nno money\n']);
    bench.hung = ['claim'];
    assert.deepEqual(await (await bench.ask('/healthz')).text(), 'loops hang: claim\n');
  });

  it('leaves a taken port to whoever has it, in one line, and sends on', async () => {
    bench = await httpBench();
    const { port } = new URL(bench.url);
    const config = { ...bench.parts.config, http: { ...bench.parts.config.http, port: Number(port) } };
    assert.equal(await openHttp({ ...bench.parts, config }), null);
    const lines = bench.log.filter(({ event }) => event === 'http.failed');
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]?.text ?? '',
      new RegExp(`127\\.0\\.0\\.1:${port}.*port is taken.*http\\.port.*Messages go on`),
    );
  });

  it('speaks TLS where it has a certificate', async () => {
    bench = await httpBench();
    const dir = temporaryDir();
    const { ca, cert, key } = makeCertificates();
    const tls = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
    writeFileSync(tls.cert, cert);
    writeFileSync(tls.key, key);
    const server = await serve({ ...bench.parts.config.http, port: 0, tls }, [], recordedLog().log);
    try {
      assert.match(server.url, /^https:/);
      const request = httpsRequest(server.url, { ca, agent: false }).end();
      const [answer] = (await once(request, 'response')) as [{ statusCode: number; resume(): void }];
      answer.resume();
      assert.equal(answer.statusCode, 401);
    } finally {
      await server.close();
    }
  });
});
