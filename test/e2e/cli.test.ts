import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { CommandLine, type Ended, launch } from '../support/command-line.ts';

describe('command line, as real processes', function () {
  this.timeout(300_000);
  const at = CommandLine.suite();

  it('goes from an empty folder to a delivered message, and stops', async () => {
    const early = await at.run(['schema', 'check']);
    assert.equal(early.code, 1);
    assert.match(early.err, /no database file .*run "yxt-mw schema apply" first/);
    await at.ok('schema', 'apply');
    assert.match(await at.ok('schema', 'apply'), /already there/);
    assert.equal(statSync(path.join(at.dir, 'yxt.db')).mode & 0o777, 0o600);
    assert.match(await at.ok('schema', 'check'), /as needed/);
    assert.match(await at.ok('schema', 'print'), /CREATE TABLE IF NOT EXISTS sms_outbox/);
    assert.match(await at.ok('doctor'), /all is well/);

    const before = await at.run(['status']);
    assert.equal(before.code, 3);
    assert.match(before.err, /not running/);
    assert.match(before.out, /no daemon has registered/);

    const lonely = await at.run(['send', '13000000001', '-'], {}, '您好\n');
    assert.equal(lonely.code, 0);
    assert.match(lonely.err, /no daemon is running/);
    assert.match(await at.ok('explain', '1'), /130\*\*\*\*0001 .*‹2 characters›[\s\S]*no daemon is running/);

    const daemon = await at.started();
    const sent = await at.run(['send', '13000000002', '社保卡', '--priority', '0', '--wait', '--timeout', '20s']);
    assert.equal(sent.code, 0, sent.out + sent.err);
    assert.match(sent.out, /row 2[\s\S]*DELIVERED/);
    const story = await at.ok('explain', '2', '--show-content');
    assert.match(
      story,
      /社保卡[\s\S]*submission 1: serial \d{20}[\s\S]*accepted by the platform[\s\S]*receipt 0 \(delivered\)/,
    );
    assert.deepEqual((await at.simulator.ledger()).length, 2);

    const status = await at.ok('status');
    assert.match(status, /running well: node-e2e/);
    assert.match(status, /node-e2e .* RUNNING/);
    const report = await at.json<{ pid: number; sentToday: number; daemons: unknown[] }>('status');
    assert.deepEqual([report.pid, report.sentToday, report.daemons.length], [daemon.child.pid, 2, 1]);

    assert.match(await at.ok('stop'), /stopped/);
    assert.equal((await daemon.ended).code, 0);
    assert.equal((await at.run(['stop'])).code, 3);
    const after = await at.json<{ running: boolean; daemons: { state: string }[] }>('status');
    assert.deepEqual([after.running, after.daemons[0]?.state], [false, 'STOPPED']);
    assert.doesNotMatch(at.logged(), /1300000000|社保卡|demo-password/);
  });

  it('is not put out when the reader of its output has seen enough', async () => {
    for (const argv of [['schema', 'print'], ['--help'], ['status']]) {
      const command = launch(at.dir, argv);
      command.child.stdout?.destroy(); // the other end of the pipe is closed before anything is written
      const { code, err } = await command.ended;
      assert.equal(code, argv[0] === 'status' ? 3 : 0, err);
      assert.doesNotMatch(err, /EPIPE|at /);
    }
  });

  it('sends in UTF-8 where the platform takes it', async () => {
    at.configure({ 'platform.charset': 'utf8' });
    await at.tables();
    await at.started();
    await at.ok('send', '13000000009', '张㛃，您好😀', '--wait');
    const texts = (await at.simulator.phones()).flatMap(({ messages }) => messages.map(({ text }) => text));
    assert.deepEqual(texts, ['张㛃，您好😀']);
    assert.equal((await at.simulator.stats()).garbled, 0);
  });

  it('asks for the platform’s password only where it is needed', async () => {
    const unset = (...argv: string[]): Promise<Ended> => launch(at.dir, argv, { YXT_PASSWORD: undefined }).ended;
    const codeOf = async (...argv: string[]): Promise<number | null> => (await unset(...argv)).code;
    for (const action of ['print', 'apply', 'check']) assert.equal(await codeOf('schema', action), 0, action);
    assert.equal(await codeOf('status'), 3);
    for (const argv of [['start'], ['doctor']]) {
      const { code, out, err } = await unset(...argv);
      assert.equal(code, 2);
      assert.match(out + err, /platform\.password: environment variable YXT_PASSWORD is not set/);
    }
    const daemon = await at.started();
    for (const command of ['status', 'pause', 'resume']) assert.equal(await codeOf(command), 0, command);
    assert.equal(await codeOf('quarantine', 'list'), 0);
    const stopped = await unset('stop');
    assert.equal(stopped.code, 0, stopped.err);
    await daemon.ended;
    assert.equal(await codeOf('send', '13000000001', 'x'), 0);
    assert.equal(await codeOf('explain', '1'), 0);
  });

  it('refuses to start with a wrong configuration (2), without tables (1), without a database (1)', async () => {
    const schema = await at.run(['start']);
    assert.equal(schema.code, 1);
    assert.match(schema.err, /there is no database file .*yxt\.db: run "yxt-mw schema apply" first/);
    assert.equal(existsSync(path.join(at.dir, 'yxt.db')), false, 'and leaves none behind');
    at.configure({ 'database.connection.host': '127.0.0.1', 'database.connection.port': 9 }, 'mysql');
    const lost = await at.run(['start']);
    assert.equal(lost.code, 1);
    assert.match(lost.err, /cannot be reached.*ECONNREFUSED/);
    at.configure({ 'outbox.batchSize': 0, 'platform.spCode': 'no good' });
    const wrong = await at.run(['start']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /2 problems:\n.*platform\.spCode[\s\S]*outbox\.batchSize/);
    const unset = await at.run(['start'], { YXT_PASSWORD: '' });
    assert.equal(unset.code, 2);
  });

  it('writes the log to standard error where there is no folder for it, and a failure once', async () => {
    at.configure({ 'log.dir': null });
    const { code, err } = await at.run(['start']);
    assert.equal(code, 1);
    assert.equal(err.trim().split('\n').length, 1, err);
    assert.match(err, /daemon\.failed/);
  });

  it('speaks the language of the configuration unless told otherwise', async () => {
    at.configure({ locale: 'zh-CN' });
    assert.match((await at.run(['doctor'])).out, /失败 +数据库 +没有数据库文件/);
    assert.match((await at.run(['doctor', '--locale', 'en'])).out, /FAIL +database/);
  });
});
