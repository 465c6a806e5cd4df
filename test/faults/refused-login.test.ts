import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { askDaemon } from '../../src/daemon/control.ts';
import { openBusiness } from '../../src/db/business.ts';
import { LoginRefused } from '../../src/db/login.ts';
import { namedSql } from '../../src/db/named-sql.ts';
import { openEngine } from '../../src/db/open.ts';
import type { ServerConnection } from '../../src/db/options.ts';
import { raw } from '../../src/db/sql.ts';
import { type Arena, openArena } from '../support/arena.ts';
import { fakeClock } from '../support/clock.ts';
import { launch } from '../support/command-line.ts';
import { until } from '../support/daemon.ts';
import { type Proxy, startProxy } from '../support/proxy.ts';
import { needMariadb, scratchMariadb } from '../support/scratch-mariadb.ts';
import { needPostgres, scratchPostgres } from '../support/scratch-postgres.ts';
import { DAEMON_USER, type ScratchServer } from '../support/scratch.ts';

const MINUTE = 60_000;
const RIGHT = 'right-1';

type Server = ScratchServer['database'];

/** Gives the daemon's user this password, and has the server ask for it. */
const PASSWORD = {
  mysql: async (server: Server, password: string) => {
    await server.rawQuery(`ALTER USER ${DAEMON_USER}@'127.0.0.1' IDENTIFIED BY '${password}'`);
  },
  postgres: async (server: Server, password: string) => {
    const [file] = await server.rawQuery('SHOW hba_file');
    const rules = `'host all ${DAEMON_USER} 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust'`;
    await server.rawQuery(`ALTER USER ${DAEMON_USER} PASSWORD '${password}'`);
    await server.rawQuery(`COPY (SELECT unnest(ARRAY[${rules}])) TO '${String(file?.['hba_file'])}'`);
    await server.rawQuery('SELECT pg_reload_conf()');
  },
};

for (const [client, start, needs] of [
  ['mysql', scratchMariadb, needMariadb],
  ['postgres', scratchPostgres, needPostgres],
] as const) {
  describe(`a login that ${client} refuses`, function () {
    this.timeout(120_000);
    let server: ScratchServer;
    let database: Server;
    const connection = (more: Partial<ServerConnection>): ServerConnection => ({
      ...(server.database.options.connection as ServerConnection),
      password: RIGHT,
      ...more,
    });
    const change = (password: string): Promise<void> => PASSWORD[client](server.database, password);

    before(async function () {
      await needs(this);
      server = await start();
      const options = { ...server.database.options, connection: connection({}) };
      // the arena closes what it is given
      database = { ...server.database, options, drop: () => Promise.resolve() };
      await change(RIGHT);
      await until('a password is asked for', async () => {
        const engine = openEngine({ ...options, connection: connection({ password: '' }) });
        const asked = await engine.version().then(
          () => false,
          () => true,
        );
        await engine.close();
        return asked;
      });
    });
    after(() => (server as ScratchServer | undefined)?.close());

    describe('of a pool', () => {
      let line: Proxy;
      before(async () => {
        line = await startProxy(connection({}).port ?? 0);
      });
      after(() => line.close());

      for (const [what, open] of [
        [
          'of the outbox',
          (clock: ReturnType<typeof fakeClock>, to: ServerConnection) => {
            const engine = openEngine({ ...database.options, connection: to, clock });
            return { ask: () => engine.all(raw('SELECT 1 AS one')), close: () => engine.close() };
          },
        ],
        [
          'of a business database',
          (clock: ReturnType<typeof fakeClock>, to: ServerConnection) => {
            const business = openBusiness({
              client,
              connection: to,
              poolSize: 4,
              statementTimeoutMs: 2000,
              mostRows: 1,
              clock,
            });
            const { sql } = namedSql('SELECT 1 AS one');
            return {
              ask: async () => (await business).read(sql, {}),
              close: async () => (await business).close(),
            };
          },
        ],
      ] as const) {
        it(`${what} is one for all who ask, and comes again after its wait`, async () => {
          const clock = fakeClock();
          const pool = open(clock, connection({ port: line.port }));
          const from = line.accepted;
          const all = async (): Promise<PromiseSettledResult<unknown>[]> =>
            Promise.allSettled([pool.ask(), pool.ask(), pool.ask(), pool.ask()]);
          const refused = async (): Promise<boolean> =>
            (await all()).every((one) => one.status === 'rejected' && one.reason instanceof LoginRefused);
          await change('other-1');
          assert.ok(await refused());
          assert.ok(await refused());
          assert.equal(line.accepted, from + 1);
          clock.advance(MINUTE);
          assert.ok(await refused());
          assert.equal(line.accepted, from + 2);
          await change(RIGHT);
          clock.advance(5 * MINUTE - 1);
          assert.ok(await refused());
          assert.equal(line.accepted, from + 2);
          clock.advance(1);
          assert.ok((await all()).every(({ status }) => status === 'fulfilled'));
          await pool.close();
        });
      }
    });

    describe('of a daemon', () => {
      let arena: Arena;
      before(async () => {
        arena = await openArena(client, { database });
      });
      after(() => (arena as Arena | undefined)?.close());
      const lines = (log: string, event: string): number => log.split(`"event":"${event}"`).length - 1;

      it('is one for all its loops, said once; a reload tries at once and all goes on', async () => {
        const daemon = await arena.daemon();
        const line = arena.databaseLine;
        assert.ok(line);
        await change('other-1');
        const from = line.accepted;
        await server.killSessions();
        await arena.insert(20);
        await arena.citizensWrite(2);
        await daemon.said('"event":"database.login"');
        await until('the loops have met it', () =>
          ['claim', 'heartbeat'].every((event) => lines(daemon.log(), event) > 0),
        );
        await change(RIGHT);
        assert.ok(line.accepted <= from + 1); // one that came between the change and `from` was it
        assert.equal(lines(daemon.log(), 'database.login'), 1);
        assert.match(daemon.log(), /"event":"database\.login".*yxt-mw reload tries at once/);
        const reloaded = (await askDaemon(arena.home.stateDir, { verb: 'reload' }, 60_000)) as { done: boolean };
        assert.equal(reloaded.done, true, daemon.log());
        await arena.quiet();
        await arena.reconciled();
        assert.equal(await daemon.stop(), 0);
      });

      it('at its start keeps it waiting, until it is stopped', async () => {
        await change('other-1');
        const line = arena.databaseLine;
        assert.ok(line);
        const from = line.accepted;
        const daemon = arena.home.start();
        await daemon.said('"event":"database.login"');
        await until('it says what it waits for', () =>
          askDaemon(arena.home.stateDir, { verb: 'status' }).then(
            () => false,
            (error: unknown) => /account is not locked/.test(String(error)),
          ),
        );
        assert.equal(line.accepted, from + 1);
        await askDaemon(arena.home.stateDir, { verb: 'stop' });
        assert.equal(await daemon.exited, 0);
        const { configFile } = arena.home;
        arena.home.configure({ 'log.dir': join(dirname(configFile), 'logs') });
        const start = launch(dirname(configFile), ['start', '--detach'], { YXT_DB_PASSWORD: RIGHT });
        const detached = await start.ended;
        arena.home.configure({});
        assert.equal(detached.code, 1);
        assert.match(detached.err, /in the background, pid \d+, but it does not work yet: .*account is not locked/);
        await askDaemon(arena.home.stateDir, { verb: 'stop' });
        await change(RIGHT);
      });
    });
  });
}
