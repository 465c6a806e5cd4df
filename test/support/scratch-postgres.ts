import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { program } from './programs.ts';
import {
  DAEMON_USER,
  DATABASE,
  needPrograms,
  type Row,
  type ScratchEngine,
  type ScratchServer,
  scratchServer,
} from './scratch.ts';

const INITDB = program(['initdb']);
const SERVER = program(['postgres']);
const CONNECTIONS = 16;

const connect = async (port: number, user: string, database: string | null): Promise<pg.Client> => {
  const db = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    database: database ?? 'postgres',
    connectionTimeoutMillis: 2000,
  });
  db.on('error', () => undefined); // a server that dies meanwhile is what this is for
  await db.connect();
  return db;
};

async function asAdmin(...[port, database, statements]: Parameters<ScratchEngine['asAdmin']>): Promise<Row[]> {
  const db = await connect(port, 'postgres', database);
  try {
    let rows: Row[] = [];
    for (const { text, params = [] } of statements) {
      let n = 0;
      const numbered = params.length === 0 ? text : text.replaceAll('?', () => `$${++n}`);
      ({ rows } = (await db.query(numbered, [...params])) as { rows: Row[] });
    }
    return rows;
  } finally {
    await db.end().catch(() => undefined);
  }
}

const engineOf = (connections: number): ScratchEngine => ({
  client: 'postgres',
  // it refuses to run as root
  account: process.getuid?.() === 0 ? accountOf('postgres') : null,
  initialise: (dir) => ({
    command: INITDB ?? '',
    args: ['-D', dir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--wal-segsize=1'],
  }),
  serve: (dir, port, tls) => ({
    command: SERVER ?? '',
    args: Object.entries({
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: connections,
      shared_buffers: '16MB',
      max_wal_size: '16MB',
      min_wal_size: '2MB',
      autovacuum: 'off',
      ...(tls && { ssl: 'on', ssl_cert_file: tls.cert, ssl_key_file: tls.key }),
    }).reduce<string[]>((args, [name, value]) => [...args, '-c', `${name}=${value}`], ['-D', dir]),
  }),
  stopSignal: 'SIGINT', // "fast": does not wait for sessions
  asAdmin,
  prepare: [
    [null, `CREATE DATABASE ${DATABASE} ENCODING 'UTF8' TEMPLATE template0`],
    [null, `CREATE USER ${DAEMON_USER}`],
    [DATABASE, `GRANT ALL ON SCHEMA public TO ${DAEMON_USER}`],
    [null, 'CREATE USER guest'],
  ],
  readOnly: (on) => [
    'SET default_transaction_read_only = off',
    `ALTER SYSTEM SET default_transaction_read_only = ${on ? 'on' : 'off'}`,
    'SELECT pg_reload_conf()',
  ],
  async killSessions(port) {
    await asAdmin(port, null, [
      { text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${DAEMON_USER}'` },
    ]);
  },
  async demandTls(on, port, dir) {
    const lines = [
      'host all postgres,guest 127.0.0.1/32 trust',
      `${on ? 'hostssl' : 'host'} all ${DAEMON_USER} 127.0.0.1/32 trust`,
    ];
    writeFileSync(join(dir, 'pg_hba.conf'), `${lines.join('\n')}\n`);
    await asAdmin(port, null, [{ text: 'SELECT pg_reload_conf()' }]);
  },
  async connect(port) {
    const db = await connect(port, 'guest', null);
    return { end: () => db.end().catch(() => undefined) };
  },
});

function accountOf(name: string): { uid: number; gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

export const needPostgres = (context: Mocha.Context): Promise<void> =>
  needPrograms([INITDB, SERVER], 'PostgreSQL', context);

export const scratchPostgres = (connections = CONNECTIONS): Promise<ScratchServer> =>
  scratchServer(engineOf(connections));
