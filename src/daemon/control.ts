import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DaemonError, textOf } from '../lib/errors.ts';
import { oneName } from '../lib/one-name.ts';
import type { Text } from '../lib/text.ts';

/** What the running daemon can be asked; answered in one line of JSON. */
export type ControlVerb = LifeVerb | 'stop' | 'reload';
/** What only a daemon can answer that has started and is not about to stop. */
export type LifeVerb = 'status' | 'pause' | 'resume';

export interface ControlRequest<Verb extends ControlVerb = ControlVerb> {
  readonly verb: Verb;
  /** Why, for `pause`; in the asker's words. */
  readonly reason?: string;
}

/** `waiting`: it has not begun its work, and says what it waits for. */
export type ControlReply =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly text: Text; readonly waiting?: boolean };

export type ControlHandler = (request: ControlRequest) => Promise<unknown>;

export interface ControlServer {
  close(): Promise<void>;
}

const MOST_BYTES = 64 * 1024;
const ANSWER_MS = 15_000;
/** Unix socket paths end at about 104 bytes; a longer state directory gets its socket in the temporary directory. */
const MOST_PATH = 100;

/** The local socket (named pipe on Windows) of the daemon that owns this state directory. */
export function controlPath(stateDir: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\yxt-mw-${hashed(oneName(stateDir))}`;
  const dir = resolve(stateDir);
  const path = join(dir, 'control.sock');
  return Buffer.byteLength(path) <= MOST_PATH ? path : join(tmpdir(), `yxt-mw-${hashed(dir)}.sock`);
}

const hashed = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);

/** Answers on the socket. The caller holds the state lock, so a socket file that is there already is a dead daemon's. */
export async function serveControl(path: string, handler: ControlHandler): Promise<ControlServer> {
  if (process.platform !== 'win32') rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void answer(socket, handler);
  });
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(path, done);
    });
  } finally {
    process.umask(umask);
  }
  return {
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.end();
      }),
  };
}

async function answer(socket: Socket, handler: ControlHandler): Promise<void> {
  let reply: ControlReply;
  try {
    const request = JSON.parse(await readLine(socket)) as ControlRequest;
    socket.resume(); // to see its end
    reply = { ok: true, data: await handler(request) };
  } catch (error) {
    reply = { ok: false, text: textOf(error), waiting: error instanceof DaemonError && error.kind === 'waiting' };
  }
  socket.end(`${JSON.stringify(reply)}\n`);
}

/**
 * Asks the daemon.
 * @throws DaemonError `notrunning` when nobody listens, `failed` when it does not answer in time, or with its words when it says no,
 * `waiting` with its words while it waits for what it needs to begin
 */
export async function askDaemon(stateDir: string, request: ControlRequest, answerMs = ANSWER_MS): Promise<unknown> {
  const socket = createConnection(controlPath(stateDir));
  socket.setTimeout(answerMs, () => socket.destroy(new Error('no answer')));
  try {
    await new Promise<void>((done, fail) => {
      socket.once('connect', done);
      socket.once('error', fail);
    });
  } catch (error) {
    throw new DaemonError(
      'notrunning',
      { zh: `yxt-mw 没有在运行（stateDir ${stateDir}）`, en: `yxt-mw is not running (stateDir ${stateDir})` },
      { cause: error },
    );
  }
  const line = `${JSON.stringify(request)}\n`;
  // a named pipe has no end of one side: ended here, it would be closed 50 ms later, with or without an answer
  if (process.platform === 'win32') socket.write(line);
  else socket.end(line);
  const reply = await replyOf(socket);
  socket.destroy();
  if (!reply.ok) throw new DaemonError(reply.waiting === true ? 'waiting' : 'failed', reply.text);
  return reply.data;
}

async function replyOf(socket: Socket): Promise<ControlReply> {
  try {
    return JSON.parse(await readLine(socket)) as ControlReply;
  } catch (error) {
    throw new DaemonError('failed', NO_ANSWER, { cause: error });
  }
}

const NO_ANSWER: Text = {
  zh: '守护进程没有应答：多半在等数据库或磁盘，或正在退出；请看日志，稍后再试',
  en: 'the daemon gives no answer: most likely it waits for the database or the disk, or is about to end; see the log, try again later',
};

/** Up to the first line break, or the end where there is none. The socket stays open. */
async function readLine(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('too long');
    chunks.push(chunk);
    if (chunk.includes(LINE_BREAK)) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

const LINE_BREAK = 0x0a;

/** True also of a daemon that gives no answer. */
export async function isRunning(stateDir: string): Promise<boolean> {
  try {
    await askDaemon(stateDir, { verb: 'status' });
    return true;
  } catch (error) {
    return error instanceof DaemonError && error.kind !== 'notrunning';
  }
}
