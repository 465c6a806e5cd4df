import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { TLSSocket } from 'node:tls';
import path from 'node:path';
import { inspect } from 'node:util';
import iconv from 'iconv-lite';
import { ConfigError, PlatformError, type PlatformErrorKind } from '../../src/lib/errors.ts';
import { type HttpPlatformOptions, openHttpPlatform } from '../../src/platform/http.ts';
import { failureOf } from '../../src/platform/failure.ts';
import type { Platform, SendRequest } from '../../src/platform/platform.ts';
import { makeCertificates } from '../../src/lib/certificate.ts';
import { temporaryDir } from '../support/temporary.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const certificates = makeCertificates();
const PASSWORD = 'Geheim&=+1';
const REQUEST: SendRequest = {
  serial: '20261123101500000001',
  text: '您好，余额 5 元',
  phones: ['13000000001', '13000000002'],
  extNo: null,
  templateId: null,
};

describe('the platform over HTTP', () => {
  const endings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  async function listen(server: TcpServer): Promise<number> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => undefined));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endings.push(async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    });
    return (server.address() as AddressInfo).port;
  }

  async function serve(
    handler: Handler,
    tls: ServerOptions | null = certificates,
  ): Promise<{ url: string; server: Server }> {
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      let body = '';
      request.setEncoding('latin1').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => handler(request, response, body));
    };
    const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
    const port = await listen(server);
    return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/sms/Api/`, server };
  }

  function open(url: string, options: Partial<HttpPlatformOptions> = {}): Platform {
    const platform = openHttpPlatform({
      url,
      spCode: '000000',
      loginName: 'demo',
      password: PASSWORD,
      timeoutMs: 5000,
      connectTimeoutMs: 3000,
      concurrency: 4,
      tls: { ca: Buffer.from(certificates.ca), minVersion: 'TLSv1.2' },
      proxy: null,
      allowInsecure: false,
      charset: 'gbk',
      percentDecodeReplies: false,
      ...options,
    });
    endings.push(() => platform.close());
    return platform;
  }

  /** The error of a call, after a look that it gives nothing away. */
  async function failure(call: Promise<unknown>, kind: PlatformErrorKind): Promise<PlatformError> {
    const error = await call.then(
      () => assert.fail('the call went through'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof PlatformError, inspect(error));
    assert.equal(error.kind, kind, inspect(error));
    assert.ok(error.text.zh.length > 10 && error.text.en.length > 10);
    const all = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), '13000000001', '%C4%FA', 'proxy-secret']) {
      assert.ok(!all.includes(secret), `${secret} in ${all}`);
    }
    return error;
  }

  const say = (text: string): Handler => {
    return (_request, response) => response.end(iconv.encode(text, 'cp936'));
  };

  describe('calls', () => {
    it('send every verb to its address, with the account in the body only', async () => {
      const seen: [string, string][] = [];
      const { url } = await serve((request, response, body) => {
        assert.equal(request.method, 'POST');
        assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
        seen.push([request.url ?? '', body]);
        response.end(iconv.encode('result=0&description=发送短信成功&taskid=229100000001&number=7&out=', 'cp936'));
      });
      const platform = open(url);
      assert.deepEqual(await platform.send(REQUEST), {
        code: '0',
        description: '发送短信成功',
        taskId: '229100000001',
        failed: [],
      });
      assert.equal((await platform.report()).code, '0');
      assert.equal((await platform.reply()).code, '0');
      assert.equal((await platform.confirm('2037000002')).code, '0');
      assert.equal((await platform.balance()).number, 7);
      const account = 'SpCode=000000&LoginName=demo&Password=Geheim%26%3D%2B1';
      assert.deepEqual(seen, [
        [
          '/sms/Api/Send.do',
          `${account}&MessageContent=%C4%FA%BA%C3%A3%AC%D3%E0%B6%EE+5+%D4%AA&UserNumber=13000000001%2C13000000002` +
            '&SerialNumber=20261123101500000001&ScheduleTime=&ExtendAccessNum=&f=1',
        ],
        ['/sms/Api/report.do', account],
        ['/sms/Api/reply.do', account],
        ['/sms/Api/replyConfirm.do', `${account}&id=2037000002`],
        ['/sms/Api/SearchNumber.do', account],
      ]);
    });

    it('hand fetched answers over byte by byte, and read them', async () => {
      const { url } = await serve((request, response) => {
        const report = 'result=0&out=20261123101500000001,13000000001,0;';
        const reply = 'result=0&id=1&replys=[{"mdn":"13000000001","content":"查询","id":"1"}]';
        response.end(iconv.encode(request.url?.endsWith('report.do') ? report : reply, 'cp936'));
      });
      const platform = open(url);
      const report = await platform.report();
      assert.deepEqual(platform.readReport(report.raw).receipts, [
        { serial: '20261123101500000001', phone: '13000000001', code: '0' },
      ]);
      const reply = await platform.reply();
      assert.equal(platform.readReply(reply.raw).messages[0]?.content, '查询');
    });

    it('can send in UTF-8, to the address for it', async () => {
      const { url } = await serve((request, response, body) => {
        assert.match(body, /MessageContent=%E6%82%A8%F0%9F%98%80&/);
        response.end(request.url === '/sms/Api/SendUTF8.do' ? 'result=0&description=成功' : 'result=1');
      });
      const answer = await open(url, { charset: 'utf8' }).send({ ...REQUEST, text: '您😀' });
      assert.deepEqual([answer.code, answer.description], ['0', '成功']);
    });

    it('use connections again, and leave spare ones beside busy sends', async () => {
      const waiting: ServerResponse[] = [];
      let connections = 0;
      const { url, server } = await serve((request, response) => {
        if (request.url?.endsWith('Send.do')) waiting.push(response);
        else response.end('result=0&number=1');
      });
      server.on('secureConnection', () => connections++);
      const platform = open(url, { concurrency: 2 });
      for (let i = 0; i < 5; i++) await platform.balance();
      assert.ok(connections <= 2, `${connections} connections for calls one after another`);
      const sends = Promise.all([platform.send(REQUEST), platform.send(REQUEST)]);
      while (waiting.length < 2) await platform.balance();
      for (const response of waiting) response.end('result=0');
      assert.deepEqual(
        (await sends).map(({ code }) => code),
        ['0', '0'],
      );
    });
  });

  describe('an answer that is none', () => {
    const answers: Record<string, Handler> = {
      'status 500': (_request, response) => response.writeHead(500).end('result=0'),
      'status 404': (_request, response) => response.writeHead(404).end(),
      'a redirect': (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'a web page': say('<html><a href="?a&result=0&b">登录</a></html>'),
      nothing: say(''),
      'no result': say('description=发送短信成功'),
      'half of one': (_request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('result=0&description=');
        setImmediate(() => response.destroy());
      },
      'a cut line': (request) => request.socket.destroy(),
      'no HTTP': (request) => request.socket.end('result=0'),
    };
    for (const [name, handler] of Object.entries(answers)) {
      it(`leaves the outcome in doubt: ${name}`, async () => {
        const { url } = await serve(handler);
        const platform = open(url);
        await failure(platform.send(REQUEST), 'doubtful');
        await failure(platform.report(), 'doubtful');
      });
    }

    it('is not read without end', async () => {
      const { url } = await serve((_request, response) => {
        const more = (): void => void response.write('x'.repeat(16_000), (error) => error ?? more());
        more();
      });
      assert.equal((await failure(open(url).send(REQUEST), 'doubtful')).facts['why'], 'size');
    });

    it('is waited for no longer than the time limit, and the request is not repeated', async () => {
      let requests = 0;
      const { url } = await serve((_request, response) => {
        requests++;
        response.writeHead(200).write('result=0');
      });
      const error = await failure(open(url, { timeoutMs: 100 }).send(REQUEST), 'doubtful');
      assert.equal(error.facts['why'], 'timeout');
      assert.equal(requests, 1);
    });

    it('keeps the receipts that arrived before the line broke', async () => {
      const { url } = await serve((_request, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('result=0&out=20261123101500000001,13000000001,0;20261123101500000001,130000');
        setImmediate(() => response.destroy());
      });
      const platform = open(url);
      const { raw, code, cut } = await platform.report();
      const { receipts, unreadable } = platform.readReport(raw);
      assert.deepEqual([code, cut], ['0', true]);
      assert.deepEqual(receipts, [{ serial: '20261123101500000001', phone: '13000000001', code: '0' }]);
      assert.equal(unreadable.length, 1);
    });

    it('to report.do is handed over when it is none: nobody will hand out again what it may hold', async () => {
      const page = 'out=20261123101500000001,13000000001,0;';
      const whole = open((await serve(say(page))).url);
      assert.equal((await failure(whole.report(), 'doubtful')).raw?.toString(), page);
      assert.equal((await failure(whole.balance(), 'doubtful')).raw, null);
      const { url } = await serve((_request, response) => {
        response.writeHead(200, { 'content-length': 1000 }).write(page);
        setImmediate(() => response.destroy());
      });
      assert.equal((await failure(open(url).report(), 'doubtful')).raw?.toString(), page);
    });
  });

  describe('a request that surely was not sent', () => {
    it('is told apart: refused port, unknown host, line cut during the handshake', async () => {
      const closed = createTcpServer();
      const port = await listen(closed);
      closed.close();
      await once(closed, 'close');
      const refused = await failure(open(`https://127.0.0.1:${port}/sms/Api`).send(REQUEST), 'unreached');
      assert.equal(refused.facts['why'], 'ECONNREFUSED');

      const unknown = await failure(open('https://platform.invalid/sms/Api').send(REQUEST), 'unreached');
      assert.match(unknown.text.en, /host name/);

      const cut = await listen(createTcpServer((socket) => socket.once('data', () => socket.destroy())));
      await failure(open(`https://127.0.0.1:${cut}/sms/Api`).send(REQUEST), 'unreached');
    });

    it('is one whose handshake never ends', async () => {
      const port = await listen(createTcpServer(() => undefined));
      const error = await failure(
        open(`https://127.0.0.1:${port}/sms/Api`, { connectTimeoutMs: 100 }).send(REQUEST),
        'unreached',
      );
      assert.equal(error.facts['why'], 'UND_ERR_CONNECT_TIMEOUT');
    });

    it('is given up with the call, when that may take less time than connecting', async () => {
      const port = await listen(createTcpServer(() => undefined));
      const from = performance.now();
      const url = `https://127.0.0.1:${port}/sms/Api`;
      await failure(open(url, { connectTimeoutMs: 60_000, timeoutMs: 200 }).send(REQUEST), 'unreached');
      assert.ok(performance.now() - from < 30_000);
    });

    it('is one that found no free connection in time; it does not go out later', async () => {
      const serials: string[] = [];
      const waiting: ServerResponse[] = [];
      const { url } = await serve((_request, response, body) => {
        serials.push(/SerialNumber=(\d+)/.exec(body)?.[1] ?? 'balance');
        if (body.includes('SerialNumber')) waiting.push(response);
        else response.end('result=0');
      });
      const platform = open(url, { concurrency: 1, timeoutMs: 1000 });
      const first = [1, 2, 3, 4, 5].map((n) => platform.send({ ...REQUEST, serial: `2026112310150000000${n}` }));
      const ended = Promise.allSettled(first);
      const late = await failure(platform.send({ ...REQUEST, serial: '20261123101500000009' }), 'unreached');
      assert.equal(late.facts['why'], 'timeout');
      assert.ok((await ended).every(({ status }) => status === 'rejected'));
      await platform.balance();
      assert.ok(!serials.includes('20261123101500000009'), serials.join());
      assert.equal(waiting.length, 5);
    });

    it('is one after close', async () => {
      const { url } = await serve(say('result=0'));
      const platform = open(url);
      await platform.close();
      await failure(platform.send(REQUEST), 'unreached');
    });
  });

  describe('TLS', () => {
    const fails = async (url: string, why: RegExp, options: Partial<HttpPlatformOptions> = {}): Promise<void> => {
      const error = await failure(open(url, options).send(REQUEST), 'tls');
      assert.match(error.text.en, why);
    };
    const trusting = (ca: string): Partial<HttpPlatformOptions> => {
      return { tls: { ca: Buffer.from(ca), minVersion: 'TLSv1.2' } };
    };

    it('trusts nobody unknown, also when the environment says otherwise', async () => {
      const { url } = await serve(say('result=0'));
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        await fails(url, /issuer/, { tls: { minVersion: 'TLSv1.2' } });
      } finally {
        delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      }
    });

    it('names what is wrong with a certificate', async () => {
      const expired = makeCertificates({ now: new Date(Date.now() - 9 * 86_400_000), days: 1 });
      await fails((await serve(say('result=0'), expired)).url, /expired/, trusting(expired.ca));
      const future = makeCertificates({ now: new Date(Date.now() + 9 * 86_400_000) });
      await fails((await serve(say('result=0'), future)).url, /clock/, trusting(future.ca));
      const other = makeCertificates({ names: ['platform.invalid'] });
      await fails((await serve(say('result=0'), other)).url, /another name/, trusting(other.ca));
    });

    it('names a TLS version that is too old, and a port without TLS', async () => {
      const old = await serve(say('result=0'), { ...certificates, maxVersion: 'TLSv1.2' });
      await fails(old.url, /TLS version/, { tls: { ca: Buffer.from(certificates.ca), minVersion: 'TLSv1.3' } });
      const plain = await serve(say('result=0'), null);
      await fails(plain.url.replace('http:', 'https:'), /does not speak TLS/);
    });

    it('shows the client certificate where one is asked for', async () => {
      const ours = makeCertificates();
      let shown: string | undefined;
      const { url } = await serve(
        (request, response) => {
          if (request.socket instanceof TLSSocket) shown = request.socket.getPeerX509Certificate()?.toString();
          response.end('result=0');
        },
        { ...certificates, requestCert: true, rejectUnauthorized: false },
      );
      const [ca, cert, key] = [certificates.ca, ours.cert, ours.key].map((text) => Buffer.from(text));
      await open(url, { tls: { ca, cert, key, minVersion: 'TLSv1.2' } as HttpPlatformOptions['tls'] }).send(REQUEST);
      assert.equal(shown, ours.cert);
    });

    it('says so when a client certificate is missing', async () => {
      const wants = { ...certificates, requestCert: true, rejectUnauthorized: true };
      const { url } = await serve(say('result=0'), { ...wants, maxVersion: 'TLSv1.2' });
      await fails(url, /client certificate/);
    });

    it('takes the alert about our certificate for a handshake that failed, even after the request (TLS 1.3)', () => {
      const alert = Object.assign(new Error('alert'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
      const facts = { call: 'send', host: '127.0.0.1' } as const;
      assert.equal(failureOf(alert, true, facts).kind, 'tls');
      assert.equal(failureOf(Object.assign(new Error(), { code: 'ECONNRESET' }), true, facts).kind, 'doubtful');
    });

    it('reads files as well as bytes, and names the setting whose file is no good', async () => {
      const dir = temporaryDir();
      const ca = path.join(dir, 'ca.pem');
      writeFileSync(ca, certificates.ca);
      const { url } = await serve(say('result=0'));
      assert.equal((await open(url, { tls: { ca, minVersion: 'TLSv1.2' } }).send(REQUEST)).code, '0');
      writeFileSync(ca, Buffer.from([0x30, 0x82]));
      for (const file of [ca, path.join(dir, 'none.pem')]) {
        assert.throws(
          () => open(url, { tls: { ca: file, minVersion: 'TLSv1.2' } }),
          (error) => error instanceof ConfigError && /platform\.tls\.ca/.test(error.text.zh),
        );
      }
      const bad = { cert: Buffer.from(certificates.cert), key: Buffer.from(makeCertificates().key) };
      assert.throws(() => open(url, { tls: { ...bad, minVersion: 'TLSv1.2' } }), ConfigError);
    });
  });

  describe('a proxy', () => {
    const LOGIN = `Basic ${Buffer.from('user:proxy-secret@').toString('base64')}`;

    async function proxy(status = 200): Promise<{ port: number; asked: string[] }> {
      const asked: string[] = [];
      const server = createHttpServer((_request, response) => response.writeHead(400).end());
      server.on('connect', (request: IncomingMessage, client: Socket) => {
        asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
        client.on('error', () => undefined);
        if (status !== 200) {
          client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
          return;
        }
        const [host, port] = (request.url ?? '').split(':');
        const upstream = connect(Number(port), host, () => {
          client.write('HTTP/1.1 200 Connection established\r\n\r\n');
          client.pipe(upstream).pipe(client);
        });
        upstream.on('error', () => client.destroy());
      });
      return { port: await listen(server), asked };
    }

    it('carries the call, logged in, without seeing it', async () => {
      const { url } = await serve(say('result=0'));
      const { port, asked } = await proxy();
      const platform = open(url, { proxy: `http://user:proxy-secret%40@127.0.0.1:${port}` });
      assert.equal((await platform.send(REQUEST)).code, '0');
      assert.equal((await platform.balance()).code, '0');
      assert.deepEqual(new Set(asked), new Set([`${new URL(url).host} ${LOGIN}`]));
    });

    it('carries http: too, where that is allowed', async () => {
      const { url } = await serve(say('result=0'), null);
      const { port, asked } = await proxy();
      const platform = open(url, { proxy: `http://127.0.0.1:${port}`, allowInsecure: true });
      assert.equal((await platform.send(REQUEST)).code, '0');
      assert.deepEqual(asked, [`${new URL(url).host} undefined`]);
    });

    it('does not loosen the check of the platform behind it', async () => {
      const { url } = await serve(say('result=0'), makeCertificates());
      const { port } = await proxy();
      await failure(open(url, { proxy: `http://127.0.0.1:${port}` }).send(REQUEST), 'tls');
    });

    it('that refuses, or is not there, is named as the culprit', async () => {
      const { url } = await serve(say('result=0'));
      for (const status of [407, 403]) {
        const { port } = await proxy(status);
        const platform = open(url, { proxy: `http://user:proxy-secret@127.0.0.1:${port}` });
        assert.match((await failure(platform.send(REQUEST), 'proxy')).text.en, new RegExp(`${status}`));
      }
      const gone = createTcpServer((socket) => socket.destroy());
      const port = await listen(gone);
      await failure(open(url, { proxy: `http://127.0.0.1:${port}` }).send(REQUEST), 'proxy');
      gone.close();
      await once(gone, 'close');
      const refused = await failure(open(url, { proxy: `http://127.0.0.1:${port}` }).send(REQUEST), 'proxy');
      assert.equal(refused.facts['why'], 'ECONNREFUSED');
    });
  });

  describe('settings', () => {
    const refused = (url: string, options: Partial<HttpPlatformOptions>, why: RegExp): void => {
      assert.throws(
        () => open(url, options),
        (error) => error instanceof ConfigError && why.test(error.text.zh) && !error.text.zh.includes(PASSWORD),
      );
    };

    it('refuse http: unless it is allowed', async () => {
      const { url } = await serve(say('result=0'), null);
      refused(url, {}, /allowInsecure/);
      assert.equal((await open(url, { allowInsecure: true }).send(REQUEST)).code, '0');
    });

    it('refuse addresses that are none, or hold an account', () => {
      refused('api.ums86.com:9600', {}, /platform\.url/);
      refused('', {}, /platform\.url/);
      refused(`https://demo:${PASSWORD}@127.0.0.1/sms/Api`, {}, /platform\.url/);
      refused('https://127.0.0.1/sms/Api?SpCode=1', {}, /platform\.url/);
      refused('https://127.0.0.1/sms/Api', { proxy: `socks5://u:${PASSWORD}@127.0.0.1` }, /platform\.proxy/);
    });
  });
});
