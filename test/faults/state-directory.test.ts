import assert from 'node:assert/strict';
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type Arena, openArena } from '../support/arena.ts';
import { sideBySide } from '../support/lanes.ts';
import { type TinyDisk, tinyDisk } from '../support/tiny-disk.ts';

/** Above what must be free before receipts are fetched (32 MB). */
const DISK_MB = 48;
const LITTLE = 8 * 2 ** 20;

interface OnDisk extends Arena {
  readonly disk: TinyDisk;
}

async function openOnDisk(): Promise<OnDisk> {
  const disk = tinyDisk(DISK_MB);
  assert.ok(disk);
  const arena = await openArena('sqlite', { values: { stateDir: join(disk.dir, 'state') } });
  const close = async (): Promise<void> => {
    await arena.close();
    disk.remove();
  };
  return { ...arena, disk, close };
}

/** The platform has taken rows, nobody has heard of it, and the daemon is dead. */
async function killedUnderWay(arena: OnDisk): Promise<void> {
  const daemon = await arena.daemon();
  await arena.simulator.faults([{ call: 'Send', next: 1, fault: 'hang', processed: true }]);
  const before = (await arena.simulator.stats()).faults.hang ?? 0;
  await arena.insert(12);
  await arena.simulator.waitFor(({ faults }) => (faults.hang ?? 0) > before);
  await daemon.kill();
}

async function needsDisk(context: Mocha.Context): Promise<void> {
  await Promise.resolve();
  const disk = tinyDisk(1);
  if (disk) disk.remove();
  else context.skip();
}

// the state directory is the same beside every engine
sideBySide('a state directory whose disk', (lane) => {
  lane('fills', { needs: needsDisk, open: openOnDisk }, (test) => {
    test('to the last megabytes: receipts are left at the platform, all else goes on', async (arena) => {
      const daemon = await arena.daemon();
      arena.disk.fill(LITTLE);
      await daemon.said('"event":"receipts"');
      const { receiptsHandedOut } = await arena.simulator.stats();
      await arena.receipts(true);
      const phones = await arena.insert(6);
      await arena.citizensWrite(2);
      await arena.all(phones, 'SENT');
      await arena.simulator.waitFor(({ confirmedMo }) => confirmedMo === 2);
      assert.equal((await arena.simulator.stats()).receiptsHandedOut, receiptsHandedOut);
      arena.disk.free();
      await arena.quiet();
      await arena.all(phones, 'DELIVERED');
      await arena.reconciled();
    });

    test('to the last byte while rows and citizens come in: all of it happens, once there is room', async (arena) => {
      const daemon = await arena.daemon();
      arena.disk.fill();
      const written = arena.citizensWrite(3);
      await arena.insert(12);
      await written;
      await daemon.said(/"event":"(open|inbox|claim)"/);
      arena.disk.free();
      await arena.quiet();
      await arena.reconciled();
    });

    test('and the daemon is killed meanwhile: the next start, with room, knows what was under way', async (arena) => {
      const daemon = await arena.daemon();
      await arena.simulator.faults([{ call: 'Send', next: 1, fault: 'hang', processed: true }]);
      await arena.insert(12);
      await arena.simulator.waitFor(({ faults }) => (faults.hang ?? 0) > 0);
      arena.disk.fill();
      await daemon.kill();
      arena.disk.free();
      await arena.daemon();
      await arena.quiet();
      await arena.reconciled();
    });
  });

  lane('is damaged between two starts', { needs: needsDisk, open: openOnDisk }, (test) => {
    test('read-only: the start fails and says so; once it is not, all goes on', async (arena) => {
      await killedUnderWay(arena);
      arena.disk.readOnly(true);
      const refused = arena.home.startUnder({});
      assert.equal(await refused.exited, 1, refused.log());
      assert.match(refused.log(), /read-only/);
      arena.disk.readOnly(false);
      await arena.daemon();
      await arena.quiet();
      await arena.reconciled();
    });

    test('its write-ahead file is cut short: what was under way is settled by its serial', async (arena) => {
      await killedUnderWay(arena);
      const wal = join(arena.disk.dir, 'state', 'state.db-wal');
      truncateSync(wal, Math.floor(statSync(wal).size / 2));
      await arena.daemon();
      await arena.quiet();
      await arena.insert(6); // under serials that none had before
      await arena.quiet();
      await arena.reconciled();
    });
  });
});
