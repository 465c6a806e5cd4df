import { userInfo } from 'node:os';
import mysql from 'mysql2/promise';
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

const INSTALL = program(['mariadb-install-db', 'mysql_install_db']);
const SERVER = program(['mariadbd', 'mysqld']);
/** The least that MariaDB allows. */
const CONNECTIONS = 12;

const connect = (port: number, user: string, database: string | null): Promise<mysql.Connection> =>
  mysql.createConnection({
    host: '127.0.0.1',
    port,
    user,
    ...(database !== null && { database }),
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    connectTimeout: 2000,
  });

async function asAdmin(...[port, database, statements]: Parameters<ScratchEngine['asAdmin']>): Promise<Row[]> {
  const db = await connect(port, 'root', database);
  db.on('error', () => undefined); // a server that dies meanwhile is what this is for
  try {
    let rows: unknown = [];
    for (const { text, params = [] } of statements) [rows] = await db.query(text, [...params]);
    return (Array.isArray(rows) ? rows : [rows]) as Row[];
  } finally {
    await db.end().catch(() => db.destroy());
  }
}

const engineOf = (connections: number): ScratchEngine => ({
  client: 'mysql',
  account: null,
  initialise: (dir) => ({
    command: INSTALL ?? '',
    args: [
      ...[
        '--no-defaults',
        `--datadir=${dir}`,
        `--user=${userInfo().username}`,
        '--skip-test-db',
        '--skip-name-resolve',
      ],
      ...['--auth-root-authentication-method=normal', '--innodb-log-file-size=8M'],
    ],
  }),
  serve: (dir, port, tls) => ({
    command: SERVER ?? '',
    args: [
      ...[
        '--no-defaults',
        `--datadir=${dir}`,
        `--user=${userInfo().username}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
      ],
      ...[`--socket=${dir}/sock`, `--pid-file=${dir}/pid`, `--max-connections=${connections}`, '--skip-name-resolve'],
      ...['--innodb-buffer-pool-size=16M', '--innodb-log-file-size=8M', '--innodb-flush-log-at-trx-commit=1'],
      ...['--innodb-temp-data-file-path=ibtmp1:2M:autoextend', '--performance-schema=OFF', '--skip-log-bin'],
      ...(tls ? [`--ssl-cert=${tls.cert}`, `--ssl-key=${tls.key}`] : ['--skip-ssl']),
    ],
  }),
  stopSignal: 'SIGTERM',
  asAdmin,
  prepare: [
    [null, `CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4`],
    [null, `CREATE USER ${DAEMON_USER}@'127.0.0.1'`],
    [null, `GRANT ALL ON ${DATABASE}.* TO ${DAEMON_USER}@'127.0.0.1'`],
    [null, `CREATE USER guest@'127.0.0.1'`],
  ],
  // does not bind administrators
  readOnly: (on) => [`SET GLOBAL read_only = ${on ? 1 : 0}`],
  async killSessions(port) {
    await asAdmin(port, null, [{ text: `KILL HARD CONNECTION USER ${DAEMON_USER}` }]).catch(() => undefined);
  },
  async demandTls(on, port) {
    await asAdmin(port, null, [{ text: `ALTER USER ${DAEMON_USER}@'127.0.0.1' REQUIRE ${on ? 'SSL' : 'NONE'}` }]);
  },
  async connect(port) {
    const db = await connect(port, 'guest', null);
    db.on('error', () => undefined);
    return { end: () => db.end().catch(() => db.destroy()) };
  },
});

export const needMariadb = (context: Mocha.Context): Promise<void> =>
  needPrograms([INSTALL, SERVER], 'MariaDB', context);

export const scratchMariadb = (connections = CONNECTIONS): Promise<ScratchServer> =>
  scratchServer(engineOf(connections));
