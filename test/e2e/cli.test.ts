import assert from 'node:assert/strict';
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../../src/cli/process.ts';
import { initialConfig } from '../../src/config/init.ts';
import { freshDatabase, needDatabase } from '../support/databases.ts';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.ts';

const BIN = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url));
const ENV = { PATH: process.env['PATH'], LANG: 'en_US.UTF-8', YXT_PASSWORD: 'demo-password', YXT_DB_PASSWORD: '' };

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far on both streams. */
  said(): string;
}

/** Has the start script take its Node for one that is too old: it then runs a newer one beside itself. */
const OLD_NODE =
  'data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.0.0" } })';

function launch(cwd: string, argv: readonly string[], env: Record<string, string> = {}, stdin = ''): Running {
  return watch(spawn(process.execPath, [BIN, ...argv], { cwd, env: { ...ENV, ...env } }), stdin);
}

function watch(child: ChildProcessWithoutNullStreams, stdin = ''): Running {
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  child.stdin.end(stdin);
  const ended = new Promise<Ended>((done) =>
    child.once('close', (code) => done({ code, out: out.join(''), err: err.join('') })),
  );
  return { child, ended, said: () => [...out, ...err].join('') };
}

/** What a failed test has left of a group of its own; mostly nothing. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function until(what: string, fits: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await fits()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`not within 20 s: ${what}`);
}

describe('command line, as real processes', function () {
  this.timeout(120_000);
  let simulator: SimulatorHandle;
  let dir = '';
  const daemons = new Set<Running>();
  const groups: number[] = [];

  before(async () => {
    assert.ok(existsSync(DIST), 'dist/ is missing: run "npm run build" first');
    simulator = await startSimulatorProcess({ settings: { receiptDelayMs: 100 } });
  });
  after(() => simulator.stop());
  beforeEach(async () => {
    await simulator.reset();
    dir = mkdtempSync(path.join(tmpdir(), 'yxt-cli-'));
    configure();
  });
  afterEach(async () => {
    for (const daemon of daemons) daemon.child.kill('SIGKILL');
    for (const group of groups.splice(0)) killGroup(group);
    await Promise.all([...daemons].map((daemon) => daemon.ended));
    daemons.clear();
    rmSync(dir, { recursive: true, force: true });
  });

  function configure(values: Record<string, unknown> = {}, client: 'sqlite' | 'mysql' = 'sqlite'): void {
    const all = {
      ...(client === 'sqlite' ? { 'database.connection': './yxt.db' } : {}),
      'platform.url': simulator.url,
      'platform.spCode': '000000',
      'platform.loginName': 'demo',
      'platform.accessNo': '106900000000001',
      'platform.tls.ca': simulator.caFile,
      'outbox.pollEvery': '100ms',
      'receipts.pollEvery': '200ms',
      'inbox.pollEvery': '500ms',
      instance: 'node-e2e',
      ...values,
    };
    writeFileSync(path.join(dir, 'config.yaml'), initialConfig({ client, values: all }), { mode: 0o600 });
  }

  const cli = (argv: readonly string[], env: Record<string, string> = {}, stdin = ''): Promise<Ended> =>
    launch(dir, argv, env, stdin).ended;

  async function ok(...argv: string[]): Promise<string> {
    const { code, out, err } = await cli(argv);
    assert.equal(code, 0, `${argv.join(' ')}: ${err}${out}`);
    return out;
  }

  const json = async <T>(...argv: string[]): Promise<T> => JSON.parse((await cli([...argv, '--json'])).out) as T;

  async function started(): Promise<Running> {
    const daemon = launch(dir, ['start']);
    daemons.add(daemon);
    await until('the daemon answers', async () => {
      assert.equal(daemon.child.exitCode, null, daemon.said());
      return (await cli(['status'])).code === 0;
    });
    return daemon;
  }

  const logged = (): string =>
    readdirSync(path.join(dir, 'logs'))
      .map((name) => readFileSync(path.join(dir, 'logs', name), 'utf8'))
      .join('');

  it('goes from an empty folder to a delivered message, and stops', async () => {
    await ok('schema', 'apply');
    assert.match(await ok('schema', 'apply'), /already there/);
    assert.equal(statSync(path.join(dir, 'yxt.db')).mode & 0o777, 0o600);
    assert.match(await ok('schema', 'check'), /as needed/);
    assert.match(await ok('schema', 'print'), /CREATE TABLE IF NOT EXISTS sms_outbox/);
    assert.match(await ok('doctor'), /all is well/);

    const before = await cli(['status']);
    assert.equal(before.code, 3);
    assert.match(before.err, /not running/);
    assert.match(before.out, /no daemon has registered/);

    const lonely = await cli(['send', '13000000001', '-'], {}, '您好\n');
    assert.equal(lonely.code, 0);
    assert.match(lonely.err, /no daemon is running/);
    assert.match(await ok('explain', '1'), /130\*\*\*\*0001 .*‹2 characters›[\s\S]*no daemon is running/);

    const daemon = await started();
    const sent = await cli(['send', '13000000002', '社保卡', '--priority', '0', '--wait', '--timeout', '20s']);
    assert.equal(sent.code, 0, sent.out + sent.err);
    assert.match(sent.out, /row 2[\s\S]*DELIVERED/);
    const story = await ok('explain', '2', '--show-content');
    assert.match(
      story,
      /社保卡[\s\S]*submission 1: serial \d{20}[\s\S]*accepted by the platform[\s\S]*receipt 0 \(delivered\)/,
    );
    assert.deepEqual((await simulator.ledger()).length, 2);

    const status = await ok('status');
    assert.match(status, /running well: node-e2e/);
    assert.match(status, /node-e2e .* RUNNING/);
    const report = await json<{ pid: number; sentToday: number; daemons: unknown[] }>('status');
    assert.deepEqual([report.pid, report.sentToday, report.daemons.length], [daemon.child.pid, 2, 1]);

    assert.match(await ok('stop'), /stopped/);
    assert.equal((await daemon.ended).code, 0);
    assert.equal((await cli(['stop'])).code, 3);
    const after = await json<{ running: boolean; daemons: { state: string }[] }>('status');
    assert.deepEqual([after.running, after.daemons[0]?.state], [false, 'STOPPED']);
    assert.doesNotMatch(logged(), /1300000000|社保卡|demo-password/);
  });

  it('is not put out when the reader of its output has seen enough', async () => {
    for (const argv of [['schema', 'print'], ['--help'], ['status']]) {
      const command = launch(dir, argv);
      command.child.stdout?.destroy(); // the other end of the pipe is closed before anything is written
      const { code, err } = await command.ended;
      assert.equal(code, argv[0] === 'status' ? 3 : 0, err);
      assert.doesNotMatch(err, /EPIPE|at /);
    }
  });

  it('pauses and resumes, and explains what waits meanwhile', async () => {
    await ok('schema', 'apply');
    await started();
    assert.match(await ok('pause', '--reason', 'drill'), /paused/);
    const waiting = await cli(['send', '13000000003', 'x', '--wait', '--timeout', '500ms']);
    assert.equal(waiting.code, 1);
    assert.match(waiting.out, /paused by hand: drill/);
    assert.match(await ok('status'), /with trouble[\s\S]*! .*drill[\s\S]*waiting +1/);
    assert.match(await ok('doctor'), /warn +account +.*drill/);
    await ok('resume');
    await simulator.waitFor((stats) => stats.accepted === 1);
    await until('the row is delivered', async () => /DELIVERED/.test(await ok('explain', '1')));
  });

  it('does not start twice, in the foreground or in the background, and says who is there', async () => {
    await ok('schema', 'apply');
    const daemon = await started();
    for (const argv of [['start'], ['start', '--detach']]) {
      const { code, err } = await cli(argv);
      assert.equal(code, 1);
      assert.match(err, new RegExp(`another yxt-mw is using .*pid ${daemon.child.pid ?? 0}`));
    }
    assert.equal((await cli(['status'])).code, 0, 'the first goes on');
  });

  it('starts in the background, and tells why not', async () => {
    const early = await cli(['start', '--detach']);
    assert.equal(early.code, 1);
    assert.match(early.err, /did not start: .*schema apply/);
    await ok('schema', 'apply');
    const { pid } = await json<{ pid: number }>('start', '--detach');
    try {
      assert.equal((await json<{ pid: number }>('status')).pid, pid);
    } finally {
      await ok('stop');
    }
    assert.equal(isAlive(pid), false);
    configure({ 'log.dir': null });
    const nowhere = await cli(['start', '--detach']);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.err, /log\.dir/);
  });

  it('stops in order on the first SIGINT and on SIGTERM', async () => {
    await ok('schema', 'apply');
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const daemon = await started();
      daemon.child.kill(signal);
      assert.equal((await daemon.ended).code, 0);
    }
    assert.match(logged(), /stopping \(SIGINT\)[\s\S]*stopping \(SIGTERM\)/);
  });

  for (const [how, hit] of [
    ['Ctrl+C, which reaches the whole group', (pid: number) => process.kill(-pid, 'SIGINT')],
    ['a service manager that ends the whole group', (pid: number) => process.kill(-pid, 'SIGTERM')],
    ['a service manager that knows the first process only', (pid: number) => process.kill(pid, 'SIGTERM')],
  ] as const) {
    it(`under an old Node, ${how} stops it once and in order`, async function () {
      if (process.platform === 'win32') this.skip();
      const own = `node-${process.platform}-${process.arch}`;
      if (!existsSync(fileURLToPath(new URL(`../../node_modules/${own}`, import.meta.url)))) this.skip();
      await ok('schema', 'apply');
      const argv = ['--import', OLD_NODE, BIN, 'start'];
      const daemon = watch(spawn(process.execPath, argv, { cwd: dir, env: ENV, detached: true }));
      daemons.add(daemon);
      const pid = daemon.child.pid ?? 0;
      groups.push(pid);
      await until('the daemon answers', async () => (await cli(['status'])).code === 0);
      assert.notEqual((await json<{ pid: number }>('status')).pid, pid, 'two processes');
      // a call is out: hurried, the daemon would leave before its answer
      await simulator.options({ latencyMs: 2000 });
      await ok('send', '13000000004', 'x');
      await simulator.waitFor((stats) => stats.accepted === 1);
      hit(pid);
      assert.equal((await daemon.ended).code, 0);
      assert.match(await ok('explain', '1'), /SENT/);
      assert.match(logged(), /every result written/);
    });
  }

  it('sends in UTF-8 where the platform takes it', async () => {
    configure({ 'platform.charset': 'utf8' });
    await ok('schema', 'apply');
    await started();
    await ok('send', '13000000009', '张㛃，您好😀', '--wait');
    const texts = (await simulator.phones()).flatMap(({ messages }) => messages.map(({ text }) => text));
    assert.deepEqual(texts, ['张㛃，您好😀']);
    assert.equal((await simulator.stats()).garbled, 0);
  });

  it('status and doctor tell of rows that no claim sees, and of receipts without a row', async () => {
    const ddl = (await ok('schema', 'print'))
      .replaceAll(/--.*$/gm, '')
      .replace(/^ *CONSTRAINT sms_outbox_ck_status CHECK \(.*\),$/m, '');
    const db = new DatabaseSync(path.join(dir, 'yxt.db'));
    db.exec(ddl);
    const before = await cli(['status']);
    assert.doesNotMatch(before.out, /never be sent|parked/);
    db.exec("INSERT INTO sms_outbox (phone, content, status) VALUES ('13000000001', 'x', 'READY')");
    db.exec("INSERT INTO sms_mw_receipt (serial_no, phone, code) VALUES ('1', '13000000001', '0')");
    db.close();
    const status = await cli(['status']);
    assert.match(status.out, /! 1 row will never be sent[\s\S]*parked +1, receipts that match no row yet/);
    const { rows } = await json<{ rows: { unseen: number; parked: number } }>('status');
    assert.deepEqual([rows.unseen, rows.parked], [1, 1]);
    assert.match((await cli(['doctor'])).out, /warn +outbox +1 row will never be sent/);
  });

  it('asks for the platform’s password only where it is needed', async () => {
    const unset = async (...argv: string[]): Promise<Ended> => {
      const env = { PATH: ENV.PATH, LANG: ENV.LANG, YXT_DB_PASSWORD: '' };
      return watch(spawn(process.execPath, [BIN, ...argv], { cwd: dir, env })).ended;
    };
    const codeOf = async (...argv: string[]): Promise<number | null> => (await unset(...argv)).code;
    for (const action of ['print', 'apply', 'check']) assert.equal(await codeOf('schema', action), 0, action);
    assert.equal(await codeOf('status'), 3);
    for (const argv of [['start'], ['doctor']]) {
      const { code, out, err } = await unset(...argv);
      assert.equal(code, 2);
      assert.match(out + err, /platform\.password: environment variable YXT_PASSWORD is not set/);
    }
    const daemon = await started();
    for (const command of ['status', 'pause', 'resume']) assert.equal(await codeOf(command), 0, command);
    assert.equal(await codeOf('quarantine', 'list'), 0);
    const stopped = await unset('stop');
    assert.equal(stopped.code, 0, stopped.err);
    await daemon.ended;
    assert.equal(await codeOf('send', '13000000001', 'x'), 0);
    assert.equal(await codeOf('explain', '1'), 0);
  });

  it('refuses to start with a wrong configuration (2), without tables (1), without a database (1)', async () => {
    const schema = await cli(['start']);
    assert.equal(schema.code, 1);
    assert.match(schema.err, /there is no database file .*yxt\.db: run "yxt-mw schema apply" first/);
    assert.equal(existsSync(path.join(dir, 'yxt.db')), false, 'and leaves none behind');
    configure({ 'database.connection.host': '127.0.0.1', 'database.connection.port': 9 }, 'mysql');
    const lost = await cli(['start']);
    assert.equal(lost.code, 1);
    assert.match(lost.err, /cannot be reached.*ECONNREFUSED/);
    configure({ 'outbox.batchSize': 0, 'platform.spCode': 'no good' });
    const wrong = await cli(['start']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /2 problems:\n.*platform\.spCode[\s\S]*outbox\.batchSize/);
    const unset = await cli(['start'], { YXT_PASSWORD: '' });
    assert.equal(unset.code, 2);
  });

  it('writes the log to standard error where there is no folder for it, and a failure once', async () => {
    configure({ 'log.dir': null });
    const { code, err } = await cli(['start']);
    assert.equal(code, 1);
    assert.equal(err.trim().split('\n').length, 1, err);
    assert.match(err, /daemon\.failed/);
  });

  it('keeps the SQLite file to itself, and doctor says when it is open to others', async () => {
    configure({ 'database.connection': './data/sub/yxt.db' });
    await ok('schema', 'apply');
    const file = path.join(dir, 'data/sub/yxt.db');
    assert.deepEqual(
      [file, path.dirname(file)].map((each) => statSync(each).mode & 0o777),
      [0o600, 0o700],
    );
    assert.doesNotMatch((await cli(['doctor'])).out, /other users of this machine/);
    chmodSync(file, 0o644);
    chmodSync(path.dirname(file), 0o755);
    assert.match(
      (await cli(['doctor'])).out,
      /warn +database +other users of this machine can read .*\n +→ chmod o-rwx/,
    );
  });

  it('doctor says what is wrong with the password, the certificate and the database', async () => {
    await ok('schema', 'apply');
    const password = await cli(['doctor'], { YXT_PASSWORD: 'wrong' });
    assert.equal(password.code, 1);
    assert.match(password.out, /FAIL +account +the balance call got 3: wrong password\n +→ Check platform\.password/);
    configure({ 'platform.tls.ca': null });
    const certificate = await cli(['doctor']);
    assert.equal(certificate.code, 1);
    assert.match(certificate.out, /FAIL +TLS .*not trusted/);
    configure({ 'database.connection': './no/such/folder/yxt.db' });
    const { code, out } = await cli(['doctor', '--json']);
    assert.equal(code, 1);
    const { ok: well, findings } = JSON.parse(out) as {
      ok: boolean;
      findings: { level: string; check: { en: string } }[];
    };
    assert.equal(well, false);
    assert.ok(findings.some(({ level, check }) => level === 'fail' && check.en === 'database'));
    configure({ 'outbox.batchSize': 0 });
    assert.equal((await cli(['doctor'])).code, 2);
  });

  it('speaks the language of the configuration unless told otherwise', async () => {
    configure({ locale: 'zh-CN' });
    assert.match((await cli(['doctor'])).out, /失败 +数据库 +没有数据库文件/);
    assert.match((await cli(['doctor', '--locale', 'en'])).out, /FAIL +database/);
  });

  it('doctor looks at a MariaDB: charset, durability, needless rights, a refused login', async function () {
    await needDatabase('mysql', this);
    const fresh = await freshDatabase('mysql');
    try {
      const { connection } = fresh.options;
      assert.ok(typeof connection === 'object');
      const { host, port = null, user, database, password = '' } = connection;
      const where = Object.entries({ host, port, user, database });
      configure(Object.fromEntries(where.map(([key, value]) => [`database.connection.${key}`, value])), 'mysql');
      const login = { YXT_DB_PASSWORD: password };
      const well = await cli(['doctor'], login);
      assert.equal(well.code, 0, well.out);
      assert.match(well.out, /ok +charset +测试𠮷？/);
      assert.match(well.out, /ok +durability +innodb_flush_log_at_trx_commit=1/);
      assert.match(well.out, /warn +privileges .*ALL PRIVILEGES/);
      await fresh.rawQuery('ALTER TABLE sms_inbox MODIFY content VARCHAR(1000) CHARACTER SET gbk NULL');
      assert.match((await cli(['doctor'], login)).out, /FAIL +charset .*sms_inbox\.content gbk/);
      const refused = await cli(['doctor'], { YXT_DB_PASSWORD: 'wrong' });
      assert.equal(refused.code, 1);
      assert.match(refused.out, /FAIL +database .*refused the login/);
      assert.match(refused.out, /skip +account +the platform was not called/);
    } finally {
      await fresh.drop();
    }
  });
});
