import assert from 'node:assert/strict';
import {} from 'node:fs';
import { perKeyword } from '../../src/cli/queries.ts';
import type { Patient } from '../../src/doctor/check.ts';
import { queries } from '../../src/doctor/checks/queries.ts';
import { type Bureau, openBureau, querySettings } from '../support/bureau.ts';
import { DIALECTS, freshDatabase, needDatabase } from '../support/databases.ts';
import { temporaryDir } from '../support/temporary.ts';
import { configIn } from '../support/config-file.ts';

describe('doctor, of query rules', () => {
  let dir: string;
  let bureau: Bureau;
  beforeEach(() => {
    dir = temporaryDir();
    bureau = openBureau();
  });
  afterEach(() => {
    bureau.remove();
  });

  const found = async (values: Record<string, unknown>): Promise<string[]> => {
    const config = configIn(dir, values);
    return (await queries.run({ config } as Patient)).map(({ level, text }) => `${level} ${text.en}`);
  };

  it('prepares the SQL of each', async () => {
    assert.deepEqual(await found({}), ['ok no query rules are configured']);
    assert.deepEqual(await found(querySettings(bureau)), ['ok SBYE: its SQL works (name, balance)']);
  });

  it('finds SQL that the database refuses, and a reply without its column', async () => {
    const sql = 'SELECT nme FROM card WHERE card_no = :card AND phone = :phone AND password = :password';
    assert.match(
      (await found(querySettings(bureau, { sql, reply: '{nme}' }))).join(),
      /^fail SBYE: the database refuses this SQL: .*nme/,
    );
    assert.deepEqual(await found(querySettings(bureau, { reply: '{name}{blance}{card|last4}{phone}{count}' })), [
      'fail SBYE: the reply has {blance}, the SQL gives name, balance',
    ]);
  });

  it('reminds of rules that anybody may ask, with the reason', async () => {
    const sql = 'SELECT name FROM card WHERE card_no = :card AND password = :password';
    const open = { sql, reply: '{name|mask}', allowUnboundPhone: true, unboundReason: 'public' };
    assert.match((await found(querySettings(bureau, open))).join('\n'), /^warn SBYE does not check .*reason: public/m);
  });

  it('says that the business database cannot be reached', async () => {
    const settings = {
      ...querySettings(bureau),
      queryDatabases: { bureau: { client: 'sqlite', connection: '/nowhere/x.db' } },
    };
    assert.match((await found(settings)).join(), /^fail SBYE: .*cannot be reached/);
  });

  for (const client of DIALECTS.filter((each) => each !== 'sqlite')) {
    it(`finds a user with more rights than it needs on ${client}`, async function () {
      await needDatabase(client, this);
      const db = await freshDatabase(client, { schema: false });
      try {
        await db.rawQuery(
          'CREATE TABLE card (card_no VARCHAR(32), phone VARCHAR(20), password VARCHAR(10), name VARCHAR(20), balance INT)',
        );
        const lines = await found({
          ...querySettings(bureau),
          queryDatabases: { bureau: { client, connection: db.options.connection } },
        });
        assert.match(
          lines.join('\n'),
          /^ok SBYE: its SQL works.*\nwarn the user of business database bureau has rights /,
        );
      } finally {
        await db.drop();
      }
    });
  }
});

describe('report of queries', () => {
  it('has a line per day and keyword, the latest day first', () => {
    const at = (day: string, keyword: string, outcome: 'ANSWERED' | 'NOT_FOUND' | '', count: number) => ({
      ...{ day, keyword, outcome, count },
      answers: outcome === '' ? 0 : count,
    });
    assert.deepEqual(
      perKeyword([
        at('2026-11-22', 'SBYE', 'ANSWERED', 2),
        at('2026-11-23', 'SBYE', 'ANSWERED', 3),
        at('2026-11-23', 'SBYE', '', 1),
        at('2026-11-23', 'JF', 'NOT_FOUND', 1),
      ]),
      [
        { day: '2026-11-23', keyword: 'JF', queries: 1, answers: 1, outcomes: { NOT_FOUND: 1 } },
        { day: '2026-11-23', keyword: 'SBYE', queries: 4, answers: 3, outcomes: { ANSWERED: 3, WAITING: 1 } },
        { day: '2026-11-22', keyword: 'SBYE', queries: 2, answers: 2, outcomes: { ANSWERED: 2 } },
      ],
    );
  });
});
