import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { FormCharset } from './form.ts';

const BODY_LIMIT = 1_048_576;
const NO_BYTES: Buffer = Buffer.alloc(0);

/** Listens on 127.0.0.1, and nowhere else; rejects when the port is taken. */
export function listen(server: Server | TlsServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The open connections of a server, TLS handshakes included, so that they can be cut all at once. */
export function connectionsOf(server: Server | TlsServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined); // resets by the client are its own business
  });
  return sockets;
}

/** Stops listening, destroys the connections and waits until the port is free. */
export async function stopListening(server: Server | TlsServer, sockets: ReadonlySet<Socket>): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await ended;
}

/** Collects the body; 413 when it is longer than a megabyte. */
export function readBody(req: IncomingMessage, res: ServerResponse, done: (body: Buffer) => void): void {
  let body = NO_BYTES;
  let tooLong = false;
  req.on('data', (chunk: Buffer) => {
    if (body.length + chunk.length > BODY_LIMIT) {
      tooLong = true;
      return;
    }
    body = body.length === 0 ? chunk : Buffer.concat([body, chunk]);
  });
  req.on('end', () => {
    if (tooLong) html(res, 413, 'Request Entity Too Large');
    else done(body);
  });
}

/** Header of an answer line: one character of the line is one byte. */
export function answerHeaders(line: string, charset: FormCharset = 'gbk'): Record<string, string | number> {
  return { 'Content-Type': `text/html;charset=${charset === 'gbk' ? 'GBK' : 'UTF-8'}`, 'Content-Length': line.length };
}

export function reply(res: ServerResponse, line: string, charset: FormCharset = 'gbk'): void {
  res.writeHead(200, answerHeaders(line, charset));
  res.end(line, 'latin1');
}

export function html(res: ServerResponse, status: number, title: string): void {
  res.writeHead(status, { 'Content-Type': 'text/html' });
  res.end(`<html><head><title>${title}</title></head><body><h1>${status} ${title}</h1></body></html>`);
}
