import assert from 'node:assert/strict';
import { type Arena, openArena } from '../support/arena.ts';
import { openBureau } from '../support/bureau.ts';
import { until } from '../support/daemon.ts';
import { DIALECTS, needDatabase } from '../support/databases.ts';
import { sideBySide } from '../support/lanes.ts';

const CITIZENS = 12;
/** Whoever asks gets the end of their own number. */
const RULE = {
  keywords: ['SBYE'],
  format: '{card}',
  sql: 'SELECT substr(:phone, 8) AS tail, :card AS card FROM card LIMIT 1',
  reply: '尾号{tail}的社保卡余额0.00元',
};
/** Parts of the answer's one transaction. */
const TAKEN = 'UPDATE sms_mw_query[^]*DONE';
const MARKED = 'UPDATE sms_inbox';
const ANSWERED = 'INSERT INTO sms_outbox';
const COMMIT = 'COMMIT';

/** The daemon dies there while it answers; another start; one answer for each citizen, and nothing was ever the legacy system's. */
async function dieAnswering(arena: Arena, when: 'before' | 'after', ...texts: string[]): Promise<void> {
  const dead = await arena.dieAt(await arena.daemon(), when, ...texts);
  const phones = await arena.citizensWrite(CITIZENS);
  await dead();
  await arena.daemon();
  await answered(arena, phones);
}

async function answered(arena: Arena, phones: readonly string[]): Promise<void> {
  await until('an answer for each', async () => (await arena.rows(phones)).length >= phones.length);
  await arena.all(phones, 'SENT');
  const rows = await arena.rows(phones);
  assert.deepEqual(
    rows.map((row) => row['content']).sort(),
    phones.map((phone) => `尾号${phone.slice(7)}的社保卡余额0.00元`).sort(),
  );
  const others = await arena.database.rawQuery("select id from sms_inbox where status <> 'AUTO' or handled_at is null");
  assert.deepEqual(others, []);
  await arena.quiet();
  await arena.reconciled();
}

sideBySide('queries by SMS: kill -9 while answering', (lane) => {
  for (const client of DIALECTS) {
    const bureau = openBureau();
    after(() => bureau.remove());
    const values = { queries: [RULE], queryDatabases: { bureau: { client: 'sqlite', connection: bureau.file } } };
    const options = {
      needs: (c: Mocha.Context) => needDatabase(client, c),
      open: () => openArena(client, { values }),
    };

    lane(`on ${client}`, options, (test) => {
      test('messages stored, none answered', async (arena) => {
        await dieAnswering(arena, 'after', 'INSERT INTO sms_mw_query', COMMIT);
      });
      test('before the first write of an answer', async (arena) => {
        await dieAnswering(arena, 'before', TAKEN);
      });
      test('record written, inbox row not marked', async (arena) => {
        await dieAnswering(arena, 'after', TAKEN);
      });
      test('inbox row marked, no answer yet', async (arena) => {
        await dieAnswering(arena, 'after', TAKEN, MARKED);
      });
      test('answer written, not committed', async (arena) => {
        await dieAnswering(arena, 'after', TAKEN, ANSWERED);
      });
      test('before the COMMIT', async (arena) => {
        await dieAnswering(arena, 'before', TAKEN, ANSWERED, COMMIT);
      });
      test('committed, its answer not heard', async (arena) => {
        await dieAnswering(arena, 'after', TAKEN, ANSWERED, COMMIT);
      });
      test('six times at any moment', async (arena) => {
        const phones: string[] = [];
        for (let kill = 0; kill < 6; kill++) {
          const daemon = await arena.daemon();
          phones.push(...(await arena.citizensWrite(10)));
          await new Promise((done) => setTimeout(done, 150 + 110 * kill));
          await daemon.kill();
        }
        await arena.daemon();
        await answered(arena, phones);
      });
    });
  }
});
