import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { askDaemon } from '../../src/daemon/control.ts';
import { type Arena, openArena } from '../support/arena.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

const BIN = fileURLToPath(new URL('../../bin/yxt-mw.js', import.meta.url));

async function cli({ home }: Arena, ...args: string[]): Promise<string> {
  const env = { ...process.env, LANG: 'en_US.UTF-8', YXT_PASSWORD: 'demo-password', YXT_DB_PASSWORD: '' };
  return (await promisify(execFile)(process.execPath, [BIN, '--config', home.configFile, ...args], { env })).stdout;
}

sideBySide('after an outage', (lane) => {
  for (const client of DIALECTS) {
    const options = {
      needs: (context: Mocha.Context) => needDatabase(client, context),
      open: () => openArena(client, { values: { 'outbox.maxAge': '1h' } }),
    };
    lane(`on ${client}`, options, (test) => {
      test('of the daemon: what is past its age by then is not sent', async (arena) => {
        const old = await arena.insert(5);
        await arena.update(old, `created_at = '2026-01-01 10:00:00'`);
        await arena.daemon();
        await arena.quiet();
        await arena.all(old, 'EXPIRED');
        await arena.reconciled();
      });

      test('by a pause: resume --dry-run tells what has gathered and is too old; resumed, its age counts anew', async (arena) => {
        await arena.daemon();
        await askDaemon(arena.home.stateDir, { verb: 'pause' });
        const old = await arena.insert(5);
        await arena.update(old, `created_at = '2026-01-01 10:00:00'`);
        const fresh = await arena.insert(7);
        assert.match(await cli(arena, 'resume', '--dry-run'), /12 rows wait, 5 of them older than their limit/);
        await arena.all([...old, ...fresh], 'NEW');
        await cli(arena, 'resume');
        await arena.quiet();
        await arena.all([...old, ...fresh], 'DELIVERED');
        await arena.reconciled();
      });
    });
  }
});
