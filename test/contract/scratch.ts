import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { CertificateSet } from '../../src/lib/certificate.ts';
import type { Client } from '../support/databases.ts';
import { freePort } from '../support/free-port.ts';

/** A database server of the test's own: another port, a folder that goes with it, and nobody else's data. */
export interface ScratchServer {
  readonly port: number;
  /** (Re)starts it: with this certificate, refusing everybody who comes without TLS; null: without TLS. */
  start(certificates: CertificateSet | null): Promise<void>;
  remove(): Promise<void>;
}

export type ServerClient = Exclude<Client, 'sqlite'>;

interface Program {
  /** All of these, from PATH or one of the usual folders. */
  readonly binaries: readonly string[];
  readonly folders: readonly string[];
  /** The account that it runs as where the test is root, which it refuses to be. */
  readonly account: string | null;
  readonly ready: RegExp;
  readonly stop: NodeJS.Signals;
  prepare(bin: (name: string) => string, dir: string): readonly [file: string, args: readonly string[]];
  args(dir: string, port: number, tls: { cert: string; key: string } | null): readonly string[];
}

const PROGRAMS: Record<ServerClient, Program> = {
  mysql: {
    binaries: ['mariadbd', 'mariadb-install-db'],
    folders: ['/usr/sbin', '/usr/bin'],
    account: null,
    ready: /ready for connections/,
    stop: 'SIGTERM',
    prepare: (bin, dir) => [
      bin('mariadb-install-db'),
      ['--no-defaults', `--datadir=${dir}/data`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    ],
    args: (dir, port, tls) => [
      ...['--no-defaults', `--datadir=${dir}/data`, `--socket=${dir}/socket`, `--port=${port}`],
      ...['--bind-address=127.0.0.1', '--user=root', '--innodb-buffer-pool-size=16M'],
      ...(tls ? [`--ssl-cert=${tls.cert}`, `--ssl-key=${tls.key}`, '--require-secure-transport=1'] : ['--skip-ssl']),
    ],
  },
  postgres: {
    binaries: ['postgres', 'initdb'],
    folders: [18, 17, 16, 15, 14, 13, 12].map((version) => `/usr/lib/postgresql/${version}/bin`),
    account: 'postgres',
    ready: /ready to accept connections/,
    stop: 'SIGQUIT',
    prepare: (bin, dir) => [bin('initdb'), ['-D', `${dir}/data`, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N']],
    args: (dir, port, tls) => [
      ...['-D', `${dir}/data`, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', dir],
      ...['-c', 'shared_buffers=16MB', '-c', 'lc_messages=C', '-c', `hba_file=${dir}/hba`],
      ...(tls
        ? ['-c', 'ssl=on', '-c', `ssl_cert_file=${tls.cert}`, '-c', `ssl_key_file=${tls.key}`]
        : ['-c', 'ssl=off']),
    ],
  },
};

/** null: its programs are not on this machine. */
export async function scratchServer(client: ServerClient): Promise<ScratchServer | null> {
  const program = PROGRAMS[client];
  const folder = [...program.folders, ...(process.env['PATH'] ?? '').split(delimiter)].find((path) =>
    program.binaries.every((name) => existsSync(join(path, name))),
  );
  const bin = (name: string): string => {
    const paths = [folder ?? '', ...program.folders, ...(process.env['PATH'] ?? '').split(delimiter)];
    return paths.map((path) => join(path, name)).find(existsSync) ?? '';
  };
  if (program.binaries.some((name) => bin(name) === '')) return null;

  const account = process.getuid?.() === 0 && program.account !== null ? idsOf(program.account) : {};
  const dir = mkdtempSync(join(tmpdir(), 'yxt-scratch-'));
  const own = (path: string): void => {
    if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
  };
  own(dir);
  mkdirSync(join(dir, 'data'), { mode: 0o700 });
  own(join(dir, 'data'));
  const [file, args] = program.prepare(bin, dir);
  execFileSync(file, args, { ...account, cwd: dir, stdio: 'ignore' });

  const write = (name: string, text: string): string => {
    const path = join(dir, name);
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    own(path);
    return path;
  };
  const port = await freePort();
  let running: ChildProcess | null = null;
  const stop = async (): Promise<void> => {
    if (running === null) return;
    const ended = once(running, 'exit');
    running.kill(program.stop);
    await ended;
    running = null;
  };
  return {
    port,
    async start(certificates) {
      await stop();
      const tls = certificates && {
        cert: write('cert.pem', certificates.cert),
        key: write('key.pem', certificates.key),
      };
      write('hba', `${tls ? 'hostssl' : 'host'} all all 127.0.0.1/32 trust\n`);
      const child = spawn(bin(program.binaries[0] ?? ''), program.args(dir, port, tls), {
        ...account,
        cwd: dir,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      running = child;
      await new Promise<void>((done, fail) => {
        let said = '';
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          if (program.ready.test(said)) done();
        });
        child.once('error', fail);
        child.once('exit', () => fail(new Error(`${client} did not start:\n${said}`)));
      });
    },
    async remove() {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function idsOf(account: string): { uid?: number; gid?: number } {
  const id = (what: string): number => Number(execFileSync('id', [what, account], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
