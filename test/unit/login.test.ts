import assert from 'node:assert/strict';
import { loginsTold } from '../../src/daemon/logins.ts';
import { LoginRefused, Logins } from '../../src/db/login.ts';
import { mssqlEngine } from '../../src/db/mssql.ts';
import { oracleEngine } from '../../src/db/oracle.ts';
import { raw } from '../../src/db/sql.ts';
import { DbError, type DbErrorKind } from '../../src/lib/errors.ts';
import { fakeClock } from '../support/clock.ts';
import { fakeOracledb, oracleError } from '../support/fake-oracledb.ts';
import { fakeTedious } from '../support/fake-tedious.ts';
import { recordedLog } from '../support/log.ts';

const MINUTE = 60_000;
const error = (kind: DbErrorKind): DbError => new DbError(kind, { zh: kind, en: kind });
const refused = (thrown: unknown): boolean => thrown instanceof LoginRefused && thrown.text.en === 'denied';

describe('logins', () => {
  /** Of which each ends as it is told. */
  function logins(): {
    clock: ReturnType<typeof fakeClock>;
    told: (string | null)[];
    open: { done: () => void; fail: (kind: DbErrorKind) => void }[];
    login: () => Promise<string>;
  } {
    const clock = fakeClock();
    const told: (string | null)[] = [];
    const open: { done: () => void; fail: (kind: DbErrorKind) => void }[] = [];
    const all = new Logins({ clock, onLogin: (one) => told.push(one && one.text.en) });
    const attempt = (): Promise<string> =>
      new Promise((done, fail) => open.push({ done: () => done('in'), fail: (kind) => fail(error(kind)) }));
    return { clock, told, open, login: () => all.try(attempt) };
  }
  const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

  it('that are refused come after 1, 5 and every 15 minutes, and are told', async () => {
    const { clock, told, open, login } = logins();
    for (const [i, minutes] of [1, 5, 15, 15].entries()) {
      const attempt = login();
      assert.equal(open.length, i + 1);
      open[i]?.fail('denied');
      await assert.rejects(attempt, refused);
      clock.advance(minutes * MINUTE - 1);
      await assert.rejects(login(), refused);
      assert.equal(open.length, i + 1, 'not a moment earlier');
      clock.advance(1);
    }
    const good = login();
    open[4]?.done();
    assert.equal(await good, 'in');
    assert.deepEqual(told, ['denied', 'denied', 'denied', 'denied', null]);
    const bad = login();
    open[5]?.fail('denied');
    await assert.rejects(bad, refused);
    clock.advance(MINUTE);
    void login().catch(() => undefined);
    assert.equal(open.length, 7, 'from the beginning, after one that was taken');
    open[6]?.done();
  });

  it('wait for the one that is under way, and share its failure', async () => {
    const { clock, open, login } = logins();
    for (const kind of ['denied', 'lost'] as const) {
      const all = [login(), login(), login()];
      await settled();
      assert.equal(open.length, 1);
      open.shift()?.fail(kind);
      for (const each of all) await assert.rejects(each, (thrown) => thrown instanceof DbError && thrown.kind === kind);
      clock.advance(MINUTE);
    }
  });

  it('go on side by side once one is taken', async () => {
    const { open, login } = logins();
    const all = [login(), login(), login()];
    open[0]?.done();
    await settled();
    assert.equal(open.length, 3);
    for (const { done } of open) done();
    assert.deepEqual(await Promise.all(all), ['in', 'in', 'in']);
  });

  it('count once where several are refused together', async () => {
    const { clock, open, login } = logins();
    const all = [login(), login(), login()];
    open[0]?.done();
    await settled();
    open[1]?.fail('denied');
    open[2]?.fail('denied');
    assert.equal((await Promise.allSettled(all)).filter(({ status }) => status === 'rejected').length, 2);
    clock.advance(MINUTE);
    void login();
    assert.equal(open.length, 4);
    open[3]?.done();
  });

  it('are tried at once when somebody has set things right', async () => {
    const right = new AbortController();
    let tried = 0;
    const all = new Logins({ clock: fakeClock(), again: right.signal });
    const login = (): Promise<unknown> => all.try(() => (tried++, Promise.reject(error('denied'))));
    for (let i = 0; i < 2; i++) await assert.rejects(login(), refused);
    assert.equal(tried, 1);
    right.abort();
    for (let i = 0; i < 2; i++) await assert.rejects(login(), refused);
    assert.equal(tried, 2);
  });

  it('that meet a database that is away are tried again whenever somebody asks', async () => {
    const { open, login } = logins();
    for (let i = 0; i < 3; i++) {
      const attempt = login();
      assert.equal(open.length, i + 1);
      open[i]?.fail('lost');
      await assert.rejects(attempt, (thrown) => thrown instanceof DbError && thrown.kind === 'lost');
    }
  });
});

describe('what the log says of refused logins', () => {
  it('is one line with the remedy, and one when it is over', () => {
    const { log, lines } = recordedLog();
    const [outbox, bureau] = [loginsTold(log), loginsTold(log, 'bureau')];
    for (const tell of [outbox, bureau]) {
      tell(null);
      for (let i = 0; i < 3; i++) tell(new LoginRefused(error('denied')));
      tell(null);
      tell(null);
    }
    assert.deepEqual(
      lines.map(({ level, event }) => `${level} ${event}`),
      [
        ...['error database.login', 'info database.login'],
        ...['error queries.login.bureau', 'info queries.login.bureau'],
      ],
    );
    assert.match(lines[0]?.text ?? '', /^denied\. .*yxt-mw reload tries at once/);
    assert.match(lines[2]?.text ?? '', /^business database bureau: denied\. /);
  });
});

const SERVER = { host: 'db1', user: 'yxt', password: 'p', database: 'sms' };

describe('a refused login, on the fakes of the drivers', () => {
  it('is one for all who ask on SQL Server', async () => {
    const clock = fakeClock();
    const { driver, configs } = fakeTedious(undefined, [{ number: 18456, message: "Login failed for user 'yxt'." }]);
    const engine = mssqlEngine(SERVER, null, { poolSize: 4, clock }, 15_000, () => Promise.resolve(driver));
    const ask = (): Promise<unknown> => assert.rejects(engine.all(raw('SELECT 1')), LoginRefused);
    await Promise.all([ask(), ask(), ask(), ask()]);
    await ask();
    assert.equal(configs.length, 1);
    clock.advance(MINUTE);
    await Promise.all([ask(), ask()]);
    assert.equal(configs.length, 2);
    await engine.close();
  });

  it('is one for all who ask on Oracle, and none is needed for a session that is free', async () => {
    const clock = fakeClock();
    const fake = fakeOracledb();
    let logins = 0;
    let says: Error | null = null;
    const counts = { connectionsOpen: 0, connectionsInUse: 0 };
    const driver = {
      ...fake.driver,
      createPool: async (attributes: Readonly<Record<string, unknown>>) => {
        const pool = await fake.driver.createPool(attributes);
        const getConnection = async (): ReturnType<typeof pool.getConnection> => {
          if (counts.connectionsOpen > counts.connectionsInUse) return pool.getConnection();
          logins++;
          if (says !== null) throw says;
          return pool.getConnection();
        };
        return Object.assign(counts, { getConnection, close: () => pool.close() });
      },
    };
    const engine = oracleEngine(SERVER, { poolSize: 4, clock }, 15_000, () => Promise.resolve(driver));
    const ask = (): Promise<unknown> => engine.all(raw('SELECT 1'));
    says = oracleError('ORA-01017');
    const refusals = await Promise.allSettled([ask(), ask(), ask(), ask()]);
    assert.ok(refusals.every((one) => one.status === 'rejected' && one.reason instanceof LoginRefused));
    assert.equal(logins, 1);
    counts.connectionsOpen = 1;
    await ask();
    counts.connectionsOpen = 0;
    await assert.rejects(ask(), LoginRefused);
    assert.equal(logins, 1);
    says = null;
    clock.advance(MINUTE);
    await ask();
    assert.equal(logins, 2);
    await engine.close();
  });
});
