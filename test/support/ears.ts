import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls, TLSSocket } from 'node:tls';
import type { CertificateSet } from '../../src/lib/certificate.ts';

/** Somebody who is told of alarms. */
export interface Ear {
  readonly port: number;
  /** What it was told, in order. */
  readonly heard: string[];
  /** Resolves when it has been told so many things. */
  told(count: number): Promise<void>;
  /** Refuses with this from now on; null: listens again. */
  deaf: number | null;
  close(): Promise<void>;
}

/** A webhook's other end; `heard` holds the bodies. */
export async function webhookEar(answer = '{}'): Promise<Ear & { readonly requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const ear = base();
  const server = createHttp((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      requests.push(request);
      response.writeHead(ear.deaf ?? 200).end(answer);
      if (ear.deaf === null) ear.hear(body);
    });
  });
  return Object.assign(await listening(ear, server), { requests });
}

/** A mail server that knows as much of SMTP as one mail needs; `heard` holds the mails with their headers. */
export async function mailEar(tls: CertificateSet | null = null): Promise<Ear> {
  const ear = base();
  const talk = (socket: Socket): void => {
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    let data: string[] | null = null;
    let rest = '';
    const onLine = (line: string): void => {
      if (data !== null) {
        if (line !== '.') return void data.push(line);
        ear.hear(data.join('\n'));
        data = null;
        return say('250 kept');
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (ear.deaf !== null && verb === 'MAIL') return say(`${ear.deaf} not now`);
      if (verb === 'EHLO') return say(tls && !(socket instanceof TLSSocket) ? '250-ear\r\n250 STARTTLS' : '250 ear');
      if (verb === 'STAR' && !tls) return say('502 no');
      if (verb === 'STAR' && tls) {
        say('220 go');
        socket.removeAllListeners('data');
        talk(new TLSSocket(socket, { isServer: true, key: tls.key, cert: tls.cert }));
        return;
      }
      if (verb === 'DATA') data = [];
      if (verb === 'QUIT') socket.end('221 bye\r\n');
      else say(verb === 'DATA' ? '354 go on' : '250 ok');
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    });
  };
  const greet = (socket: Socket): void => {
    talk(socket);
    socket.write('220 ear\r\n');
  };
  return listening(ear, createTcp(greet));
}

/** … behind TLS from the first byte. */
export async function tlsEar(tls: CertificateSet): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createTls({ key: tls.key, cert: tls.cert }, (socket) => void socket.on('error', () => undefined));
  return listening(base(), server);
}

interface Base {
  readonly heard: string[];
  deaf: number | null;
  hear(what: string): void;
  told(count: number): Promise<void>;
}

function base(): Base {
  const heard: string[] = [];
  const waiting: { count: number; done: () => void }[] = [];
  return {
    heard,
    deaf: null,
    hear(what) {
      heard.push(what);
      for (const each of waiting) if (heard.length >= each.count) each.done();
    },
    told: (count) => {
      if (heard.length >= count) return Promise.resolve();
      return new Promise((done) => waiting.push({ count, done }));
    },
  };
}

async function listening(ear: Base, server: Server): Promise<Ear> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(ear, {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  });
}
