import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { DaemonError } from '../../src/lib/errors.ts';
import { journalKey, openJournal } from '../../src/state/journal.ts';
import { machineBoot, noteStart, randomName } from '../../src/state/identity.ts';
import { lockState } from '../../src/state/lock.ts';
import { openState, type State, type StateOptions } from '../../src/state/open.ts';
import { StateDb } from '../../src/state/sqlite.ts';
import { temporaryDir } from '../support/temporary.ts';

const isKind = (kind: string) => (error: unknown) => error instanceof DaemonError && error.kind === kind;

describe('state directory', () => {
  let dir: string;
  let now: number;
  const opened: State[] = [];
  const clock = { wall: () => now, mono: () => now };
  const open = (options: StateOptions = {}): State => {
    const state = openState(dir, { clock, ...options });
    opened.push(state);
    return state;
  };

  beforeEach(() => {
    dir = join(temporaryDir(), 'state');
    now = 1_700_000_000_000;
  });
  afterEach(() => {
    for (const state of opened.splice(0)) state.close();
  });

  it('is private to its owner, write-ahead files included', function () {
    if (process.platform === 'win32') this.skip();
    const before = process.umask(0o022);
    try {
      open().meta.set('a', 'b');
      lockState(dir).release();
    } finally {
      process.umask(before);
    }
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    const names = readdirSync(dir).sort();
    assert.deepEqual(names, ['lock.db', 'state.db', 'state.db-shm', 'state.db-wal']);
    for (const name of names) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
  });

  it('made by root in the directory of a service belongs to the service', function () {
    if (process.getuid?.() !== 0) this.skip();
    mkdirSync(dir, { mode: 0o700 });
    chownSync(dir, 65534, 65534);
    open().meta.set('a', 'b');
    lockState(dir).release();
    for (const name of readdirSync(dir)) assert.equal(statSync(join(dir, name)).uid, 65534, name);
  });

  it('tightens what is its own, but never a directory with other files', function () {
    if (process.platform === 'win32') this.skip();
    open().close();
    chmodSync(dir, 0o755);
    chmodSync(join(dir, 'state.db'), 0o644);
    open();
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    assert.equal(statSync(join(dir, 'state.db')).mode & 0o777, 0o600);

    const shared = join(dir, '..', 'shared');
    cpSync(dir, shared, { recursive: true, filter: (path) => !path.includes('.db') });
    writeFileSync(join(shared, 'somebody-elses'), '');
    chmodSync(shared, 0o755);
    assert.throws(() => openState(shared), isKind('state'));
    assert.throws(() => lockState(shared), isKind('state'));
    assert.equal(statSync(shared).mode & 0o777, 0o755);
  });

  it('does not create anything for a command that only looks', () => {
    assert.throws(() => open({ create: false }), isKind('state'));
    assert.throws(() => statSync(dir), { code: 'ENOENT' });
    open();
    assert.equal(open({ create: false }).identity.length, 16);
  });

  it('refuses a damaged file and a newer version with words for people', () => {
    const state = open();
    state.close();
    const later = new StateDb(join(dir, 'state.db'));
    later.exec('pragma user_version = 99');
    later.close();
    assert.throws(() => open(), isKind('state'));
    writeFileSync(join(dir, 'state.db'), 'x'.repeat(5000));
    assert.throws(() => open(), isKind('state'));
  });

  it('sets a damaged file aside for the daemon, with what belongs to it, and begins a new one', () => {
    const { identity, spool } = open();
    spool.put('report', Buffer.alloc(200_000, 'x'));
    for (const state of opened.splice(0)) state.close();
    const file = join(dir, 'state.db');
    const bytes = readFileSync(file);
    const setAside: string[] = [];
    const daemon = (): State => open({ onDamaged: (aside) => setAside.push(aside) });
    assert.equal(daemon().identity, identity, 'a sound file is used as it is');
    for (const state of opened.splice(0)) state.close();
    for (const damage of [
      bytes.fill(0xff, 4096, 8192), // a page somewhere: opens well, and fails later
      Buffer.alloc(5000, 'x'),
      bytes.subarray(0, 5000),
    ]) {
      writeFileSync(file, damage);
      const state = daemon();
      assert.notEqual(state.identity, identity);
      state.journal.write([{ key: 'ab'.repeat(16), serial: '1' }]);
      state.close();
      assert.deepEqual(readFileSync(setAside.at(-1) ?? ''), Buffer.from(damage));
      rmSync(setAside.at(-1) ?? '');
    }
    assert.equal(setAside.length, 3);
    assert.match(setAside[0] ?? '', /state\.db\.damaged-\d{14}$/);
  });

  it('goes on with a file of the first version', () => {
    open().close();
    const old = new DatabaseSync(join(dir, 'state.db'));
    old.exec('alter table spool drop column crc; pragma user_version = 1');
    old.exec(`insert into spool (kind, raw, at, settled) values ('report', x'61', 5, 0)`);
    old.close();
    const { spool } = open();
    assert.deepEqual(spool.pending('report'), [{ id: '1', raw: Buffer.from('a'), at: 5, settled: 0, intact: true }]);
    spool.put('report', Buffer.from('b'));
    assert.deepEqual(
      open()
        .spool.pending('report')
        .map(({ intact }) => intact),
      [true, true],
    );
  });

  it('leaves no write-ahead file behind when it is closed', () => {
    const state = open();
    state.spool.done(state.spool.put('reply', Buffer.from('made-up message')));
    state.close();
    assert.deepEqual(readdirSync(dir), ['state.db']);
    assert.equal(readFileSync(join(dir, 'state.db')).includes('made-up message'), false);
  });

  it('can be read and changed by a command while the daemon has it open', () => {
    const daemon = open();
    const command = open();
    const { id } = daemon.quarantine.put('message', Buffer.from('x'), 'refused');
    assert.equal(command.quarantine.list().length, 1);
    assert.equal(command.quarantine.remove(id), true);
    assert.deepEqual(daemon.quarantine.list(), []);
  });

  describe('lock', () => {
    it('lets one in, names its pid to the other, and is free after release', () => {
      const lock = lockState(dir);
      assert.equal(readFileSync(join(dir, 'pid'), 'utf8'), `${process.pid}\n`);
      assert.throws(
        () => lockState(dir),
        (error) => isKind('running')(error) && (error as DaemonError).facts['pid'] === process.pid,
      );
      // the refused attempt must not have loosened the first one's lock
      assert.throws(() => lockState(dir), isKind('running'));
      lock.release();
      lock.release();
      lockState(dir).release();
    });

    it('does not believe a pid file', () => {
      open();
      writeFileSync(join(dir, 'pid'), '1\n');
      lockState(dir).release();
      const lock = lockState(dir);
      writeFileSync(join(dir, 'pid'), 'nonsense');
      assert.throws(() => lockState(dir), isKind('running'));
      lock.release();
    });

    it('writes a pid file of its own, whoever left the one before', () => {
      open();
      writeFileSync(join(dir, 'pid'), '1\n');
      linkSync(join(dir, 'pid'), join(dir, '..', 'left'));
      const lock = lockState(dir);
      assert.equal(readFileSync(join(dir, '..', 'left'), 'utf8'), '1\n');
      lock.release();
    });

    it('excludes another process, and dies with it', async () => {
      const script = `import { lockState } from ${JSON.stringify(new URL('../../src/state/lock.ts', import.meta.url).href)};
        lockState(${JSON.stringify(dir)}); globalThis.gc(); console.log('locked'); setInterval(() => {}, 1000);`;
      const other = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        await once(other.stdout, 'data');
        assert.throws(
          () => lockState(dir),
          (error) => isKind('running')(error) && (error as DaemonError).facts['pid'] === other.pid,
        );
      } finally {
        const closed = once(other, 'close');
        other.kill('SIGKILL');
        await closed;
      }
      lockState(dir).release();
    });
  });

  describe('identity', () => {
    it('is made once and differs between directories', () => {
      const { identity } = open();
      assert.match(identity, /^[a-z0-9]{16}$/);
      assert.equal(open().identity, identity);
      dir = `${dir}2`;
      assert.notEqual(open().identity, identity);
    });

    it('knows whether the previous start was on this running system', () => {
      const state = open();
      const file = join(dir, 'state.db');
      const first = noteStart(state.meta, file, 'system-a');
      assert.match(first.boot, /^[a-z0-9]{10}$/);
      assert.deepEqual([first.previousBoot, first.previousHere], [null, false]);
      const second = noteStart(state.meta, file, 'system-a');
      assert.deepEqual([second.previousBoot, second.previousHere], [first.boot, true]);
      assert.notEqual(second.boot, first.boot);
      assert.equal(noteStart(state.meta, file, 'system-b').previousHere, false, 'rebooted');
      assert.equal(noteStart(state.meta, file, null).previousHere, false, 'nothing known');
      assert.equal(noteStart(state.meta, file, null).previousHere, false, 'unknown is not equal to unknown');
    });

    it('takes a copied directory for another one', () => {
      open().start();
      const known = open().start();
      assert.equal(known.previousHere, machineBoot() !== null);
      for (const state of opened.splice(0)) state.close();
      cpSync(dir, `${dir}-copy`, { recursive: true });
      dir = `${dir}-copy`;
      const copied = open().start();
      assert.equal(copied.previousBoot, known.boot);
      assert.equal(copied.previousHere, false);
    });

    it('draws names from letters and digits', () => {
      assert.match(randomName(1000), /^[a-z0-9]{1000}$/);
    });
  });

  it('remembers meta values', () => {
    const { meta } = open();
    assert.equal(meta.get('serial'), null);
    meta.set('serial', '1');
    meta.set('serial', '2');
    assert.equal(open().meta.get('serial'), '2');
    meta.remove('serial');
    assert.equal(meta.get('serial'), null);
  });

  describe('journal', () => {
    const key = (id: number): string => journalKey({ id: String(id), createdAt: 't', phone: 'p', content: 'c' });

    it('answers with the latest serial of each key', () => {
      const { journal } = open();
      journal.write([
        { key: key(1), serial: 'a' },
        { key: key(2), serial: 'b' },
      ]);
      journal.write([{ key: key(1), serial: 'c' }]);
      journal.write([]);
      assert.deepEqual(
        open().journal.latest([key(1), key(2), key(3), key(1)]),
        new Map([
          [key(1), 'c'],
          [key(2), 'b'],
        ]),
      );
      assert.deepEqual(journal.latest([]), new Map());
    });

    it('writes all entries of a call or none', () => {
      const { journal } = open();
      assert.throws(
        () =>
          journal.write([
            { key: key(1), serial: 'a' },
            { key: 'not hexadecimal', serial: 'b' },
          ]),
        isKind('state'),
      );
      assert.deepEqual(journal.latest([key(1)]), new Map());
    });

    it('forgets in bites, the oldest first', () => {
      const { journal } = open();
      const entries = Array.from({ length: 700 }, (_, i) => ({ key: key(i), serial: String(i) }));
      journal.write(entries);
      now += 1000;
      journal.write([{ key: key(0), serial: 'new' }]);
      const bites = [1, 2, 3].map(() => journal.prune(500));
      assert.deepEqual(bites, [500, 200, 0]);
      assert.deepEqual(journal.latest([key(0), key(1)]), new Map([[key(0), 'new']]));
    });

    it('forgets the oldest when there are too many', () => {
      const db = new StateDb(join(dirname(dir), 'journal.db'));
      db.exec(
        'create table journal (seq integer primary key autoincrement, key blob not null, serial text not null, at integer not null)',
      );
      const journal = openJournal(db, clock, 100);
      journal.write(Array.from({ length: 250 }, (_, i) => ({ key: key(i), serial: String(i) })));
      assert.deepEqual([journal.prune(1000), journal.prune(1000)], [150, 0]);
      assert.deepEqual([...journal.latest([key(149), key(150)]).values()], ['150']);
      db.close();
    });

    it('keys tell apart every row that differs in any part', () => {
      const row = fc.record({
        id: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
        createdAt: fc.string(),
        phone: fc.string(),
        content: fc.option(fc.string(), { nil: null }),
      });
      fc.assert(
        fc.property(row, row, (a, b) => {
          assert.match(journalKey(a), /^[0-9a-f]{32}$/);
          assert.equal(journalKey(a), journalKey({ ...a }));
          const same = a.id === b.id && a.createdAt === b.createdAt && a.phone === b.phone && a.content === b.content;
          assert.equal(journalKey(a) === journalKey(b), same);
        }),
      );
      assert.notEqual(
        journalKey({ id: '1', createdAt: '23', phone: '', content: null }),
        journalKey({ id: '12', createdAt: '3', phone: '', content: null }),
      );
    });
  });

  describe('spool', () => {
    it('keeps answers byte by byte, in order, until they are done, over restarts', () => {
      const { spool } = open();
      const raw = Buffer.from([0, 0xff, 0x81, 0x30, 10]);
      const a = spool.put('reply', raw);
      const b = spool.put('reply', Buffer.alloc(0));
      const c = spool.put('report', Buffer.from('c'));
      spool.settled(c, 500);
      const again = open().spool;
      assert.deepEqual(again.pending('reply'), [
        { id: a, raw, at: now, settled: 0, intact: true },
        { id: b, raw: Buffer.alloc(0), at: now, settled: 0, intact: true },
      ]);
      assert.deepEqual(again.pending('report'), [
        { id: c, raw: Buffer.from('c'), at: now, settled: 500, intact: true },
      ]);
      again.done(a);
      again.done(b);
      assert.deepEqual(spool.pending('reply'), []);
      assert.notEqual(spool.put('reply', raw), a, 'ids are not used twice');
    });

    it('leaves nothing of a settled answer on the disk', () => {
      const state = open();
      const text = 'made-up message text '.repeat(500);
      const id = state.spool.put('reply', Buffer.from(text));
      const onDisk = (): boolean =>
        readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes('made-up message'));
      assert.equal(onDisk(), true);
      state.spool.done(id);
      state.tidy();
      assert.equal(onDisk(), false);
    });

    it('has no room above its limit, on a full disk, or where nothing can be written; what is in hand is kept', () => {
      const { spool } = open({ limits: { maxBytes: 10, minFreeBytes: 0 } });
      spool.ensureRoom();
      const id = spool.put('report', Buffer.alloc(11));
      assert.throws(() => spool.ensureRoom(), isKind('state'));
      spool.put('report', Buffer.alloc(11));
      spool.done(id);
      assert.throws(() => spool.ensureRoom(), isKind('state'));
      assert.throws(
        () => open({ limits: { maxBytes: 1e9, minFreeBytes: Infinity } }).spool.ensureRoom(),
        isKind('state'),
      );
      const closed = open();
      closed.close();
      assert.throws(() => closed.spool.ensureRoom(), isKind('state'));
    });
  });

  describe('quarantine', () => {
    it('keeps the same thing once, and says when an alarm is due', () => {
      const { quarantine } = open();
      const first = quarantine.put('message', Buffer.from('x'), 'too-long', { characters: 1200 });
      assert.equal(first.fresh, true);
      now += 5;
      assert.deepEqual(quarantine.put('message', Buffer.from('x'), 'too-long'), { id: first.id, fresh: false });
      assert.equal(quarantine.put('message', Buffer.from('x'), 'refused').fresh, true);
      const [entry] = open().quarantine.list();
      const facts = {
        id: first.id,
        kind: 'message',
        reason: 'too-long',
        facts: { characters: 1200 },
        bytes: 1,
        at: now,
        times: 2,
      };
      assert.deepEqual(entry, facts);
      assert.deepEqual(quarantine.get(first.id), { ...facts, raw: Buffer.from('x') });
    });

    it('keeps of one kind no more than wanted, the latest', () => {
      const { quarantine } = open();
      for (const size of [400, 300, 200, 100]) quarantine.put('page', Buffer.alloc(size), 'no-result');
      quarantine.put('message', Buffer.alloc(5000), 'refused');
      assert.equal(quarantine.thin('page', 600), 1);
      assert.deepEqual(
        quarantine.list().map(({ bytes }) => bytes),
        [300, 200, 100, 5000],
      );
      assert.equal(quarantine.thin('page', 600), 0);
    });

    it('forgets by hand and with age', () => {
      const { quarantine } = open();
      const { id } = quarantine.put('receipt', Buffer.from('old'), 'unreadable');
      now += 1000;
      const kept = quarantine.put('receipt', Buffer.from('new'), 'unreadable');
      assert.equal(quarantine.prune(500), 1);
      assert.equal(quarantine.get(id), null);
      assert.equal(quarantine.remove(id), false);
      assert.equal(quarantine.remove(kept.id), true);
      assert.deepEqual(quarantine.list(), []);
    });
  });
});
