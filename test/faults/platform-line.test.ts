import { setTimeout as pause } from 'node:timers/promises';
import { type Arena, openArena } from '../support/arena.ts';
import { within } from '../support/daemon.ts';
import { sideBySide } from '../support/lanes.ts';
import type { Direction } from '../support/proxy.ts';
import { seeded } from '../support/seed.ts';

const ROWS = 12;
/** More than a TLS handshake, a request and an answer have together: the cut falls anywhere. */
const MOST_BYTES = { up: 3000, down: 4500 };
const CUTS = 4;

/** Rows, citizens' messages and polls are on the line when `fault` befalls it; when it has healed, all ends as it should. */
async function survives(arena: Arena, fault: () => Promise<void>): Promise<void> {
  await arena.daemon();
  const working = Promise.all([arena.insert(ROWS), arena.citizensWrite(3)]);
  await fault();
  await working;
  await arena.platformLine.heal();
  await arena.quiet();
  await arena.reconciled();
}

// no statement of the database's is concerned, so one engine is enough
sideBySide('a line to the platform that fails', (lane) => {
  const options = { needs: () => Promise.resolve(), open: () => openArena('sqlite') };

  for (const direction of ['up', 'down'] as const) {
    const what = direction === 'up' ? 'a request' : 'an answer';
    lane(`cut within ${what}`, options, (test) => {
      const random = seeded(`cut ${direction}`);
      for (let cut = 0; cut < CUTS; cut++) {
        const bytes = Math.floor(random() * MOST_BYTES[direction]);
        test(`after some bytes (${cut + 1}): taken once, or not at all and then once`, (arena) =>
          survives(arena, () => within(`cut after ${bytes} bytes`, arena.platformLine.cutAfter(direction, bytes))));
      }
    });
  }

  lane('in its handshake', options, (test) => {
    for (const [direction, bytes] of [
      ['up', 1],
      ['up', 200],
      ['down', 100],
      ['down', 1200],
    ] as const) {
      test(`cut after ${bytes} bytes ${direction}: nothing was sent`, async (arena) => {
        await survives(arena, async () => {
          const struck = arena.platformLine.cutAfter(direction, bytes);
          arena.platformLine.cut(); // the next call has to connect anew
          await within('the handshake is cut', struck);
        });
      });
    }
  });

  lane('silent', options, (test) => {
    const silent = (arena: Arena, begin: () => void): Promise<void> =>
      survives(arena, async () => {
        begin();
        await pause(6_000); // the length is the fault: longer than a call may take
      });
    for (const direction of ['up', 'down'] satisfies Direction[]) {
      test(`${direction === 'up' ? 'requests' : 'answers'} vanish, the connection stands`, (arena) =>
        silent(arena, () => arena.platformLine.halfOpen(direction)));
    }
    test('everything stands still, then arrives after all', (arena) =>
      silent(arena, () => void arena.platformLine.freeze()));
    test('everything comes late, but in time', (arena) => silent(arena, () => arena.platformLine.delay(300)));
  });

  lane('gone', options, (test) => {
    test('connections are refused for a while', (arena) =>
      survives(arena, async () => {
        await arena.platformLine.refuse();
        arena.platformLine.cut();
        await (await arena.daemon()).said('"event":"platform"');
      }));
    test('every connection is reset again and again', (arena) =>
      survives(arena, async () => {
        for (let i = 0; i < 10; i++) {
          await pause(150); // a fault that comes in bursts
          arena.platformLine.cut();
        }
      }));
  });
});
