import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../../src/cli/process.ts';
import { BIN, CommandLine } from '../support/command-line.ts';
import { until } from '../support/daemon.ts';

/** Has the start script take its Node for one that is too old: it then runs a newer one beside itself. */
const OLD_NODE =
  'data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.0.0" } })';

describe('command line, as real processes: start, pause, stop', function () {
  this.timeout(120_000);
  const at = CommandLine.suite();

  it('pauses and resumes, and explains what waits meanwhile', async () => {
    await at.tables();
    await at.started();
    assert.match(await at.ok('pause', '--reason', 'drill'), /paused/);
    const waiting = await at.run(['send', '13000000003', 'x', '--wait', '--timeout', '500ms']);
    assert.equal(waiting.code, 1);
    assert.match(waiting.out, /paused by hand: drill/);
    assert.match(await at.ok('status'), /with trouble[\s\S]*! .*drill[\s\S]*waiting +1/);
    assert.match(await at.ok('doctor'), /warn +account +.*drill/);
    await at.ok('resume');
    await at.simulator.waitFor((stats) => stats.accepted === 1);
    await until('the row is delivered', async () => /DELIVERED/.test(await at.ok('explain', '1')));
  });

  it('does not start twice, in the foreground or in the background, and says who is there', async () => {
    await at.tables();
    const daemon = await at.started();
    for (const argv of [['start'], ['start', '--detach']]) {
      const { code, err } = await at.run(argv);
      assert.equal(code, 1);
      assert.match(err, new RegExp(`another yxt-mw is using .*pid ${daemon.child.pid ?? 0}`));
    }
    assert.equal((await at.run(['status'])).code, 0, 'the first goes on');
  });

  it('starts in the background, and tells why not', async () => {
    const early = await at.run(['start', '--detach']);
    assert.equal(early.code, 1);
    assert.match(early.err, /did not start: .*schema apply/);
    await at.ok('schema', 'apply');
    const { pid } = await at.json<{ pid: number }>('start', '--detach');
    try {
      assert.equal((await at.json<{ pid: number }>('status')).pid, pid);
    } finally {
      await at.ok('stop');
    }
    assert.equal(isAlive(pid), false);
    at.configure({ 'log.dir': null });
    const nowhere = await at.run(['start', '--detach']);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.err, /log\.dir/);
  });

  it('stops in order on the first SIGINT and on SIGTERM', async () => {
    await at.tables();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const daemon = await at.started();
      daemon.child.kill(signal);
      assert.equal((await daemon.ended).code, 0);
    }
    assert.match(at.logged(), /stopping \(SIGINT\)[\s\S]*stopping \(SIGTERM\)/);
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
      await at.tables();
      const daemon = await at.started(['--import', OLD_NODE, BIN, 'start']);
      const pid = daemon.child.pid ?? 0;
      assert.notEqual((await at.json<{ pid: number }>('status')).pid, pid, 'two processes');
      // a call is out: hurried, the daemon would leave before its answer
      await at.simulator.options({ latencyMs: 2000 });
      await at.ok('send', '13000000004', 'x');
      await at.simulator.waitFor((stats) => stats.accepted === 1);
      hit(pid);
      assert.equal((await daemon.ended).code, 0);
      assert.match(await at.ok('explain', '1'), /SENT/);
      assert.match(at.logged(), /every result written/);
    });
  }
});
