import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import type { Clock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Log, LogOptions } from '../../src/lib/log.ts';
import { LogFile } from '../../src/lib/log-file.ts';
import { temporaryDir } from '../support/temporary.ts';

const START = new Date(2026, 10, 23, 10, 15).getTime();

function movable(): Clock & { now: number } {
  return {
    now: START,
    wall() {
      return this.now;
    },
    mono() {
      return this.now;
    },
  };
}

function toConsole(options: Partial<LogOptions> = {}): { log: Log; lines: () => string[] } {
  const console = new PassThrough();
  const log = createLog({ level: 'debug', dir: null, format: 'json', locale: 'zh-CN', console, ...options });
  return {
    log,
    lines: () =>
      String(console.read() ?? '')
        .split('\n')
        .filter(Boolean),
  };
}

const text = (en: string): { zh: string; en: string } => ({ zh: `中文 ${en}`, en });

describe('log', () => {
  it('writes one JSON object a line, in the reader’s language, at or above its level', async () => {
    const { log, lines } = toConsole({ level: 'info', clock: movable() });
    log.info('send.batch', text('done'), { rows: 500, serial: '20261123101500000001', note: null, ok: true });
    log.debug('send.batch', text('unseen'));
    await log.close();
    const [line, ...more] = lines().map((each) => JSON.parse(each) as Record<string, unknown>);
    assert.deepEqual(more, []);
    const { time, ...rest } = line!;
    assert.equal(new Date(String(time)).getTime(), START);
    assert.deepEqual(rest, {
      level: 'info',
      event: 'send.batch',
      text: '中文 done',
      rows: 500,
      serial: '20261123101500000001',
      note: null,
      ok: true,
    });
  });

  it('masks texts and fields, except serials and task ids in their own fields', async () => {
    const { log, lines } = toConsole({ locale: 'en' });
    log.warn('x', text('to 13000000001 with Password=abc'), {
      phone: '13000000001',
      asNumber: 13_000_000_001,
      serial: '13000000001',
      taskId: '229100000001',
      card: '62220200123456789',
      rows: 42,
    });
    await log.close();
    const { text: sentence, ...fields } = JSON.parse(lines()[0]!) as Record<string, unknown>;
    assert.equal(sentence, 'to 130****0001 with Password=****');
    assert.equal(fields['phone'], '130****0001');
    assert.equal(fields['asNumber'], '130****0001');
    assert.equal(fields['serial'], '130****0001');
    assert.equal(fields['taskId'], '229100000001');
    assert.equal(fields['card'], '****6789');
    assert.equal(fields['rows'], 42);
  });

  it('never lets a text begin a line of its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.constantFrom('json', 'text'), async (any, format) => {
        const { log, lines } = toConsole({ format });
        log.info('event', text(`${any}\n${any}`), { field: any });
        await log.close();
        assert.equal(lines().length, 1);
      }),
      { numRuns: 50 },
    );
  });

  it('tells of a condition when it begins and when it ends, and not in between', async () => {
    const clock = movable();
    const { log, lines } = toConsole({ locale: 'en', clock });
    log.state('db.lost', null);
    log.state('db.lost', text('database lost'), { level: 'error' });
    log.state('db.lost', text('database still lost'), { level: 'error' });
    log.state('other', text('another'));
    clock.now += 90_000;
    log.state('db.lost', null);
    log.state('db.lost', null);
    log.state('other', null, { ended: text('fine again') });
    log.state('db.lost', text('lost again'));
    await log.close();
    const told = lines().map((line) => JSON.parse(line) as { level: string; event: string; text: string });
    assert.deepEqual(
      told.map((each) => `${each.level} ${each.event} ${each.text}`),
      [
        'error db.lost database lost',
        'warn other another',
        'info db.lost over after 1 min 30 s: database lost',
        'info other fine again',
        'warn db.lost lost again',
      ],
    );
  });

  it('survives a console that breaks, and lines after its end', async () => {
    const broken = new Writable({ write: (_chunk, _encoding, next) => next(new Error('EPIPE')) });
    const log = createLog({ level: 'info', dir: null, format: 'text', locale: 'en', console: broken });
    log.info('a', text('one'));
    log.info('a', text('two'));
    await log.close();
    log.info('a', text('late'));
    await log.close();
    assert.ok(broken.destroyed);
  });

  it('goes on elsewhere, in another language and at another level, and tells conditions anew', async () => {
    const [before, after] = [new PassThrough(), new PassThrough()];
    const options = { level: 'info', dir: null, format: 'text', clock: movable() } as const;
    const log = createLog({ ...options, locale: 'en', console: before });
    log.state('gone', text('away'));
    log.debug('a', text('unseen'));
    await log.reopen({ ...options, level: 'debug', locale: 'zh-CN', console: after });
    log.state('gone', text('away'));
    log.debug('b', text('seen'));
    await log.reopen({ ...options, level: 'debug', locale: 'zh-CN', console: after });
    log.state('gone', null);
    await log.close();
    assert.match(String(before.read()), /^\S+ WARN gone away\n$/);
    assert.match(String(after.read()), /^\S+ WARN gone 中文 away\n\S+ DEBUG b 中文 seen\n$/);
  });
});

describe('log files', () => {
  let dir: string;
  beforeEach(() => {
    dir = temporaryDir();
  });
  afterEach(() => {
    chmodSync(dir, 0o700);
  });

  const all = (): string =>
    readdirSync(dir)
      .map((name) => readFileSync(join(dir, name), 'utf8'))
      .join('');

  it('are private, appended to after a restart, and complete after close', async () => {
    const inner = join(dir, 'logs');
    for (const run of [1, 2]) {
      const log = createLog({
        level: 'info',
        dir: inner,
        format: 'text',
        locale: 'en',
        console: false,
        clock: movable(),
      });
      for (let i = 0; i < 300; i++) log.info('event', text(`run ${run} line ${i}`));
      await log.close();
    }
    assert.deepEqual(readdirSync(inner), ['yxt-mw-2026-11-23.log']);
    const file = join(inner, 'yxt-mw-2026-11-23.log');
    assert.equal(readFileSync(file, 'utf8').trimEnd().split('\n').length, 600);
    if (process.platform !== 'win32') {
      assert.equal(statSync(inner).mode & 0o777, 0o700);
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }
  });

  it('made by root in the folder of a service belong to the service', async function () {
    if (process.getuid?.() !== 0) this.skip();
    chownSync(dir, 65534, 65534);
    const log = createLog({ level: 'info', dir, format: 'text', locale: 'en', console: false, clock: movable() });
    log.info('event', text('one'));
    await log.close();
    assert.equal(statSync(join(dir, 'yxt-mw-2026-11-23.log')).uid, 65534);
  });

  it('begin anew by size and by day, and old ones go', async () => {
    const clock = movable();
    for (const name of ['yxt-mw-2026-09-01.log', 'yxt-mw-2026-11-20.log', 'notes.txt'])
      writeFileSync(join(dir, name), 'x\n');
    const options = {
      dir,
      maxSize: 100,
      maxFiles: 4,
      keepDays: 30,
      clock,
      onState: () => assert.fail('no failure here'),
    };
    const write = async (line: string): Promise<void> => {
      const file = new LogFile(options);
      file.write(line);
      await file.close();
    };
    const lasting = new LogFile(options);
    await write('first');
    assert.deepEqual(readdirSync(dir).sort(), ['notes.txt', 'yxt-mw-2026-11-20.log', 'yxt-mw-2026-11-23.log']);
    lasting.write('y'.repeat(100));
    await lasting.close();
    lasting.write('second file');
    await lasting.close();
    assert.equal(readFileSync(join(dir, 'yxt-mw-2026-11-23.1.log'), 'utf8'), 'second file\n');
    await write('goes on in the last one');
    clock.now += 86_400_000;
    lasting.write('third');
    await lasting.close();
    assert.deepEqual(readdirSync(dir).sort(), [
      'notes.txt',
      'yxt-mw-2026-11-20.log',
      'yxt-mw-2026-11-23.1.log',
      'yxt-mw-2026-11-23.log',
      'yxt-mw-2026-11-24.log',
    ]);
    clock.now += 86_400_000;
    lasting.write('fourth');
    await lasting.close();
    assert.ok(!existsSync(join(dir, 'yxt-mw-2026-11-20.log')), 'one file too many');
    assert.match(all(), /goes on in the last one/);
  });

  it('tell once that the folder cannot be written, keep the lines, and tell once when it can again', async () => {
    // a plain file in the folder's place fails for every user, also for root
    const blocked = join(dir, 'logs');
    writeFileSync(blocked, '');
    const states: (string | null)[] = [];
    const file = new LogFile({
      dir: blocked,
      maxSize: 1e6,
      maxFiles: 9,
      keepDays: 9,
      retryMs: 1,
      onState: (failure, lost) => states.push(failure ? failure.code : `back, ${lost} lost`),
    });
    for (let i = 0; i < 3; i++) {
      file.write(`line ${i}`);
      await file.close();
    }
    assert.deepEqual(states, ['EEXIST']);
    rmSync(blocked);
    await file.close();
    assert.deepEqual(states, ['EEXIST', 'back, 0 lost']);
    assert.equal(readFileSync(join(blocked, readdirSync(blocked)[0]!), 'utf8'), 'line 0\nline 1\nline 2\n');
  });

  it('survive a full disk', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const link = join(dir, 'yxt-mw-2026-11-23.log');
    symlinkSync('/dev/full', link);
    const states: (string | null)[] = [];
    const onState = (failure: { code: string } | null): number => states.push(failure && failure.code);
    const file = new LogFile({ dir, maxSize: 1e6, maxFiles: 9, keepDays: 9, clock: movable(), onState });
    file.write('while full');
    await file.close();
    rmSync(link);
    file.write('after');
    await file.close();
    assert.deepEqual(states, ['ENOSPC', null]);
    assert.equal(readFileSync(link, 'utf8'), 'while full\nafter\n');
  });

  it('come back by themselves, and drop the newest lines beyond their limit', async () => {
    const blocked = join(dir, 'logs');
    writeFileSync(blocked, '');
    let back: (lost: number) => void = () => undefined;
    const recovered = new Promise<number>((done) => (back = done));
    const file = new LogFile({
      dir: blocked,
      maxSize: 1e9,
      maxFiles: 9,
      keepDays: 9,
      retryMs: 1,
      onState: (failure, lost) => (failure ? rmSync(blocked) : back(lost)),
    });
    for (let i = 0; i < 10_005; i++) file.write(`line ${i}`);
    const keepAlive = setTimeout(() => undefined, 10_000);
    assert.equal(await recovered, 5);
    clearTimeout(keepAlive);
    await file.close();
    const lines = readFileSync(join(blocked, readdirSync(blocked)[0]!), 'utf8')
      .trimEnd()
      .split('\n');
    assert.equal(lines.length, 10_000);
    assert.equal(lines.at(-1), 'line 9999');
  });

  it('whose disk fails do not stop the log, which says so on the console', async () => {
    writeFileSync(join(dir, 'logs'), '');
    const { log, lines } = toConsole({ dir: join(dir, 'logs'), locale: 'en', format: 'text' });
    for (let i = 0; i < 5; i++) log.info('event', text(`line ${i}`));
    await log.close();
    const told = lines();
    assert.equal(told.length, 6);
    assert.equal(told.filter((line) => /ERROR log\.file cannot write to the log folder .*EEXIST/.test(line)).length, 1);
  });
});
