import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import {
  askDaemon,
  type ControlHandler,
  controlPath,
  type ControlServer,
  serveControl,
} from '../../src/daemon/control.ts';
import { DaemonError, DbError } from '../../src/lib/errors.ts';
import { oneName } from '../../src/lib/one-name.ts';
import { temporaryDir } from '../support/temporary.ts';

describe('control socket', () => {
  let dir: string;
  let server: ControlServer | null;
  beforeEach(() => {
    dir = temporaryDir();
    server = null;
  });
  afterEach(async () => {
    await server?.close();
  });
  const serve = async (handler: ControlHandler): Promise<void> => {
    server = await serveControl(controlPath(dir), handler);
  };
  const refused = (kind: string, words: RegExp) => (error: unknown) =>
    error instanceof DaemonError && error.kind === kind && words.test(error.text.en);

  it('carries a request and its answer, for its owner only', async () => {
    await serve((request) => Promise.resolve({ got: request }));
    assert.deepEqual(await askDaemon(dir, { verb: 'pause', reason: '演练' }), {
      got: { verb: 'pause', reason: '演练' },
    });
    if (process.platform !== 'win32') assert.equal(statSync(controlPath(dir)).mode & 0o777, 0o600);
  });

  it('tells "not running" from "says no" and from "gives no answer"', async () => {
    await assert.rejects(askDaemon(dir, { verb: 'status' }), refused('notrunning', /not running/));
    await serve(({ verb }) =>
      verb === 'status' ? Promise.reject(new DbError('lost', { zh: '断', en: 'gone' })) : new Promise(() => undefined),
    );
    await assert.rejects(askDaemon(dir, { verb: 'status' }), refused('failed', /^gone$/));
    await assert.rejects(askDaemon(dir, { verb: 'pause' }, 100), refused('failed', /gives no answer/));
  });

  // a named pipe of Windows has no end of one side: who waits for it waits until the other is gone
  it('answers a line whose writer has not ended, and reads an answer before the end', async () => {
    await serve(() => Promise.resolve('here'));
    const asking = createConnection(controlPath(dir));
    asking.write('{"verb":"status"}\n');
    const answer: unknown = await new Promise((done) => asking.once('data', done));
    assert.equal(String(answer), '{"ok":true,"data":"here"}\n');
    asking.destroy();
    await server?.close();
    server = null;
    const open = createServer((socket) => socket.resume().write('{"ok":true,"data":1}\n'));
    await new Promise<void>((done) => open.listen(controlPath(dir), done));
    assert.equal(await askDaemon(dir, { verb: 'status' }), 1);
    await new Promise((done) => open.close(done));
  });

  it('finds the same pipe by a path in other letters (Windows)', () => {
    const [one, other] = [`${dir}/State`, `${dir.toUpperCase()}/state`];
    assert.equal(oneName(one, 'win32'), oneName(other, 'win32'));
    assert.notEqual(oneName(one, 'win32'), oneName(`${one}2`, 'win32'));
    assert.notEqual(oneName(one, 'linux'), oneName(other, 'linux'));
  });

  it('takes a line that breaks off for no answer', async () => {
    const broken = createServer((socket) => socket.resume().end('{"ok":tr'));
    await new Promise<void>((done) => broken.listen(controlPath(dir), done));
    try {
      await assert.rejects(askDaemon(dir, { verb: 'status' }), refused('failed', /gives no answer/));
    } finally {
      await new Promise((done) => broken.close(done));
    }
  });

  it('has a path that a socket may have, however long the directory', () => {
    assert.ok(Buffer.byteLength(controlPath(`/${'long'.repeat(60)}`)) <= 108);
    assert.notEqual(controlPath(`/${'a'.repeat(200)}`), controlPath(`/${'b'.repeat(200)}`));
  });
});
