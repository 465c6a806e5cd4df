import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DaemonError } from '../../src/lib/errors.ts';
import { Disk } from '../../src/daemon/disk.ts';
import { openState, type State } from '../../src/state/open.ts';
import { type TinyDisk, tinyDisk } from '../support/tiny-disk.ts';

const full = (error: unknown): boolean => error instanceof DaemonError && /disk is full/.test(error.text.en);
const entry = { key: 'ab'.repeat(16), serial: '26112300000000000001' };
const MB = 2 ** 20;

describe('state directory on a full disk', () => {
  let disk: TinyDisk;
  let dir: string;
  let state: State;
  before(function () {
    const mounted = tinyDisk(8);
    if (mounted === null) this.skip();
    disk = mounted;
    dir = join(disk.dir, 'state');
  });
  after(() => (disk as TinyDisk | undefined)?.remove());
  const open = (minFreeBytes: number): State => openState(dir, { limits: { maxBytes: 100 * MB, minFreeBytes } });
  afterEach(() => state.close());

  it('stops receipts first, while everything else can still be written', () => {
    state = open(4 * MB);
    state.spool.ensureRoom();
    disk.fill(2 * MB);
    assert.throws(() => state.spool.ensureRoom(), /receipts are not fetched/);
    state.journal.write([entry]);
    state.spool.done(state.spool.put('reply', Buffer.alloc(1000)));
    disk.free();
    state.spool.ensureRoom();
  });

  it('refuses every write without harm, can still be read, and takes writes again when there is room', () => {
    state = open(0);
    const kept = state.spool.put('report', Buffer.from('kept'));
    state.journal.write([entry]);
    disk.fill();
    assert.throws(() => state.spool.ensureRoom(), full);
    assert.throws(() => state.spool.put('reply', Buffer.alloc(100_000)), full);
    assert.throws(() => state.journal.write([{ ...entry, serial: 'never' }]), full);
    assert.throws(() => state.spool.done(kept), full);
    assert.throws(() => state.quarantine.put('message', Buffer.alloc(100_000), 'refused'), full);
    assert.equal(state.journal.latest([entry.key]).get(entry.key), entry.serial);
    assert.deepEqual(
      state.spool.pending('report').map(({ raw }) => raw.toString()),
      ['kept'],
    );
    state.close();
    state = open(0); // what was written before survives a restart on the full disk
    assert.equal(state.spool.pending('report').length, 1);
    disk.free();
    state.spool.done(kept);
    state.journal.write([{ ...entry, serial: 'later' }]);
    assert.equal(state.journal.latest([entry.key]).get(entry.key), 'later');
    assert.deepEqual(state.spool.pending('report'), []);
  });

  it('closes the way to the platform while the journal cannot be written, and opens it by itself', () => {
    state = open(0);
    let now = 0;
    const told: boolean[] = [];
    const guard = new Disk(state, { mono: () => now, wall: () => now }, (error) => told.push(error !== null));
    const journal = (): void => guard.write(() => state.journal.write([entry]));
    journal();
    assert.equal(guard.closed(), null);
    disk.fill();
    assert.throws(journal, full);
    assert.match(guard.closed()?.text.en ?? '', /disk is full/);
    now += 3000;
    assert.notEqual(guard.closed(), null);
    disk.free();
    assert.notEqual(guard.closed(), null, 'looks again only after a while');
    now += 3000;
    assert.equal(guard.closed(), null);
    journal();
    assert.deepEqual([told[0], told.at(-1)], [true, false]);
  });
});
